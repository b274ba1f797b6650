from django.urls import path

from reports import portal
from reports.views import desks, effects, interest, work

app_name = "reports"

urlpatterns = [
    path("counter/desk/", work.work_desk, name="work_desk"),
    path("counter/desk/done/", work.serving_done, name="serving_done"),
    path("counter/records/", work.records, name="records"),
    path("counter/records/export/", work.records_export, name="records_export"),
    path("counter/reports/desk/", desks.manager_desk, name="manager_desk"),
    path("counter/reports/desk/<str:figure>/export/", desks.figure_export, name="figure_export"),
    path("counter/reports/arrears/", desks.arrears, name="arrears"),
    path("counter/reports/arrears/export/", desks.arrears_export, name="arrears_export"),
    path("counter/reports/unallocated/", desks.unallocated, name="unallocated"),
    path("counter/reports/unallocated/export/", desks.unallocated_export, name="unallocated_export"),
    path("counter/reports/terms/<str:name>/", effects.term_effect, name="term_effect"),
    path("counter/reports/terms/<str:name>/export/", effects.term_effect_export, name="term_effect_export"),
    path("counter/members/<int:pk>/interest/", interest.interest_statement, name="interest_statement"),
    path(
        "counter/members/<int:pk>/interest/export/",
        interest.interest_statement_export,
        name="interest_statement_export",
    ),
    path(
        "counter/members/<int:pk>/interest/print/", interest.interest_statement_print, name="interest_statement_print"
    ),
    path("portal/member/account/<int:pk>/interest/", portal.my_interest_statement, name="my_interest_statement"),
    path(
        "portal/member/account/<int:pk>/interest/export/",
        portal.my_interest_statement_export,
        name="my_interest_statement_export",
    ),
    path(
        "portal/member/account/<int:pk>/interest/print/",
        portal.my_interest_statement_print,
        name="my_interest_statement_print",
    ),
]

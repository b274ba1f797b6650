from django.urls import path

from deposits import portal, views

app_name = "deposits"

urlpatterns = [
    path("counter/remittances/", views.remittances, name="remittances"),
    path("counter/remittances/export/", views.remittances_export, name="remittances_export"),
    path("counter/remittances/<int:pk>/", views.remittance, name="remittance"),
    path("counter/remittances/<int:pk>/print/", views.remittance_print, name="remittance_print"),
    path("counter/remittances/<int:pk>/export/", views.remittance_export, name="remittance_export"),
    path("counter/remittances/<int:pk>/withdraw/", views.remittance_withdraw, name="remittance_withdraw"),
    path("counter/employers/<int:pk>/back-payment/", views.back_payment, name="back_payment"),
    path("counter/employers/<int:pk>/waiting/", views.employer_waiting, name="employer_waiting"),
    path("counter/members/<int:pk>/waiting/", views.member_waiting, name="member_waiting"),
    path("counter/suspense/", views.suspense, name="suspense"),
    path("counter/suspense/export/", views.suspense_export, name="suspense_export"),
    path("counter/suspense/<int:pk>/", views.receipt_identify, name="receipt_identify"),
    path("portal/employer/", portal.employer_home, name="employer_home"),
    path("portal/employer/month/", portal.month_submit, name="month_submit"),
    path("portal/employer/template/", portal.sheet_template, name="sheet_template"),
    path("portal/employer/sheets/<int:pk>/", portal.sheet, name="sheet"),
    path("portal/employer/sheets/<int:pk>/errors/", portal.sheet_errors, name="sheet_errors"),
    path("portal/employer/sheets/<int:pk>/confirm/", portal.sheet_confirm, name="sheet_confirm"),
    path("portal/employer/sheets/<int:pk>/discard/", portal.sheet_discard, name="sheet_discard"),
    path("portal/employer/remittances/", portal.my_remittances, name="my_remittances"),
    path("portal/employer/remittances/export/", portal.my_remittances_export, name="my_remittances_export"),
    path("portal/employer/remittances/<int:pk>/", portal.my_remittance, name="my_remittance"),
    path(
        "portal/employer/remittances/<int:pk>/withdraw/", portal.my_remittance_withdraw, name="my_remittance_withdraw"
    ),
    path("portal/employer/back-payment/", portal.my_back_payment, name="my_back_payment"),
    path("portal/employer/remittances/<int:pk>/print/", portal.my_remittance_print, name="my_remittance_print"),
    path("portal/employer/remittances/<int:pk>/export/", portal.my_remittance_export, name="my_remittance_export"),
]

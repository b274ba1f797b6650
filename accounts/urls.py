from django.urls import path

from accounts.portal import employers as portal_employers
from accounts.portal import members as own
from accounts.portal import registrations as applying
from accounts.views import deadlines, employer_changes, employer_ends, employers, mandates, members, registrations

app_name = "accounts"

urlpatterns = [
    path("counter/search/", members.search, name="search"),
    path("counter/employers/", employers.employers, name="employers"),
    path("counter/employers/export/", employers.employers_export, name="employers_export"),
    path("counter/employers/register/", registrations.employer_register, name="employer_register"),
    path(
        "counter/employers/register/particulars/",
        registrations.employer_register_particulars,
        name="employer_register_particulars",
    ),
    path("counter/employers/<int:pk>/", employers.employer, name="employer"),
    path("counter/employers/<int:pk>/opened/", registrations.employer_opened, name="employer_opened"),
    path("counter/employers/<int:pk>/amend/", employer_changes.employer_amend, name="employer_amend"),
    path(
        "counter/employers/<int:pk>/key-change/",
        employer_changes.employer_change_propose,
        name="employer_change_propose",
    ),
    path("counter/employer-changes/<int:pk>/", employer_changes.employer_change, name="employer_change"),
    path(
        "counter/employer-changes/<int:pk>/decide/",
        employer_changes.employer_change_decide,
        name="employer_change_decide",
    ),
    path(
        "counter/employers/<int:pk>/paying-accounts/",
        employer_changes.paying_account_add,
        name="paying_account_add",
    ),
    path("counter/paying-accounts/<int:pk>/drop/", employer_changes.paying_account_drop, name="paying_account_drop"),
    path("counter/employers/<int:pk>/seal/", employer_ends.employer_seal, name="employer_seal"),
    path("counter/employers/<int:pk>/suspend/", employer_ends.employer_suspend, name="employer_suspend"),
    path("counter/employers/<int:pk>/unseal/", employer_ends.employer_unseal, name="employer_unseal"),
    path("counter/employers/<int:pk>/close/", employer_ends.employer_close, name="employer_close"),
    path("counter/employers/<int:pk>/handlers/", mandates.handler_appoint, name="handler_appoint"),
    path("counter/handlers/<int:pk>/appointed/", mandates.handler_appointed, name="handler_appointed"),
    path("counter/handlers/<int:pk>/renew/", mandates.handler_renew, name="handler_renew"),
    path("counter/handlers/<int:pk>/end/", mandates.handler_end, name="handler_end"),
    path("counter/registrations/", registrations.registrations, name="registrations"),
    path("counter/registrations/export/", registrations.registrations_export, name="registrations_export"),
    path("counter/registrations/<int:pk>/", registrations.registration, name="registration"),
    path("counter/registrations/<int:pk>/accept/", registrations.registration_accept, name="registration_accept"),
    path("counter/deadlines/", deadlines.deadlines, name="deadlines"),
    path("counter/deadlines/export/", deadlines.deadlines_export, name="deadlines_export"),
    path("portal/register/", applying.registration_apply, name="registration_apply"),
    path("portal/register/done/", applying.registration_done, name="registration_done"),
    path("portal/register/state/", applying.registration_state, name="registration_state"),
    path("portal/employer/profile/", portal_employers.my_employer, name="my_employer"),
    path("counter/employers/<int:pk>/export/", employers.employer_export, name="employer_export"),
    path("counter/members/<int:pk>/", members.member, name="member"),
    path("counter/members/<int:pk>/seal/", members.member_seal, name="member_seal"),
    path("counter/members/<int:pk>/unseal/", members.member_unseal, name="member_unseal"),
    path("counter/members/<int:pk>/export/", members.member_export, name="member_export"),
    path("portal/member/account/", own.my_account, name="my_account"),
    path("portal/member/account/<int:pk>/", own.my_account, name="my_account"),
    path("portal/member/account/<int:pk>/export/", own.my_account_export, name="my_account_export"),
]

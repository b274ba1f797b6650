from django.urls import path

from accounts.portal import members as own
from accounts.views import employers, members

app_name = "accounts"

urlpatterns = [
    path("counter/search/", members.search, name="search"),
    path("counter/employers/", employers.employers, name="employers"),
    path("counter/employers/export/", employers.employers_export, name="employers_export"),
    path("counter/employers/<int:pk>/", employers.employer, name="employer"),
    path("counter/employers/<int:pk>/export/", employers.employer_export, name="employer_export"),
    path("counter/members/<int:pk>/", members.member, name="member"),
    path("counter/members/<int:pk>/seal/", members.member_seal, name="member_seal"),
    path("counter/members/<int:pk>/unseal/", members.member_unseal, name="member_unseal"),
    path("counter/members/<int:pk>/export/", members.member_export, name="member_export"),
    path("portal/member/account/", own.my_account, name="my_account"),
    path("portal/member/account/<int:pk>/", own.my_account, name="my_account"),
    path("portal/member/account/<int:pk>/export/", own.my_account_export, name="my_account_export"),
]

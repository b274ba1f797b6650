from django.urls import path

from accounts import portal, views

app_name = "accounts"

urlpatterns = [
    path("counter/search/", views.search, name="search"),
    path("counter/employers/", views.employers, name="employers"),
    path("counter/employers/export/", views.employers_export, name="employers_export"),
    path("counter/employers/<int:pk>/", views.employer, name="employer"),
    path("counter/employers/<int:pk>/export/", views.employer_export, name="employer_export"),
    path("counter/members/<int:pk>/", views.member, name="member"),
    path("counter/members/<int:pk>/seal/", views.member_seal, name="member_seal"),
    path("counter/members/<int:pk>/unseal/", views.member_unseal, name="member_unseal"),
    path("counter/members/<int:pk>/export/", views.member_export, name="member_export"),
    path("portal/member/account/", portal.my_account, name="my_account"),
    path("portal/member/account/<int:pk>/", portal.my_account, name="my_account"),
    path("portal/member/account/<int:pk>/export/", portal.my_account_export, name="my_account_export"),
]

from django.urls import path

from withdrawals.portal import members as own

app_name = "withdrawals"

urlpatterns = [
    path("portal/member/withdrawals/", own.my_withdrawals, name="my_withdrawals"),
    path("portal/member/withdrawals/apply/<slug:category>/", own.my_withdrawal_apply, name="my_withdrawal_apply"),
    path("portal/member/withdrawals/<int:pk>/", own.my_withdrawal, name="my_withdrawal"),
    path("portal/member/withdrawals/<int:pk>/take-back/", own.my_withdrawal_take_back, name="my_withdrawal_take_back"),
]

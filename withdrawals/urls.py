from django.urls import path

from withdrawals.api import members as api
from withdrawals.api import papers as api_papers
from withdrawals.portal import consents
from withdrawals.portal import members as own
from withdrawals.views import applying, batches, deciding, papers, printing, withdrawals

app_name = "withdrawals"

urlpatterns = [
    path("counter/withdrawals/", withdrawals.withdrawals, name="withdrawals"),
    path("counter/withdrawals/export/", withdrawals.withdrawals_export, name="withdrawals_export"),
    path("counter/withdrawals/batch/", batches.withdrawal_decide_batch, name="withdrawal_decide_batch"),
    path("counter/withdrawals/<int:pk>/", withdrawals.withdrawal, name="withdrawal"),
    path("counter/withdrawals/<int:pk>/decide/", deciding.withdrawal_decide, name="withdrawal_decide"),
    path("counter/withdrawals/<int:pk>/papers/", papers.withdrawal_papers, name="withdrawal_papers"),
    path("counter/withdrawals/<int:pk>/undo/", deciding.undoing_propose, name="undoing_propose"),
    path(
        "counter/withdrawals/<int:pk>/receipt/print/",
        printing.withdrawal_receipt_print,
        name="withdrawal_receipt_print",
    ),
    path(
        "counter/withdrawals/<int:pk>/decision/print/",
        printing.withdrawal_decision_print,
        name="withdrawal_decision_print",
    ),
    path(
        "counter/withdrawals/<int:pk>/settlement/print/",
        printing.withdrawal_settlement_print,
        name="withdrawal_settlement_print",
    ),
    path("counter/withdrawals/receipts/print/", printing.withdrawal_receipts_print, name="withdrawal_receipts_print"),
    path(
        "counter/withdrawals/decisions/print/", printing.withdrawal_decisions_print, name="withdrawal_decisions_print"
    ),
    path("counter/withdrawal-undoings/batch/", batches.undoing_decide_batch, name="undoing_decide_batch"),
    path("counter/withdrawal-undoings/<int:pk>/", deciding.undoing, name="undoing"),
    path("counter/withdrawal-undoings/<int:pk>/decide/", deciding.undoing_decide, name="undoing_decide"),
    path("counter/members/<int:pk>/withdrawals/", withdrawals.member_withdrawals, name="member_withdrawals"),
    path("counter/members/<int:pk>/withdraw/", applying.member_withdraw, name="member_withdraw"),
    path(
        "counter/members/<int:pk>/withdraw/<str:category>/",
        applying.member_withdraw_apply,
        name="member_withdraw_apply",
    ),
    path(
        "counter/members/<int:pk>/withdraw/<str:category>/quote/",
        applying.member_withdraw_quote,
        name="member_withdraw_quote",
    ),
    path("portal/member/withdrawals/", own.my_withdrawals, name="my_withdrawals"),
    path("portal/member/withdrawals/spouse/", consents.my_spouse_consent, name="my_spouse_consent"),
    path("portal/member/withdrawals/apply/<slug:category>/", own.my_withdrawal_apply, name="my_withdrawal_apply"),
    path("portal/member/withdrawals/<int:pk>/", own.my_withdrawal, name="my_withdrawal"),
    path("portal/member/withdrawals/<int:pk>/papers/", own.my_withdrawal_papers, name="my_withdrawal_papers"),
    path("portal/member/withdrawals/<int:pk>/take-back/", own.my_withdrawal_take_back, name="my_withdrawal_take_back"),
    path("api/v1/withdrawals/quotes/", api.quote_withdrawal, name="quote_withdrawal"),
    path("api/v1/withdrawals/", api.platform_withdrawals, name="platform_withdrawals"),
    path("api/v1/withdrawals/<slug:number>/", api.read_withdrawal, name="read_withdrawal"),
    path("api/v1/withdrawals/<slug:number>/papers/", api_papers.add_paper, name="add_paper"),
    path("api/v1/withdrawals/<slug:number>/take-back/", api.take_back_withdrawal, name="take_back_withdrawal"),
]

from django.urls import path

from banking.api import events as events_api
from banking.api import payments as payments_api
from banking.api import receipts as receipts_api
from banking.views import deliveries, payments, printing, receipts, results

app_name = "banking"

urlpatterns = [
    path("counter/banking/receipts/", receipts.receipts, name="receipts"),
    path("counter/banking/receipts/export/", receipts.receipts_export, name="receipts_export"),
    path("counter/banking/receipts/<int:pk>/", receipts.receipt, name="receipt"),
    path("counter/banking/refused-notices/", receipts.refused_notices, name="refused_notices"),
    path("counter/banking/refused-notices/export/", receipts.refused_notices_export, name="refused_notices_export"),
    path("counter/banking/payments/", payments.payments, name="payments"),
    path("counter/banking/payments/export/", payments.payments_export, name="payments_export"),
    path("counter/banking/payments/decide/", payments.payment_decide_batch, name="payment_decide_batch"),
    path("counter/banking/payments/print/", printing.payments_print, name="payments_print"),
    path("counter/banking/payments/<int:pk>/print/", printing.payment_print, name="payment_print"),
    path("counter/banking/payments/<int:pk>/", payments.payment, name="payment"),
    path("counter/banking/payments/<int:pk>/decide/", payments.payment_decide, name="payment_decide"),
    path("counter/banking/payments/<int:pk>/ask/", payments.payment_ask, name="payment_ask"),
    path("counter/banking/payments/<int:pk>/ruling/", results.ruling_propose, name="ruling_propose"),
    path("counter/banking/rulings/<int:pk>/", results.ruling, name="ruling"),
    path("counter/banking/rulings/<int:pk>/decide/", results.ruling_decide, name="ruling_decide"),
    path("counter/banking/payment-results/", results.payment_results, name="payment_results"),
    path("counter/banking/payment-results/export/", results.payment_results_export, name="payment_results_export"),
    path("counter/banking/payment-results/<int:pk>/", results.payment_result, name="payment_result"),
    path("counter/banking/payment-results/<int:pk>/clear/", results.payment_result_clear, name="payment_result_clear"),
    path("counter/banking/events/", deliveries.deliveries, name="deliveries"),
    path("counter/banking/events/replay/", deliveries.deliveries_replay, name="deliveries_replay"),
    path("api/v1/bank/payments/claims/", payments_api.claim_payments, name="claim_payments"),
    path("api/v1/bank/payments/", payments_api.list_payments, name="list_payments"),
    path("api/v1/bank/payments/<slug:reference>/results/", payments_api.report_payment, name="report_payment"),
    path("api/v1/bank/events/", events_api.list_events, name="list_events"),
    path("api/v1/bank/webhook/", events_api.set_webhook, name="set_webhook"),
    path("api/v1/bank/receipts/", receipts_api.report_receipts, name="report_receipts"),
]

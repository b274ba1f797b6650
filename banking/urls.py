from django.urls import path

from banking.api import events as events_api
from banking.api import payments as payments_api
from banking.api import receipts as receipts_api
from banking.views import receipts

app_name = "banking"

urlpatterns = [
    path("counter/banking/receipts/", receipts.receipts, name="receipts"),
    path("counter/banking/receipts/export/", receipts.receipts_export, name="receipts_export"),
    path("counter/banking/receipts/<int:pk>/", receipts.receipt, name="receipt"),
    path("counter/banking/refused-notices/", receipts.refused_notices, name="refused_notices"),
    path("counter/banking/refused-notices/export/", receipts.refused_notices_export, name="refused_notices_export"),
    path("api/v1/bank/payments/claims/", payments_api.claim_payments, name="claim_payments"),
    path("api/v1/bank/payments/", payments_api.list_payments, name="list_payments"),
    path("api/v1/bank/payments/<slug:reference>/results/", payments_api.report_payment, name="report_payment"),
    path("api/v1/bank/events/", events_api.list_events, name="list_events"),
    path("api/v1/bank/webhook/", events_api.set_webhook, name="set_webhook"),
    path("api/v1/bank/receipts/", receipts_api.report_receipts, name="report_receipts"),
]

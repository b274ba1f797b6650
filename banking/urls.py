from django.urls import path

from banking import api
from banking.views import receipts

app_name = "banking"

urlpatterns = [
    path("counter/banking/receipts/", receipts.receipts, name="receipts"),
    path("counter/banking/receipts/export/", receipts.receipts_export, name="receipts_export"),
    path("counter/banking/receipts/<int:pk>/", receipts.receipt, name="receipt"),
    path("counter/banking/refused-notices/", receipts.refused_notices, name="refused_notices"),
    path("counter/banking/refused-notices/export/", receipts.refused_notices_export, name="refused_notices_export"),
    path("api/v1/bank/receipts/", api.report_receipts, name="report_receipts"),
]

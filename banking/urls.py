from django.urls import path

from banking import api, views

app_name = "banking"

urlpatterns = [
    path("counter/banking/receipts/", views.receipts, name="receipts"),
    path("counter/banking/receipts/export/", views.receipts_export, name="receipts_export"),
    path("counter/banking/receipts/<int:pk>/", views.receipt, name="receipt"),
    path("counter/banking/refused-notices/", views.refused_notices, name="refused_notices"),
    path("counter/banking/refused-notices/export/", views.refused_notices_export, name="refused_notices_export"),
    path("api/v1/bank/receipts/", api.report_receipts, name="report_receipts"),
]

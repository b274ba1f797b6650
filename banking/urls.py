from django.urls import path

from banking import api

app_name = "banking"

urlpatterns = [
    path("api/v1/bank/receipts/", api.report_receipts, name="report_receipts"),
]

from django.urls import path

from ledger import views

app_name = "ledger"

urlpatterns = [
    path("counter/ledger/vouchers/", views.vouchers, name="vouchers"),
    path("counter/ledger/vouchers/export/", views.vouchers_export, name="vouchers_export"),
    path("counter/ledger/vouchers/print/", views.vouchers_print, name="vouchers_print"),
    path("counter/ledger/vouchers/<int:pk>/", views.voucher, name="voucher"),
    path("counter/ledger/vouchers/<int:pk>/print/", views.voucher_print, name="voucher_print"),
    path("counter/ledger/vouchers/<int:pk>/export/", views.voucher_export, name="voucher_export"),
    path("counter/ledger/trial-balance/", views.trial_balance, name="trial_balance"),
    path("counter/ledger/trial-balance/export/", views.trial_balance_export, name="trial_balance_export"),
    path("counter/ledger/chart/<str:code>/", views.chart_entries, name="chart_entries"),
    path("counter/ledger/chart/<str:code>/export/", views.chart_entries_export, name="chart_entries_export"),
    path("counter/ledger/business-day/", views.business_day, name="business_day"),
    path("counter/ledger/jobs/", views.jobs, name="jobs"),
    path("counter/ledger/jobs/order/", views.night_order, name="night_order"),
    path("counter/ledger/jobs/<int:pk>/retry/", views.shard_retry, name="shard_retry"),
]

from django.urls import path

from deposits import portal
from deposits.views import lists, printing, refunds, sheets

app_name = "deposits"

urlpatterns = [
    path("counter/remittances/", lists.remittances, name="remittances"),
    path("counter/remittances/export/", lists.remittances_export, name="remittances_export"),
    path("counter/remittances/print/", printing.remittances_print, name="remittances_print"),
    path("counter/remittances/<int:pk>/", lists.remittance, name="remittance"),
    path("counter/remittances/<int:pk>/print/", printing.remittance_print, name="remittance_print"),
    path("counter/remittances/<int:pk>/export/", lists.remittance_export, name="remittance_export"),
    path("counter/remittances/<int:pk>/withdraw/", lists.remittance_withdraw, name="remittance_withdraw"),
    path("counter/employers/<int:pk>/back-payment/", lists.back_payment, name="back_payment"),
    path("counter/employers/<int:pk>/sheet/", sheets.employer_sheet, name="employer_sheet"),
    path("counter/employers/<int:pk>/sheet/template/", sheets.employer_sheet_template, name="employer_sheet_template"),
    path("counter/sheets/<int:pk>/", sheets.counter_sheet, name="counter_sheet"),
    path("counter/sheets/<int:pk>/mend/", sheets.counter_sheet_mend, name="counter_sheet_mend"),
    path("counter/sheets/<int:pk>/errors/", sheets.counter_sheet_errors, name="counter_sheet_errors"),
    path("counter/sheets/<int:pk>/confirm/", sheets.counter_sheet_confirm, name="counter_sheet_confirm"),
    path("counter/sheets/<int:pk>/discard/", sheets.counter_sheet_discard, name="counter_sheet_discard"),
    path("counter/employers/<int:pk>/waiting/", lists.employer_waiting, name="employer_waiting"),
    path("counter/members/<int:pk>/waiting/", lists.member_waiting, name="member_waiting"),
    path("counter/suspense/", lists.suspense, name="suspense"),
    path("counter/suspense/export/", lists.suspense_export, name="suspense_export"),
    path("counter/suspense/<int:pk>/", lists.receipt_identify, name="receipt_identify"),
    path("counter/refunds/", refunds.refunds, name="refunds"),
    path("counter/refunds/export/", refunds.refunds_export, name="refunds_export"),
    path("counter/refunds/decide/", refunds.refund_decide_batch, name="refund_decide_batch"),
    path("counter/refunds/<int:pk>/", refunds.refund, name="refund"),
    path("counter/refunds/<int:pk>/decide/", refunds.refund_decide, name="refund_decide"),
    path("counter/refunds/<int:pk>/clear/", refunds.refund_clear, name="refund_clear"),
    path("counter/receipts/<int:pk>/refund/", refunds.refund_propose, name="refund_propose"),
    path("counter/receipts/<int:pk>/refund/<int:employer>/", refunds.refund_propose_share, name="refund_propose_share"),
    path("counter/receipts/<int:pk>/refunds/", refunds.receipt_refunds, name="receipt_refunds"),
    path("counter/employers/<int:pk>/refunds/", refunds.employer_refunds, name="employer_refunds"),
    path("portal/employer/", portal.employer_home, name="employer_home"),
    path("portal/employer/month/", portal.month_submit, name="month_submit"),
    path("portal/employer/template/", portal.sheet_template, name="sheet_template"),
    path("portal/employer/sheets/<int:pk>/", portal.sheet, name="sheet"),
    path("portal/employer/sheets/<int:pk>/mend/", portal.sheet_mend, name="sheet_mend"),
    path("portal/employer/sheets/<int:pk>/errors/", portal.sheet_errors, name="sheet_errors"),
    path("portal/employer/sheets/<int:pk>/confirm/", portal.sheet_confirm, name="sheet_confirm"),
    path("portal/employer/sheets/<int:pk>/discard/", portal.sheet_discard, name="sheet_discard"),
    path("portal/employer/remittances/", portal.my_remittances, name="my_remittances"),
    path("portal/employer/remittances/export/", portal.my_remittances_export, name="my_remittances_export"),
    path("portal/employer/remittances/<int:pk>/", portal.my_remittance, name="my_remittance"),
    path(
        "portal/employer/remittances/<int:pk>/withdraw/", portal.my_remittance_withdraw, name="my_remittance_withdraw"
    ),
    path("portal/employer/back-payment/", portal.my_back_payment, name="my_back_payment"),
    path("portal/employer/remittances/<int:pk>/print/", portal.my_remittance_print, name="my_remittance_print"),
    path("portal/employer/remittances/<int:pk>/export/", portal.my_remittance_export, name="my_remittance_export"),
]

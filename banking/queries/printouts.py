"""What of banking is printed 资金打印件: that a bank paid out what was ordered."""

from banking.models import Payment
from banking.states import PaymentStatus
from hpf.errors import Refusal
from hpf.printing.shapes import Payee, PaymentSlip
from hpf.privacy import masked_card
from ledger.rules import in_capitals


class NotPaidYet(Refusal):
    """No bank has paid it, or the money came back 未付款或已退回."""

    message = "{reference} 没有可以打印的付款回单：银行尚未付款，或款项未付成、已退回"
    code = "not_paid_yet"


def payment_slip(payment: Payment) -> PaymentSlip:
    """That a payment was paid out 付款回单.

    Raises:
        NotPaidYet: it was not, or came back.
    """
    if payment.status != PaymentStatus.SUCCEEDED:
        raise NotPaidYet(reference=payment.reference)
    assert payment.succeeded_on
    account = payment.account
    return PaymentSlip(
        number=payment.reference,
        payer=Payee(name=account.name, bank=account.bank.name, account=account.number),
        payee=Payee(name=payment.payee_name, bank=payment.payee_bank, account=masked_card(payment.payee_account)),
        amount=payment.amount,
        capitals=in_capitals(payment.amount),
        purpose=payment.remark,
        office=payment.branch.name,
        ordered_on=payment.created_on,
        paid_on=payment.succeeded_on,
        bank_serial=payment.bank_serial,
        voucher=str(payment.success_voucher),
    )

"""Words of banking 银行与资金用语: what an account is for, and what becomes of a notice."""

from django.db.models import TextChoices


class AccountPurpose(TextChoices):
    """What the centre's account at a bank is for 专户用途."""

    COLLECTION = "COLLECTION", "归集专户"


class NoticeOutcome(TextChoices):
    """What became of one notice of money in 到账通知处理结果."""

    BOOKED = "booked", "已入账"
    REPEATED = "repeated", "重复通知"
    REFUSED = "refused", "已拒绝"


class RefusalCode(TextChoices):
    """Why a notice was refused 到账通知拒绝原因: the code a bank's system reads, the words a clerk reads."""

    MALFORMED = "malformed", "格式错误"
    CURRENCY = "currency_not_cny", "币种不是人民币"
    ACCOUNT_UNKNOWN = "account_unknown", "收款账户不是该银行的专户"
    AMOUNT = "amount_not_positive", "金额不大于零"
    AHEAD = "paid_on_ahead", "到账日期晚于当日"
    TOO_OLD = "paid_on_too_old", "到账日期过早"
    SERIAL_REUSED = "serial_reused", "流水号已用于另一笔到账"


class ClaimState(TextChoices):
    """How much of a receipt the business rooms have claimed 认领情况; it follows from the amounts."""

    UNCLAIMED = "UNCLAIMED", "待认领"
    PARTLY = "PARTLY", "部分认领"
    CLAIMED = "CLAIMED", "已认领"


class PaymentStatus(TextChoices):
    """How far a payment is 付款指令状态."""

    CREATED = "CREATED", "待复核"
    APPROVED = "APPROVED", "待发送"
    SENT = "SENT", "已发送"
    ACCEPTED = "ACCEPTED", "银行已受理"
    UNKNOWN = "UNKNOWN", "结果不明"
    SUCCEEDED = "SUCCEEDED", "已付款"
    FAILED = "FAILED", "付款失败"
    RETURNED = "RETURNED", "已退回"
    CANCELLED = "CANCELLED", "已撤销"


# A payment that was handed out and that the bank then said it had not received is approved again; whatever the bank
# says of it after all counts, so that it is not sent once more.
PAYMENT_MOVES = {
    PaymentStatus.CREATED: {PaymentStatus.APPROVED, PaymentStatus.CANCELLED},
    PaymentStatus.APPROVED: {
        *(PaymentStatus.SENT, PaymentStatus.CANCELLED),
        *(PaymentStatus.ACCEPTED, PaymentStatus.SUCCEEDED, PaymentStatus.FAILED),
    },
    PaymentStatus.SENT: {
        *(PaymentStatus.ACCEPTED, PaymentStatus.SUCCEEDED, PaymentStatus.FAILED, PaymentStatus.UNKNOWN),
    },
    PaymentStatus.ACCEPTED: {PaymentStatus.SUCCEEDED, PaymentStatus.FAILED, PaymentStatus.UNKNOWN},
    PaymentStatus.UNKNOWN: {
        *(PaymentStatus.ACCEPTED, PaymentStatus.SUCCEEDED, PaymentStatus.FAILED),
        PaymentStatus.APPROVED,  # only because the bank, or its statement, says it never received it
    },
    PaymentStatus.SUCCEEDED: {PaymentStatus.RETURNED},
    PaymentStatus.FAILED: set(),  # the room that owes the money undoes its act, or orders another payment
    PaymentStatus.RETURNED: set(),
    PaymentStatus.CANCELLED: set(),
}
# Of these the money is owed and on its way, or about to be.
UNFINISHED = (
    *(PaymentStatus.CREATED, PaymentStatus.APPROVED, PaymentStatus.SENT),
    *(PaymentStatus.ACCEPTED, PaymentStatus.UNKNOWN),
)
# These ended without the payee having the money: whoever ordered them takes it back.
NOT_PAID = (PaymentStatus.FAILED, PaymentStatus.RETURNED, PaymentStatus.CANCELLED)
WITH_THE_BANK = (PaymentStatus.SENT, PaymentStatus.ACCEPTED)


class ResultOutcome(TextChoices):
    """What a bank says of a payment 付款回报."""

    ACCEPTED = "accepted", "已受理"
    SUCCEEDED = "succeeded", "付款成功"
    FAILED = "failed", "付款失败"
    RETURNED = "returned", "退回"
    NOT_RECEIVED = "not_received", "银行未收到"


class ResultStatus(TextChoices):
    """What became of what a bank said 付款回报处理情况."""

    APPLIED = "APPLIED", "已处理"
    WAITING = "WAITING", "等待付款成功的回报"
    REFUSED = "REFUSED", "待人工核实"
    CLEARED = "CLEARED", "已核实"


RESULT_MOVES = {
    ResultStatus.APPLIED: set(),
    ResultStatus.WAITING: {ResultStatus.APPLIED, ResultStatus.REFUSED},
    ResultStatus.REFUSED: {ResultStatus.CLEARED},
    ResultStatus.CLEARED: set(),
}


class ResultOrigin(TextChoices):
    """Who says it 回报来源."""

    BANK = "BANK", "银行回报"
    STATEMENT = "STATEMENT", "对账单认定"


class ResultRefusal(TextChoices):
    """Why a result changed nothing 付款回报拒绝原因."""

    PAYMENT_UNKNOWN = "payment_unknown", "没有这笔付款指令，或不是发给该银行的"
    NOT_SENT = "not_sent", "该付款指令没有发送过"
    CANCELLED = "cancelled", "该付款指令已撤销"
    AMOUNT = "amount_differs", "金额与付款指令不一致"
    ACCOUNT = "account_differs", "付款账户与付款指令不一致"
    AHEAD = "paid_on_ahead", "付款日期晚于当日"
    SUCCEEDED_BEFORE = "succeeded_before", "此前已回报付款成功"
    FAILED_BEFORE = "failed_before", "此前已回报付款失败"
    RETURNED_BEFORE = "returned_before", "此前已回报退回"
    NOT_ASKED = "not_asked", "该付款指令不在结果不明状态"
    SENDING = "sending_differs", "发送次数与最近一次发送不一致"


class EventType(TextChoices):
    """What a bank is told has happened 事件类型."""

    APPROVED = "payment.approved", "付款指令待领取"
    QUERY = "payment.query", "请查询付款结果"
    CANCELLED = "payment.cancelled", "付款指令已撤销"


class DeliveryStatus(TextChoices):
    """How far the delivery of an event is 推送状态."""

    PENDING = "PENDING", "待推送"
    DELIVERED = "DELIVERED", "已送达"
    DEAD = "DEAD", "推送失败"


DELIVERY_MOVES = {
    DeliveryStatus.PENDING: {DeliveryStatus.DELIVERED, DeliveryStatus.DEAD},
    DeliveryStatus.DELIVERED: set(),
    DeliveryStatus.DEAD: {DeliveryStatus.PENDING},  # a person has it sent again
}

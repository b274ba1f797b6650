"""How steadily a member has saved, and on which open lists he stands 连续缴存与在途清册."""

from itertools import takewhile

from accounts.models import MemberAccount
from accounts.states import MemberAccountStatus
from deposits.models import Remittance, RemittanceLine
from deposits.states import RemittanceStatus
from hpf.months import Month


def months_in_a_row(account: MemberAccount) -> int:
    """The months paid without a gap, back from the month the employer has paid to 连续缴存月数 (R-613).

    Nothing where the account does not contribute, or that month was paid without it.
    """
    if account.status != MemberAccountStatus.NORMAL or not account.employer.paid_to:
        return 0
    lines = RemittanceLine.objects.filter(member_account=account, remittance__status=RemittanceStatus.ALLOCATED)
    paid = set(lines.values_list("remittance__month", flat=True))
    latest = Month.parse(account.employer.paid_to)
    back = (latest.plus(-count) for count in range(len(paid) + 1))
    return sum(1 for _ in takewhile(lambda month: str(month) in paid, back))


def open_lists_of(account: MemberAccount) -> list[str]:
    """The lists that name an account and wait for their money 待到账清册, a sentence each."""
    waiting = Remittance.objects.filter(status=RemittanceStatus.SUBMITTED, lines__member_account=account)
    rows = waiting.order_by("month", "pk").values_list("month", "reference")
    return [f"{month} 汇缴清册（{reference}）待到账" for month, reference in rows]

"""What of deposits is printed 归集打印件."""

from deposits.models import Remittance
from deposits.states import RemittanceStatus
from hpf.errors import Refusal
from hpf.printing.shapes import RemittanceReceipt
from ledger.rules import in_capitals


class NotAllocatedYet(Refusal):
    """The list's money is not in the members' accounts 清册未入账."""

    message = "{reference} 尚未入账，没有可以打印的回单；资金到账并记入职工账户后再打印"
    code = "not_allocated_yet"


def remittance_receipt(remittance: Remittance) -> RemittanceReceipt:
    """The receipt of an allocated list 汇缴回单.

    Raises:
        NotAllocatedYet: it waits for its money, or was taken back.
    """
    if remittance.status != RemittanceStatus.ALLOCATED:
        raise NotAllocatedYet(reference=remittance.reference)
    assert remittance.allocated_on
    return RemittanceReceipt(
        number=remittance.reference,
        kind=remittance.get_kind_display(),
        month=remittance.month,
        employer=remittance.employer.name,
        employer_number=remittance.employer.number,
        office=remittance.employer.branch.name,
        headcount=remittance.headcount,
        employer_part=remittance.employer_part,
        member_part=remittance.member_part,
        total=remittance.total,
        capitals=in_capitals(remittance.total),
        submitted_on=remittance.submitted_on,
        allocated_on=remittance.allocated_on,
        voucher=str(remittance.voucher_id),
        reason=remittance.get_reason_display() if remittance.reason else "",
    )

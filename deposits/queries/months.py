"""The month that is due, who stands on its list, and what each line comes to 应汇缴月份与建议清册."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Min, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Employer, MemberAccount
from accounts.queries import active_members, unallocated_of
from deposits import rules
from deposits.models import Remittance
from deposits.sheets import OPTIONAL
from deposits.states import RemittanceKind, RemittanceStatus
from hpf import privacy
from hpf.money import ZERO
from hpf.months import Month
from ledger.models import Money
from policy.queries import DepositTerms, deposit_terms_on


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One member as a list names him 清册行: base in yuan, ratios in percent."""

    account: int
    base: Decimal
    employer_ratio: Decimal
    member_ratio: Decimal


def month_due(employer: Employer, *, on: date) -> Month:
    """The next month an employer has not handed in 应汇缴年月: months are paid in order, none is left out.

    For an employer that never paid, it is the first month of its first member, or the month of the business day.
    """
    listed = Remittance.objects.standing().regular().filter(employer=employer)
    latest = max(filter(None, [employer.paid_to, listed.aggregate(latest=Max("month"))["latest"]]), default=None)
    if latest:
        return Month.parse(latest).next()
    first = active_members(employer).aggregate(first=Min("first_month"))["first"]
    return Month.parse(first) if first else Month.of(on)


def too_early(month: Month, *, on: date) -> bool:
    """Whether a month cannot be handed in yet 未到汇缴时间: it opens with the month before it."""
    return month > Month.of(on).next()


def still_to_come(remittance: Remittance) -> Decimal:
    """The money that must still arrive before a list is allocated 还需到账, in yuan: earlier months are paid first.

    A back payment waits for no other list.
    """
    missing = remittance.total - unallocated_of(remittance.employer).free
    if remittance.kind == RemittanceKind.BACK:
        return max(ZERO, missing)
    waiting = Remittance.objects.regular().filter(
        employer=remittance.employer_id, status=RemittanceStatus.SUBMITTED, month__lt=remittance.month
    )
    before = waiting.aggregate(due=Coalesce(Sum("total"), ZERO, output_field=Money()))["due"]
    return max(ZERO, before + missing)


def members_due(employer: Employer, month: Month) -> QuerySet[MemberAccount]:
    """The accounts a month's list must name 应列入清册的职工: active, and begun by that month."""
    return active_members(employer).filter(first_month__lte=str(month))


def proposed_lines(employer: Employer, month: Month) -> list[ListedLine]:
    """The list proposed for a month 建议清册: its members with the base and ratios they have now."""
    rows = members_due(employer, month).values_list("pk", "base", "employer_ratio", "member_ratio")
    return [ListedLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the list proposed for a month comes to 建议清册合计, in yuan."""

    headcount: int
    employer_part: Decimal
    member_part: Decimal

    @property
    def total(self) -> Decimal:
        return self.employer_part + self.member_part


def terms_of(month: Month) -> DepositTerms:
    """The limits of a month's contributions 当月缴存政策: those of its first day, whenever it is paid (R-101).

    Raises:
        NoTerm: one of them is missing on that day.
    """
    return deposit_terms_on(month.first_day)


def proposal(employer: Employer, month: Month) -> Proposal:
    """What the proposed list of a month comes to 应缴合计. Raises NoTerm."""
    terms = terms_of(month)
    due = [contribution_of(line, terms) for line in proposed_lines(employer, month)]
    return Proposal(
        len(due), sum((one.employer_part for one in due), ZERO), sum((one.member_part for one in due), ZERO)
    )


def contribution_of(line: ListedLine, terms: DepositTerms) -> rules.Contribution:
    """What one line comes to under the terms of its month 月缴存额 (R-101 to R-103)."""
    return rules.contribution(
        line.base,
        employer_ratio=line.employer_ratio,
        member_ratio=line.member_ratio,
        floor=terms.floor,
        cap=terms.cap,
        unit=terms.round_unit,
    )


def template_rows(employer: Employer, month: Month) -> Iterator[list[object]]:
    """The rows of the sheet proposed for a month 建议清册: numbers of persons masked, since they need not be typed."""
    for place, account in enumerate(members_due(employer, month).iterator(), start=1):
        member = account.member
        yield [
            *[str(place), account.number, member.name, member.get_certificate_type_display()],
            *[privacy.masked_id(member.id_number), privacy.masked_mobile(member.mobile)],
            *[account.base, account.employer_ratio, account.member_ratio],
            *[""] * len(OPTIONAL),
        ]

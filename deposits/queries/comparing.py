"""What changed from one list to the next 与上月相比: who is the same, changed, came or left, and by how much."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypedDict

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import Employer, MemberAccount
from deposits.models import Remittance, RemittanceLine
from deposits.states import LineKind, RemittanceKind, RemittanceStatus
from hpf.money import ZERO
from hpf.months import Month
from ledger.models import Money

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

PAYING = Concat(
    *[Cast("base", CharField()), Value("/"), Cast("employer_ratio", CharField()), Value("/")],
    *[Cast("member_ratio", CharField()), Value("/"), Cast("employer_part", CharField()), Value("/")],
    Cast("member_part", CharField()),
)
AMOUNT = F("employer_part") + F("member_part")
TOTAL_BEFORE = Coalesce(Sum("total_before"), ZERO, output_field=Money())


class Comparison(TypedDict):
    """What a line says beside itself 与上月相比: its kind, and base and sum of the list before, in yuan."""

    kind: str
    base_before: Decimal | None
    total_before: Decimal | None


ComparedLines: TypeAlias = "QuerySet[WithAnnotations[RemittanceLine, Comparison]]"


@dataclass(frozen=True, slots=True)
class Difference:
    """The members of one kind 变动汇总: how many, and what they come to now and came to before, in yuan."""

    kind: LineKind
    count: int
    now: Decimal
    before: Decimal

    @property
    def change(self) -> Decimal:
        return self.now - self.before


def base_of_comparison(remittance: Remittance) -> Remittance | None:
    """The list a month is compared with 上月汇缴: the one before it; a back payment is compared with none."""
    if remittance.kind == RemittanceKind.BACK:
        return None
    return list_before(remittance.employer, remittance.month)


def list_before(employer: Employer, month: Month | str) -> Remittance | None:
    """The last list an employer handed in before a month 上月汇缴."""
    listed = Remittance.objects.standing().regular().filter(employer=employer, month__lt=str(month))
    return listed.order_by("-month").first()


class Stood(NamedTuple):
    """How a member stood in a list 清册行: base and parts in yuan, ratios in percent."""

    base: Decimal
    employer_ratio: Decimal
    member_ratio: Decimal
    employer_part: Decimal
    member_part: Decimal

    @property
    def total(self) -> Decimal:
        return self.employer_part + self.member_part


def stood_in(remittance: Remittance, accounts: Collection[int]) -> dict[int, Stood]:
    """How members, named by the key of their account, stood in a list 上月清册行; who is not in it is left out."""
    lines = RemittanceLine.objects.filter(remittance=remittance, member_account__in=accounts)
    return {pk: Stood(*values) for pk, *values in lines.values_list("member_account_id", *Stood._fields)}


def kinds_of_new(employer: Employer, month: Month, accounts: Collection[int]) -> dict[int, LineKind]:
    """What accounts are that the list before did not name 新列入职工的变动类型: back again, moved here, or new."""
    lines = RemittanceLine.objects.filter(member_account__in=accounts, remittance__kind=RemittanceKind.REGULAR)
    lines = lines.filter(remittance__month__lt=str(month)).exclude(remittance__status=RemittanceStatus.CANCELLED)
    kinds = dict.fromkeys(accounts, LineKind.OPENED)
    kinds |= dict.fromkeys(lines.values_list("member_account_id", flat=True), LineKind.MOVED)
    here = lines.filter(remittance__employer=employer)
    return kinds | dict.fromkeys(here.values_list("member_account_id", flat=True), LineKind.RETURNED)


def gone_since(before: Remittance, due: QuerySet[MemberAccount]) -> QuerySet[RemittanceLine]:
    """The lines of a list whose members are not due any more 上月之后已减少的职工, in the order of that list."""
    lines = RemittanceLine.objects.filter(remittance=before).exclude(member_account__in=due.order_by().values("pk"))
    return lines.select_related("member_account", "member_account__member").order_by("line")


def compared(remittance: Remittance, before: Remittance | None) -> ComparedLines:
    """The lines of a list, each with its `kind` 变动类型, and what stood in the list before where it did."""
    same = RemittanceLine.objects.filter(remittance=before, member_account=OuterRef("member_account"))
    earlier = RemittanceLine.objects.filter(
        member_account=OuterRef("member_account"),
        remittance__kind=RemittanceKind.REGULAR,
        remittance__month__lt=remittance.month,
    ).exclude(remittance__status=RemittanceStatus.CANCELLED)
    lines = RemittanceLine.objects.filter(remittance=remittance).annotate(
        paying_before=Subquery(same.annotate(paying=PAYING).values("paying")[:1]),
        base_before=Subquery(same.values("base")[:1]),
        total_before=Subquery(same.annotate(amount=AMOUNT).values("amount")[:1]),
        paying=PAYING,
    )
    kind = Case(
        When(paying_before=F("paying"), then=Value(LineKind.SAME.value)),
        When(paying_before__isnull=False, then=Value(LineKind.CHANGED.value)),
        When(Exists(earlier.filter(remittance__employer=remittance.employer_id)), then=Value(LineKind.RETURNED.value)),
        When(Exists(earlier), then=Value(LineKind.MOVED.value)),
        default=Value(LineKind.OPENED.value),
    )
    return lines.annotate(kind=kind).select_related("member_account", "member_account__member").order_by("line")


def left_since(remittance: Remittance, before: Remittance | None) -> ComparedLines:
    """The lines of the list before whose members this one does not name 减少人员, in the form of `compared`."""
    still = RemittanceLine.objects.filter(remittance=remittance, member_account=OuterRef("member_account"))
    gone = RemittanceLine.objects.filter(remittance=before).exclude(Exists(still))
    return (
        gone.annotate(kind=Value(LineKind.LEFT.value), base_before=F("base"), total_before=AMOUNT)
        .select_related("member_account", "member_account__member")
        .order_by("line")
    )


def rows_of_kind(remittance: Remittance, before: Remittance | None, kind: str) -> ComparedLines:
    """The rows of a list 按变动类型查看: of one kind, or all of them where none is named."""
    if kind == LineKind.LEFT:
        return left_since(remittance, before)
    rows = compared(remittance, before)
    return rows.filter(kind=kind) if kind else rows


def differences(remittance: Remittance, before: Remittance | None) -> list[Difference]:
    """How a list differs from the one before 变动汇总, by kind; a kind that nobody is of is left out."""
    sums = (
        compared(remittance, before)
        .order_by()
        .values("kind")
        .annotate(count=Count("line"), now=Sum(AMOUNT), before=TOTAL_BEFORE)
    )
    found = {row["kind"]: Difference(LineKind(row["kind"]), row["count"], row["now"], row["before"]) for row in sums}
    gone = left_since(remittance, before).order_by().aggregate(count=Count("line"), before=Sum(AMOUNT))
    if gone["count"]:
        found[LineKind.LEFT] = Difference(LineKind.LEFT, gone["count"], ZERO, gone["before"])
    return [found[kind] for kind in LineKind if kind in found]


LINES_HEADER = [
    *["序号", "个人账号", "姓名", "缴存基数(元)", "单位比例(%)", "个人比例(%)"],
    *["单位缴存额(元)", "个人缴存额(元)", "合计(元)", "与上月相比", "上月基数(元)", "上月合计(元)"],
]


def excel_lines(rows: ComparedLines) -> Iterator[list[object]]:
    """Rows of a list as the cells of a table 汇缴明细导出; of who left, what stood in the list before."""
    for line in rows.iterator():
        account, kind = line.member_account, LineKind(line.kind)
        amounts = [line.base, line.employer_ratio, line.member_ratio, line.employer_part, line.member_part, line.total]
        before = [line.base_before, line.total_before]
        yield [line.line, account.number, account.member.name, *amounts, kind.label, *before]

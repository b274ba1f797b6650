"""Reads of deposits 归集查询: the month that is due, the list proposed for it, and whose money a receipt is."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from access.models import User
from access.states import Perm
from accounts.models import Employer, MemberAccount, PayingAccount
from accounts.queries import active_members, employers_seen_by
from accounts.states import EmployerStatus
from banking.models import BankAccount, Receipt
from banking.queries import receipts_seen_by
from banking.states import AccountPurpose
from deposits import rules
from deposits.models import Identification, Remittance, RemittanceLine, Sheet
from deposits.sheets import OPTIONAL, Table, read, with_messages
from deposits.states import IdentifiedBy, RemittanceStatus, SheetStatus
from hpf import privacy
from hpf.money import ZERO
from hpf.months import Month
from ledger.models import Money
from ledger.queries import balance_of
from policy.queries import DepositTerms, deposit_terms_on


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One member as a list names him 清册行: base in yuan, ratios in percent."""

    account: int
    base: Decimal
    employer_ratio: Decimal
    member_ratio: Decimal


@dataclass(frozen=True, slots=True)
class Payer:
    """The employer a receipt belongs to 付款单位, and how that is known."""

    employer: int
    how: IdentifiedBy


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row of a checked sheet for showing 清册校验行, the ID number masked; what could not be read is None."""

    number: int
    account: str
    name: str
    shown_id: str
    base: Decimal | None
    employer_ratio: Decimal | None
    member_ratio: Decimal | None
    employer_part: Decimal | None
    member_part: Decimal | None
    errors: list[tuple[str, str]]
    change: str = ""  # what else the row does to an account, in words


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found on a sheet 校验结果; `missing` are members it leaves out: (account, name, sentence)."""

    rows: list[CheckedRow]
    missing: list[tuple[str, str, str]]

    def counted(self, change: str) -> int:
        """How many rows make a change that begins with these words 变动人数."""
        return sum(1 for row in self.rows if row.change.startswith(change))

    def written(self) -> bytes:
        """As it is kept, before it is sealed."""
        rows = [list(astuple(row)) for row in self.rows]
        return json.dumps({"rows": rows, "missing": self.missing}, ensure_ascii=False, default=str).encode()

    @classmethod
    def read(cls, kept: bytes) -> "Checked":
        """As `written` wrote it."""
        plain = json.loads(kept)
        rows = [
            CheckedRow(
                *(number, account, name, shown_id),
                *(_amount(base), _amount(ours), _amount(theirs), _amount(we), _amount(they)),
                errors,
                *change,  # a sheet checked before there were changes has none
            )
            for number, account, name, shown_id, base, ours, theirs, we, they, errors, *change in plain["rows"]
        ]
        return cls(rows, [tuple(left) for left in plain["missing"]])


def month_due(employer: Employer, *, on: date) -> Month:
    """The next month an employer has not handed in 应汇缴年月: months are paid in order, none is left out.

    For an employer that never paid, it is the first month of its first member, or the month of the business day.
    """
    listed = Remittance.objects.filter(employer=employer).exclude(status=RemittanceStatus.CANCELLED)
    latest = max(filter(None, [employer.paid_to, listed.aggregate(latest=Max("month"))["latest"]]), default=None)
    if latest:
        return Month.parse(latest).next()
    first = active_members(employer).aggregate(first=Min("first_month"))["first"]
    return Month.parse(first) if first else Month.of(on)


def too_early(month: Month, *, on: date) -> bool:
    """Whether a month cannot be handed in yet 未到汇缴时间: it opens with the month before it."""
    return month > Month.of(on).next()


def still_to_come(remittance: Remittance) -> Decimal:
    """The money that must still arrive before a month is allocated 还需到账: earlier months are paid first, in yuan."""
    waiting = Remittance.objects.filter(
        employer=remittance.employer_id, status=RemittanceStatus.SUBMITTED, month__lte=remittance.month
    )
    due = waiting.aggregate(due=Coalesce(Sum("total"), ZERO, output_field=Money()))["due"]
    return max(ZERO, due - unallocated_of(remittance.employer))


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


def proposal(employer: Employer, month: Month, *, on: date) -> Proposal:
    """What the proposed list of a month comes to under the terms of the day 应缴合计. Raises NoTerm."""
    terms = deposit_terms_on(on)
    due = [contribution_of(line, terms) for line in proposed_lines(employer, month)]
    return Proposal(
        len(due), sum((one.employer_part for one in due), ZERO), sum((one.member_part for one in due), ZERO)
    )


def contribution_of(line: ListedLine, terms: DepositTerms) -> rules.Contribution:
    """What one line comes to under the terms of a day 月缴存额 (R-101 to R-103)."""
    return rules.contribution(
        line.base,
        employer_ratio=line.employer_ratio,
        member_ratio=line.member_ratio,
        floor=terms.floor,
        cap=terms.cap,
        unit=terms.round_unit,
    )


def unallocated_of(employer: Employer) -> Decimal:
    """The employer's money that is not yet anybody's savings 单位暂存款, in yuan."""
    return balance_of(employer.unallocated_id)


def accounts_to_pay_to() -> QuerySet[BankAccount]:
    """The centre's accounts employers pay to 归集专户, by bank."""
    accounts = BankAccount.objects.filter(purpose=AccountPurpose.COLLECTION).select_related("bank")
    return accounts.order_by("bank__code", "number")


LINES_HEADER = [
    *["序号", "个人账号", "姓名", "缴存基数(元)", "单位比例(%)", "个人比例(%)"],
    *["单位缴存额(元)", "个人缴存额(元)", "合计(元)"],
]


def excel_lines(remittance: Remittance) -> Iterator[list[object]]:
    """The lines of a remittance as the cells of a table 汇缴明细导出."""
    for line in lines_of(remittance).iterator():
        account = line.member_account
        amounts = [line.base, line.employer_ratio, line.member_ratio, line.employer_part, line.member_part, line.total]
        yield [line.line, account.number, account.member.name, *amounts]


def remittances_seen_by(user: User) -> QuerySet[Remittance]:
    """The remittances a person may look at 可查看的汇缴, newest first: of the employers the person may see."""
    rows = Remittance.objects.select_related("employer", "employer__branch").order_by("-month", "-pk")
    if not (user.has(Perm.VIEW_REMITTANCES) or user.has(Perm.SUBMIT_REMITTANCE)):
        return rows.none()
    return rows.filter(employer__in=employers_seen_by(user))


def totals_of(remittances: QuerySet[Remittance]) -> dict[str, Any]:
    """How many, for how many members, and how much 汇缴合计; `waiting` is what has not been paid."""
    waiting = Q(status=RemittanceStatus.SUBMITTED)
    return remittances.order_by().aggregate(
        count=Count("pk"),
        people=Coalesce(Sum("headcount"), 0),
        amount=Coalesce(Sum("total"), ZERO, output_field=Money()),
        waiting=Coalesce(Sum("total", filter=waiting), ZERO, output_field=Money()),
    )


def sheets_seen_by(user: User) -> QuerySet[Sheet]:
    """The sheets a handler may work on 可办理的清册: his employer's, newest first, without the files themselves."""
    rows = Sheet.objects.select_related("employer").defer("file_sealed", "rows_sealed").order_by("-pk")
    return rows.filter(employer__in=employers_seen_by(user)) if user.has(Perm.SUBMIT_REMITTANCE) else rows.none()


def open_sheet(employer: Employer) -> Sheet | None:
    """The sheet an employer is still working on 办理中的清册, if any."""
    waiting = Sheet.objects.filter(employer=employer, status__in=[SheetStatus.WAITING, SheetStatus.CHECKED])
    return waiting.defer("file_sealed", "rows_sealed").order_by("-pk").first()


def table_of(sheet: Sheet) -> Table:
    """The rows as they were handed in 清册原文. Raises Unreadable."""
    sealed = Sheet.objects.values_list("file_sealed", flat=True).get(pk=sheet.pk)
    return read(_revealed(sheet, "file_sealed", sealed))


def checked_of(sheet: Sheet) -> Checked:
    """What the check found 校验结果; nothing while it is not checked."""
    sealed = Sheet.objects.values_list("rows_sealed", flat=True).get(pk=sheet.pk)
    if sealed is None:
        return Checked([], [])
    return Checked.read(_revealed(sheet, "rows_sealed", sealed))


def listed_in(month: Month, accounts: Iterable[int]) -> set[int]:
    """The member accounts, of those given by their key, that some employer's list of a month names 当月已列入汇缴."""
    lines = RemittanceLine.objects.filter(remittance__month=str(month), member_account__in=list(accounts))
    return set(lines.exclude(remittance__status=RemittanceStatus.CANCELLED).values_list("member_account_id", flat=True))


def template_rows(employer: Employer, month: Month) -> list[list[object]]:
    """The rows of the sheet proposed for a month 建议清册: numbers of persons masked, since they need not be typed."""
    return [
        [
            str(place),
            account.number,
            account.member.name,
            account.member.get_certificate_type_display(),
            privacy.masked_id(account.member.id_number),
            privacy.masked_mobile(account.member.mobile),
            account.base,
            account.employer_ratio,
            account.member_ratio,
            *[""] * len(OPTIONAL),
        ]
        for place, account in enumerate(members_due(employer, month), start=1)
    ]


def error_file(sheet: Sheet) -> bytes:
    """The sheet as it was handed in, with what is wrong beside each row 校验结果文件. Raises Unreadable."""
    checked = checked_of(sheet)
    messages = {
        row.number: "；".join(f"{column}：{sentence}" for column, sentence in row.errors) for row in checked.rows
    }
    return with_messages(table_of(sheet), messages, checked.missing)


def month_before(sheet: Sheet) -> Remittance | None:
    """The last month the employer handed in before a sheet's 上月汇缴, to compare it with."""
    earlier = Remittance.objects.filter(employer=sheet.employer_id, month__lt=sheet.month)
    return earlier.exclude(status=RemittanceStatus.CANCELLED).order_by("-month").first()


def lines_of(remittance: Remittance) -> QuerySet[RemittanceLine]:
    """The lines of a remittance 汇缴明细, in the order of the list."""
    return (
        RemittanceLine.objects.filter(remittance=remittance)
        .select_related("member_account", "member_account__member")
        .order_by("line")
    )


def identifications_of(employer: Employer) -> QuerySet[Identification]:
    """What arrived for an employer 到账认领记录, newest first."""
    return (
        Identification.objects.filter(employer=employer)
        .select_related("receipt", "receipt__bank")
        .order_by("-on", "-pk")
    )


def covered() -> list[int]:
    """The remittances that the employer's unallocated money covers 资金已到齐的汇缴, an employer's months in order."""
    rows = Remittance.objects.filter(
        status=RemittanceStatus.SUBMITTED, employer__unallocated__balance__gte=F("total")
    ).order_by("employer", "month")
    return list(rows.values_list("pk", flat=True))


def unidentified(after: int, limit: int) -> list[Receipt]:
    """Receipts nobody has claimed 待认领到账, by number, after one of them."""
    rows = Receipt.objects.filter(unclaimed__gt=0, pk__gt=after, identification=None).order_by("pk")
    return list(rows.only("pk", "remark", "payer_account_index")[:limit])


def payers_of(receipts: Sequence[Receipt]) -> dict[int, Payer]:
    """Whose money receipts are 付款单位, by receipt; one that nobody can be sure of is left out.

    A payment reference decides; without one, the paying account, where it belongs to one employer only. References of
    several employers decide nothing, and neither does the paying account then (R-302).
    """
    references = {receipt.pk: rules.references_in(receipt.remark) for receipt in receipts}
    written = set().union(*references.values())
    listed = dict(Remittance.objects.filter(reference__in=written).values_list("reference", "employer"))
    owners = _owners_of(bytes(receipt.payer_account_index) for receipt in receipts)
    payers: dict[int, Payer] = {}
    for receipt in receipts:
        by_reference = {listed[reference] for reference in references[receipt.pk] if reference in listed}
        by_account = owners.get(bytes(receipt.payer_account_index), set())
        how = IdentifiedBy.REFERENCE if by_reference else IdentifiedBy.PAYING_ACCOUNT
        named = by_reference or by_account
        if len(named) == 1:
            payers[receipt.pk] = Payer(next(iter(named)), how)
    return payers


def suspense_seen_by(user: User) -> QuerySet[Receipt]:
    """Money without an owner 待认领资金 that a person may look at, what has waited longest first.

    It belongs to no office yet, so whoever may see receipts sees all of it.
    """
    return receipts_seen_by(user).filter(unclaimed__gt=0).order_by("paid_on", "pk")


def shares_of(receipt: Receipt) -> QuerySet[Identification]:
    """What of a receipt was given to which employer 到账认领结果."""
    return Identification.objects.filter(receipt=receipt).select_related("employer__branch").order_by("pk")


def open_employers() -> QuerySet[Employer]:
    """The employers money may be given to 可认领到账的单位: of every office, by number."""
    return Employer.objects.exclude(status=EmployerStatus.CLOSED).select_related("branch").order_by("number")


def hints_of(receipts: Sequence[Receipt]) -> dict[int, dict[Employer, str]]:
    """The open employers receipts may belong to 疑似单位, by receipt, each with the trace that leads to it."""
    references = {receipt.pk: rules.references_in(receipt.remark) for receipt in receipts}
    months = Remittance.objects.filter(reference__in=set().union(*references.values()))
    listed = dict(months.values_list("reference", "employer"))
    owners = _owners_of(bytes(receipt.payer_account_index) for receipt in receipts)
    called = {receipt.pk: rules.spellings_of(receipt.payer_name) for receipt in receipts}
    namesakes = list(open_employers().filter(name__in=set().union(*called.values())))
    traced = open_employers().filter(pk__in=[*listed.values(), *set().union(*owners.values())])
    known = {employer.pk: employer for employer in [*traced, *namesakes]}
    hints: dict[int, dict[Employer, str]] = {}
    for receipt in receipts:
        found = {employer.pk: "付款户名相同" for employer in namesakes if employer.name in called[receipt.pk]}
        found |= dict.fromkeys(owners.get(bytes(receipt.payer_account_index), ()), "登记的付款账户")
        found |= {listed[one]: "附言中的缴款识别号" for one in references[receipt.pk] if one in listed}
        hints[receipt.pk] = {known[pk]: why for pk, why in sorted(found.items()) if pk in known}
    return hints


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _revealed(sheet: Sheet, column: str, sealed: bytes | memoryview) -> bytes:
    return privacy.reveal_bytes(bytes(sealed), table=Sheet._meta.db_table, column=column, row=sheet.pk)


def _owners_of(indexes: Iterable[bytes]) -> dict[bytes, set[int]]:
    """The employers that registered each paying account."""
    owners: dict[bytes, set[int]] = defaultdict(set)
    rows = PayingAccount.objects.filter(account_index__in=set(indexes)).values_list("account_index", "employer")
    for index, employer in rows:
        owners[bytes(index)].add(employer)
    return owners

"""Checking the rows of a sheet 校验清册: what each row means, what it comes to, and what is wrong with it.

It writes nothing, and holds some hundred rows at a time. The same check runs when a sheet is uploaded, when rows of it
are mended, and again when it is confirmed.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from accounts import rules as people
from accounts.actions import employers, members, sealing, transfers
from accounts.actions.members import NewMember, Paying
from accounts.models import Employer, Member, MemberAccount
from accounts.queries import active_members
from accounts.queries.freezes import stopped_among
from accounts.states import MEMBER_ACCOUNT_ENDS, CertificateType, SealReason
from deposits import queries, sheets
from deposits.models import Remittance
from deposits.queries import ListedLine, contribution_of
from deposits.rules import Contribution
from deposits.sheets import Cell, Table
from hpf import privacy
from hpf.errors import Refusal
from hpf.months import Month
from policy.queries import DepositTerms

Found = TypeVar("Found")
Known = Mapping[str, MemberAccount]

COLUMN_OF = {
    "name": sheets.NAME,
    "id_number": sheets.ID_NUMBER,
    "mobile": sheets.MOBILE,
    "base": sheets.BASE,
    "employer_ratio": sheets.EMPLOYER_RATIO,
    "member_ratio": sheets.MEMBER_RATIO,
    "status": sheets.CHANGE,
}
WRITTEN_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")
SHORTENED = re.compile(r"[0-9]([.][0-9]+)?[Ee][+][0-9]+")
EVERY = 1000  # rows checked, written and shown together

TYPED_AS_NUMBER = "此格以数字保存，号码可能已被 Excel 改动；请先把格式设为文本，再重新填写"
ACCOUNT_UNKNOWN = "账号不属于本单位或已封存；已封存的请删除此行，新职工请将个人账号留空"
LISTED_TWICE = "该职工在清册中出现两次，请删除重复的一行"
BEGINS_LATER = "该职工从 {month} 起缴存，本月不应列入，请删除此行"
NAME_DIFFERS = "姓名与该账户登记的不一致；请核对账号，更名请到管理部办理"
ID_DIFFERS = "证件号码与该账户登记的不一致；已开户职工请保留下载时的内容"
MOBILE_DIFFERS = "已开户职工的手机号码不在清册中变更，请保留下载时的内容"
TYPE_UNKNOWN = "证件类型应为：{choices}，请从下拉列表中选择"
NOT_A_NUMBER = "请填写数字，例如 {example}"
NOT_PERCENT = "比例按百分数填写，例如 8 表示 8%，请修改"
PAID_ELSEWHERE = "该职工 {month} 已列入其他单位的汇缴，不能重复；请从该单位停缴的月份起列入"
MEMBER_NAME_DIFFERS = "该证件号码已登记的姓名与填写的不一致，请对照证件核对"
MISSING = "在册职工未列入清册：已离职的请补上这一行，在“变动”列填“封存”并选填“封存原因”；仍在职的也请补上"
CHANGE_UNKNOWN = "此列只能留空或填“封存”，请修改"
REASON_UNKNOWN = "请填写封存原因，应为：{choices}"
REASON_ALONE = "填写了封存原因，但“变动”列为空；职工离职请在“变动”列填“封存”，否则请清空封存原因"
JOINER_LEAVES = "没有个人账号的新职工不能封存，请清空此列，或填写其个人账号"
NOBODY_STAYS = "清册中的职工全部封存，本月没有应缴职工；请到管理部办理"


@dataclass(slots=True)
class Judged:
    """One row and what was found: values where they could be read, and errors as (column, sentence)."""

    number: int
    account: str = ""
    name: str = ""
    shown_id: str = ""
    key: int | None = None
    paying: Paying | None = None
    due: Contribution | None = None
    joiner: NewMember | None = None
    person: tuple[str, bytes] | None = None
    leaves: SealReason | None = None
    moves: bool = False
    cells: dict[str, Cell] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)

    def wrong(self, column: str, sentence: str) -> None:
        self.errors.append((column, sentence))


@dataclass(frozen=True, slots=True)
class Checker:
    """What the rows of one sheet are checked against, and who was met in them so far."""

    employer: Employer
    month: Month
    on: date
    terms: DepositTerms
    before: Remittance | None
    accounts: set[int] = field(default_factory=set)
    people: set[tuple[str, bytes]] = field(default_factory=set)

    @classmethod
    def of(cls, employer: Employer, month: Month, *, on: date) -> "Checker":
        """For a sheet of a month. Raises NoTerm where a limit is missing on its first day."""
        return cls(employer, month, on, queries.terms_of(month), queries.list_before(employer, month))


def check_rows(table: Table, checker: Checker) -> Iterator[list[Judged]]:
    """Check every row of a sheet against the employer's members and the terms of the month 逐行校验, part by part.

    Raises:
        Unreadable: the file cannot be read to its end.
    """
    all_leave, waiting = True, list(islice(table.rows, EVERY))
    while part := waiting:
        waiting = list(islice(table.rows, EVERY))
        rows = judge([(row.number, table.named(row)) for row in part], checker)
        all_leave = all_leave and all(row.leaves for row in rows)
        if all_leave and not waiting and not any(left_out(checker)):
            rows[-1].wrong(sheets.CHANGE, NOBODY_STAYS)
        yield rows


def left_out(checker: Checker) -> Iterator[list[Judged]]:
    """The members a sheet, whose rows were all met, leaves out 未列入清册的职工, part by part; they have no number."""
    due = queries.members_due(checker.employer, checker.month)
    rows = due.values_list("pk", "number", "member__name").iterator(chunk_size=EVERY)
    absent = (Judged(0, number, name) for pk, number, name in rows if pk not in checker.accounts)
    while part := list(islice(absent, EVERY)):
        for row in part:
            row.wrong(sheets.ACCOUNT, MISSING)
        yield part


def judge(part: Sequence[tuple[int, dict[str, Cell]]], checker: Checker) -> list[Judged]:
    """Check some rows, each its number and its cells by title 校验若干行, beside those the checker has met already."""
    numbers = {people.plain(_text(cells[sheets.ACCOUNT])) for _number, cells in part}
    known = {account.number: account for account in active_members(checker.employer).filter(number__in=numbers)}
    rows = [_judge(number, cells, known, checker) for number, cells in part]
    _judge_joiners([row for row in rows if row.person], checker)
    return rows


def _judge(number: int, cells: dict[str, Cell], known: Known, checker: Checker) -> Judged:
    account, name = people.plain(_text(cells[sheets.ACCOUNT])), _text(cells[sheets.NAME])
    row = Judged(number, account=account, name=name, cells=cells)
    row.leaves = _leaving(row, cells)
    row.paying = None if row.leaves else _paying(row, cells, checker)
    if _typed_as_number(cells[sheets.ID_NUMBER]):
        row.wrong(sheets.ID_NUMBER, TYPED_AS_NUMBER)
    elif row.account:
        _judge_known(row, cells, known, checker)
    else:
        _judge_new(row, cells, checker)
    if row.paying:
        paying = row.paying
        line = ListedLine(row.key or 0, paying.base, paying.employer_ratio, paying.member_ratio)
        row.due = contribution_of(line, checker.terms)
    return row


def _typed_as_number(cell: Cell) -> bool:
    """A number of more digits than a spreadsheet keeps, or what a text file made of one: 5.11E+17."""
    return isinstance(cell, Decimal) or bool(SHORTENED.fullmatch(people.plain(cell)))


def _judge_known(row: Judged, cells: dict[str, Cell], known: Known, checker: Checker) -> None:
    """A member who has an account: the row may change base and ratios, not the person."""
    account = known.get(row.account)
    if account is None:
        row.wrong(sheets.ACCOUNT, ACCOUNT_UNKNOWN)
        return
    row.key = account.pk
    if account.pk in checker.accounts:
        row.wrong(sheets.ACCOUNT, LISTED_TWICE)
    checker.accounts.add(account.pk)
    if account.first_month > str(checker.month):
        row.wrong(sheets.ACCOUNT, BEGINS_LATER.format(month=account.first_month))
    member = account.member
    if people.written_name(row.name) != people.written_name(member.name):
        row.wrong(sheets.NAME, NAME_DIFFERS)
    row.shown_id = privacy.masked_id(member.id_number)
    id_number, mobile = people.plain(str(cells[sheets.ID_NUMBER])), people.plain(_text(cells[sheets.MOBILE]))
    if id_number not in ("", row.shown_id) and privacy.blind_index("id_number", id_number) != bytes(member.id_index):
        row.wrong(sheets.ID_NUMBER, ID_DIFFERS)
    if mobile not in ("", privacy.masked_mobile(member.mobile), member.mobile):
        row.wrong(sheets.MOBILE, MOBILE_DIFFERS)
    if row.leaves:
        _tried(row, lambda: sealing.refuse_to_seal(account, checker.employer, checker.month))


def _judge_new(row: Judged, cells: dict[str, Cell], checker: Checker) -> None:
    """A joiner, who is opened by this row."""
    if row.leaves:
        row.wrong(sheets.CHANGE, JOINER_LEAVES)
    kind = _certificate_type(_text(cells[sheets.CERTIFICATE]))
    if kind is None:
        row.wrong(sheets.CERTIFICATE, TYPE_UNKNOWN.format(choices="、".join(CertificateType.labels)))
    number, written = str(cells[sheets.ID_NUMBER]), _text(cells[sheets.MOBILE])
    certificate = _tried(row, lambda: people.certificate(kind, number, on=checker.on)) if kind else None
    name = _tried(row, lambda: people.person_name(employers.named(row.name, field="name")))
    row.name = name or row.name
    mobile = _tried(row, lambda: people.mobile(written)) if written else ""
    if not certificate:
        return
    row.shown_id = privacy.masked_id(certificate.number)
    row.person = (certificate.type.value, privacy.blind_index("id_number", certificate.number))
    if row.person in checker.people:
        row.wrong(sheets.ID_NUMBER, LISTED_TWICE)
    checker.people.add(row.person)
    if name and row.paying:
        paying = row.paying
        row.joiner = NewMember(
            name=name,
            id_number=certificate.number,
            base=paying.base,
            first_month=checker.month,
            certificate_type=certificate.type,
            mobile=mobile or "",
            employer_ratio=paying.employer_ratio,
            member_ratio=paying.member_ratio,
        )


def _leaving(row: Judged, cells: dict[str, Cell]) -> SealReason | None:
    """Why this member's account is to be sealed, where the row asks for it."""
    change, reason = people.plain(_text(cells[sheets.CHANGE])), people.plain(_text(cells[sheets.REASON]))
    if change not in ("", sheets.SEAL):
        row.wrong(sheets.CHANGE, CHANGE_UNKNOWN)
    elif not change and reason:
        row.wrong(sheets.REASON, REASON_ALONE)
    elif change and reason not in SealReason.labels:
        row.wrong(sheets.REASON, REASON_UNKNOWN.format(choices="、".join(SealReason.labels)))
    elif change:
        return list(SealReason)[SealReason.labels.index(reason)]
    return None


def _paying(row: Judged, cells: dict[str, Cell], checker: Checker) -> Paying | None:
    """Base and ratios, where all three can be read and lie within the limits of the month."""
    terms = checker.terms
    sound = terms.ratio_min  # stands in for a ratio while another value is judged
    base = _number(row, cells, sheets.BASE, "6543.00")
    ours = _percent(row, cells, sheets.EMPLOYER_RATIO)
    theirs = _percent(row, cells, sheets.MEMBER_RATIO)
    if base is not None:
        paying = Paying(base, sound, sound)
        _tried(row, lambda: members.refuse_paying(terms, paying))
    _tried(row, lambda: employers.refuse_ratios(terms, sound if ours is None else ours, sound))
    _tried(row, lambda: employers.refuse_ratios(terms, sound, sound if theirs is None else theirs))
    if base is None or ours is None or theirs is None or row.errors:
        return None
    return Paying(base, ours, theirs)


def _tried(row: Judged, read: Callable[[], Found]) -> Found | None:
    """What a rule makes of a value, or its sentence on the row."""
    try:
        return read()
    except Refusal as refusal:
        row.wrong(COLUMN_OF.get(refusal.field or "", sheets.NAME), refusal.sentence)
        return None


def _judge_joiners(joiners: Sequence[Judged], checker: Checker) -> None:
    """Joiners whom the centre knows already: four questions for the whole sheet."""
    indexes = [row.person[1] for row in joiners if row.person is not None]
    held = _held(indexes)
    rows = Member.objects.filter(id_index__in=indexes).values_list("certificate_type", "id_index", "name")
    names = {(kind, bytes(index)): name for kind, index, name in rows}
    frozen = stopped_among(account.pk for account in held.values())
    for row in joiners:
        assert row.person is not None
        if names.get(row.person, row.name) != row.name:
            row.wrong(sheets.NAME, MEMBER_NAME_DIFFERS)
        elif row.person in held:
            _judge_mover(row, held[row.person], checker, frozen)
    movers = [row for row in joiners if row.moves]
    listed = queries.listed_in(checker.month, [row.key for row in movers if row.key])
    for row in movers:
        if row.key in listed:
            row.wrong(sheets.ID_NUMBER, PAID_ELSEWHERE.format(month=checker.month))


def _held(indexes: Sequence[bytes]) -> dict[tuple[str, bytes], MemberAccount]:
    """The open account of each person, by certificate."""
    accounts = MemberAccount.objects.filter(member__id_index__in=indexes).exclude(status__in=MEMBER_ACCOUNT_ENDS)
    found = accounts.select_related("member", "ledger_account")
    return {(account.member.certificate_type, bytes(account.member.id_index)): account for account in found}


def _judge_mover(row: Judged, account: MemberAccount, checker: Checker, frozen: Collection[int]) -> None:
    """Somebody who saves with us already: the account is moved here by this row, where that is allowed."""
    try:
        transfers.refuse_to_take_in(account, checker.employer, frozen)
    except Refusal as refusal:
        row.wrong(sheets.ID_NUMBER, refusal.sentence)
    else:
        row.key, row.joiner, row.moves = account.pk, None, True
        checker.accounts.add(account.pk)


def _number(row: Judged, cells: dict[str, Cell], column: str, example: str) -> Decimal | None:
    cell = cells[column]
    if isinstance(cell, Decimal):
        return cell
    text = people.plain(cell).replace(",", "").removesuffix("%")
    if WRITTEN_NUMBER.fullmatch(text):
        return Decimal(text)
    row.wrong(column, NOT_A_NUMBER.format(example=example))
    return None


def _percent(row: Judged, cells: dict[str, Cell], column: str) -> Decimal | None:
    """A ratio; a cell formatted as percent holds 0.08 for 8%, which is asked back rather than guessed."""
    ratio = _number(row, cells, column, "8")
    if ratio is not None and 0 < ratio < 1:
        row.wrong(column, NOT_PERCENT)
        return None
    return ratio


def _certificate_type(text: str) -> CertificateType | None:
    """By its name or its code."""
    if text in CertificateType.labels:
        return list(CertificateType)[CertificateType.labels.index(text)]
    return CertificateType(text) if text in CertificateType.values else None


def _text(cell: Cell) -> str:
    return f"{cell:f}" if isinstance(cell, Decimal) else cell

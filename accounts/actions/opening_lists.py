"""Opening by the list 批量开户: every row judged first, then all are opened or moved, or nobody is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction

from access.models import User
from accounts import rules, sheets
from accounts.actions import members, transfers
from accounts.actions.employers import named
from accounts.actions.members import EmployerNotActive, ListedTwice, NameDiffers, NewMember, Paying
from accounts.models import Employer, Member, MemberAccount
from accounts.queries.freezes import stopped_among
from accounts.states import MEMBER_ACCOUNT_ENDS, CertificateType
from audit.actions import trail
from hpf import privacy
from hpf.errors import Refusal
from hpf.months import Month
from policy.queries import DepositTerms, deposit_terms_on

OPENS, MOVES = "可以开户", "同城转移：账户连同余额转入"
# The columns in which a person finds what a refusal names.
COLUMN_OF = {
    "name": sheets.NAME, "id_number": sheets.ID_NUMBER, "base": sheets.BASE, "mobile": sheets.MOBILE,
    "account_number": sheets.CARD, "employer_ratio": sheets.EMPLOYER_RATIO, "member_ratio": sheets.MEMBER_RATIO,
    "certificate_type": sheets.CERTIFICATE, "first_month": sheets.FIRST_MONTH,
    "card": sheets.CARD, "card_bank": sheets.CARD_BANK,
}  # fmt: skip
Person = tuple[str, bytes]


class ListHasErrors(Refusal):
    message = "名单中有 {count} 行不能办理，一户都没有开立；请点“校验并下载结果”查看原因，改好后重新选择文件"
    code = "list_has_errors"


class WrongCell(Refusal):
    message = "“{value}”不能识别，{how}"
    code = "wrong_cell"


@dataclass
class Judged:
    """A row of the list and what becomes of it 名单行; `wrong` says why nothing does, at a column."""

    number: int
    cells: sheets.Named
    new: NewMember | None = None
    person: Person = ("", b"")
    mover: MemberAccount | None = None
    wrong: str = ""
    column: str = ""

    @property
    def said(self) -> str:
        """The sentence beside the row."""
        if self.wrong:
            return f"{self.column}：{self.wrong}" if self.column else self.wrong
        return MOVES if self.mover else OPENS

    def refuse(self, refusal: Refusal) -> None:
        self.wrong, self.column = refusal.sentence, COLUMN_OF.get(refusal.field or "", "")


@dataclass(frozen=True)
class Opened:
    """What a list did 批量开户结果."""

    opened: list[MemberAccount] = field(default_factory=list)
    moved: list[MemberAccount] = field(default_factory=list)


def judge(employer: Employer, data: bytes, *, on: date) -> list[Judged]:
    """Judge every row of a list 校验开户名单, before anything is opened.

    Raises:
        Unreadable: the file is no list.
        EmployerNotActive: the employer may take nobody in now.
    """
    if employer.status not in members.MAY_OPEN_MEMBERS:
        raise EmployerNotActive(status=employer.get_status_display())
    terms = deposit_terms_on(on)
    with sheets.opened(data) as rows:
        judged = [_judge(Judged(number, cells), employer, terms, on=on) for number, cells in rows]
    sound = [row for row in judged if not row.wrong]
    _meet_persons(sound, employer)
    return judged


@transaction.atomic
def open_list(employer: Employer, data: bytes, *, by: User, on: date) -> Opened:
    """Open an account for everybody on a list, and move those who are sealed elsewhere 批量开户和转入.

    Raises:
        Unreadable, EmployerNotActive: the list cannot be taken.
        ListHasErrors: a row cannot be; nobody is opened.
        and what `members.open_many` and `transfers.take_in` raise, where things changed meanwhile.
    """
    judged = judge(employer, data, on=on)
    wrong = sum(1 for row in judged if row.wrong)
    if wrong:
        raise ListHasErrors(field="file", count=wrong)
    movers: dict[int, Paying] = {
        row.mover.pk: members.paying_of(row.new, employer) for row in judged if row.mover and row.new
    }
    opened = members.open_many(employer, [row.new for row in judged if row.new and not row.mover], by=by, on=on)
    moved = transfers.take_in(employer, movers, by=by, on=on)
    trail.note("open_list", employer, by=by, on=on, count=len(judged), opened=len(opened), moved=len(moved))
    return Opened(opened, list(moved.values()))


def _judge(row: Judged, employer: Employer, terms: DepositTerms, *, on: date) -> Judged:
    """Read one row by itself; what it meets among persons comes later, for all rows at once."""
    try:
        row.new = _new_member(row.cells, employer, on)
        certificate = rules.certificate(row.new.certificate_type, row.new.id_number, on=on)
        row.person = certificate.type, privacy.blind_index("id_number", certificate.number)
        members.refuse_paying(terms, members.paying_of(row.new, employer))
        members.refuse_half_a_card(row.new.card, row.new.card_bank)
    except Refusal as refusal:
        row.refuse(refusal)
    return row


def _new_member(cells: sheets.Named, employer: Employer, on: date) -> NewMember:
    text = {title: _text(cell) for title, cell in cells.items()}
    return NewMember(
        name=rules.person_name(text[sheets.NAME]),
        certificate_type=_certificate_type(text[sheets.CERTIFICATE]),
        id_number=text[sheets.ID_NUMBER],
        base=_number(cells[sheets.BASE], "base"),
        employer_ratio=_ratio(cells[sheets.EMPLOYER_RATIO], "employer_ratio"),
        member_ratio=_ratio(cells[sheets.MEMBER_RATIO], "member_ratio"),
        first_month=_month(text[sheets.FIRST_MONTH], on),
        mobile=rules.mobile(text[sheets.MOBILE]) if text[sheets.MOBILE] else "",
        card=rules.bank_account(text[sheets.CARD]) if text[sheets.CARD] else "",
        card_bank=named(text[sheets.CARD_BANK], field="card_bank") if text[sheets.CARD_BANK] else "",
    )


def _meet_persons(rows: Sequence[Judged], employer: Employer) -> None:
    """Refuse who is listed twice, known under another name or saving already; find who moves. Three reads for all."""
    indexes = [index for _, index in (row.person for row in rows)]
    known = {
        (member.certificate_type, bytes(member.id_index)): member
        for member in Member.objects.filter(id_index__in=indexes).order_by("pk")
    }
    open_now = MemberAccount.objects.filter(member__in=[member.pk for member in known.values()])
    accounts = {
        account.member_id: account for account in open_now.exclude(status__in=MEMBER_ACCOUNT_ENDS).order_by("pk")
    }
    frozen = stopped_among(account.pk for account in accounts.values())
    seen: set[Person] = set()
    for row in rows:
        try:
            if row.person in seen:
                raise ListedTwice(field="id_number")
            seen.add(row.person)
            _meet(row, known, accounts, employer, frozen)
        except Refusal as refusal:
            row.refuse(refusal)


def _meet(
    row: Judged,
    known: Mapping[Person, Member],
    accounts: Mapping[int, MemberAccount],
    employer: Employer,
    frozen: Collection[int],
) -> None:
    member = known.get(row.person)
    if member is None or row.new is None:
        return
    if member.name != row.new.name:
        raise NameDiffers(field="name")
    account = accounts.get(member.pk)
    if account:
        transfers.refuse_to_take_in(account, employer, frozen)
        row.mover = account


def _text(cell: sheets.Cell) -> str:
    return f"{cell:f}" if isinstance(cell, Decimal) else cell.strip()


def _certificate_type(text: str) -> CertificateType:
    for kind in CertificateType:
        if text in (kind.label, kind.value) or (not text and kind == CertificateType.RESIDENT_ID):
            return kind
    raise WrongCell(field="certificate_type", value=text[:20], how=f"请填写：{'、'.join(CertificateType.labels)}")


def _number(cell: sheets.Cell, name: str) -> Decimal:
    try:
        return cell if isinstance(cell, Decimal) else Decimal(cell.replace(",", "").strip())
    except InvalidOperation:
        raise WrongCell(field=name, value=str(cell)[:20], how="请填写数字，最多两位小数") from None


def _ratio(cell: sheets.Cell, name: str) -> Decimal | None:
    return None if cell == "" else _number(cell, name)


def _month(text: str, on: date) -> Month:
    this = Month.of(on)
    if not text:
        return this
    try:
        month = Month.parse(text[:7])
    except ValueError:
        month = this.plus(9)
    if not this.plus(-1) <= month <= this.plus(1):
        how = f"请填写 {this.plus(-1)} 至 {this.plus(1)} 之间的年月，例如 {this}"
        raise WrongCell(field="first_month", value=text[:20], how=how)
    return month

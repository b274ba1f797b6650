"""Members and their accounts 职工开户与变更: set-based, so that a list of thousands is opened in a few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, connection, transaction

from access.models import User
from access.states import Post
from accounts import rules
from accounts.actions import employers
from accounts.models import Employer, Member, MemberAccount
from accounts.states import MEMBER_ACCOUNT_ENDS, CertificateType, EmployerStatus
from audit.actions import trail
from hpf import numbers, privacy
from hpf.errors import Overtaken, Refusal
from hpf.money import rounded
from hpf.months import Month
from ledger.actions import opening
from ledger.states import AccountKind
from policy.queries import DepositTerms, deposit_terms_on

MAY_OPEN_MEMBERS = {EmployerStatus.OPENED, EmployerStatus.NORMAL}
ROWS_A_STATEMENT = 2000


class EmployerNotActive(Refusal):
    message = "单位状态为“{status}”，不能为职工开户，请先办理启封或恢复缴存"
    code = "employer_not_active"


class HasOpenAccount(Refusal):
    message = "该证件号码已有未销户的个人账户，请核对，或由原单位办理转移后再缴存"
    code = "has_open_account"


class ListedTwice(Refusal):
    message = "同一证件号码在名单中出现两次，请删除重复的一行"
    code = "listed_twice"


class NameDiffers(Refusal):
    message = "该证件号码已登记的姓名与填写的不一致，请对照证件核对"
    code = "name_differs"


class CardBankMissing(Refusal):
    message = "银行卡号和开户银行应同时填写"
    code = "card_bank_missing"


class BaseOutOfLimits(Refusal):
    message = "缴存基数应在{floor}元至{cap}元之间，最多两位小数，请核对"
    code = "base_out_of_limits"


class NotOfEmployer(Refusal):
    message = "有{count}个个人账户不属于本单位或不在缴存状态，请刷新名单后重试"
    code = "not_of_employer"


class NotAMember(Refusal):
    message = "用户“{username}”的岗位不是缴存职工，不能查看个人账户"
    code = "not_a_member"


class RowRefused(Refusal):
    """One row of a list was refused: which, and why 名单中某一行被拒绝."""

    message = "第{row}行（{name}）：{sentence}"
    code = "row_refused"

    def __init__(self, row: int, name: str, reason: Refusal) -> None:
        self.row, self.reason = row, reason
        super().__init__(field=reason.field, row=row, name=name, sentence=reason.sentence)


@dataclass(frozen=True)
class NewMember:
    """A member account to be opened 职工开户信息. Base in yuan, ratios in percent; left out, the employer's hold."""

    name: str
    id_number: str
    base: Decimal
    first_month: Month
    certificate_type: CertificateType = CertificateType.RESIDENT_ID
    mobile: str = ""
    card: str = ""
    card_bank: str = ""
    employer_ratio: Decimal | None = None
    member_ratio: Decimal | None = None


@dataclass(frozen=True)
class Paying:
    """What a month is reckoned from 缴存基数和比例: base in yuan, ratios in percent."""

    base: Decimal
    employer_ratio: Decimal
    member_ratio: Decimal


@dataclass(frozen=True)
class _Row:
    """A row that passed: cleaned values, and the blind index by which the person is found."""

    place: int
    name: str
    certificate: rules.Certificate
    index: bytes
    mobile: str
    card: str
    card_bank: str
    paying: Paying
    first_month: Month

    @property
    def person(self) -> tuple[str, bytes]:
        return self.certificate.type, self.index


@transaction.atomic
def open_many(
    employer: Employer, listed: Sequence[NewMember], *, by: trail.Actor, on: date, limits_on: date | None = None
) -> list[MemberAccount]:
    """Open an account for each person listed 批量开户, in that order (Regulation 条例 arts. 13 to 15).

    Bases and ratios are held within the limits of `on`, or of `limits_on` where they are for another month.
    A person whose earlier accounts have all ended gets a new one. The first members make the employer 正常. The
    employer is read again and locked, so that nobody closes it meanwhile.

    Raises:
        EmployerNotActive: the employer may not open members now.
        RowRefused: a row that cannot be; its place in the list counts from 1, and `reason` says why.
    """
    if not listed:
        return []
    employer.refresh_from_db(from_queryset=Employer.objects.select_for_update(no_key=True))
    if employer.status not in MAY_OPEN_MEMBERS:
        raise EmployerNotActive(status=employer.get_status_display())
    rows = _rows(employer, listed, deposit_terms_on(limits_on or on), on=on)
    members = _members(rows)
    accounts = _accounts(employer, [(row, members[row.person]) for row in rows], on=on)
    employers.begin_paying(employer, by=by, on=on)
    first, last = accounts[0].number, accounts[-1].number
    trail.note("open_members", employer, by=by, on=on, count=len(accounts), first=first, last=last)
    return accounts


def open_one(employer: Employer, new: NewMember, *, by: trail.Actor, on: date) -> MemberAccount:
    """Open an account for one person 职工开户. Raises the row's own reason, without a row number."""
    try:
        return open_many(employer, [new], by=by, on=on)[0]
    except RowRefused as refused:
        raise refused.reason from None


@transaction.atomic
def change_bases(
    employer: Employer, changes: Mapping[int, Paying], *, by: trail.Actor, on: date, limits_on: date | None = None
) -> int:
    """Give member accounts, by their key, new bases and ratios 基数和比例调整; answers how many really changed.

    The limits are those of `on`, or of `limits_on` where they are for another month.

    Raises:
        BaseOutOfLimits, RatioOutOfLimits: a value outside the limits of that day.
        NotOfEmployer: an account is another employer's, or no longer open.
    """
    terms = deposit_terms_on(limits_on or on)
    for paying in changes.values():
        refuse_paying(terms, paying)
    held = set(
        MemberAccount.objects.filter(employer=employer, pk__in=changes.keys())
        .exclude(status__in=MEMBER_ACCOUNT_ENDS)
        .values_list("pk", flat=True)
    )
    if strange := changes.keys() - held:
        raise NotOfEmployer(count=len(strange))
    changed = write_bases(changes)
    if changed:
        trail.note("change_bases", employer, by=by, on=on, count=changed)
    return changed


@transaction.atomic
def give_sign_in(member: Member, user: User, *, by: trail.Actor, on: date) -> None:
    """Let a user see a member's own accounts in the portal 开通个人网厅.

    Raises:
        NotAMember: the user has another post.
        Overtaken: the member signs in as somebody already, or the user belongs to another member.
    """
    if user.post != Post.MEMBER:
        raise NotAMember(field="user", username=user.username)
    free = Member.objects.filter(pk=member.pk, user=None)
    if Member.objects.filter(user=user).exists() or not free.update(user=user):
        raise Overtaken
    member.user = user
    trail.note("give_sign_in", member, by=by, on=on, user=user.username)


def pays(account: MemberAccount) -> Paying:
    """What an account contributes from as it stands 现有缴存基数和比例."""
    return Paying(account.base, account.employer_ratio, account.member_ratio)


def paying_of(new: NewMember, employer: Employer) -> Paying:
    """What a joiner contributes from 缴存基数和比例: where no ratio is given, the employer's."""
    return Paying(
        new.base,
        employer.employer_ratio if new.employer_ratio is None else new.employer_ratio,
        employer.member_ratio if new.member_ratio is None else new.member_ratio,
    )


def refuse_paying(terms: DepositTerms, paying: Paying) -> None:
    """Refuse a base or ratio outside the limits of the day 基数和比例上下限 (Regulation 条例 arts. 16 to 18).

    Raises:
        BaseOutOfLimits, RatioOutOfLimits: with the value at fault as its field.
    """
    base = paying.base
    # The limits come first: only what lies between them can be rounded.
    if not base.is_finite() or not terms.floor <= base <= terms.cap or base != rounded(base):
        raise BaseOutOfLimits(field="base", floor=terms.floor, cap=terms.cap)
    employers.refuse_ratios(terms, paying.employer_ratio, paying.member_ratio)


def refuse_half_a_card(card: str, card_bank: str) -> None:
    """Refuse a bank card without its bank, or a bank without a card 银行卡号和开户银行.

    Raises:
        CardBankMissing: at what is missing.
    """
    if bool(card) != bool(card_bank):
        raise CardBankMissing(field="card_bank" if card else "card")


def _rows(employer: Employer, listed: Sequence[NewMember], terms: DepositTerms, *, on: date) -> list[_Row]:
    """Every row cleaned; refuses the first that cannot be, that is listed twice or that saves with us already."""
    rows: list[_Row] = []
    seen: set[tuple[str, bytes]] = set()
    for place, new in enumerate(listed, start=1):
        try:
            row = _row(place, new, employer, terms, on=on)
        except Refusal as reason:
            raise RowRefused(place, new.name, reason) from reason
        if row.person in seen:
            raise RowRefused(place, new.name, ListedTwice(field="id_number"))
        seen.add(row.person)
        rows.append(row)
    _refuse_open_accounts(rows)
    return rows


def _row(place: int, new: NewMember, employer: Employer, terms: DepositTerms, *, on: date) -> _Row:
    certificate = rules.certificate(CertificateType(new.certificate_type), new.id_number, on=on)
    paying = paying_of(new, employer)
    refuse_paying(terms, paying)
    refuse_half_a_card(new.card, new.card_bank)
    return _Row(
        place=place,
        name=rules.person_name(employers.named(new.name, field="name")),
        certificate=certificate,
        index=privacy.blind_index("id_number", certificate.number),
        mobile=rules.mobile(new.mobile) if new.mobile else "",
        card=rules.bank_account(new.card) if new.card else "",
        card_bank=employers.named(new.card_bank, field="card_bank") if new.card_bank else "",
        paying=paying,
        first_month=new.first_month,
    )


def _refuse_open_accounts(rows: list[_Row]) -> None:
    open_now = set(
        MemberAccount.objects.filter(member__id_index__in=[row.index for row in rows])
        .exclude(status__in=MEMBER_ACCOUNT_ENDS)
        .values_list("member__certificate_type", "member__id_index")
    )
    open_persons = {(kind, bytes(index)) for kind, index in open_now}
    for row in rows:
        if row.person in open_persons:
            raise RowRefused(row.place, row.name, HasOpenAccount(field="id_number"))


def _members(rows: list[_Row]) -> dict[tuple[str, bytes], Member]:
    """The person of every row, made where the centre does not know them yet."""
    known = _known(rows)
    # In one order for all, so that two lists with the same people wait for each other and never lock each other out.
    unknown = sorted((row for row in rows if row.person not in known), key=lambda row: row.person)
    ids = numbers.draw_ids(Member, len(unknown))
    fresh = [_member(pk, row) for pk, row in zip(ids, unknown, strict=True)]
    # Where somebody else makes the same person at this moment, one row stands and both read it.
    Member.objects.bulk_create(fresh, batch_size=ROWS_A_STATEMENT, ignore_conflicts=True)
    members = known | _known(unknown)
    for row in rows:
        if members[row.person].name != row.name:
            raise RowRefused(row.place, row.name, NameDiffers(field="name"))
    return members


def _known(rows: list[_Row]) -> dict[tuple[str, bytes], Member]:
    if not rows:
        return {}
    found = Member.objects.filter(id_index__in=[row.index for row in rows])
    found = found.order_by("pk").select_for_update(no_key=True)
    return {(member.certificate_type, bytes(member.id_index)): member for member in found}


def _member(pk: int, row: _Row) -> Member:
    certificate = row.certificate
    member = Member(
        id=pk,
        name=row.name,
        initials=rules.person_initials(row.name),
        certificate_type=certificate.type,
        id_index=row.index,
        birth_date=certificate.birth_date,
        sex=certificate.sex,
        mobile_index=privacy.blind_index("mobile", row.mobile) if row.mobile else None,
        card_index=privacy.blind_index("account_number", row.card) if row.card else None,
        card_bank=row.card_bank,
    )
    member.id_number, member.mobile, member.card = certificate.number, row.mobile, row.card
    return member


def _accounts(employer: Employer, people: list[tuple[_Row, Member]], *, on: date) -> list[MemberAccount]:
    drawn = numbers.draw("accounts_member_numbers", len(people))
    ledger_accounts = opening.open_accounts(AccountKind.MEMBER, [employer.branch_id] * len(people), on=on)
    accounts = [
        MemberAccount(
            number=str(number),
            member=member,
            employer=employer,
            ledger_account_id=ledger_account,
            base=row.paying.base,
            employer_ratio=row.paying.employer_ratio,
            member_ratio=row.paying.member_ratio,
            opened_on=on,
            first_month=str(row.first_month),
        )
        for (row, member), number, ledger_account in zip(people, drawn, ledger_accounts, strict=True)
    ]
    try:
        return MemberAccount.objects.bulk_create(accounts, batch_size=ROWS_A_STATEMENT)
    except IntegrityError as clash:  # the constraint of one open account: somebody else was quicker
        raise Overtaken from clash


WRITE_BASES = """
update accounts_memberaccount a
set base = n.base, employer_ratio = n.employer_ratio, member_ratio = n.member_ratio
from (
    select * from unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[])
        as given (id, base, employer_ratio, member_ratio)
    order by id
) n
where a.id = n.id
  and (a.base, a.employer_ratio, a.member_ratio) is distinct from (n.base, n.employer_ratio, n.member_ratio)
"""


def write_bases(changes: Mapping[int, Paying]) -> int:
    """Write bases and ratios that were looked at, by account 写入基数和比例; answers how many really changed."""
    if not changes:
        return 0
    bases, employer_ratios, member_ratios = zip(
        *((paying.base, paying.employer_ratio, paying.member_ratio) for paying in changes.values()), strict=True
    )
    with connection.cursor() as cursor:
        cursor.execute(WRITE_BASES, [list(changes), list(bases), list(employer_ratios), list(member_ratios)])
        return cursor.rowcount


def rebased(account: MemberAccount, paying: Paying) -> trail.Told:
    """Give an account in hand its new base and ratios 基数和比例变更; answers what it went through, for the trail."""
    before: dict[str, object] = {name: str(getattr(account, name)) for name in vars(paying)}
    after: dict[str, object] = {name: str(value) for name, value in vars(paying).items()}
    for name, value in vars(paying).items():
        setattr(account, name, value)
    return trail.Told(account, after, before)

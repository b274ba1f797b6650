"""Transfers inside the centre 同城转移: a sealed account follows its member to the next employer, money and all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db import connection, transaction

from access.models import User
from accounts.actions import employers, freezing, members, sealing
from accounts.actions.members import MAY_OPEN_MEMBERS, EmployerNotActive, Paying
from accounts.models import Employer, MemberAccount, Transfer
from accounts.queries.freezes import stopped_among
from accounts.states import MemberAccountStatus
from audit.actions import trail
from hpf import numbers
from hpf.errors import Overtaken, Refusal
from ledger.actions import opening, posting
from ledger.states import AccountKind
from policy.queries import deposit_terms_on

SEALED = MemberAccountStatus.SEALED
KIND = "accounts.transfer"


class StillActive(Refusal):
    message = "该职工在其他单位的账户仍在缴存，须先由原单位办理封存，再转入本单位"
    code = "still_active"


class NotMovable(Refusal):
    message = "该职工在其他单位的账户目前不能转移，请到管理部核实"
    code = "not_movable"


class SealedHere(Refusal):
    message = "该职工在本单位的账户已封存，请先到管理部办理启封，再列入清册"
    code = "sealed_here"


class SavesHere(Refusal):
    message = "该职工已在本单位开户，请填写个人账号"
    code = "saves_here"


@transaction.atomic
def take_in(
    employer: Employer, joiners: Mapping[int, Paying], *, by: User, on: date, limits_on: date | None = None
) -> dict[int, MemberAccount]:
    """Move sealed accounts, by their key, to an employer and let them contribute there 同城转移 (条例 art. 15).

    The number and the history stay. Inside one office nothing is posted; an account from another office gets a new
    ledger account there, and all that is in the old one goes along: both parts of the balance and their interest
    numbers, so that the year's interest is what it would have been (R-207). The limits are those of `on`, or of
    `limits_on` where the values are for another month.

    Raises:
        EmployerNotActive: the employer may not take anybody in now.
        StillActive, NotMovable, SealedHere, SavesHere: an account cannot be moved.
        AccountFrozen: a freeze keeps one where it is (R-442).
        BaseOutOfLimits, RatioOutOfLimits: a value outside the limits of the day.
        Overtaken: an account is gone.
        DayNotOpen, YearTurning: the ledger moves no savings just now.
    """
    if not joiners:
        return {}
    employer.refresh_from_db(from_queryset=Employer.objects.select_for_update(no_key=True))
    if employer.status not in MAY_OPEN_MEMBERS:
        raise EmployerNotActive(status=employer.get_status_display())
    terms = deposit_terms_on(limits_on or on)
    rows = MemberAccount.objects.filter(pk__in=joiners).select_related("ledger_account", "employer")
    # In one order for all: two employers that want the same people wait for each other, and the second is refused.
    accounts = list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))
    if len(accounts) != len(joiners):
        raise Overtaken
    frozen = stopped_among(joiners)
    for account in accounts:
        refuse_to_take_in(account, employer, frozen)
        members.refuse_paying(terms, joiners[account.pk])
    _record(_move_savings(accounts, employer, by=by, on=on))
    why = f"同城转移：转入 {employer.number}"
    sealing.resume(accounts, joiners, by=by, on=on, why=why, employer_id=employer.pk)
    employers.begin_paying(employer, by=by, on=on)
    trail.note("take_in_members", employer, by=by, on=on, count=len(accounts))
    return {account.pk: account for account in accounts}


def refuse_to_take_in(account: MemberAccount, employer: Employer, frozen: Collection[int]) -> None:
    """Refuse an account that cannot be moved to an employer 同城转移条件; `frozen` are those a freeze keeps (R-442).

    Raises:
        SealedHere, SavesHere: it is the employer's own.
        StillActive, NotMovable: it is not sealed at the other employer.
        AccountFrozen: a freeze keeps it there.
    """
    if account.employer_id == employer.pk:
        raise SealedHere(field="id_number") if account.status == SEALED else SavesHere(field="id_number")
    if account.status == MemberAccountStatus.NORMAL:
        raise StillActive(field="id_number")
    if account.status != SEALED:
        raise NotMovable(field="id_number")
    if account.pk in frozen:
        raise freezing.AccountFrozen(field="id_number")


def _move_savings(accounts: Sequence[MemberAccount], employer: Employer, *, by: User, on: date) -> list[Transfer]:
    """What each transfer did in the books: nothing, or a new ledger account that holds all that was in the old one."""
    transfers = [
        Transfer(
            pk=pk, member_account=account, from_employer_id=account.employer_id, to_employer=employer, on=on,
        )
        for account, pk in zip(accounts, numbers.draw_ids(Transfer, len(accounts)), strict=True)
    ]  # fmt: skip
    far = [row for row in transfers if row.member_account.ledger_account.branch_id != employer.branch_id]
    if not far:
        return transfers
    fresh = opening.open_accounts(AccountKind.MEMBER, [employer.branch_id] * len(far), on=on)
    for row, new in zip(far, fresh, strict=True):
        row.from_ledger_account_id, row.to_ledger_account_id = row.member_account.ledger_account_id, new
    moves = [
        posting.Move(
            row.pk,
            f"同城转移：个人账户 {row.member_account.number} 转入 {employer.number}",
            old=row.member_account.ledger_account_id,
            new=new,
        )
        for row, new in zip(far, fresh, strict=True)
    ]
    for row, voucher in zip(far, posting.move_savings(KIND, moves, by=by, on=on), strict=True):
        row.voucher_id = voucher
    return transfers


WRITE_LEDGER_ACCOUNTS = """
update accounts_memberaccount a set ledger_account_id = t.to_ledger_account_id
from accounts_transfer t
where t.id = any (%s) and a.id = t.member_account_id and a.ledger_account_id = t.from_ledger_account_id
"""


def _record(transfers: Sequence[Transfer]) -> None:
    """Write the transfers down, and let each account hold its new ledger account."""
    Transfer.objects.bulk_create(transfers, batch_size=members.ROWS_A_STATEMENT)
    far = {row.member_account: row.to_ledger_account_id for row in transfers if row.to_ledger_account_id}
    with connection.cursor() as cursor:
        cursor.execute(WRITE_LEDGER_ACCOUNTS, [[row.pk for row in transfers]])
    for account, new in far.items():
        account.ledger_account_id = new

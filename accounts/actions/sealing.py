"""Sealing and unsealing members' accounts 封存与启封: who leaves stops contributing; the money stays and earns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from accounts.actions import members
from accounts.actions.members import MAY_OPEN_MEMBERS, NotOfEmployer, Paying
from accounts.models import Employer, MemberAccount
from accounts.states import EmployerStatus, MemberAccountStatus, SealReason
from audit.actions import trail
from hpf.errors import Refusal
from hpf.months import Month
from policy.queries import deposit_terms_on

SEALED = MemberAccountStatus.SEALED


class NotNormal(Refusal):
    message = "账户当前状态为“{status}”，只有正常缴存的账户可以封存，请核对"
    code = "account_not_normal"


class NotSealed(Refusal):
    message = "账户当前状态为“{status}”，只有已封存的账户可以启封，请核对"
    code = "account_not_sealed"


class NotPaidUp(Refusal):
    message = "单位缴至年月为{paid_to}，须等{wanted}及以前的汇缴全部入账，才能从{month}起封存"
    code = "not_paid_up"


class EmployerStopped(Refusal):
    message = "单位状态为“{status}”，不能启封职工账户，请先办理单位启封或恢复缴存"
    code = "employer_stopped"


@transaction.atomic
def seal(
    employer: Employer, leavers: Mapping[int, SealReason], *, month: Month, by: trail.Actor, on: date
) -> list[MemberAccount]:
    """Seal accounts of an employer, by their key, each for its reason 封存 (Regulation 条例 art. 15).

    `month` is the first one that is no longer contributed. The money stays and earns interest as before.

    Raises:
        NotOfEmployer: an account is another employer's.
        NotNormal: an account is not contributing.
        NotPaidUp: a month before is not paid, so that the account would miss it for ever.
    """
    if not leavers:
        return []
    employer, accounts = _held(employer, leavers)
    for account in accounts:
        refuse_to_seal(account, employer, month)
    for reason, alike in _by_reason(accounts, leavers).items():
        why = f"从 {month} 起停缴：{reason.label}"
        trail.move_many(alike, SEALED, by=by, on=on, why=why, sealed_on=on, seal_reason=reason.value)
    return accounts


@transaction.atomic
def unseal(
    employer: Employer, returning: Mapping[int, Paying], *, by: trail.Actor, on: date, why: str = ""
) -> list[MemberAccount]:
    """Let sealed accounts contribute again at their employer 启封, each with the base and ratios given.

    They stand on the employer's next list.

    Raises:
        NotOfEmployer: an account is another employer's.
        NotSealed: an account is not sealed.
        EmployerStopped: the employer does not contribute now.
        BaseOutOfLimits, RatioOutOfLimits: a value outside the limits of the day.
    """
    if not returning:
        return []
    employer, accounts = _held(employer, returning)
    terms = deposit_terms_on(on)
    for account in accounts:
        refuse_to_unseal(account, employer)
        members.refuse_paying(terms, returning[account.pk])
    resume(accounts, returning, by=by, on=on, why=why or "启封")
    return accounts


def resume(
    accounts: Sequence[MemberAccount],
    paying: Mapping[int, Paying],
    *,
    by: trail.Actor,
    on: date,
    why: str,
    **also: object,
) -> None:
    """Make sealed accounts contribute again, whoever asked for it 恢复缴存; their rows are held by the caller."""
    told = [members.rebased(account, paying[account.pk]) for account in accounts]
    trail.move_many(accounts, MemberAccountStatus.NORMAL, by=by, on=on, why=why, sealed_on=None, seal_reason="", **also)
    members.write_bases(paying)
    trail.note_many("change_base", [one for one in told if one.before != one.after], by=by, on=on, why=why)


def _by_reason(
    accounts: Sequence[MemberAccount], leavers: Mapping[int, SealReason]
) -> dict[SealReason, list[MemberAccount]]:
    alike: dict[SealReason, list[MemberAccount]] = {}
    for account in accounts:
        alike.setdefault(leavers[account.pk], []).append(account)
    return alike


def refuse_to_seal(account: MemberAccount, employer: Employer, month: Month) -> None:
    """Refuse an account that cannot be sealed from a month on 封存条件.

    Raises:
        NotNormal, NotPaidUp.
    """
    if account.status != MemberAccountStatus.NORMAL:
        raise NotNormal(field="status", status=account.get_status_display())
    last = str(month.plus(-1))
    if account.first_month <= last and (employer.paid_to or "") < last:
        raise NotPaidUp(field="status", paid_to=employer.paid_to or "空", wanted=last, month=month)


def refuse_to_unseal(account: MemberAccount, employer: Employer) -> None:
    """Refuse an account that cannot be unsealed at its employer 启封条件.

    Raises:
        NotSealed, EmployerStopped.
    """
    if account.status != MemberAccountStatus.SEALED:
        raise NotSealed(status=account.get_status_display())
    if employer.status not in MAY_OPEN_MEMBERS:
        raise EmployerStopped(status=EmployerStatus(employer.status).label)


def _held(employer: Employer, keys: Iterable[int]) -> tuple[Employer, list[MemberAccount]]:
    """The employer and its accounts as they are now, held until the transaction ends."""
    employer = Employer.objects.select_for_update(no_key=True).get(pk=employer.pk)
    wanted = set(keys)
    rows = MemberAccount.objects.filter(employer=employer, pk__in=wanted)
    accounts = list(rows.order_by("pk").select_for_update(no_key=True))
    if len(accounts) != len(wanted):
        raise NotOfEmployer(count=len(wanted) - len(accounts))
    return employer, accounts

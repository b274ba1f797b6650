"""Employers 单位开户: opening one, and the bank accounts it pays from."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction

from access.models import Branch
from accounts import rules
from accounts.models import Employer, PayingAccount
from accounts.states import EconomicType, EmployerStatus, Industry
from audit.actions import trail
from hpf import numbers, privacy
from hpf.errors import Overtaken, Refusal
from hpf.money import rounded
from ledger.actions import opening
from ledger.states import AccountKind
from policy.queries import DepositTerms, deposit_terms_on

LONGEST_EMPLOYER_NAME = 200
LONGEST_NAME = 120
INVISIBLE = ("Cc", "Cf", "Cs")  # rare characters of names may stand in the private area, which is none of these


class CreditCodeTaken(Refusal):
    message = "统一社会信用代码已开户，请查找该单位，不要重复开户"
    code = "credit_code_taken"


class NameMissing(Refusal):
    message = "名称不能为空，且不超过{longest}个字，请填写全称"
    code = "name_missing"


class NameUnreadable(Refusal):
    message = "名称中有看不见的字符，请删除该内容后重新手工录入"
    code = "name_unreadable"


class WrongPayDay(Refusal):
    message = "发薪日应为1至31，请核对"
    code = "wrong_pay_day"


class RatioOutOfLimits(Refusal):
    message = "缴存比例应在{lowest}%至{highest}%之间，最多两位小数，请核对"
    code = "ratio_out_of_limits"


class EstablishedLater(Refusal):
    message = "成立日期不能晚于当前会计日 {today}，请对照营业执照核对"
    code = "established_later"


class EmployerEnded(Refusal):
    message = "单位已销户，不能再变更信息"
    code = "employer_ended"


class PayingAccountKnown(Refusal):
    message = "该付款账户已登记在本单位，无需重复登记"
    code = "paying_account_known"


@dataclass(frozen=True)
class NewEmployer:
    """An employer to be opened 单位开户信息. Ratios in percent; `pay_day` is the day of the month wages are paid."""

    name: str
    credit_code: str
    branch: Branch
    pay_day: int
    employer_ratio: Decimal
    member_ratio: Decimal
    contact_name: str
    contact_mobile: str
    address: str = ""
    legal_person: str = ""
    economic_type: EconomicType | None = None
    industry: Industry | None = None
    established_on: date | None = None


@transaction.atomic
def open(new: NewEmployer, *, by: trail.Actor, on: date) -> Employer:
    """Open an employer and its unallocated money 单位缴存登记和账户设立 (Regulation 条例 arts. 13, 14).

    It stands in 开户 until its first member is opened.

    Raises:
        WrongCreditCode, WrongCreditCheckDigit, WrongMobile: a number that cannot be.
        NameMissing, WrongPayDay, RatioOutOfLimits, EstablishedLater: a particular missing or outside its limits.
        CreditCodeTaken: the employer is open already.
    """
    credit_code = rules.credit_code(new.credit_code)
    particulars = read_particulars(new, on=on)
    refuse_ratios(deposit_terms_on(on), new.employer_ratio, new.member_ratio)
    refuse_taken(credit_code)
    employer = Employer(
        id=numbers.draw_ids(Employer, 1)[0],
        number=str(numbers.draw("accounts_employer_numbers", 1)[0]),
        initials=rules.initials(particulars["name"]),
        credit_code=credit_code,
        branch=new.branch,
        employer_ratio=new.employer_ratio,
        member_ratio=new.member_ratio,
        opened_on=on,
        unallocated_id=opening.open_accounts(AccountKind.UNALLOCATED, [new.branch.pk], on=on)[0],
        **particulars,
    )
    employer.contact_mobile = rules.mobile(new.contact_mobile)
    try:
        employer.save(force_insert=True)
    except IntegrityError as clash:  # somebody opens the same employer at this moment
        raise CreditCodeTaken(field="credit_code") from clash
    trail.note("open_employer", employer, by=by, on=on, credit_code=credit_code, branch=new.branch.code)
    return employer


@transaction.atomic
def add_paying_account(
    employer: Employer, account_number: str, bank_name: str, *, by: trail.Actor, on: date
) -> PayingAccount:
    """Register a bank account the employer pays from 登记付款账户, so that its money is recognised.

    Raises:
        EmployerEnded: it has ended.
        WrongBankAccount: not a bank account number.
        NameMissing: no bank is named.
        PayingAccountKnown: registered for this employer already.
    """
    employer, written = held(employer), rules.bank_account(account_number)
    account = PayingAccount(
        id=numbers.draw_ids(PayingAccount, 1)[0],
        employer=employer,
        account_index=privacy.blind_index("account_number", written),
        bank_name=named(bank_name, field="bank_name"),
    )
    account.account_number = written
    try:
        account.save(force_insert=True)
    except IntegrityError as clash:
        raise PayingAccountKnown(field="account_number") from clash
    trail.note("add_paying_account", employer, by=by, on=on, account=privacy.masked_card(written), bank=bank_name)
    return account


@transaction.atomic
def drop_paying_account(account: PayingAccount, *, by: trail.Actor, on: date, why: str) -> None:
    """Take a bank account off an employer 取消付款账户: money from it is no longer recognised by the account.

    What it paid stays as it was; the trail keeps that the account was there.

    Raises:
        Overtaken: somebody took it off before.
    """
    employer, written = account.employer, privacy.masked_card(account.account_number)
    if not PayingAccount.objects.filter(pk=account.pk).delete()[0]:
        raise Overtaken
    before: dict[str, object] = {"account": written, "bank": account.bank_name}
    trail.note("drop_paying_account", employer, by=by, on=on, why=why, before=before)


def held(employer: Employer) -> Employer:
    """The employer as it is now, held until the transaction ends, so that nobody ends it meanwhile 锁定单位.

    Raises:
        EmployerEnded: it has ended.
    """
    now = Employer.objects.select_related("branch").select_for_update(no_key=True, of=("self",)).get(pk=employer.pk)
    refuse_ended(now)
    return now


def refuse_ended(employer: Employer) -> None:
    """Refuse an employer that has ended 单位已销户.

    Raises:
        EmployerEnded.
    """
    if employer.status == EmployerStatus.CLOSED:
        raise EmployerEnded


def begin_paying(employer: Employer, *, by: trail.Actor, on: date) -> None:
    """Make an employer 正常 with its first members 首批职工; nothing where it is so already."""
    if employer.status == EmployerStatus.OPENED:
        trail.move(employer, EmployerStatus.NORMAL, by=by, on=on, why="首批职工开户")


def named(text: str, *, field: str, longest: int = LONGEST_NAME) -> str:
    """A name as it is stored 名称: trimmed, neither empty nor too long.

    Raises:
        NameMissing: it is.
        NameUnreadable: it holds control characters, or marks that turn the direction of writing.
    """
    name = " ".join(text.split())
    if not 0 < len(name) <= longest:
        raise NameMissing(field=field, longest=longest)
    if any(unicodedata.category(character) in INVISIBLE for character in name):
        raise NameUnreadable(field=field)
    return name


def read_particulars(new: NewEmployer, *, on: date) -> dict[str, Any]:
    """The particulars that say who an employer is and when it pays, as they are stored 单位基本信息.

    Raises:
        WrongMobile, NameMissing, NameUnreadable, WrongPayDay, EstablishedLater: one that cannot be.
    """
    rules.mobile(new.contact_mobile)
    if not 1 <= new.pay_day <= 31:
        raise WrongPayDay(field="pay_day")
    if new.established_on and new.established_on > on:
        raise EstablishedLater(field="established_on", today=on.isoformat())
    return {
        "name": named(new.name, field="name", longest=LONGEST_EMPLOYER_NAME),
        "contact_name": named(new.contact_name, field="contact_name"),
        "address": named(new.address, field="address", longest=LONGEST_EMPLOYER_NAME) if new.address else "",
        "legal_person": named(new.legal_person, field="legal_person") if new.legal_person else "",
        "economic_type": new.economic_type or "",
        "industry": new.industry or "",
        "established_on": new.established_on,
        "pay_day": new.pay_day,
    }


def refuse_taken(credit_code: str) -> None:
    """Refuse a credit code that is open already 重复开户, also where the employer has ended.

    Raises:
        CreditCodeTaken.
    """
    if Employer.objects.filter(credit_code=credit_code).exists():
        raise CreditCodeTaken(field="credit_code")


def refuse_ratios(terms: DepositTerms, employer_ratio: Decimal, member_ratio: Decimal) -> None:
    """Refuse ratios (percent) outside the limits of the day 缴存比例 (Regulation 条例 art. 18).

    Raises:
        RatioOutOfLimits: with the side at fault as its field.
    """
    for field, ratio in (("employer_ratio", employer_ratio), ("member_ratio", member_ratio)):
        # The limits come first: only what lies between them can be rounded.
        if not ratio.is_finite() or not terms.ratio_min <= ratio <= terms.ratio_max or ratio != rounded(ratio):
            raise RatioOutOfLimits(field=field, lowest=terms.ratio_min, highest=terms.ratio_max)


KEEP = "select id from accounts_employer where id = any(%s) order by id for key share"


def keep(keys: Collection[int]) -> dict[int, Employer]:
    """Employers by their key as they are now; none of them ends or goes to another office until the transaction ends.

    Who gives an employer money keeps it first: else the money could reach an account that is no longer its own. Any
    number of acts may keep one at once. 锁定单位
    """
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [list(keys)])
    return Employer.objects.in_bulk(list(keys))

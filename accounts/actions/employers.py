"""Employers 单位开户与变更: opening one, the bank accounts it pays from, and who acts for it."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from access.models import Branch, User
from access.states import Post
from accounts import rules
from accounts.models import Employer, Handler, PayingAccount
from accounts.states import EmployerStatus
from audit.actions import trail
from hpf import numbers, privacy
from hpf.errors import Refusal
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


class PayingAccountKnown(Refusal):
    message = "该付款账户已登记在本单位，无需重复登记"
    code = "paying_account_known"


class NotAHandler(Refusal):
    message = "用户“{username}”的岗位不是单位经办人，请先调整岗位"
    code = "not_a_handler"


class ActsAlready(Refusal):
    message = "用户“{username}”已是单位经办人，一人只能经办一个单位"
    code = "acts_already"


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


@transaction.atomic
def open(new: NewEmployer, *, by: trail.Actor, on: date) -> Employer:
    """Open an employer and its unallocated money 单位缴存登记和账户设立 (Regulation 条例 arts. 13, 14).

    It stands in 开户 until its first member is opened.

    Raises:
        WrongCreditCode, WrongCreditCheckDigit, WrongMobile: a number that cannot be.
        NameMissing, WrongPayDay, RatioOutOfLimits: a particular that is missing or outside its limits.
        CreditCodeTaken: the employer is open already.
    """
    credit_code, mobile = rules.credit_code(new.credit_code), rules.mobile(new.contact_mobile)
    name = named(new.name, field="name", longest=LONGEST_EMPLOYER_NAME)
    contact_name = named(new.contact_name, field="contact_name")
    if not 1 <= new.pay_day <= 31:
        raise WrongPayDay(field="pay_day")
    refuse_ratios(deposit_terms_on(on), new.employer_ratio, new.member_ratio)
    if Employer.objects.filter(credit_code=credit_code).exists():
        raise CreditCodeTaken(field="credit_code")
    employer = Employer(
        id=numbers.draw_ids(Employer, 1)[0],
        number=str(numbers.draw("accounts_employer_numbers", 1)[0]),
        name=name,
        credit_code=credit_code,
        branch=new.branch,
        pay_day=new.pay_day,
        employer_ratio=new.employer_ratio,
        member_ratio=new.member_ratio,
        opened_on=on,
        contact_name=contact_name,
        unallocated_id=opening.open_accounts(AccountKind.UNALLOCATED, [new.branch.pk], on=on)[0],
    )
    employer.contact_mobile = mobile
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
        WrongBankAccount: not a bank account number.
        NameMissing: no bank is named.
        PayingAccountKnown: registered for this employer already.
    """
    written = rules.bank_account(account_number)
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
def appoint(employer: Employer, user: User, *, by: trail.Actor, on: date) -> Handler:
    """Let a user act for an employer in the portal 指定单位经办人.

    Raises:
        NotAHandler: the user has another post.
        ActsAlready: the user acts for an employer already.
    """
    if user.post != Post.HANDLER:
        raise NotAHandler(field="user", username=user.username)
    handler, made = Handler.objects.get_or_create(
        user=user, ended_on=None, defaults={"employer": employer, "since": on}
    )
    if not made:
        raise ActsAlready(field="user", username=user.username)
    trail.note("appoint_handler", employer, by=by, on=on, user=user.username)
    return handler


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


def refuse_ratios(terms: DepositTerms, employer_ratio: Decimal, member_ratio: Decimal) -> None:
    """Refuse ratios (percent) outside the limits of the day 缴存比例 (Regulation 条例 art. 18).

    Raises:
        RatioOutOfLimits: with the side at fault as its field.
    """
    for field, ratio in (("employer_ratio", employer_ratio), ("member_ratio", member_ratio)):
        # The limits come first: only what lies between them can be rounded.
        if not ratio.is_finite() or not terms.ratio_min <= ratio <= terms.ratio_max or ratio != rounded(ratio):
            raise RatioOutOfLimits(field=field, lowest=terms.ratio_min, highest=terms.ratio_max)

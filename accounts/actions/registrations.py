"""Registration 单位登记: at the counter in one act, or from the portal as an application that a clerk decides."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from access.actions import people
from access.models import User
from access.states import Post
from accounts import rules
from accounts.actions import employers, mandates
from accounts.actions.employers import NewEmployer, named
from accounts.models import Employer, Registration
from accounts.states import EconomicType, Industry, RegistrationStatus
from audit.actions import trail
from hpf import numbers, privacy
from hpf.errors import Refusal
from policy.queries import deposit_terms_on, numbers_on
from policy.states import TermName

NUMBERS = "accounts_registration_numbers"


class CannotApply(Refusal):
    message = (
        "该统一社会信用代码不能在网上提交登记：单位可能已经开户，或已有申请待受理。请凭申请编号查询进度，或到管理部核实"
    )
    code = "cannot_apply"


class UsernameAsked(Refusal):
    message = "用户名“{username}”不能使用，请换一个"
    code = "username_asked"


class ReasonMissing(Refusal):
    message = "退回时请填写原因，说明单位需要更正或补充的内容"
    code = "reason_missing"


@dataclass(frozen=True)
class Bank:
    """A bank account an employer pays from 付款账户."""

    account_number: str
    bank_name: str


@dataclass(frozen=True)
class SignIn:
    """What an applicant chooses to sign in with 登录信息, once the application is accepted."""

    username: str
    password: str


@dataclass
class Applicant:
    """Whoever hands in an application: nobody has signed in yet 网上申请人."""

    branch_code: str
    pk: None = None
    name: str = "网上申请人"
    post: str = ""


@transaction.atomic
def register(
    new: NewEmployer, bank: Bank | None, handler: mandates.NewHandler | None, *, by: User, on: date
) -> Employer:
    """Open an employer at the counter, with its first paying account and handler 柜台单位登记 (条例 arts. 13, 14).

    All of it or nothing.

    Raises:
        what `employers.open`, `employers.add_paying_account` and `mandates.appoint_new` raise.
    """
    employer = employers.open(new, by=by, on=on)
    if bank:
        employers.add_paying_account(employer, bank.account_number, bank.bank_name, by=by, on=on)
    if handler:
        mandates.appoint_new(employer, handler, by=by, on=on)
    return employer


@transaction.atomic
def apply(new: NewEmployer, bank: Bank | None, sign_in: SignIn, *, on: date) -> Registration:
    """Hand in an application to be opened, from the portal 网上单位登记申请.

    Raises:
        CannotApply: the credit code is open or waits already; which of both is not said.
        UsernameAsked, WeakPassword: another name or password is needed.
        and what `employers.open` says of particulars.
    """
    credit_code, particulars = rules.credit_code(new.credit_code), employers.read_particulars(new, on=on)
    employers.refuse_ratios(deposit_terms_on(on), new.employer_ratio, new.member_ratio)
    _refuse_repeated(credit_code, sign_in)
    people.refuse_weak(sign_in.password, User(username=sign_in.username, name=particulars["contact_name"]))
    row = Registration(
        pk=numbers.draw_ids(Registration, 1)[0],
        number=f"DJ{numbers.draw(NUMBERS, 1)[0]:08d}",
        credit_code=credit_code,
        branch=new.branch,
        employer_ratio=new.employer_ratio,
        member_ratio=new.member_ratio,
        username=sign_in.username,
        password=make_password(sign_in.password),
        submitted_on=on,
        contact_index=privacy.blind_index("mobile", rules.mobile(new.contact_mobile)),
        bank_name=named(bank.bank_name, field="bank_name") if bank else "",
        **particulars,
    )
    row.contact_mobile = rules.mobile(new.contact_mobile)
    row.account_number = rules.bank_account(bank.account_number) if bank else ""
    try:
        row.save(force_insert=True)
    except IntegrityError as clash:  # the same code or name is handed in at this moment
        raise CannotApply(field="credit_code") from clash
    by = Applicant(new.branch.code)
    trail.note("apply_registration", row, by=by, on=on, credit_code=credit_code, branch=new.branch.code)
    return row


@transaction.atomic
def accept(row: Registration, *, by: User, on: date) -> Employer:
    """Open the employer an application asks for 受理网上登记: with its paying account, its handler and a mandate.

    The handler signs in with what the applicant chose. Of two clerks one wins.

    Raises:
        NotAllowedNow, Overtaken: it was decided before.
        CreditCodeTaken, UsernameTaken: somebody was opened or made meanwhile; the application can be sent back.
        and what else `employers.open` raises: a limit may have changed since.
    """
    row.refresh_from_db(from_queryset=Registration.objects.select_for_update(of=("self",)).select_related("branch"))
    employers.refuse_taken(row.credit_code)
    employer = employers.open(_asked(row), by=by, on=on)
    decided: dict[str, Any] = {"decided_on": on, "decided_by_id": by.pk, "employer_id": employer.pk}
    trail.move(row, RegistrationStatus.ACCEPTED, by=by, on=on, **decided)
    if row.account_number:
        employers.add_paying_account(employer, row.account_number, row.bank_name, by=by, on=on)
    user = people.NewUser(row.username, row.contact_name, Post.HANDLER, None, hashed=row.password)
    paper = mandates.Paper(mandate=f"网上登记申请 {row.number}", mobile=row.contact_mobile)
    mandates.appoint(employer, people.create_user(user, by=by, on=on), paper, by=by, on=on)
    return employer


@transaction.atomic
def send_back(row: Registration, reason: str, *, by: User, on: date) -> None:
    """Send an application back with what has to be mended 退回网上登记; the applicant applies anew.

    Raises:
        ReasonMissing: without a word.
        NotAllowedNow, Overtaken: it was decided before.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    why = named(reason, field="reason", longest=200)
    also: dict[str, Any] = {"decided_on": on, "decided_by_id": by.pk, "reason": why}
    trail.move(row, RegistrationStatus.RETURNED, by=by, on=on, why=why, **also)


def days_late(established_on: date | None, registered_on: date, *, on: date) -> int:
    """How many days after its last day an employer registers 逾期登记天数 (条例 art. 14); none where it is in time.

    Raises:
        NoTerm: the term is missing on that day.
    """
    if established_on is None:
        return 0
    [term] = numbers_on([TermName.REGISTER_DAYS], on)
    return max(0, -rules.days_left(established_on, term, on=registered_on))


def _refuse_repeated(credit_code: str, sign_in: SignIn) -> None:
    waiting = Registration.objects.filter(status=RegistrationStatus.SUBMITTED)
    known = Employer.objects.filter(credit_code=credit_code).exists()
    if known or waiting.filter(credit_code=credit_code).exists():
        raise CannotApply(field="credit_code")
    taken = User.objects.filter(username=sign_in.username).exists()
    if taken or waiting.filter(username=sign_in.username).exists():
        raise UsernameAsked(field="username", username=sign_in.username)


def _asked(row: Registration) -> NewEmployer:
    return NewEmployer(
        name=row.name,
        credit_code=row.credit_code,
        branch=row.branch,
        pay_day=row.pay_day,
        employer_ratio=row.employer_ratio,
        member_ratio=row.member_ratio,
        contact_name=row.contact_name,
        contact_mobile=row.contact_mobile,
        address=row.address,
        legal_person=row.legal_person,
        economic_type=EconomicType(row.economic_type) if row.economic_type else None,
        industry=Industry(row.industry) if row.industry else None,
        established_on=row.established_on,
    )

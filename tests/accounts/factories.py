"""Employers and members for tests, made through the real actions. Numbers are counted up, so that a run repeats."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from access.actions import people
from access.models import Branch, User
from access.queries import night_user
from access.states import Post
from accounts import rules
from accounts.actions import employers, freezing, mandates, members
from accounts.models import Employer, Freeze, MemberAccount
from accounts.queries import freezes
from accounts.states import FreezeGround
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from hpf.months import Month

DAY = date(2026, 7, 1)
PASSWORD = "a-long-pass-phrase-9"
_count = itertools.count(1)


def id_number(serial: int | None = None, *, born: date = date(1980, 1, 1)) -> str:
    """A valid resident ID number of Neijiang: the serial makes birth date and sequence."""
    serial = next(_count) if serial is None else serial
    day = born + timedelta(days=serial // 999)
    first_17 = f"511002{day:%Y%m%d}{serial % 999 + 1:03d}"
    return first_17 + rules.id_check_digit(first_17)


def credit_code(serial: int | None = None) -> str:
    """A valid unified social credit code of Neijiang."""
    serial = next(_count) if serial is None else serial
    first_17 = f"91511000{serial:09d}"
    return first_17 + rules.credit_check_digit(first_17)


def mobile(serial: int | None = None) -> str:
    """A mobile number."""
    serial = next(_count) if serial is None else serial
    return f"139{serial:08d}"


def card(serial: int | None = None) -> str:
    """A bank card number of sixteen digits."""
    serial = next(_count) if serial is None else serial
    return f"6222{serial:012d}"


def in_words(number: int) -> str:
    """A number that may stand in a name: no name holds digits."""
    return "".join("零一二三四五六七八九"[int(digit)] for digit in str(number))


def branch(code: str = "01") -> Branch:
    return Branch.objects.get(code=code)


def user(post: Post, *, at: str | None = "01", username: str = "") -> User:
    """A user who can sign in with PASSWORD."""
    name = username or f"{post.value.lower()}{next(_count)}"
    new = people.NewUser(name, f"测试{post.label}", post, branch(at) if at else None, PASSWORD)
    return people.create_user(new, by=night_user(), on=DAY)


def employer(*, at: str = "01", on: date = DAY, **particulars: Any) -> Employer:
    """An employer just opened, without members."""
    serial = next(_count)
    given = {
        "name": f"内江第{serial}机械有限公司",
        "credit_code": credit_code(serial),
        "pay_day": 10,
        "employer_ratio": Decimal("8.00"),
        "member_ratio": Decimal("8.00"),
        "contact_name": "周经办",
        "contact_mobile": mobile(serial),
    } | particulars
    return employers.open(employers.NewEmployer(branch=branch(at), **given), by=night_user(), on=on)


def new_member(**particulars: Any) -> members.NewMember:
    """A member still to be opened."""
    serial = next(_count)
    given = {
        "name": f"王测试{in_words(serial)}",
        "id_number": id_number(serial),
        "base": Decimal("6543.00"),
        "first_month": Month(2026, 7),
        "mobile": mobile(serial),
        "card": card(serial),
        "card_bank": "工商银行",
    } | particulars
    return members.NewMember(**given)


def member_account(of: Employer | None = None, *, on: date = DAY, **particulars: Any) -> MemberAccount:
    """An open account; of a new employer where none is named."""
    return members.open_one(of or employer(on=on), new_member(**particulars), by=night_user(), on=on)


def member_accounts(of: Employer, count: int, *, on: date = DAY) -> list[MemberAccount]:
    """So many open accounts of one employer, opened together."""
    return members.open_many(of, [new_member() for _ in range(count)], by=night_user(), on=on)


def freeze(account: MemberAccount, *, amount: Decimal | None = None, on: date = DAY, **order: Any) -> Freeze:
    """A freeze that holds, of everything where no amount is named; asked for and signed by two persons."""
    given = {
        "ground": FreezeGround.COURT,
        "authority": "内江市市中区人民法院",
        "document": f"（2026）川1002执{next(_count)}号",
        "begins_on": on,
        "until": on + timedelta(days=365),
        "reason": "协助执行",
    } | order
    row = freezing.propose(account, freezing.Order(amount=amount, **given), by=user(Post.CLERK), on=on)
    decision = Decision(Verdict.GRANT, digest_of(freezes.facts_of(row)))
    freezing.decide(row, decision, by=user(Post.MANAGER, at=account.employer.branch.code), on=on)
    return Freeze.objects.get(pk=row.pk)


def handler(of: Employer) -> User:
    """A handler who acts for the employer."""
    made = user(Post.HANDLER, at=None)
    mandates.appoint(of, made, by=night_user(), on=DAY)
    return made


def member_user(account: MemberAccount) -> User:
    """A user who sees this member's accounts in the portal."""
    made = user(Post.MEMBER, at=None)
    members.give_sign_in(account.member, made, by=night_user(), on=DAY)
    return made

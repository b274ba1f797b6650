"""Who visits the web benchmarks: a member with a statement, a clerk, and a bank, made by the product's own actions."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bench.site import DAY, Site

MEMBER = "bench-member"
BANK = "102"
SESSION = "__Host-sessionid"  # what the cookie is called in production, which is how the server runs
RECEIPTS = "/api/v1/bank/receipts/"


@dataclass(frozen=True, slots=True)
class Visitors:
    """What each of them sends along, and the number of the member's account."""

    account: int
    member_cookie: str
    clerk_cookie: str
    bank_key: tuple[str, str]
    notices: str


def invite(site: Site, *, lines: int, notices: int) -> Visitors:
    """A member whose statement has so many lines, and a bank with so many notices to send."""
    from access.queries import night_user
    from access.states import Post
    from accounts.actions import members
    from banking.actions import banks
    from banking.models import Bank

    account = _member_account()
    _pay(site, account.ledger_account_id, lines)
    member = _person(MEMBER, Post.MEMBER, None)
    members.give_sign_in(account.member, member, by=night_user(), on=DAY)
    bank = Bank.objects.get(code=BANK)
    return Visitors(
        account=account.pk,
        member_cookie=_signed_in(member),
        clerk_cookie=_signed_in(_person("bench-clerk", Post.CLERK, account.employer.branch)),
        bank_key=banks.connect(bank, by=night_user(), on=DAY),
        notices=json.dumps({"receipts": _notices(bank.accounts.get().number, notices)}),
    )


def _member_account():
    from access.models import Branch
    from access.queries import night_user
    from accounts import rules
    from accounts.actions import employers, members
    from hpf.months import Month

    by, ratio = night_user(), Decimal(8)
    credit, person = "91511000000000777", "51100219800101777"
    employer = employers.NewEmployer(
        name="性能基准机械有限公司", credit_code=credit + rules.credit_check_digit(credit),
        branch=Branch.objects.get(code="01"), pay_day=10, employer_ratio=ratio, member_ratio=ratio,
        contact_name="周经办", contact_mobile="13900000777",
    )  # fmt: skip
    member = members.NewMember(
        name="王基准", id_number=person + rules.id_check_digit(person), base=Decimal(6170), first_month=Month.of(DAY),
        mobile="13900000778", card="6222000000000777", card_bank="工商银行",
    )  # fmt: skip
    return members.open_one(employers.open(employer, by=by, on=DAY), member, by=by, on=DAY)


def _pay(site: Site, account: int, lines: int) -> None:
    from django.db import transaction

    from access.queries import night_user
    from ledger.actions import posting

    amount = Decimal("987.20")
    for number in range(lines):
        pair = [posting.debit(site.bank, amount), posting.credit(account, amount)]
        with transaction.atomic():
            posting.post("bench.posting", f"visitor-{number}", pair, by=night_user(), on=DAY, why="2025-07 汇缴")


def _person(username: str, post, branch):
    from access.actions import people
    from access.queries import night_user

    return people.create_user(people.NewUser(username, username, post, branch), by=night_user(), on=DAY)


def _signed_in(user) -> str:
    """The cookie of a browser in which somebody has just signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["signed_in_at"] = session["seen_at"] = int(time.time())
    session.create()
    return f"{SESSION}={session.session_key}"


def _notices(account: str, count: int) -> list[dict[str, str]]:
    return [
        {
            "serial": f"BENCH{number:09d}", "account": account, "amount": f"{1000 + number}.00", "currency": "CNY",
            "paid_on": (DAY - timedelta(days=1)).isoformat(), "payer_name": f"内江第{number}机械有限公司",
            "payer_account": f"6222020200{number:09d}", "payer_bank": "工商银行内江分行", "remark": f"货款{number}",
        }
        for number in range(count)
    ]  # fmt: skip

"""Reads about members and their accounts 职工与个人账户查询, and the search over both 查找."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from access.models import User
from access.states import Perm, Post
from accounts import rules
from accounts.models import Employer, MemberAccount, Transfer
from accounts.queries.employers import CENTRE, employers_seen_by, mandate_of
from accounts.states import MemberAccountStatus
from hpf import privacy
from ledger import queries as books
from ledger.models import Entry

MOST_FOUND = 50
# Asked by every look at a statement, so it is written out.
MOVED = """
select from_ledger_account_id, voucher_id from accounts_transfer
where member_account_id = %s and from_ledger_account_id is not null order by id
"""

Row = TypeVar("Row", Employer, MemberAccount)


def member_accounts_seen_by(user: User) -> QuerySet[MemberAccount]:
    """The member accounts a person may look at 可查看的个人账户.

    Staff with the right see those of their office, the centre all; a handler the employer's; a member the own ones.
    """
    accounts = MemberAccount.objects.all()
    if user.post == Post.MEMBER:
        return accounts.filter(member__user=user)
    if user.post == Post.HANDLER:
        return accounts.filter(employer=mandate_of(user).employer_id)
    if not (user.works_at_counter and user.has(Perm.VIEW_MEMBER)):
        return accounts.none()
    return accounts if user.branch_code == CENTRE else accounts.filter(employer__branch=user.branch)


def active_members(employer: Employer) -> QuerySet[MemberAccount]:
    """The accounts an employer pays for this month 应缴职工, by number.

    A frozen account still takes contributions: a court stops money from going out, not from coming in.
    """
    paying = employer.member_accounts.filter(status=MemberAccountStatus.NORMAL)
    return paying.select_related("member").order_by("number")


def statement_of(account: MemberAccount, *, on: date) -> QuerySet[Entry, dict[str, object]]:
    """Every entry of a member account up to the day `on` 个人账户明细, newest first. Rows as in the ledger's."""
    return entries_of(account, account.opened_on, on + timedelta(days=1)).reverse()


def entries_of(account: MemberAccount, since: date, until: date) -> QuerySet[Entry, dict[str, object]]:
    """The entries of a member account from `since` up to, and without, `until`, oldest first. Rows as in the ledger's.

    Where the savings went to another office, the entries there and here are one story; the move itself is none of the
    member's, to whom nothing came and from whom nothing went.
    """
    earlier, apart = _moved(account)
    return books.statement(account.ledger_account_id, since, until, earlier).exclude(voucher__in=apart)


def newest_entries_of(account: MemberAccount, since: date, until: date, *, most: int) -> list[dict[str, Any]]:
    """At most so many of these entries, newest first 最近明细."""
    earlier, apart = _moved(account)
    return books.newest_lines([account.ledger_account_id, *earlier], since, until, apart_from=apart, most=most)


def _moved(account: MemberAccount) -> tuple[list[int], list[int]]:
    """The earlier ledger accounts of a member account, and the vouchers that moved the savings on from them."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED, [account.pk])
        moves = cursor.fetchall()
    return [earlier for earlier, _ in moves], [voucher for _, voucher in moves if voucher]


def moves_of(account: MemberAccount) -> QuerySet[Transfer]:
    """The transfers that took a member account to a new ledger account 跨管理部转移, the first one first."""
    return account.transfers.exclude(from_ledger_account=None).order_by("pk")


@dataclass(frozen=True)
class Found:
    """What a search found 查找结果, at most fifty of each; `too_many` says that there are more."""

    employers: list[Employer] = field(default_factory=list)
    accounts: list[MemberAccount] = field(default_factory=list)
    too_many: bool = False


def search(text: str, user: User) -> Found:
    """Find employers and member accounts by what the person at the counter says or shows 查找, exact hits first.

    Recognised: account number of either, certificate number, mobile number, credit code; anything with a letter or
    Chinese character is also taken for the beginning of a name, and two letters or more for pinyin initials. Numbers
    that name a person are found by their blind index, so that none is ever compared in plain text.
    """
    written, initials = rules.plain(text), rules.initials_typed(text)
    if not written:
        return Found()
    employer_meanings = [_employers_meant(written, text)]
    if initials:
        employer_meanings.append(Q(initials__startswith=initials))
    employers, more_employers = _some(employers_seen_by(user).select_related("branch"), employer_meanings)
    seen = member_accounts_seen_by(user).select_related("member", "employer")
    accounts, more_accounts = _some(seen, _members_meant(text))
    return Found(
        sorted(employers, key=lambda row: (employers[row], row.number)),
        _by_name(accounts),
        more_employers or more_accounts,
    )


def search_members(text: str, employer: Employer, user: User) -> Found:
    """Find the member accounts of one employer as `search` finds them among all 查找本单位职工."""
    if not rules.plain(text):
        return Found()
    seen = member_accounts_seen_by(user).filter(employer=employer).select_related("member", "ledger_account")
    accounts, more = _some(seen, _members_meant(text))
    return Found(accounts=_by_name(accounts), too_many=more)


def _by_name(places: dict[MemberAccount, int]) -> list[MemberAccount]:
    """Exact hits first, then by name."""
    return sorted(places, key=lambda row: (places[row], row.member.name, row.number))


def _some(seen: QuerySet[Row], meanings: Sequence[Q]) -> tuple[dict[Row, int], bool]:
    """Up to fifty rows seen under one of the meanings, each with the place of the first, and whether there are more."""
    # One statement for each table's own conditions: "or" across two tables would use no index. Sorting all people of
    # one surname would cost more than the answer "please narrow" is worth, so the keys come as they are met.
    places: dict[int, int] = {}
    for place, meant in enumerate(meanings):
        if len(places) <= MOST_FOUND:
            keys = seen.filter(meant).order_by().values_list("pk", flat=True)[: MOST_FOUND + 1]
            places = {key: place for key in keys} | places
    shown = sorted(places, key=lambda key: (places[key], key))[:MOST_FOUND]
    return {row: places[row.pk] for row in seen.filter(pk__in=shown).order_by("pk")}, len(places) > MOST_FOUND


def _employers_meant(written: str, text: str) -> Q:
    meant = Q(number=written) | Q(credit_code=written)
    return meant if written.isdigit() else meant | Q(name__startswith=" ".join(text.split()))


def _members_meant(text: str) -> list[Q]:
    """What the text may mean of a member, the exact meanings first."""
    written, initials = rules.plain(text), rules.initials_typed(text)
    meant = Q(member__id_index=privacy.blind_index("id_number", written))
    with suppress(rules.WrongMobile):
        meant |= Q(member__mobile_index=privacy.blind_index("mobile", rules.mobile(written)))
    if not written.isdigit():
        meant |= Q(member__name__startswith=rules.written_name(text))
    return [Q(number=written), meant, *([Q(member__initials__startswith=initials)] if initials else [])]

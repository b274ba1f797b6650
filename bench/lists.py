"""Employers with their members, and the months they hand in: what B1 to B3 allocate.

Employers and members are written as rows, since opening them is not what is measured; months are handed in and
allocated by the product's own actions. Employers have paid up to 2008-01, the first month whose parameters are known,
so that there is always a next one.
"""

import random
from collections.abc import Sequence
from decimal import Decimal

from bench.site import DAY, Site

SMALLEST, LARGEST = 50, 5_000

EMPLOYERS = """
insert into accounts_employer (number, name, credit_code, branch_id, status, pay_day, employer_ratio, member_ratio,
    paid_to, opened_on, contact_name, contact_mobile_sealed, unallocated_id)
select nextval('accounts_employer_numbers'), '性能基准单位' || a, 'BENCH' || a, 1, '01', 10, 10, 10,
    '2008-01', %s, '经办', '', a
from unnest(%s::bigint[]) a order by a
returning id
"""
MEMBERS = """
with person as (
    insert into accounts_member
        (name, certificate_type, id_number_sealed, id_index, mobile_sealed, card_sealed, card_bank)
    select '职工' || a, '01', 'sealed', sha256(int8send(a)), '', '', '' from generate_series(%s::bigint, %s) a
    returning id
)
insert into accounts_memberaccount (number, member_id, employer_id, ledger_account_id, status, base, employer_ratio,
    member_ratio, opened_on, first_month)
select nextval('accounts_member_numbers'), id, %s, %s + row_number() over (order by id) - 1, '01', 6170, 10, 10, %s,
    '2008-01'
from person
returning id
"""


def employers_of(rows: int, chance: random.Random, *, largest: int = LARGEST) -> list[int]:
    """Sizes of lists, small ones more often, until there are so many rows."""
    sizes: list[int] = []
    smallest = min(SMALLEST, largest)
    while (left := rows - sum(sizes)) > 0:
        size = round(smallest * (largest / smallest) ** chance.random())
        sizes.append(min(size, left))
    return sizes


class Lists:
    """The employers of every set of sizes asked for, each set with members of its own."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._next_member = site.first_member
        self._sets: dict[tuple[int, ...], list[tuple[object, list[object]]]] = {}

    def prepare(self, sizes: Sequence[int]) -> list[tuple[object, list[object]]]:
        """Employers of these sizes, each with the lines of its list; made the first time."""
        if tuple(sizes) not in self._sets:
            if self._next_member + sum(sizes) - 1 > self._site.last_member:
                raise SystemExit("too few members for these lists: ask for more with --members")
            self._sets[tuple(sizes)] = self._make(sizes)
            self._site.owner_run("vacuum analyze accounts_memberaccount")
        return self._sets[tuple(sizes)]

    def submit(self, sizes: Sequence[int]) -> list[object]:
        """Hand in the next month of each of these employers."""
        from deposits import queries
        from deposits.actions import remittances

        return [
            remittances.submit(employer, queries.month_due(employer, on=DAY), lines, by=self._user(), on=DAY)
            for employer, lines in self.prepare(sizes)
        ]

    def allocate(self, waiting: Sequence[object]) -> None:
        """Allocate them, each in a transaction of its own."""
        from deposits.actions import remittances

        by = self._user()
        for remittance in waiting:
            remittances.allocate(remittance, by=by, on=DAY)

    def _make(self, sizes: Sequence[int]) -> list[tuple[object, list[object]]]:
        from accounts.models import Employer

        made = self._site.owner_run(EMPLOYERS, [DAY, self._funded(len(sizes))])
        employers = [Employer.objects.get(pk=pk) for (pk,) in made]
        return [(employer, self._members(employer.pk, size)) for employer, size in zip(employers, sizes, strict=True)]

    def _funded(self, count: int) -> list[int]:
        """Ledger accounts of unallocated money, each with enough for all months."""
        from django.db import transaction

        from ledger.actions import opening, posting
        from ledger.states import AccountKind

        enough = Decimal(10**10)
        with transaction.atomic():
            accounts = opening.open_accounts(AccountKind.UNALLOCATED, [1] * count, on=DAY)
            lines = [posting.debit(self._site.bank, enough * count)]
            lines += [posting.credit(account, enough) for account in accounts]
            posting.post("bench.opening", f"lists-{accounts[0]}", lines, by=self._user(), on=DAY)
        return accounts

    def _members(self, employer: int, size: int) -> list[object]:
        from deposits.queries import ListedLine

        first, self._next_member = self._next_member, self._next_member + size
        made = self._site.owner_run(MEMBERS, [first, first + size - 1, employer, first, DAY])
        return [ListedLine(pk, Decimal(6170), Decimal(10), Decimal(10)) for (pk,) in made]

    def _user(self) -> object:
        from access.queries import night_user

        return night_user()

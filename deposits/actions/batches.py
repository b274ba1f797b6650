"""Many lists at once 批量办理: what a day's unchanged lists, or the money of a whole bank file, need.

Each act here does for many employers what `remittances` and `receipts` do for one: the same checks, rows, vouchers and
trail, in a few statements and one transaction. It takes what can be done as it stands and answers what it took. What
it leaves out is handed in, identified or allocated alone, and is told why it cannot be.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from access.models import User
from accounts.actions import employers
from accounts.models import Employer
from accounts.states import EmployerStatus, MemberAccountStatus
from audit.actions import trail
from banking.actions import receipts as arrivals
from banking.models import Receipt
from deposits import queries, rules
from deposits.models import Identification, Remittance
from deposits.queries import Payer
from deposits.states import RemittanceKind, RemittanceStatus
from hpf import numbers
from hpf.months import Month
from ledger.actions import opening, posting
from ledger.models import Voucher
from policy.queries import DepositTerms

REFERENCES = "deposits_remittance_references"
SUSPENSE = "21902"  # 待查到账
REGULAR = RemittanceKind.REGULAR.value
PAYING = (EmployerStatus.OPENED, EmployerStatus.NORMAL)
LINES_AT_ONCE = 20_000
LOG = logging.getLogger(__name__)


def waves(rows: Iterable[tuple[int, int, int]]) -> Iterator[list[int]]:
    """Groups that can be done at once 分组, of (row, employer, lines) in order.

    An employer stands in a group once, since its months and sums follow one another; a group has some 20,000 lines, or
    one list that is longer.
    """
    rounds: dict[int, list[tuple[int, int]]] = defaultdict(list)
    seen: dict[int, int] = defaultdict(int)
    for row, employer, lines in rows:
        rounds[seen[employer]].append((row, lines))
        seen[employer] += 1
    for _, together in sorted(rounds.items()):
        group: list[int] = []
        so_far = 0
        for row, lines in together:
            if group and so_far + lines > LINES_AT_ONCE:
                yield group
                group, so_far = [], 0
            group.append(row)
            so_far += lines
        yield group


def taken_together(rows: Iterable[tuple[int, int, int]], act: Callable[[list[int]], set[int]]) -> set[int]:
    """Do an act by the group, of (row, employer, lines), and answer which rows it took 按组办理.

    A group that fails is left to be tried row by row, where the one at fault says why.
    """
    done: set[int] = set()
    for group in waves(rows):
        try:
            done |= act(group)
        except Exception as failure:
            # Its name alone: the words of a failure may hold what a person's row says.
            LOG.warning("a group of %s rows is tried one by one after %s", len(group), type(failure).__name__)
    return done


# An employer whose turn it is to hand in the month, with members who can all stand on the list. The months that were
# listed and the members who save are those of `queries.month_due` and `queries.members_due`.
READY_TO_SUBMIT = """
select e.id
from accounts_employer e
cross join lateral (
    select max(r.month) as latest from deposits_remittance r
    where r.employer_id = e.id and r.kind = %(regular)s and r.status <> %(cancelled)s
) listed
cross join lateral (
    select min(a.first_month) as first, bool_and(
        a.employer_ratio between %(ratio_min)s and %(ratio_max)s
        and a.member_ratio between %(ratio_min)s and %(ratio_max)s) filter (where a.first_month <= %(month)s) as sound
    from accounts_memberaccount a
    where a.employer_id = e.id and a.status = %(normal)s
) members
where e.id = any(%(employers)s) and members.sound
  and case when greatest(e.paid_to, listed.latest) is null then members.first = %(month)s
      else greatest(e.paid_to, listed.latest) = %(month_before)s end
order by e.id
"""

# Each part by itself, half up to the unit: whole units by integer division, as division of numbers
# would round a long quotient before it is rounded.
WRITE_LINES = """
with listed as (
    select h.remittance, a.id, row_number() over (partition by h.remittance order by a.number) as line,
           least(greatest(a.base, %(floor)s), %(cap)s) as base, a.employer_ratio, a.member_ratio
    from unnest(%(remittances)s::bigint[], %(employers)s::bigint[]) h (remittance, employer)
    join accounts_memberaccount a on a.employer_id = h.employer and a.first_month <= %(month)s
        and a.status = %(normal)s
), written as (
    insert into deposits_remittanceline
        (remittance_id, member_account_id, line, base, employer_ratio, member_ratio, employer_part, member_part)
    select remittance, id, line, base, employer_ratio, member_ratio,
           div(base * employer_ratio + 50 * %(unit)s, 100 * %(unit)s) * %(unit)s,
           div(base * member_ratio + 50 * %(unit)s, 100 * %(unit)s) * %(unit)s
    from listed
    returning remittance_id, employer_part, member_part
)
select remittance_id, count(*), sum(employer_part), sum(member_part) from written group by 1
"""


@transaction.atomic
def submit(employers: Collection[int], month: Month, *, by: User, on: date) -> list[Remittance]:
    """Hand in the proposed lists of a month for the employers, by their keys, that can 批量提交汇缴.

    Each list is what `remittances.submit` makes of `queries.proposed_lines`. Left out are employers that may not hand
    in this month now, have nobody to list, or have a member whose ratio lies outside its limits.

    Raises:
        NoTerm: a limit is missing on the first day of the month.
    """
    terms = queries.terms_of(month)
    held = Employer.objects.select_for_update(no_key=True).filter(pk__in=employers, status__in=PAYING).order_by("pk")
    mine = {employer.pk: employer for employer in held} if not queries.too_early(month, on=on) else {}
    ready = _ready_to_submit(list(mine), month, terms)
    ids = numbers.draw_ids(Remittance, len(ready))
    sums = _write_lines(dict(zip(ready, ids, strict=True)), month, terms)
    references = numbers.draw(REFERENCES, len(ready))
    made = []
    for employer, pk, serial in zip(ready, ids, references, strict=True):
        headcount, employer_part, member_part = sums[pk]
        remittance = Remittance(
            id=pk,
            employer=mine[employer],
            month=str(month),
            reference=rules.payment_reference(serial),
            headcount=headcount,
            employer_part=employer_part,
            member_part=member_part,
            total=employer_part + member_part,
            submitted_on=on,
        )
        made.append(remittance)
    Remittance.objects.bulk_create(made)
    told = [trail.Told(one, {"headcount": one.headcount, "total": one.total}) for one in made]
    trail.note_many("submit", told, by=by, on=on)
    return made


@transaction.atomic
def identify(payers: Mapping[int, Payer], *, by: User, on: date) -> set[int]:
    """Give receipts, by their key, whole to the employers known to have paid them 批量认领; answers which it gave.

    As `receipts.identify` does for one. An employer stands among the payers once. Left out are receipts that are
    claimed already, or that somebody else is working on.
    """
    free = Receipt.objects.select_for_update(skip_locked=True, of=("self",)).select_related("account__ledger_account")
    held = list(free.filter(pk__in=payers, unclaimed__gt=0, identification=None).order_by("pk"))
    if not held:
        return set()
    kept = employers.keep([payers[receipt.pk].employer for receipt in held])
    arrivals.claim_whole(held, by=by, on=on)
    branches = {receipt.account.ledger_account.branch_id for receipt in held}
    suspense = opening.internals([SUSPENSE], sorted(branches), on=on)
    given, drafts, told = [], [], []
    for receipt in held:
        payer = payers[receipt.pk]
        employer, amount = kept[payer.employer], receipt.unclaimed
        entries = [
            posting.debit(suspense[SUSPENSE, receipt.account.ledger_account.branch_id], amount),
            posting.credit(employer.unallocated_id, amount),
        ]
        drafts.append(posting.Draft(f"{receipt.pk}:{employer.pk}", f"到账认领 {receipt.payer_name}", entries))
        given.append(Identification(receipt=receipt, employer=employer, amount=amount, how=payer.how, on=on))
        told.append(trail.Told(receipt, {"employer": employer.number, "amount": amount, "how": payer.how}))
    vouchers = posting.post_batch("deposits.identification", drafts, by=by, on=on)
    for identification, voucher in zip(given, vouchers, strict=True):
        identification.voucher_id = voucher
    Identification.objects.bulk_create(given)
    trail.note_many("identify", told, by=by, on=on)
    return {receipt.pk for receipt in held}


# Lists that wait and are covered by what their employer has paid in; a month's own list only in its turn.
READY_TO_ALLOCATE = """
select r.id
from deposits_remittance r
join accounts_employer e on e.id = r.employer_id
join ledger_ledgeraccount u on u.id = e.unallocated_id
where r.id = any(%(lists)s) and e.id = any(%(employers)s) and r.status = %(submitted)s and u.balance - u.held >= r.total
  and (r.kind <> %(regular)s
       or r.month = (select min(w.month) from deposits_remittance w
                     where w.employer_id = e.id and w.kind = %(regular)s and w.status = %(submitted)s)
          and (e.paid_to is null or r.month <= to_char(to_date(e.paid_to, 'YYYY-MM') + interval '1 month', 'YYYY-MM')))
order by r.id
"""

ALLOCATION = """
select v.voucher, e.unallocated_id as account, 'D' as side, r.total as amount
from unnest(%s::bigint[]) with ordinality v (remittance, voucher)
join deposits_remittance r on r.id = v.remittance
join accounts_employer e on e.id = r.employer_id
union all
select v.voucher, a.ledger_account_id, 'C', l.employer_part + l.member_part
from unnest(%s::bigint[]) with ordinality v (remittance, voucher)
join deposits_remittanceline l on l.remittance_id = v.remittance
join accounts_memberaccount a on a.id = l.member_account_id
"""

NAME_VOUCHERS = """
update deposits_remittance r set voucher_id = v.voucher
from unnest(%s::bigint[], %s::bigint[]) v (remittance, voucher) where r.id = v.remittance
"""

PAID_TO = """
update accounts_employer e set paid_to = r.month from deposits_remittance r
where r.id = any(%s) and r.kind = %s and e.id = r.employer_id
"""


@transaction.atomic
def allocate(lists: Collection[int], *, by: User, on: date) -> set[int]:
    """Allocate the lists, by their key, that are covered and due 批量分配入账; answers which it allocated.

    As `remittances.allocate` does for one: a voucher for each list. An employer stands among them once. Left out are
    lists that somebody else is working on, are not covered, or come before their turn.
    """
    free = Employer.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).order_by("pk")
    mine = list(free.filter(remittances__in=lists).values_list("pk", flat=True))
    values = {"lists": list(lists), "employers": mine, "regular": REGULAR}
    ready = _keys(READY_TO_ALLOCATE, {**values, "submitted": RemittanceStatus.SUBMITTED.value})
    if not ready:
        return set()
    rows = list(Remittance.objects.filter(pk__in=ready).order_by("pk"))
    trail.move_many(rows, RemittanceStatus.ALLOCATED, by=by, on=on, allocated_on=on)
    drafts = [posting.Draft(row.pk, f"{row.month} {RemittanceKind(row.kind).label}") for row in rows]
    select = posting.Select(ALLOCATION, [ready, ready])
    vouchers = posting.post_batch_query("deposits.remittance", drafts, select, by=by, on=on)
    _prove_all_credited(rows, vouchers)
    with connection.cursor() as cursor:
        cursor.execute(NAME_VOUCHERS, [ready, vouchers])
        cursor.execute(PAID_TO, [ready, REGULAR])
    return set(ready)


def _ready_to_submit(employers: Sequence[int], month: Month, terms: DepositTerms) -> list[int]:
    limits = {"ratio_min": terms.ratio_min, "ratio_max": terms.ratio_max}
    listed = {"regular": REGULAR, "cancelled": RemittanceStatus.CANCELLED.value, "month_before": str(month.plus(-1))}
    return _keys(READY_TO_SUBMIT, {**_saving(month), **limits, **listed, "employers": list(employers)})


def _write_lines(lists: Mapping[int, int], month: Month, terms: DepositTerms) -> dict[int, tuple]:
    """Write the lines of lists, by employer; answers headcount, employer part and member part of each list."""
    limits = {"floor": terms.floor, "cap": terms.cap, "unit": terms.round_unit}
    keys = {"remittances": list(lists.values()), "employers": list(lists)}
    with connection.cursor() as cursor:
        cursor.execute(WRITE_LINES, {**_saving(month), **limits, **keys})
        return {remittance: tuple(sums) for remittance, *sums in cursor.fetchall()}


def _saving(month: Month) -> dict[str, str]:
    """What makes a member stand on a month's list."""
    return {"month": str(month), "normal": MemberAccountStatus.NORMAL.value}


def _prove_all_credited(rows: Sequence[Remittance], vouchers: Sequence[int]) -> None:
    """One debit and a credit for each member: anything else is a mistake in the program."""
    lines = dict(Voucher.objects.filter(pk__in=vouchers).values_list("pk", "line_count"))
    for row, voucher in zip(rows, vouchers, strict=True):
        if lines[voucher] != row.headcount + 1:
            raise posting.BooksError(f"remittance {row.pk} lists {row.headcount}, voucher has {lines[voucher]} lines")


def _keys(sql: str, values: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [key for (key,) in cursor.fetchall()]

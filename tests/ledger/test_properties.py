"""Whatever is posted, the books agree with plain integers that know nothing of the product."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.actions import inspection
from ledger.actions import days, posting
from tests.ledger.books import DAY, PLAIN, account, actor, bank, members, open_books, yuan

ACCOUNTS = 4

# One movement: which account, how many fen in or out, and how many days pass before it.
movements = st.lists(
    st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(-40_000, 60_000).filter(bool), st.integers(0, 2)),
    max_size=12,
)


class Model:
    """Savings in fen, day by day: a balance and its interest number, by the definition alone.

    The interest number is the sum, over the days, of the balance at the end of each day 每日余额之和.
    """

    def __init__(self) -> None:
        self.ends_of_days: list[list[int]] = [[0] for _ in range(ACCOUNTS)]

    def balance(self, key: int) -> int:
        return self.ends_of_days[key][-1]

    def move(self, key: int, fen: int) -> bool:
        if self.balance(key) + fen < 0:
            return False
        self.ends_of_days[key][-1] += fen
        return True

    def next_day(self) -> None:
        for days_of_account in self.ends_of_days:
            days_of_account.append(days_of_account[-1])

    def number(self, key: int) -> int:
        """Days before the present one; the present day counts when it has ended."""
        return sum(self.ends_of_days[key][:-1])


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=movements)
def test_any_story_leaves_the_books_as_the_integers_say(story):
    with transaction.atomic():
        tell(story)
        transaction.set_rollback(True)


def tell(story: list[tuple[int, int, int]]) -> None:
    open_books()
    keys, money, model, day = members(ACCOUNTS), bank(), Model(), DAY
    for number, (which, fen, wait) in enumerate(story):
        for _ in range(wait):
            days.turn(day)
            days.close(day)
            day += timedelta(days=1)
            model.next_day()
        amount = yuan(str(abs(fen) / 100))
        ways = (posting.debit, posting.credit) if fen > 0 else (posting.credit, posting.debit)
        lines = [ways[0](money, amount), ways[1](keys[which], amount)]
        try:
            with transaction.atomic():
                posting.post(PLAIN, number, lines, by=actor(), on=day)
            accepted = True
        except posting.NotEnough:
            accepted = False
        assert accepted == model.move(which, fen)
    for which, key in enumerate(keys):
        kept = account(key)
        assert kept.balance * 100 == model.balance(which)
        counted = kept.current_number + kept.balance * (day - kept.counted_to).days
        assert counted * 100 == model.number(which)
    wrong = [finding.check.title for finding in inspection.inspect(day) if not finding.holds]
    assert wrong in ([], ["已结账日的每个日终步骤恰好完成一次"]), "these days are closed without a night"

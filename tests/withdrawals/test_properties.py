"""Whatever is applied for, decided, paid and returned, the account agrees with plain integers of our own."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.models import User
from accounts.models import MemberAccount
from approvals.states import Verdict
from audit.actions import inspection
from banking.states import ResultOutcome
from tests.withdrawals.factories import (
    ON,
    available,
    balance,
    banked,
    decided,
    fresh,
    manager,
    night,
    purchase,
    saver,
    submitted,
)
from withdrawals.actions import applications, payouts
from withdrawals.models import Use, Withdrawal
from withdrawals.states import WithdrawalStatus

HOUSES = 3
PRICE = 300_00  # fen, of each house
VERDICTS = {"grant": Verdict.GRANT, "refuse": Verdict.REFUSE, "return": Verdict.RETURN}
SAID = {"succeed": ResultOutcome.SUCCEEDED, "fail": ResultOutcome.FAILED, "bounce": ResultOutcome.RETURNED}

# One step: what happens, to which house, and for an application how many fen of it.
steps = st.lists(
    st.tuples(
        st.sampled_from(["apply", "apply", *VERDICTS, "withdraw", *SAID]),
        st.integers(0, HOUSES - 1),
        st.integers(1, 400_00),
    ),
    max_size=14,
)


class Model:
    """One account and some houses in fen: what is there, what is kept, and how far each house is."""

    def __init__(self, fen: int) -> None:
        self.balance, self.stage, self.amount = fen, ["free"] * HOUSES, [0] * HOUSES

    @property
    def kept(self) -> int:
        return sum(fen for fen, stage in zip(self.amount, self.stage, strict=True) if stage == "waiting")

    def step(self, act: str, house: int, fen: int) -> bool:
        """Whether it is possible now; it is done where it is."""
        stage = self.stage[house]
        if act == "apply":
            if stage != "free" or fen > min(PRICE, self.balance - self.kept):
                return False
            self.amount[house], self.stage[house] = fen, "waiting"
            return True
        after = {
            ("waiting", "grant"): "owed",
            ("waiting", "refuse"): "free",
            ("waiting", "return"): "free",
            ("waiting", "withdraw"): "free",
            ("owed", "succeed"): "paid",
            ("owed", "fail"): "free",
            ("paid", "bounce"): "free",
        }.get((stage, act))
        if after is None:
            return False
        if after == "owed":
            self.balance -= self.amount[house]
        if stage in ("owed", "paid") and after == "free":
            self.balance += self.amount[house]
        self.stage[house] = after
        return True


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=steps)
def test_any_story_leaves_the_account_as_the_integers_say(story):
    with transaction.atomic():
        account, boss = saver("500.00", months=1), manager()
        tell(account, boss, story)
        transaction.set_rollback(True)


def tell(account: MemberAccount, boss: User, story: list[tuple[str, int, int]]) -> None:
    model, latest = Model(int(balance(account) * 100)), dict[int, Withdrawal]()
    for act, house, fen in story:
        if not model.step(act, house, fen):
            if act == "apply":
                with pytest.raises(applications.NotEntitled):
                    submitted(account, purchase(f"NJ-{house}", "300.00"), f"{fen / 100:.2f}")
            continue
        if act == "apply":
            latest[house] = submitted(account, purchase(f"NJ-{house}", "300.00"), f"{fen / 100:.2f}")
        elif act == "withdraw":
            applications.take_back(latest[house], by=night(), on=ON)
        elif act in VERDICTS:
            decided(latest[house], VERDICTS[act], "" if act == "grant" else "材料不全", by=boss)
        else:
            banked(latest[house], SAID[act])
            payouts.settle(by=night(), on=ON)
        assert (balance(account) * 100, available(account) * 100) == (model.balance, model.balance - model.kept)
    used = sum(Use.objects.filter(released_on=None).values_list("amount", flat=True))
    standing = [fen for fen, stage in zip(model.amount, model.stage, strict=True) if stage != "free"]
    assert used * 100 == sum(standing)
    paid = [house for house, stage in enumerate(model.stage) if stage == "paid"]
    assert all(fresh(latest[house]).status == WithdrawalStatus.PAID for house in paid)
    assert [one.check.title for one in inspection.inspect(ON) if not one.holds] == []

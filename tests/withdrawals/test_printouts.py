"""What is printed of withdrawals 提取打印: a refusal names the ways to object, with the days of its own day."""

from datetime import date, timedelta

import pytest

from approvals.states import Verdict
from policy.models import Term
from policy.states import TermName
from tests.ledger.books import as_owner
from tests.withdrawals.factories import ON, decided, fresh, purchase, saver, submitted
from withdrawals.queries import printouts

pytestmark = pytest.mark.django_db


def refused():
    withdrawal = submitted(saver("9000.00"), purchase(), "1000.00")
    decided(withdrawal, Verdict.REFUSE, "购房合同未备案")
    return fresh(withdrawal)


def change_term(name: TermName, value: str, since: date) -> None:
    with as_owner():
        Term.objects.filter(name=name, valid_to=None).update(valid_to=since)
        Term.objects.create(name=name, value=value, valid_from=since, source="测试", to_confirm=False)


def test_ways_to_object_are_those_of_the_day_of_the_decision():
    row = refused()
    change_term(TermName.RECONSIDERATION_DAYS, "45", ON)
    change_term(TermName.LAWSUIT_MONTHS, "3", ON + timedelta(days=1))
    told = "".join(printouts.decision(row).remedies)
    assert "45 日内，可以向本级人民政府申请行政复议" in told  # in force since that day
    assert "6 个月内，可以直接向人民法院提起行政诉讼" in told  # another one only from the day after

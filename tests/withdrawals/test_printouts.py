"""What is printed of withdrawals 提取打印: a refusal names the ways to object, with the days of its own day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from approvals.states import Verdict
from audit.actions import inspection
from ledger.models import Hold
from policy.models import Term
from policy.states import TermName
from tests.ledger.books import as_owner
from tests.withdrawals.factories import (
    ON,
    application,
    available,
    decided,
    fresh,
    night,
    no_home,
    purchase,
    rent,
    saver,
    submitted,
    wish,
)
from withdrawals.actions import applications
from withdrawals.models import Use
from withdrawals.queries import printouts
from withdrawals.states import WithdrawalStatus

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
    told = "".join(printouts.decisions([row])[0].remedies)
    assert "45 日内，可以向本级人民政府申请行政复议" in told  # in force since that day
    assert "6 个月内，可以直接向人民法院提起行政诉讼" in told  # another one only from the day after


def insisted(account, asked="9000.01"):
    return applications.refuse(application(wish(account, rent(), asked)), by=night(), on=ON)


def test_who_insists_is_refused_in_writing_with_every_reason():
    account = saver("4000.00", months=2)  # three months are asked for
    no_home(account)
    withdrawal = insisted(account)
    assert (withdrawal.status, withdrawal.decided_on) == (WithdrawalStatus.REFUSED, ON)
    assert (available(account), Use.objects.count(), Hold.objects.count()) == (4000, 0, 0)
    told = printouts.decisions([fresh(withdrawal)])[0]
    assert not told.granted and told.asked == Decimal("9000.01")
    assert "连续缴存：请在连续缴存满期后申请" in told.grounds[0].text and "申请金额：" in told.grounds[0].text
    assert "要求本中心人工复核" in told.remedies[0]
    assert [one.check.title for one in inspection.inspect(ON) if not one.holds] == []


def test_the_same_form_is_refused_once_and_leaves_a_waiting_application_alone():
    account = saver("9000.00")
    waits = submitted(account, purchase(), "1000.00")
    again = application(wish(account, purchase(), "1000.00"))
    one, two = (applications.refuse(again, by=night(), on=ON) for _ in range(2))
    assert one == two and waits.number in one.refusal  # one application at a time
    assert fresh(waits).status == WithdrawalStatus.SUBMITTED


def test_what_may_be_had_is_not_refused_and_how_much_is_said():
    account = no_home(saver("9000.00"))
    with pytest.raises(applications.Entitled):
        insisted(account, "100.00")
    with pytest.raises(applications.Entitled):
        applications.refuse(
            application(replace(wish(account, purchase(), "1.00"), papers=frozenset())), by=night(), on=ON
        )
    submitted(account, purchase(), "9000.00")  # nothing is left
    with pytest.raises(applications.AmountNeeded):
        insisted(account, None)

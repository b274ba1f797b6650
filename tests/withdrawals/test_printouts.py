"""What is printed of withdrawals 提取打印: a refusal names the ways to object, with the days of its own day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from access.models import User
from access.states import Post
from approvals.states import Verdict
from audit.actions import inspection
from banking.states import ResultOutcome
from ledger.models import Hold
from ledger.rules import in_capitals
from policy.models import Term
from policy.states import TermName
from tests.access.factories import client_of
from tests.accounts.factories import user
from tests.frame.printouts import pages_sent
from tests.ledger.books import as_owner
from tests.withdrawals.factories import (
    ON,
    application,
    approved,
    available,
    banked,
    decided,
    fresh,
    night,
    no_home,
    purchase,
    rent,
    retired,
    saver,
    submitted,
    wish,
)
from withdrawals.actions import applications, payouts
from withdrawals.models import Use
from withdrawals.queries import printouts
from withdrawals.states import WithdrawalStatus

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain(settings):
    settings.SECURE_SSL_REDIRECT = False


def clerk(at: str) -> User:
    return user(Post.CLERK, at=at)


def shown(client, withdrawal) -> str:
    return client.get(f"/counter/withdrawals/{withdrawal.pk}/").content.decode()


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


def test_a_closed_account_is_settled_on_paper_until_its_money_comes_back():
    account = saver("9000.00")
    withdrawal = fresh(submitted(account, retired(account)))  # decided at once, by shared data
    [told] = printouts.settlements([fresh(withdrawal)])
    assert (told.closed_on, told.interest_until) == (ON, ON - timedelta(days=1))
    assert (told.savings, told.total) == (Decimal("9000.00"), Decimal("9000.00") + told.interest)
    assert told.voucher == str(withdrawal.voucher) and told.applicant.account == account.number
    client = client_of(clerk(at="01"))
    page = "".join(pages_sent(client.get(f"/counter/withdrawals/{withdrawal.pk}/settlement/print/")))
    assert "住房公积金账户结清单" in page and f"销户日期{ON}" in page and in_capitals(told.total) in page
    assert f"/counter/withdrawals/{withdrawal.pk}/settlement/print/" in shown(client, withdrawal)
    banked(withdrawal, ResultOutcome.FAILED)
    payouts.settle(by=night(), on=ON)
    with pytest.raises(printouts.NotClosed):
        printouts.settlements([fresh(withdrawal)])
    assert f"/counter/withdrawals/{withdrawal.pk}/settlement/print/" not in shown(client, withdrawal)


def test_what_closes_nothing_has_no_settlement():
    with pytest.raises(printouts.NotClosed):
        printouts.settlements([fresh(approved(saver("9000.00"), purchase(), "1000.00"))])


def test_a_day_of_receipts_and_decisions_comes_in_one_file(django_assert_max_num_queries):
    rows = [submitted(saver("9000.00"), purchase(), "1000.00") for _ in range(3)]
    decided(rows[0])
    decided(rows[1], Verdict.REFUSE, "购房合同未备案")
    client = client_of(clerk(at="01"))
    pages = pages_sent(client.get("/counter/withdrawals/receipts/print/", {"all": "1", "since": str(ON)}))
    assert [row.number in page for row, page in zip(rows[::-1], pages, strict=True)] == [True] * 3
    pages = "".join(pages_sent(client.get("/counter/withdrawals/decisions/print/", {"all": "1"})))
    assert [pages.count(f"编号{row.number}") > 0 for row in rows] == [True, True, False]
    assert "不准予提取" in pages and "准予金额" in pages
    ticked = client.get("/counter/withdrawals/decisions/print/", {"pick": [row.pk for row in rows]}, follow=True)
    assert f"{rows[2].number} 没有可以打印的决定书" in ticked.content.decode()
    loaded = [fresh(row) for row in rows]
    with django_assert_max_num_queries(3):  # who took them in, their papers, the files of these
        printouts.receipts(loaded)
    with django_assert_max_num_queries(2):  # the terms of the day of a refusal
        printouts.decisions(loaded[:2])


def test_a_list_of_somebody_who_was_looked_for_prints_ticked_rows_only():
    account = saver("9000.00")
    submitted(account, purchase(), "1000.00")
    client = client_of(clerk(at="01"))
    assert "打印全部回执" in client.get("/counter/withdrawals/").content.decode()
    found = client.post("/counter/withdrawals/", {"person": account.number}).content.decode()
    assert "打印回执" in found and "打印全部回执" not in found  # the address does not say whom


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

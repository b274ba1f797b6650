"""The pages of payments: who looks, who signs, what finance says about what cannot be, what is pushed again."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from access.states import Post
from approvals.rules import digest_of
from banking import queries
from banking.actions import banks, webhooks
from banking.models import Delivery, Payment, PaymentResult, Ruling
from banking.states import PaymentStatus, ResultOutcome
from tests.access.factories import client_of, person
from tests.banking.factories import DAY, bank, night, open_first_day
from tests.banking.owing import AT, CARD, claimed, fresh, may_owe, ordered, reported, sent, unknown
from tests.ledger.books import as_owner, run

pytestmark = pytest.mark.django_db

LIST, RESULTS = "/counter/banking/payments/", "/counter/banking/payment-results/"
EVENTS = "/counter/banking/events/"


@pytest.fixture(autouse=True)
def books():
    open_first_day()
    may_owe()
    banks.connect(bank(), by=night(), on=DAY)


@pytest.fixture
def finance():
    return client_of(person(Post.FINANCE, branch_id=0, name="何静"))


@pytest.fixture
def manager():
    return client_of(person(Post.MANAGER, branch_id=0, name="周强"))


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return response.content.decode()


def test_the_monitor_counts_every_status_and_masks(finance):
    unknown()
    ordered(amount=Decimal("60000.00"))
    shown = page(finance, LIST)
    assert all(label in shown for label in PaymentStatus.labels)
    assert "6217***********4567" in shown and CARD not in shown
    assert "待我复核 1 笔" in shown


def test_a_bank_that_fetches_nothing_is_named_to_everybody(finance):
    sent()
    ordered(amount=Decimal("700.00"))
    silent = "没有领取付款指令：1 笔、700.00 元等待领取"
    assert silent not in page(finance, LIST)
    with as_owner():
        run("update policy_term set value = '0' where name = 'payment.answer_minutes'")
    assert silent in page(finance, LIST)


def test_a_bank_is_asked_from_the_list_by_those_who_may(finance):
    payment = unknown()
    ask = f"{LIST}{payment.pk}/ask/"
    assert ask in page(finance, LIST)
    assert ask not in page(client_of(person(Post.AUDITOR, branch_id=0)), LIST)


def test_a_payment_shows_what_was_said_and_done_and_offers_no_second_sending(finance):
    payment = unknown()
    reported(payment, ResultOutcome.SUCCEEDED, amount=Decimal("1.00"))
    shown = page(finance, f"{LIST}{payment.pk}/")
    assert all(word in shown for word in ("按对账单认定", "金额与付款指令不一致", "已发送 → 结果不明", "由银行查询"))
    assert "重发" not in shown.replace("不会重发", "") and CARD not in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [("status=UNKNOWN", 1), ("status=SUCCEEDED", 0), ("payee_name=李建", 2), ("amount=1200", 1), ("amount=x", 0)],
)
def test_the_list_is_narrowed_and_goes_out_as_a_file(finance, query, found):
    unknown()
    ordered(amount=Decimal("700.00"))
    assert page(finance, f"{LIST}?{query}").count("data-row-link") == found
    content = b"".join(finance.get(f"{LIST}export/?{query}").streaming_content)
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + found
    assert CARD not in str(rows)


def test_an_office_sees_its_own_payments():
    payment = ordered()
    own, other = (client_of(person(Post.FINANCE, branch_id=branch)) for branch in (1, 2))
    page(own, f"{LIST}{payment.pk}/")
    page(other, f"{LIST}{payment.pk}/", 404)
    assert payment.reference not in page(other, LIST)


@pytest.mark.parametrize("post", [Post.CLERK, Post.OPERATOR])
def test_others_may_not_look(post):
    page(client_of(person(post)), LIST, 403)


def test_finance_signs_one_payment_on_its_page(finance):
    payment = ordered(amount=Decimal("60000.00"))
    address = f"{LIST}{payment.pk}/decide/"
    assert "6217***********4567" in page(finance, address)
    answer = finance.post(address, {"verdict": "GRANT", "seen": digest_of(queries.facts_of(payment))})
    assert answer.status_code == 302
    assert fresh(payment).status == "APPROVED"
    assert finance.get(address).status_code == 302


def test_two_sign_a_very_large_payment(finance, manager):
    payment = ordered(amount=Decimal("500000.01"))
    granted = {"verdict": "GRANT", "seen": digest_of(queries.facts_of(payment))}
    finance.post(f"{LIST}{payment.pk}/decide/", granted)
    assert (fresh(payment).status, claimed()) == ("CREATED", [])
    finance.post(f"{LIST}{payment.pk}/decide/", granted)
    assert fresh(payment).status == "CREATED"
    manager.post(f"{LIST}{payment.pk}/decide/", granted)
    assert fresh(payment).status == "APPROVED"


def test_ticked_payments_are_granted_together_and_the_others_wait(finance):
    rows = [ordered(amount=Decimal("60000.00")) for _ in range(3)]
    shown = page(finance, f"{LIST}decide/")
    assert shown.count('name="ticked"') == 3 and "checked" not in shown
    seen = {f"seen-{row.case_id}": digest_of(queries.facts_of(row)) for row in rows}
    ticked = [rows[0].case_id, rows[2].case_id]
    seen[f"seen-{rows[2].case_id}"] = "something else"
    answer = finance.post(f"{LIST}decide/", {**seen, "ticked": ticked}, follow=True)
    assert [fresh(row).status for row in rows] == ["APPROVED", "CREATED", "CREATED"]
    told = answer.content.decode()
    assert "已同意 1 笔，未办理 1 笔" in told and f"{rows[2].case}：内容已变化" in told


def test_what_was_ticked_in_the_inbox_is_ticked_where_it_is_granted(finance):
    ordered(amount=Decimal("60000.00"))
    row = ordered(amount=Decimal("60000.00"))
    shown = page(finance, f"{LIST}decide/?case={row.case_id}")
    assert shown.count('name="ticked"') == 1 and f'value="{row.case_id}" checked' in shown


def test_what_cannot_be_waits_for_finance_until_a_word_is_said(finance, manager):
    result = reported(sent(), ResultOutcome.SUCCEEDED, amount=Decimal("1.00"))
    assert result.named in page(finance, RESULTS)
    clear = f"{RESULTS}{result.pk}/clear/"
    page(manager, clear, 403)
    assert "请填写核实说明" in finance.post(clear, {"word": ""}).content.decode()
    assert finance.post(clear, {"word": "银行误报，已更正"}).status_code == 302
    assert PaymentResult.objects.get().status == "CLEARED"
    assert "没有符合条件的付款回报" in page(finance, RESULTS)
    assert "银行误报，已更正" in page(finance, f"{RESULTS}{result.pk}/")


def test_a_bank_that_says_nothing_is_asked_again(finance, manager):
    payment = unknown()
    ask = f"{LIST}{payment.pk}/ask/"
    page(manager, ask, 403)
    assert "不会重发付款" in page(finance, ask)
    assert finance.post(ask).status_code == 302
    shown = page(finance, f"{LIST}{payment.pk}/")
    assert shown.count("请查询付款结果") == 2 and "再次查询银行" in shown
    reported(payment, ResultOutcome.SUCCEEDED)
    assert "当前状态不允许此操作" in finance.post(ask).content.decode()


RULED = {"outcome": "succeeded", "statement_on": "2026-07-01", "bank_serial": "D1", "reason": "对账单第 3 行"}


def test_a_statement_decides_what_is_in_doubt_by_two_people(finance, manager):
    payment = unknown()
    assert finance.post(f"{LIST}{payment.pk}/ruling/", RULED).status_code == 302
    ruling = Ruling.objects.get()
    decide = f"/counter/banking/rulings/{ruling.pk}/decide/"
    granted = {"verdict": "GRANT", "seen": digest_of(queries.facts_of_ruling(ruling))}
    assert "须由他人复核" in finance.post(decide, granted).content.decode()
    assert fresh(payment).status == "UNKNOWN"
    assert manager.post(decide, granted).status_code == 302
    payment = fresh(payment)
    assert (payment.status, payment.bank_serial) == ("SUCCEEDED", "D1")
    assert payment.results.get().origin == "STATEMENT"
    assert reported(payment, ResultOutcome.FAILED).refusal == "succeeded_before"


def test_a_statement_without_the_payment_lets_it_be_claimed_again(finance, manager):
    payment = unknown()
    finance.post(f"{LIST}{payment.pk}/ruling/", {**RULED, "outcome": "not_received", "bank_serial": ""})
    ruling = Ruling.objects.get()
    granted = {"verdict": "GRANT", "seen": digest_of(queries.facts_of_ruling(ruling))}
    manager.post(f"/counter/banking/rulings/{ruling.pk}/decide/", granted)
    assert [(one.pk, one.sendings) for one in claimed()] == [(payment.pk, 2)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"bank_serial": ""}, "认定付款成功须填写对账单上的银行流水号"),
        ({"statement_on": "2026-07-02"}, "对账单日期不能晚于"),
        (
            {"statement_on": "2026-06-30", "outcome": "not_received", "bank_serial": ""},
            "不能早于付款指令最近一次发送的日期",
        ),
        ({"reason": ""}, "请填写认定的依据"),
        ({"outcome": "returned"}, "请从列表中选择"),
    ],
)
def test_a_ruling_that_is_not_whole_names_the_field(finance, change, told):
    payment = unknown()
    assert told in finance.post(f"{LIST}{payment.pk}/ruling/", {**RULED, **change}).content.decode()
    assert not Ruling.objects.exists()


def test_a_bank_that_answers_meanwhile_is_believed(finance, manager):
    payment = unknown()
    finance.post(f"{LIST}{payment.pk}/ruling/", RULED)
    second = finance.post(f"{LIST}{payment.pk}/ruling/", RULED).content.decode()
    assert "已有待复核的对账认定" in second
    reported(payment, ResultOutcome.FAILED)
    ruling = Ruling.objects.get()
    granted = {"verdict": "GRANT", "seen": digest_of(queries.facts_of_ruling(ruling))}
    shown = manager.post(f"/counter/banking/rulings/{ruling.pk}/decide/", granted).content.decode()
    assert "只有结果不明的付款才能按对账单认定" in shown
    finance.post(f"/counter/banking/rulings/{ruling.pk}/")
    assert "已撤回" in page(finance, f"/counter/banking/rulings/{ruling.pk}/")
    assert Payment.objects.get().status == "FAILED"


def test_an_operator_has_given_up_events_pushed_again():
    webhooks.set_address(bank(), "http://localhost/x", new_secret=False, at=AT, by=night(), on=DAY)
    ordered()
    webhooks.set_address(bank(), "", new_secret=False, at=AT, by=night(), on=DAY)
    webhooks.deliver_due(at=AT + timedelta(days=400), by=night(), on=DAY)
    operator, auditor = client_of(person(Post.OPERATOR)), client_of(person(Post.AUDITOR))
    assert "银行已停用推送地址" in page(operator, EVENTS)
    assert "重新推送所选" not in page(auditor, EVENTS)
    one = Delivery.objects.get()
    assert operator.get(f"{EVENTS}replay/").status_code == 302
    assert "重新推送 1 件" in page(operator, f"{EVENTS}replay/?event={one.pk}")
    assert operator.post(f"{EVENTS}replay/", {"event": [one.pk]}).status_code == 302
    assert Delivery.objects.get().status == "PENDING"
    page(auditor, f"{EVENTS}replay/?event={one.pk}", 403)

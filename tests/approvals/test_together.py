"""Two people at one case 两人同时复核, and the keys of the inbox in a real browser."""

import threading

import pytest
from django.conf import settings
from django.db import connection

from access.models import User
from access.states import Post
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.models import Case, Signature
from approvals.rules import digest_of
from approvals.states import Verdict
from hpf.errors import Overtaken
from tests.access.factories import DAY, client_of, person
from tests.approvals.factories import FACTS, case
from tests.banking.factories import open_first_day


def test_of_many_checkers_at_once_one_decides(own_database):
    row, checkers = case(), [person(Post.MANAGER) for _ in range(6)]
    start, told = threading.Barrier(len(checkers)), []

    def sign(by: User, verdict: Verdict) -> None:
        try:
            start.wait(60)
            own = Case.objects.get(pk=row.pk)
            signatures.sign(own, Decision(verdict, digest_of(FACTS), "同时"), facts=FACTS, by=by, on=DAY)
            told.append("signed")
        except Exception as error:
            told.append(type(error).__name__)
        finally:
            connection.close()

    verdicts = [Verdict.GRANT, Verdict.RETURN] * 3
    workers = [threading.Thread(target=sign, args=pair) for pair in zip(checkers, verdicts, strict=True)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(told) == sorted(["signed", *[Overtaken.__name__] * 5])
    assert Signature.objects.count() == 1


@pytest.mark.browser
def test_keys_go_through_the_inbox_and_open_a_case(site, page):
    open_first_day(DAY)
    for title in ("甲", "乙", "丙"):
        case(title=title, kind="policy:change", page="policy:change")
    session = client_of(person(Post.MANAGER)).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": site}])
    page.goto(f"{site}/counter/approvals/")
    reached = []
    for key in ("j", "j", "j", "j", "k"):
        page.keyboard.press(key)
        reached.append(page.evaluate("document.activeElement.textContent"))
    assert reached == ["甲", "乙", "丙", "丙", "乙"]
    address = page.evaluate("document.activeElement.href")
    with page.expect_navigation(url=address):
        page.keyboard.press("Enter")


@pytest.mark.browser
def test_keys_belong_to_a_field_while_somebody_types(site, page):
    open_first_day(DAY)
    case(title="甲", kind="policy:change", page="policy:change")
    session = client_of(person(Post.MANAGER)).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": site}])
    page.goto(f"{site}/counter/approvals/")
    page.focus("#id_q")
    page.keyboard.type("jk")
    assert page.input_value("#id_q") == "jk"

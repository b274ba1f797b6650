"""Sealing and unsealing many at once: ticked or pasted, each looked at, all or nothing."""

from datetime import date

import pytest
from django.urls import reverse

from access.states import Post
from accounts.models import MemberAccount
from accounts.states import MemberAccountStatus
from audit.models import Record
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.ledger import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer():
    """An employer whose five members save from July, in the middle of which we are."""
    books.open_books(date(2026, 7, 15))
    employer = factories.employer()
    factories.member_accounts(employer, 5)
    return employer


def numbers(employer):
    return list(employer.member_accounts.order_by("number").values_list("number", flat=True))


def answer(employer, name, data=None, **given):
    browser = client_of(person(Post.CLERK, **{"branch_id": 1} | given))
    address = reverse(f"accounts:{name}", args=[employer.pk])
    reply = browser.get(address) if data is None else browser.post(address, data, follow=True)
    assert reply.status_code == 200
    return reply.content.decode()


def sealed(employer):
    return employer.member_accounts.filter(status=MemberAccountStatus.SEALED).count()


def test_ticked_and_pasted_are_sealed_together_and_come_back_together(employer):
    one, two, three, *_ = numbers(employer)
    chosen = {"ticked": [one], "numbers": f"{two}，\n{three} {one}", "reason": "01"}
    looked_at = answer(employer, "members_seal", chosen)
    assert "将封存以下 3 户" in looked_at and "可以封存" in looked_at and sealed(employer) == 0
    assert "已封存 3 户" in answer(employer, "members_seal", chosen | {"confirmed": "1"})
    assert sealed(employer) == 3
    assert Record.objects.filter(act="move", after__status="02").count() == 3
    back = {"numbers": f"{one} {two}", "reason": "复工", "confirmed": "1"}
    assert "已启封 2 户" in answer(employer, "members_unseal", back)
    assert sealed(employer) == 1
    assert Record.objects.filter(act="move", why="启封：复工").count() == 2
    assert not Record.objects.filter(act="change_base").exists()  # they contribute as before


def test_one_that_cannot_be_sealed_stops_them_all_and_says_why(employer):
    one, two, *_ = numbers(employer)
    MemberAccount.objects.filter(number=two).update(status=MemberAccountStatus.CLOSED)
    page = answer(employer, "members_seal", {"numbers": f"{one} {two}", "reason": "01", "confirmed": "1"})
    assert "有 1 户不能封存" in page and "只有正常缴存的账户可以封存" in page and "确认封存" not in page
    assert sealed(employer) == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason": "01"}, "请勾选职工，或填写个人账号"),
        ({"reason": "01", "numbers": "2999999999"}, "不是本单位的个人账户"),
        ({"numbers": "x"}, "请选择封存原因"),
        ({"reason": "01", "numbers": " ".join(map(str, range(2001)))}, "一次最多 2000 个"),
    ],
)
def test_wrong_choice_is_named(employer, given, sentence):
    page = answer(employer, "members_seal", given | {"confirmed": "1"})
    assert "error-summary" in page and sentence in page and sealed(employer) == 0


def test_account_of_another_employer_is_none_of_it(employer):
    strange = factories.member_account()
    page = answer(employer, "members_seal", {"numbers": strange.number, "reason": "01", "confirmed": "1"})
    assert f"请核对：{strange.number}" in page
    strange.refresh_from_db()
    assert strange.status == MemberAccountStatus.NORMAL


def test_base_outside_the_limits_of_the_day_is_not_unsealed(employer):
    one, *_ = numbers(employer)
    answer(employer, "members_seal", {"numbers": one, "reason": "01", "confirmed": "1"})
    MemberAccount.objects.filter(number=one).update(base=1)
    page = answer(employer, "members_unseal", {"numbers": one, "reason": "复工", "confirmed": "1"})
    assert "缴存基数应在" in page and sealed(employer) == 1


def test_only_clerks_of_the_office(employer):
    for name in ("members_seal", "members_unseal"):
        address = reverse(f"accounts:{name}", args=[employer.pk])
        assert client_of(person(Post.CLERK, branch_id=4)).get(address).status_code == 404
        assert client_of(person(Post.MANAGER, branch_id=1)).get(address).status_code == 403


def test_statements_do_not_grow_with_the_list(employer, django_assert_max_num_queries):
    factories.member_accounts(employer, 60)
    chosen = {"numbers": "\n".join(numbers(employer)), "reason": "01", "confirmed": "1"}
    browser = client_of(person(Post.CLERK, branch_id=1))
    with django_assert_max_num_queries(26):
        browser.post(reverse("accounts:members_seal", args=[employer.pk]), chosen)
    assert sealed(employer) == 65

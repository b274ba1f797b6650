"""A member's interest year on paper: figures of the page with every entry, the number masked, the file's name bare."""

import pytest
from django.urls import reverse

from access.states import Post
from accounts.models import MemberAccount
from audit.models import Record
from hpf.privacy import masked_id
from tests.access.factories import client_of, person
from tests.accounts.factories import member_user
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, JULY, paid, paying_employer
from tests.frame.printouts import pages_sent

pytestmark = pytest.mark.django_db
COUNTER, PORTAL = "reports:interest_statement_print", "reports:my_interest_statement_print"


@pytest.fixture
def account(settings) -> MemberAccount:
    settings.SECURE_SSL_REDIRECT = False
    open_first_day(DAY)
    employer = paying_employer(1, at="01", name="内江䶮示例有限公司")
    paid(employer, JULY)
    return MemberAccount.objects.select_related("member").get(employer=employer)


def printed(user, name, account, **asked):
    return client_of(user).get(reverse(name, args=[account.pk]), asked)


@pytest.mark.parametrize("name", [COUNTER, PORTAL])
def test_the_year_is_on_paper_with_its_entries(name, account):
    answer = printed(person() if name == COUNTER else member_user(account), name, account)
    pages = pages_sent(answer)
    page = "".join(pages)
    assert f"姓名{account.member.name}" in page and "单位内江䶮示例有限公司" in page
    assert "目前余额1,046.88元大写：壹仟零肆拾陆元捌角捌分" in page
    assert "2026-071,046.880.001,046.88" in page  # the month
    assert "2026-07-01" in page.split("账户明细")[1] and "1,046.881,046.88" in page.split("账户明细")[1]  # the entry
    assert "以结息日入账为准" in page


def test_no_whole_number_stands_on_paper_and_none_in_the_name_of_the_file(account):
    answer = printed(person(), COUNTER, account)
    page = "".join(pages_sent(answer))
    assert masked_id(account.member.id_number) in page
    assert account.member.id_number not in page and account.member.mobile not in page
    assert account.number not in answer["Content-Disposition"]


def test_each_year_of_an_account_is_counted_by_itself(account):
    printed(person(), COUNTER, account)
    assert "第2次打印" in pages_sent(printed(member_user(account), PORTAL, account, year="2026-07-01"))[0]
    [first, second] = Record.objects.filter(act="print", subject_id=str(account.pk)).order_by("id")
    assert first.after == {"printout": "年度结息对账单 2026", "times": 1} and second.after["times"] == 2


@pytest.mark.parametrize("name", [COUNTER, PORTAL])
def test_a_year_the_account_did_not_live_is_not_printed(name, account):
    answer = printed(person() if name == COUNTER else member_user(account), name, account, year="1999-07-01")
    assert answer.status_code == 302 and not Record.objects.filter(act="print").exists()


def test_others_do_not_print_it(account):
    other = MemberAccount.objects.get(employer=paying_employer(1))
    assert printed(member_user(other), PORTAL, account).status_code == 404
    assert printed(person(Post.CLERK, branch_id=2), COUNTER, account).status_code == 404
    assert printed(person(Post.FINANCE), COUNTER, account).status_code == 403
    assert printed(member_user(account), COUNTER, account).status_code == 403


def test_the_pages_of_the_year_lead_to_the_printout(account):
    for user, page in ((person(), "interest_statement"), (member_user(account), "my_interest_statement")):
        shown = client_of(user).get(reverse(f"reports:{page}", args=[account.pk])).content.decode()
        assert reverse(f"reports:{page}_print", args=[account.pk]) in shown


def test_a_printing_is_told_in_words(account):
    printed(person(), COUNTER, account)
    trail = client_of(person(Post.AUDITOR)).get(reverse("reports:records"), {"act": "print"}).content.decode()
    for words in ("打印件", "年度结息对账单 2026", "第几次打印"):
        assert words in trail
    address = reverse("accounts:member", args=[account.pk])
    history = client_of(person()).get(address, {"tab": "changes"}).content.decode()
    assert "第几次打印" in history

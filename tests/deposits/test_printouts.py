"""The receipt of a list on paper: for the employer and the counter, once the money is in the members' accounts."""

import pytest
from django.urls import reverse

from access.states import Post
from audit.models import Record
from tests.access.factories import client_of, person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, paid, paying_employer, submitted
from tests.frame.printouts import pages_sent

pytestmark = pytest.mark.django_db
NAME = "内江𠮷祥·示例机械制造有限公司"


@pytest.fixture(autouse=True)
def day(settings):
    settings.SECURE_SSL_REDIRECT = False
    return open_first_day(DAY)


def printed(user, name, remittance):
    return client_of(user).get(reverse(f"deposits:{name}", args=[remittance.pk]))


@pytest.mark.parametrize("portal", [True, False])
def test_the_receipt_says_what_was_paid_for_whom(portal):
    employer = paying_employer(2, name=NAME, at="01")
    remittance = paid(employer)
    user, name = (accounts.handler(employer), "my_remittance_print") if portal else (person(), "remittance_print")
    answer = printed(user, name, remittance)
    [page] = pages_sent(answer)
    # 2 × (523.44 + 523.44)
    for words in (
        NAME,
        "汇缴年月2026-07",
        "2人",
        "1,046.88元个人缴存额1,046.88元",
        "2,093.76元大写：贰仟零玖拾叁元柒角陆分",
    ):
        assert words in page
    assert f"编号{remittance.reference}" in page and "入账日期2026-07-01" in page
    assert remittance.reference in answer["Content-Disposition"]


def test_employer_and_counter_count_the_same_receipt():
    employer = paying_employer(1, at="01")
    remittance = paid(employer)
    assert "第1次打印" in pages_sent(printed(accounts.handler(employer), "my_remittance_print", remittance))[0]
    [page] = pages_sent(printed(person(), "remittance_print", remittance))
    assert "第2次打印" in page and "补打" in page
    shown = client_of(person()).get(reverse("deposits:remittance", args=[remittance.pk])).content.decode()
    assert "打印回单：第 2 次" in shown and "打印回单：第 1 次" in shown


@pytest.mark.parametrize("portal", [True, False])
def test_a_list_that_waits_for_its_money_has_no_receipt(portal):
    employer = paying_employer(1, at="01")
    remittance = submitted(employer)
    user = accounts.handler(employer) if portal else person()
    page = "my_remittance" if portal else "remittance"
    answer = printed(user, f"{page}_print", remittance)
    assert answer.url == reverse(f"deposits:{page}", args=[remittance.pk])
    client = client_of(user)
    shown = client.get(reverse(f"deposits:{page}_print", args=[remittance.pk]), follow=True).content.decode()
    assert f"{remittance.reference} 尚未入账，没有可以打印的回单" in shown
    assert reverse(f"deposits:{page}_print", args=[remittance.pk]) not in shown
    assert not Record.objects.filter(act="print").exists()


def test_an_allocated_list_leads_to_its_receipt():
    employer = paying_employer(1, at="01")
    remittance = paid(employer)
    for user, page in ((accounts.handler(employer), "my_remittance"), (person(), "remittance")):
        shown = client_of(user).get(reverse(f"deposits:{page}", args=[remittance.pk])).content.decode()
        assert reverse(f"deposits:{page}_print", args=[remittance.pk]) in shown


def test_others_get_no_receipt():
    remittance = paid(paying_employer(1, at="01"))
    other = accounts.handler(paying_employer(1))
    assert printed(other, "my_remittance_print", remittance).status_code == 404
    assert printed(person(Post.CLERK, branch_id=2), "remittance_print", remittance).status_code == 404
    assert printed(person(Post.OPERATOR), "remittance_print", remittance).status_code == 403
    assert printed(other, "remittance_print", remittance).status_code == 403
    assert not Record.objects.filter(act="print").exists()


def test_ticked_lists_come_in_one_file_each_counted_by_itself():
    lists = [paid(paying_employer(1, at="01")) for _ in range(3)]
    waits = submitted(paying_employer(1, at="01"))
    clerk = person()
    printed(clerk, "remittance_print", lists[1])
    picked = "&".join(f"pick={row.pk}" for row in (lists[0], lists[1], waits))
    address = reverse("deposits:remittances_print")
    pages = pages_sent(client_of(clerk).get(f"{address}?{picked}&paper-remittance_receipt=NEEDLE"))
    assert [row.reference in page for row, page in zip((lists[1], lists[0]), pages, strict=True)] == [True, True]
    assert ["补打" in page for page in pages] == [True, False]
    assert Record.objects.filter(act="print").count() == 3
    assert Record.objects.get(act="choose_paper").after["printout"] == "住房公积金汇缴回单"


def test_the_whole_list_is_printed_as_it_is_narrowed_and_for_who_sees_it():
    here, there = paid(paying_employer(1, at="01")), paid(paying_employer(1, at="02"))
    address = reverse("deposits:remittances_print")
    [page] = pages_sent(client_of(person(branch_id=1)).get(address, {"all": "1"}))
    assert here.reference in page
    both = pages_sent(client_of(person(branch_id=0)).get(address, {"all": "1"}))
    assert len(both) == 2 and any(there.reference in page for page in both)
    nothing = client_of(person()).get(address, {"all": "1", "status": "CANCELLED", "paper-remittance_receipt": "A4"})
    assert nothing.url == reverse("deposits:remittances") + "?status=CANCELLED"
    foreign = client_of(person(branch_id=1)).get(address, {"pick": there.pk}, follow=True)
    assert "没有可以打印的内容" in foreign.content.decode()
    assert client_of(person(Post.OPERATOR)).get(address, {"all": "1"}).status_code == 403
    shown = client_of(person(branch_id=0)).get(reverse("deposits:remittances")).content.decode()
    assert shown.count('name="pick"') == 2 and "打印全部已入账的回单" in shown

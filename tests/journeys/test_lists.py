"""Every list, as each post finds it by its links: a page costs as many queries with twenty rows as with six, and
what stands in pages can be taken along as a file."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from access.models import User
from access.queries import night_user
from access.states import Post
from accounts.models import Employer
from banking.actions import receipts
from deposits.actions import sheets
from hpf.months import Month
from tests.access.factories import client_of, person
from tests.accounts.factories import handler, member_user
from tests.approvals.factories import case
from tests.banking.factories import notice, open_first_day
from tests.deposits.factories import DAY, arrived, paid, paying_employer, submitted
from tests.journeys.fund import wrong_sheet

pytestmark = pytest.mark.django_db
FEW, MANY = 6, 20
POSTS = [Post.CLERK, Post.MANAGER, Post.OPERATOR, Post.HANDLER, Post.MEMBER]
FILES = re.compile(r"_(export|template|errors|print)$")
# What stands in pages there is no file of: the rows are a choice, or go out from the page they belong to.
NO_FILE = {"ledger:business_day"}


def fund_of(size: int) -> Employer:
    """So many of everything: members and lines, employers with a month that waits, receipts, cases, refused notices."""
    first = paying_employer(size)
    paid(first)
    for _ in range(size):
        submitted(paying_employer(1))
        receipt = arrived("77.00")
        receipts.book(receipt.bank, [notice(serial=receipt.serial, amount=Decimal(1))], by=night_user(), on=DAY)
        case(branch=first.branch)
    month = Month.of(DAY).next()
    sheet = sheets.upload(first, month, wrong_sheet(first, month, size - 1), by=night_user(), on=DAY)
    sheets.check(sheet, by=night_user(), on=DAY)
    return first


def somebody(post: Post, employer: Employer) -> User:
    if post == Post.HANDLER:
        return handler(employer)
    if post == Post.MEMBER:
        return member_user(employer.member_accounts.order_by("pk")[0])
    return person(post, branch_id=0)


def name_of(address: str) -> str:
    return resolve(address.split("?")[0]).view_name


def pages_by_links(client) -> Iterator[tuple[str, str, str]]:
    """Every page this person comes to from the first one, one of each sort: its name, address and text."""
    seen, waiting = set(), [client.get("/").url]
    while waiting:
        address = waiting.pop(0)
        name = name_of(address)
        if name in seen or FILES.search(name):
            continue
        seen.add(name)
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        text = answer.content.decode()
        yield name, address, text
        links = [unescape(link) for link in re.findall(r'<a [^>]*?href="([^"#]+)"', text)]
        waiting += [address.split("?")[0] + link if link.startswith("?") else link for link in links]


def costs(size: int) -> dict[tuple[Post, str], int]:
    """How many queries each page takes each post over a fund of a size; the fund is gone afterwards."""
    found = {}
    with transaction.atomic():
        employer = fund_of(size)
        for post in POSTS:
            client = client_of(somebody(post, employer))
            for name, address, _text in pages_by_links(client):
                with CaptureQueriesContext(connection) as asked:  # a second look: the first notes the visit
                    client.get(address)
                found[post, name] = len(asked)
        transaction.set_rollback(True)
    return found


@pytest.fixture(autouse=True)
def first_day():
    open_first_day(DAY)


def test_no_page_asks_once_for_each_row():
    few, many = costs(FEW), costs(MANY)
    assert {page: (few[page], count) for page, count in many.items() if count > few.get(page, count)} == {}
    assert set(few) == set(many)
    assert {post for post, _name in many} == set(POSTS)


@pytest.mark.parametrize("post", [Post.CLERK, Post.MANAGER, Post.HANDLER, Post.MEMBER])
def test_what_stands_in_pages_can_be_taken_along(post):
    client = client_of(somebody(post, fund_of(FEW)))
    paged = {name: text for name, _address, text in pages_by_links(client) if 'class="pager"' in text}
    assert paged
    files = {name: re.findall(r'href="[^"]*/(?:export|errors|template)/', text) for name, text in paged.items()}
    assert [name for name, found in files.items() if not found and name not in NO_FILE] == []

"""The table of posts and rights against every address, both ways; and no form without its token."""

import pytest
from django.test import Client

from access.states import COUNTER_POSTS, PERMS_OF_POST, Post
from tests.access.factories import client_of, person
from tests.house.test_doors import addresses, worn_by

pytestmark = pytest.mark.django_db
PEOPLE = [post for post in Post if post not in (Post.BANK, Post.NIGHT)]
KINDS = {"counter": COUNTER_POSTS, "employer": {Post.HANDLER}, "member": {Post.MEMBER}}


def pages():
    """Every page behind a right, with a number that exists nowhere where the address wants one."""
    for at, name, view in addresses():
        if view.door.kind in KINDS:
            yield "/" + at.replace("<int:pk>", "0").replace("<str:", "<").replace("<int:", "<"), name, view


def filled(address: str) -> str:
    parts = ["0" if part.startswith("<") else part for part in address.split("/")]
    return "/".join(parts)


@pytest.mark.parametrize("post", PEOPLE)
def test_a_post_opens_the_pages_of_its_rights_and_no_other(post):
    client = client_of(person(post))
    wrong = []
    for address, name, view in pages():
        admitted = all(post in KINDS[door.kind] and door.perm in PERMS_OF_POST[post] for door in worn_by(view))
        status = client.get(filled(address)).status_code
        if (status == 403) is admitted or status == 500:
            wrong.append(f"{name}: {status}")
    assert wrong == []


def test_a_stranger_opens_none():
    statuses = {name: Client().get(filled(address)).status_code for address, name, _view in pages()}
    assert {name: status for name, status in statuses.items() if status != 302} == {}


def test_no_form_is_taken_without_its_token():
    taken = []
    for address, name, _view in pages():
        answer = Client(enforce_csrf_checks=True).post(filled(address))
        if answer.status_code != 403 or "页面已过期" not in answer.content.decode():
            taken.append(name)
    assert taken == []

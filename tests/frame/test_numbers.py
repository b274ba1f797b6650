"""Numbers are drawn in one statement and never twice."""

import pytest
from django.db import connection

from access.models import User
from hpf import numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def sequence():
    with connection.cursor() as cursor:
        cursor.execute("create temporary sequence ticket start 100")
    return "ticket"


def test_numbers_come_in_order_and_once(sequence):
    first, second = numbers.draw(sequence, 500), numbers.draw(sequence, 2)
    assert first == list(range(100, 600)) and second == [600, 601]


def test_a_draw_is_one_statement(sequence, django_assert_num_queries):
    with django_assert_num_queries(1):
        numbers.draw(sequence, 1000)


def test_nothing_is_drawn_for_nobody(sequence):
    assert numbers.draw(sequence, 0) == []


def test_ids_come_from_the_table_itself(django_assert_num_queries):
    with django_assert_num_queries(1):
        ids = numbers.draw_ids(User, 3)
    row = User.objects.create(username="after", name="后来", post="CLERK")
    assert ids == list(range(ids[0], ids[0] + 3)) and row.pk == ids[-1] + 1

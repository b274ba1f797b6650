"""Cases for tests: a business of no room, about a person."""

import itertools
from datetime import timedelta

from access.models import Branch, User
from access.states import Perm, Post
from approvals.actions import signatures
from approvals.models import Case
from tests.access.factories import DAY, person

FACTS = {"拟定取值": "25000.00", "现行取值": "22389.00"}
_numbers = itertools.count(1)


def opening(**traits: object) -> signatures.Opening:
    """What somebody says who asks for a signature: a right that managers hold, at Longchang."""
    plain = {
        "kind": "policy:term_history",
        "page": "policy:term_history",
        "business": "测试业务",
        "title": f"测试事项{next(_numbers)}",
        "perm": Perm.APPROVE_TERM,
        "branch": Branch.objects.get(code="01"),
    }
    return signatures.Opening(**{**plain, **traits})


def case(maker: User | None = None, facts=FACTS, on=DAY, **traits: object) -> Case:
    """An open case by a clerk of finance, to be decided within five days."""
    maker = maker or person(Post.FINANCE)
    traits = {"due_on": on + timedelta(days=5)} | traits
    return signatures.open_case(opening(**traits), maker, facts=facts, by=maker, on=on)

"""Which offices a person's figures are about 报表范围."""

from dataclasses import dataclass

from django.db.models import QuerySet

from access.models import Branch, User
from access.states import Perm
from accounts.models import Employer
from accounts.queries import CENTRE, employers_seen_by


@dataclass(frozen=True)
class Sight:
    """What a report is about 报表范围: one office, or with None the whole centre, and the employers in it."""

    branch: Branch | None
    employers: QuerySet[Employer]

    @property
    def branch_id(self) -> int | None:
        return self.branch.pk if self.branch else None

    @property
    def label(self) -> str:
        return self.branch.name if self.branch else "全部网点"


def branches_seen_by(user: User) -> QuerySet[Branch]:
    """The offices whose figures a person may look at 可查看的网点: one's own, the centre all."""
    branches = Branch.objects.order_by("code")
    if not (user.works_at_counter and user.has(Perm.VIEW_REPORTS)):
        return branches.none()
    return branches if user.branch_code == CENTRE else branches.filter(code=user.branch_code)


def sight_of(user: User, branch: Branch | None) -> Sight:
    """What a person sees who asks for an office, or for all of them 报表范围: nobody sees more than the own ones."""
    asked = branch if user.branch_code == CENTRE else user.branch
    employers = employers_seen_by(user).order_by()
    return Sight(asked, employers.filter(branch=asked) if asked else employers)

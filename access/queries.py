"""Reads about people and what they may open 用户与菜单."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from access.models import User
from access.states import MENU, MenuEntry, Perm, Post

CENTRE = "00"  # 中心本部 answers for every office
SIGN_IN_POSTS = set(Post) - {Post.BANK, Post.PLATFORM, Post.NIGHT}


@dataclass(frozen=True)
class MenuLink:
    """One line of the menu 菜单项."""

    label: str
    icon: str
    name: str
    address: str


def may_sign_in(user: User) -> bool:
    """Whether this is a person, not a machine 是否可登录页面."""
    return user.post in SIGN_IN_POSTS


def night_user() -> User:
    """The user under whose name the day end acts 日终用户."""
    return User.objects.get(username="night")


def users_seen_by(user: User) -> QuerySet[User]:
    """The people whose passwords a person looks after 可管理的用户: those of the own office, at the centre everybody.

    Machines are not among them. Handlers and members belong to no office.
    """
    people = User.objects.filter(post__in=SIGN_IN_POSTS)
    if not (user.works_at_counter and user.has(Perm.RESET_PASSWORDS)):
        return people.none()
    return people if user.branch_code == CENTRE else people.filter(branch=user.branch)


def menu_of(user: User) -> list[tuple[str, list[MenuLink]]]:
    """The groups of the menu with what this person may open 菜单, in the order of the table."""
    groups = [
        (
            group,
            [link for entry in entries if user.has(entry.perm) for link in _link(entry)],
        )
        for group, entries in MENU.items()
    ]
    return [(group, links) for group, links in groups if links]


def _link(entry: MenuEntry) -> list[MenuLink]:
    """The link, or nothing while the page is not built."""
    try:
        return [MenuLink(entry.label, entry.icon, entry.name, reverse(entry.name))]
    except NoReverseMatch:
        return []

"""Asking shared data for whoever applies online 网上授权查询: what the member's portal and the platforms do alike."""

from datetime import date

from access.models import User
from accounts.models import MemberAccount
from withdrawals.actions import inquiries
from withdrawals.actions.inquiries import Asking
from withdrawals.gateways import SharedData
from withdrawals.queries.progress import is_answered
from withdrawals.rules import CATEGORIES
from withdrawals.states import Category, Consent


def ask(account: MemberAccount, category: Category, platform: SharedData, *, by: User, on: date) -> None:
    """Ask shared data what a category asks, by a consent ticked online 网上授权查询; what was answered still serves.

    Raises:
        what `inquiries.ask` raises.
    """
    declared = CATEGORIES[category]
    kinds = [kind for kind in declared.asks if not is_answered(account.member, kind, on=on)]
    if kinds:
        asking = Asking(kinds, f"办理{category.label}", Consent.ONLINE, on)
        inquiries.ask(account.member, asking, platform, by=by, on=on)

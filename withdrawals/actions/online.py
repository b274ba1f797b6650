"""Asking shared data for whoever applies online 网上授权查询: what the member's portal and the platforms do alike."""

from datetime import date

from access.models import User
from accounts.models import Member, MemberAccount
from accounts.queries.spouses import record_of
from hpf.errors import Refusal
from withdrawals.actions import inquiries
from withdrawals.actions.inquiries import Asking
from withdrawals.gateways import SharedData
from withdrawals.queries.progress import is_answered
from withdrawals.rules import CATEGORIES
from withdrawals.states import FOR_ONESELF, FOR_SPOUSE, Category, Consent


class NoSpouse(Refusal):
    """Nobody withdraws for whom this consent would serve 未登记配偶."""

    message = "中心没有登记您的配偶，不需要授权；请先携带结婚证到柜台登记配偶"
    code = "no_spouse"


def ask(account: MemberAccount, category: Category, platform: SharedData, *, by: User, on: date) -> None:
    """Ask shared data what a category asks of whoever applies, by a consent ticked online 网上授权查询 (R-618).

    What was answered still serves oneself. A spouse consents with `ask_for_spouse`, or a paper takes its place.

    Raises:
        what `inquiries.ask` raises.
    """
    _ask(account.member, category, platform, Consent.ONLINE, by=by, on=on)


def ask_for_spouse(member: Member, category: Category, platform: SharedData, *, by: User, on: date) -> None:
    """Ask shared data about a member, by that member's own consent, for what the spouse withdraws 配偶授权查询 (R-618).

    Raises:
        NoSpouse: nobody is recorded as married to the member.
        what `inquiries.ask` raises.
    """
    if record_of(member) is None:
        raise NoSpouse
    _ask(member, category, platform, Consent.SPOUSE, by=by, on=on)


def _ask(member: Member, category: Category, platform: SharedData, consent: Consent, *, by: User, on: date) -> None:
    serving, whose = (FOR_SPOUSE, "配偶") if consent == Consent.SPOUSE else (FOR_ONESELF, "")
    kinds = [kind for kind in CATEGORIES[category].asks if not is_answered(member, kind, on=on, by=serving)]
    if kinds:
        inquiries.ask(member, Asking(kinds, f"{whose}办理{category.label}", consent, on), platform, by=by, on=on)

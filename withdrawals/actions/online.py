"""Applying from outside the counter 网上申请: what the member's portal and the platforms that call us do alike."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from access.models import User
from access.states import Perm
from accounts.models import MemberAccount
from approvals.actions import papers
from approvals.actions.papers import Filing, Upload
from approvals.queries import papers_of
from withdrawals.actions import applications, inquiries
from withdrawals.actions.applications import Application
from withdrawals.actions.inquiries import Asking
from withdrawals.gateways import SharedData
from withdrawals.models import Withdrawal
from withdrawals.queries.progress import is_answered
from withdrawals.rules import CATEGORIES
from withdrawals.states import Category, Consent, PaperKind


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


@transaction.atomic
def hand_in(application: Application, uploads: Mapping[PaperKind, Upload], *, by: User, on: date) -> Withdrawal:
    """Hand in an application with its papers 提交申请和要件: all of it, or nothing. Handed in again, nothing is added.

    Raises:
        what `applications.submit` and `papers.attach` raise.
    """
    withdrawal = applications.submit(application, by=by, on=on)
    if papers_of(withdrawal).exists():
        return withdrawal
    for kind, upload in uploads.items():
        filed = Filing(kind.label, Perm.APPROVE_WITHDRAWAL, withdrawal.branch)
        papers.attach(withdrawal, filed, upload, by=by, on=on)
    return withdrawal

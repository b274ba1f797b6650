"""Reads of the papers of a withdrawal 提取要件查询: what is in the file, what was only seen, what is still to come."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from withdrawals.models import Proof, Withdrawal
from withdrawals.states import GIVEN_UP, PaperKind, WithdrawalStatus

NO_FILE = Q(paper=None) | Q(paper__removed_on__isnull=False)


def proofs_of(withdrawal: Withdrawal) -> list[Proof]:
    """The papers a withdrawal rests on 提取要件, in the order of its category."""
    return list(withdrawal.proofs.select_related("paper").order_by("pk"))


def papers_owed(withdrawal: Withdrawal) -> list[PaperKind]:
    """The papers nobody has seen yet 待补交的要件: without them it is not granted."""
    return [PaperKind(proof.kind) for proof in proofs_of(withdrawal) if proof.owed]


def proofs_to_add(withdrawal: Withdrawal) -> list[Proof]:
    """The papers of which another file can be added now 可以补交的要件: while it waits any, then those without one."""
    if withdrawal.status in GIVEN_UP:
        return []
    waits = withdrawal.status == WithdrawalStatus.SUBMITTED
    return [proof for proof in proofs_of(withdrawal) if waits or not proof.in_file]


def lacking_files(rows: QuerySet[Withdrawal], *, original_seen: bool) -> QuerySet[Withdrawal]:
    """Those of some withdrawals that lack a file 缺要件文件的提取; of those that were given up nobody needs one."""
    lacking = Proof.objects.filter(NO_FILE, withdrawal=OuterRef("pk"), original_seen=original_seen)
    return rows.exclude(status__in=GIVEN_UP).filter(Exists(lacking))

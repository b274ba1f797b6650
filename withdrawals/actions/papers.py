"""The papers of a withdrawal 提取要件: brought with the application or after it, and scanned when only seen."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from access.models import User
from access.states import Perm
from approvals.actions import papers as filing
from approvals.actions.papers import Filing, Upload
from approvals.models import Paper
from approvals.queries import paper_with
from hpf.errors import NotAllowedNow, Refusal
from withdrawals.actions import payouts
from withdrawals.models import Proof, Withdrawal
from withdrawals.queries import proofs_of
from withdrawals.states import GIVEN_UP, Channel, PaperKind, WithdrawalStatus

Uploads = Mapping[PaperKind, Sequence[Upload]]


class NotAsked(Refusal):
    """The withdrawal does not rest on such a paper 不需要的要件."""

    message = "这笔提取不需要“{kind}”，请按要件清单上传"
    code = "paper_not_asked"


def take_in(withdrawal: Withdrawal, kinds: Iterable[PaperKind], uploads: Uploads, *, by: User, on: date) -> None:
    """File what came with an application 收取要件, in the order of `kinds`; call it in the act's transaction.

    What came without a file is at the counter vouched for by whoever takes it in, and elsewhere still to come.

    Raises:
        what `approvals.actions.papers.attach` raises.
    """
    at_counter = withdrawal.channel == Channel.COUNTER
    for kind in kinds:
        filed = [_file(withdrawal, kind, upload, by=by, on=on) for upload in uploads.get(kind, ())]
        seen, first = at_counter and not filed, filed[0] if filed else None
        Proof.objects.create(withdrawal_id=withdrawal.pk, kind=kind, original_seen=seen, paper=first)


@transaction.atomic
def add(withdrawal: Withdrawal, kind: PaperKind, upload: Upload, *, by: User, on: date) -> Paper:
    """Add a file to a withdrawal 补交要件: what it lacked, or, while it waits, one more of a kind.

    The same file of the same kind again adds nothing and answers what is there.

    Raises:
        NotAsked: it does not rest on such a paper.
        NotAllowedNow: it is given up, or decided and lacks nothing of the kind.
        and what `approvals.actions.papers.attach` raises.
    """
    withdrawal = payouts.held(withdrawal)
    proof = next((one for one in proofs_of(withdrawal) if one.kind == kind), None)
    if proof is None:
        raise NotAsked(field="kind", kind=kind.label)
    if there := paper_with(withdrawal, kind.label, upload.sha256):
        return there
    waits = withdrawal.status == WithdrawalStatus.SUBMITTED
    if withdrawal.status in GIVEN_UP or (proof.in_file and not waits):
        raise NotAllowedNow
    paper = _file(withdrawal, kind, upload, by=by, on=on)
    if not proof.in_file:
        Proof.objects.filter(pk=proof.pk).update(paper=paper)
    return paper


@transaction.atomic
def add_all(withdrawal: Withdrawal, uploads: Uploads, *, by: User, on: date) -> int:
    """Add several files to a withdrawal in one act 一次补交多个文件: all of them or none; answers how many came.

    Raises:
        what `add` raises.
    """
    brought = [(kind, upload) for kind, files in uploads.items() for upload in files]
    for kind, upload in brought:
        add(withdrawal, kind, upload, by=by, on=on)
    return len(brought)


def _file(withdrawal: Withdrawal, kind: PaperKind, upload: Upload, *, by: User, on: date) -> Paper:
    return filing.attach(
        withdrawal, Filing(kind.label, Perm.APPROVE_WITHDRAWAL, withdrawal.branch), upload, by=by, on=on
    )

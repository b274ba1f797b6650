"""Papers 要件: what was scanned or photographed for a signature to rest on, and taken off again when it was wrong."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection, models, transaction

from access.models import Branch, User
from access.states import Perm
from approvals import queries, rules
from approvals.models import Case, Paper, PaperPart
from approvals.states import CaseStatus, MediaType
from audit.actions import trail
from hpf import privacy
from hpf.errors import Overtaken, Refusal
from hpf.numbers import draw_ids

PART_BYTES = 1024 * 1024


class EmptyPaper(Refusal):
    message = "文件“{name}”是空的，请重新扫描或拍照后上传"
    code = "empty_paper"


class PaperTooLarge(Refusal):
    message = "文件“{name}”超过 {most} MB，请降低扫描分辨率或分成几个文件上传"
    code = "paper_too_large"


class NotAPaper(Refusal):
    message = "文件“{name}”不是完整的 PDF、JPEG 或 PNG，或者文件首尾带有其他内容，请重新扫描、拍照或另存后上传"
    code = "not_a_paper"


class WrongEnding(Refusal):
    message = "文件“{name}”的内容是 {kind}，与扩展名不符，请核对文件后改用正确的扩展名"
    code = "wrong_ending"


class ActivePaper(Refusal):
    message = "PDF 文件“{name}”含有脚本、可执行动作、附件或无法查验的内容，请打印后重新扫描，或另存为普通 PDF 再上传"
    code = "active_paper"


class PaperThere(Refusal):
    message = "同一文件已作为“{kind}”上传，不需要重复上传"
    code = "paper_there"


class TooManyPapers(Refusal):
    message = "一笔业务最多上传 {most} 个文件，请合并后上传，或先移除不需要的文件"
    code = "too_many_papers"


class NotYourCase(Refusal):
    message = "只有经办人本人可以在待复核期间补充要件；已办结的事项不能再补充"
    code = "not_your_case"


class UnderReview(Refusal):
    message = "业务已提交复核，不能移除要件；请先撤回申请，或上传正确的文件并请复核人查看"
    code = "under_review"


@dataclass(frozen=True)
class Filing:
    """Where a paper goes 要件归属: the room's word for what it is, the right that may read it, and the office."""

    kind: str
    perm: Perm
    branch: Branch


@dataclass(frozen=True)
class Upload:
    """What somebody brought 上传文件: its name, and all of its bytes."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """What tells its bytes from others 文件摘要."""
        return hashlib.sha256(self.data).hexdigest()


@transaction.atomic
def attach(subject: models.Model, filing: Filing, upload: Upload, *, by: User, on: date) -> Paper:
    """Add a paper to a subject 上传要件, whatever its name says it is: its bytes decide. It is sealed as it is kept.

    Raises:
        EmptyPaper, PaperTooLarge, NotAPaper, WrongEnding, ActivePaper: no paper can be made of the file.
        PaperThere, TooManyPapers: the subject has it, or has enough of them.
    """
    name = rules.file_name(upload.name)
    media_type = _media_type(name, upload.data)
    digest = upload.sha256
    _hold(subject)
    if queries.paper_with(subject, filing.kind, digest):
        raise PaperThere(field="file", kind=filing.kind)
    if queries.papers_of(subject).count() >= settings.PAPERS_MOST:
        raise TooManyPapers(field="file", most=settings.PAPERS_MOST)
    paper = Paper(
        pk=draw_ids(Paper, 1)[0],
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        kind=filing.kind,
        perm=filing.perm.value,
        branch=filing.branch,
        media_type=media_type,
        size=len(upload.data),
        sha256=digest,
        uploaded_by=by,
        on=on,
    )
    paper.name = name
    paper.save(force_insert=True)
    PaperPart.objects.bulk_create(_parts(paper, upload.data))
    trail.note("attach_paper", subject, by=by, on=on, paper=paper.pk, kind=filing.kind, size=paper.size, sha256=digest)
    return paper


@transaction.atomic
def attach_to_case(case: Case, kind: str, upload: Upload, *, by: User, on: date) -> Paper:
    """Add a paper to what a waiting case is about 补充要件, for whoever signs it.

    Raises:
        NotYourCase: somebody else entered it, or it is decided.
        and what `attach` raises.
    """
    held = Case.objects.select_for_update(of=("self",)).select_related("branch").get(pk=case.pk)
    if held.maker_id != by.pk or not held.is_open:
        raise NotYourCase
    filed = Filing(kind=kind, perm=Perm(held.steps[0]), branch=held.branch)
    return attach(queries.subject_of(held), filed, upload, by=by, on=on)


@transaction.atomic
def remove(paper: Paper, *, why: str, by: User, on: date) -> None:
    """Take a paper off its subject 移除要件. It stays in the books, and no page counts or lists it any more.

    Raises:
        UnderReview: somebody may be reading it, to sign.
        Overtaken: somebody else has taken it off.
    """
    if queries.cases_about(paper).filter(status=CaseStatus.OPEN).exists():
        raise UnderReview
    here = Paper.objects.filter(pk=paper.pk, removed_on=None)
    if not here.update(removed_on=on, removed_by=by):
        raise Overtaken
    trail.note("remove_paper", paper, by=by, on=on, why=why, of=f"{paper.subject_kind}:{paper.subject_id}")


def note_read(paper: Paper, *, by: User, on: date) -> None:
    """Record that somebody opened a paper 查看要件留痕: it holds what a masked list does not."""
    trail.note("read_paper", paper, by=by, on=on, of=f"{paper.subject_kind}:{paper.subject_id}")


def _media_type(name: str, data: bytes) -> MediaType:
    if not data:
        raise EmptyPaper(field="file", name=name)
    if len(data) > settings.PAPER_MOST_MB * 1024 * 1024:
        raise PaperTooLarge(field="file", name=name, most=settings.PAPER_MOST_MB)
    found = rules.media_type(data)
    if found is None:
        raise NotAPaper(field="file", name=name)
    if not rules.ending_fits(name, found):
        raise WrongEnding(field="file", name=name, kind=found.label)
    if rules.is_active(data, found):
        raise ActivePaper(field="file", name=name)
    return found


def _hold(subject: models.Model) -> None:
    """Let nobody else add a paper to it until the transaction ends: what was counted must still be so when written."""
    with connection.cursor() as cursor:
        place = f"approvals.paper|{subject._meta.label_lower}|{subject.pk}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [place])


def _parts(paper: Paper, data: bytes) -> list[PaperPart]:
    table = PaperPart._meta.db_table
    stretches = [data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES)]
    return [
        PaperPart(
            paper=paper,
            place=place,
            data_sealed=privacy.seal_bytes(stretch, table=table, column="data_sealed", row=f"{paper.pk}/{place}"),
        )
        for place, stretch in enumerate(stretches)
    ]

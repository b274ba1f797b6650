"""Reads about papers 要件查询: which there are, who may open them, and which are missing."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import User
from approvals.models import Case, Paper, PaperPart
from approvals.queries.cases import CENTRE, cases_decided_by
from hpf import privacy


def papers_of(subject: models.Model) -> QuerySet[Paper]:
    """The papers of a subject, in the order they came 要件清单; what was taken off is not among them."""
    here = Paper.objects.filter(subject_kind=subject._meta.label_lower, subject_id=str(subject.pk), removed_on=None)
    return here.select_related("uploaded_by").order_by("pk")


def papers_seen_by(user: User, *, on: date) -> QuerySet[Paper]:
    """The papers a person may open 可查看的要件.

    Those one brought oneself, those of a case that waits for one's signature, and those of one's right and office, at
    the centre of every office.
    """
    if not user.is_active:
        return Paper.objects.none()
    same = {"subject_kind": OuterRef("subject_kind"), "subject_id": OuterRef("subject_id")}
    by_right = Q(perm__in=[perm.value for perm in user.perms])
    if user.branch_code != CENTRE:
        by_right &= Q(branch=user.branch)
    mine = by_right | Q(uploaded_by=user) | Q(Exists(cases_decided_by(user, on=on).filter(**same)))
    return Paper.objects.filter(mine, removed_on=None)


def cases_about(paper: Paper) -> QuerySet[Case]:
    """The cases about what a paper belongs to 要件所属的复核事项."""
    return Case.objects.filter(subject_kind=paper.subject_kind, subject_id=paper.subject_id)


def paper_with(subject: models.Model, kind: str, sha256: str) -> Paper | None:
    """The paper of a subject that has these very bytes 同一文件, or None."""
    return papers_of(subject).filter(kind=kind, sha256=sha256).first()


def missing(subject: models.Model, needed: Iterable[str]) -> list[str]:
    """The kinds of papers a subject needs and has not 缺少的要件, in the order asked."""
    there = set(papers_of(subject).order_by().values_list("kind", flat=True))
    return [kind for kind in needed if kind not in there]


def papers_told(subject: models.Model) -> str:
    """The papers of a subject as a fact a signature rests on 要件摘要: another paper, and it has to be read again."""
    told = papers_of(subject).values_list("kind", "sha256")
    return "；".join(f"{kind} {digest[:12]}" for kind, digest in told) or "无"


def bytes_of(paper: Paper) -> Iterator[bytes]:
    """The bytes of a paper, stretch by stretch 要件内容. Raises Unreadable where a part was moved or changed."""
    parts = PaperPart.objects.filter(paper=paper).order_by("place").values_list("place", "data_sealed")
    for place, sealed in parts.iterator(chunk_size=1):
        row = f"{paper.pk}/{place}"
        yield privacy.reveal_bytes(bytes(sealed), table=PaperPart._meta.db_table, column="data_sealed", row=row)

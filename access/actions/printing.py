"""Printing 打印: the file is made, counted and recorded in one act, on the paper the person uses for such printouts."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import models, transaction

from access.models import User
from audit.actions import prints, trail
from hpf.printing import Copy, Printing, papers, render
from hpf.printing.papers import Paper
from hpf.printing.shapes import Printout


@transaction.atomic
def print_out(
    told: Sequence[tuple[Printout, models.Model]], *, paper: str, by: User, at: datetime, on: date, label: str = ""
) -> bytes:
    """Printouts of one form, each with the row it is about, as one PDF file 打印.

    `paper` is what was asked for, and is used for this form from now on; empty for what is used already. Printings
    are counted by `label`, or else by the title.

    Raises:
        PaperNotOffered: the form is not set for that paper.
    """
    first = told[0][0]
    sheet = papers.paper_for(first.form, paper, by.papers)
    if paper:
        _remember(first, sheet, by=by, on=on)
    with prints.counted(label or first.title, [subject for _, subject in told], by=by, on=on) as counts:
        copies = [
            Copy(printout, Printing(by.name, at, times)) for (printout, _), times in zip(told, counts, strict=True)
        ]
        return render(copies, sheet)


def _remember(printout: Printout, sheet: Paper, *, by: User, on: date) -> None:
    """Keep the paper with the person 记住纸张, for every machine one works at."""
    before = User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk).papers
    if before.get(printout.form) == sheet:
        return
    User.objects.filter(pk=by.pk).update(papers={**before, printout.form: sheet.value})
    trail.note("choose_paper", by, by=by, on=on, printout=printout.title, paper=sheet.label)

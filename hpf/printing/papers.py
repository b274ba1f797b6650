"""What printouts are printed on 打印纸张: which paper each may be set for, and the one a person gets.

A slip fits A5, half a sheet of continuous paper for needle printers, and A4; letters and long lists only A4.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import TextChoices

from hpf.errors import Refusal


class Paper(TextChoices):
    """A size of paper 纸张."""

    A5 = "A5", "A5 纸（横向）"
    NEEDLE = "NEEDLE", "针式打印纸（241×140 毫米，二等分）"
    A4 = "A4", "A4 纸"


class PaperNotOffered(Refusal):
    """This printout would not look right on it 不支持的纸张."""

    message = "这种单据不能用所选的纸张打印，请改选：{offered}"
    code = "paper_not_offered"


SLIP = (Paper.A5, Paper.NEEDLE, Paper.A4)
LETTER = (Paper.A4,)
# By the form of the printout; the first one is used where neither the person nor the centre chose.
OFFERED: dict[str, tuple[Paper, ...]] = {
    "account_settlement": SLIP,
    "interest_statement": LETTER,
    "ledger_voucher": SLIP,
    "payment_slip": SLIP,
    "remittance_receipt": SLIP,
    "withdrawal_decision": LETTER,
    "withdrawal_receipt": SLIP,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody may print a form on 可选纸张, and what it is printed on if nothing else is said."""

    offered: tuple[Paper, ...]
    usual: Paper


def choice_of(form: str, own: Mapping[str, str]) -> Choice:
    """The papers of a form 可选纸张; `own` are the papers the person chose before, by form."""
    offered = OFFERED[form]
    chosen = (own.get(form), settings.PRINTOUT_PAPERS.get(form), offered[0])
    return Choice(offered, next(Paper(paper) for paper in chosen if paper in offered))


def paper_for(form: str, asked: str, own: Mapping[str, str]) -> Paper:
    """The paper to print a form on 打印纸张: the one asked for, else the usual one.

    Raises:
        PaperNotOffered: the form is not set for it.
    """
    choice = choice_of(form, own)
    if asked and asked not in choice.offered:
        raise PaperNotOffered(field="paper", offered="、".join(paper.label for paper in choice.offered))
    return Paper(asked) if asked else choice.usual


def refuse_unknown(chosen: Mapping[str, str]) -> None:
    """Stop a start whose centre chose a paper that cannot be 检查中心的默认纸张.

    Raises:
        ImproperlyConfigured: a form or a paper that is not there.
    """
    for form, paper in chosen.items():
        if paper not in OFFERED.get(form, ()):
            known = "; ".join(f"{name}: {', '.join(papers)}" for name, papers in OFFERED.items())
            raise ImproperlyConfigured(f"HPF_PRINTOUT_PAPERS names {form}:{paper}, but there is only {known}")

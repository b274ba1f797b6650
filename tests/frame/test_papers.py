"""Papers of printouts: each printout is whole on every paper it is set for, and each copy in a file is by itself."""

import io
import itertools
import re
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import QueryDict
from pypdf import PdfReader

from access.models import Branch
from hpf import printing
from hpf.printing import Copy, papers, picking, render
from hpf.printing.papers import OFFERED, Paper, PaperNotOffered
from hpf.printing.shapes import KINDS
from tests.frame import printouts
from tests.frame.printouts import EVERY, EVERY_PAPER, LARGEST, LONG_NAME, blank_columns, pages_of, set_on

# Width and height in points, 72 to the inch; a needle printer's form is nine and a half by five and a half inches.
SIZES = {Paper.A4: (595.28, 841.89), Paper.A5: (595.28, 419.53), Paper.NEEDLE: (684.0, 396.0)}
BLANK = {Paper.A4: 14, Paper.A5: 14, Paper.NEEDLE: 17}  # 24 to the inch: 16 mm, and 20 mm with what is torn off
WITH_EMPLOYER = ["receipt", "statement", "taken_in", "decision", "settlement"]


@pytest.fixture
def seen(monkeypatch):
    """Takes a picture of a printout on a paper, and answers how much of it is blank at the left and the right."""

    def look(shown, paper):
        with monkeypatch.context() as patched:
            patched.setattr(printing, "_press", printouts.Camera())
            return blank_columns(set_on(shown, paper))

    return look


def largest(kind):
    """A printout with the largest amount wherever it may have one."""
    sums = {
        "voucher": {"debit": LARGEST, "credit": LARGEST},
        "taken_in": {"asked": LARGEST},
        "decision": {"amount": LARGEST, "asked": LARGEST, "interest": LARGEST},
        "payment": {"amount": LARGEST},
    }
    return EVERY[kind](**sums.get(kind, {}))


@pytest.mark.parametrize(("kind", "paper"), EVERY_PAPER)
def test_a_printout_is_as_large_as_its_paper_and_whole_on_one_page(kind, paper):
    made = set_on(EVERY[kind](), paper)
    [page] = PdfReader(io.BytesIO(made)).pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(SIZES[paper], abs=0.01)
    [text] = pages_of(made)
    assert EVERY[kind]().title in text and "第1页共1页" in text
    assert kind not in WITH_EMPLOYER or LONG_NAME in text


@pytest.mark.parametrize(("kind", "paper"), EVERY_PAPER)
def test_nothing_stands_beside_the_paper(kind, paper, seen):
    assert min(seen(largest(kind), paper)) >= BLANK[paper]
    assert "9,999,999,999,999,999.99" in "".join(pages_of(set_on(largest(kind), paper)))


@pytest.mark.parametrize(("kind", "paper"), EVERY_PAPER)
def test_a_copy_says_so_on_every_paper(kind, paper):
    assert "补打" in pages_of(set_on(EVERY[kind](), paper, times=2))[0]
    assert "补打" not in pages_of(set_on(EVERY[kind](), paper))[0]


def test_every_printout_has_its_papers():
    assert set(OFFERED) == {kind.form for kind in KINDS}
    assert {Paper.A4 in offered for offered in OFFERED.values()} == {True}  # everybody has a printer for A4


def test_each_copy_in_a_file_has_its_own_pages_and_its_own_mark():
    copies = [
        Copy(printouts.voucher(60, number="11"), printouts.printing()),
        Copy(printouts.voucher(2, number="12"), printouts.printing(4)),
        Copy(printouts.voucher(2, number="13"), printouts.printing()),
    ]
    pages = pages_of(render(copies, Paper.A5))
    long = [page for page in pages if "编号11" in page]
    assert len(long) > 2 and pages == [*long, *pages[-2:]]
    assert all(f"第{place}页共{len(long)}页" in page for place, page in enumerate(long, start=1))
    assert [("编号12" in page, "补打" in page, "第1页共1页" in page) for page in pages[-2:]] == [
        (True, True, True),
        (False, False, True),
    ]
    assert not any("补打" in page for page in long) and "第4次打印" in pages[-2]


def test_a_person_chooses_before_the_centre_and_the_centre_before_us(settings):
    assert papers.choice_of("ledger_voucher", {}).usual == Paper.A5
    settings.PRINTOUT_PAPERS = {"ledger_voucher": "NEEDLE"}
    assert papers.choice_of("ledger_voucher", {}).usual == Paper.NEEDLE
    assert papers.choice_of("ledger_voucher", {"ledger_voucher": "A4"}).usual == Paper.A4
    assert papers.paper_for("ledger_voucher", "A5", {"ledger_voucher": "A4"}) == Paper.A5
    assert papers.choice_of("withdrawal_decision", {"withdrawal_decision": "NEEDLE"}).usual == Paper.A4


def test_a_paper_that_does_not_suit_is_refused_with_those_that_do():
    with pytest.raises(PaperNotOffered, match="请改选：A4 纸"):
        papers.paper_for("withdrawal_decision", "NEEDLE", {})
    with pytest.raises(PaperNotOffered, match="针式"):
        papers.paper_for("payment_slip", "A3", {})


@pytest.mark.parametrize("chosen", [{"ledger_voucher": "A3"}, {"voucher": "A4"}, {"withdrawal_decision": "A5"}])
def test_a_centre_that_names_what_is_not_there_does_not_start(chosen):
    papers.refuse_unknown({"ledger_voucher": "NEEDLE"})
    with pytest.raises(ImproperlyConfigured, match="withdrawal_receipt: A5, NEEDLE, A4"):
        papers.refuse_unknown(chosen)


@pytest.mark.django_db
def test_rows_are_picked_in_the_order_of_the_list_and_not_too_many(monkeypatch):
    offices = Branch.objects.order_by("-code")
    codes = [office.code for office in offices]
    ticked = QueryDict("&".join(f"pick={office.pk}" for office in Branch.objects.order_by("code")[:3]) + "&pick=x")
    assert [office.code for office in picking.picked(ticked, offices)] == codes[-3:]
    assert [office.code for office in picking.picked(QueryDict("all=1&pick=1"), offices)] == codes
    for nothing in ("", "pick=x", "pick=99999", f"pick={'9' * 18}", f"pick={'9' * 19}", f"pick={'9' * 5000}"):
        with pytest.raises(picking.NothingPicked):
            picking.picked(QueryDict(nothing), offices)
    monkeypatch.setattr(picking, "MOST", len(codes) - 1)
    with pytest.raises(picking.TooManyPicked, match=f"共 {len(codes)} 份，一次最多打印 {len(codes) - 1} 份"):
        picking.picked(QueryDict("all=1"), offices)


def test_back_to_the_list_as_it_was_narrowed():
    asked = QueryDict("status=PAID&pick=1&pick=2&all=1&paper-payment_slip=A4&page=2")
    assert picking.list_address("/list/", asked) == "/list/?status=PAID&page=2"


@pytest.mark.night
def test_two_hundred_copies_cost_seconds_and_leave_no_memory_behind():
    def held() -> int:
        return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024

    after, numbers = [], itertools.count(2_607_000_001)
    for _ in range(5):
        copies = [Copy(printouts.taken_in(number=f"TQ{next(numbers)}"), printouts.printing()) for _ in range(200)]
        began = time.process_time()
        assert len(PdfReader(io.BytesIO(render(copies, Paper.A5))).pages) == 200
        assert time.process_time() - began < 6  # of one processor; about two where it is quiet
        after.append(held())
    assert after[-1] - after[0] < 200  # megabytes; each file would keep as many

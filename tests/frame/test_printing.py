"""Printouts: what is asked to be on paper can be read there, whole, on every page, and is never an instruction."""

import dataclasses
import threading

import pytest

from hpf import printing
from hpf.launcher import install
from hpf.printing import fonts
from hpf.printing.shapes import KINDS, Printout
from tests.frame import printouts
from tests.frame.printouts import EVERY, LARGEST, LONG_NAME, RARE_NAME, blank_columns, pages_of, set_on

MARGIN = 14  # 16 mm, less the width of a line, 24 to the inch


@pytest.fixture
def seen(monkeypatch):
    """Takes a picture of a printout, and answers how much of its first page is blank at the left and the right."""

    def look(shown):
        with monkeypatch.context() as patched:
            patched.setattr(printing, "_press", printouts.Camera())
            return blank_columns(set_on(shown))

    return look


@pytest.mark.parametrize("kind", EVERY)
def test_every_printout_names_centre_title_number_and_who_printed_it(kind, settings):
    settings.CENTRE_NAME = "示例市住房公积金管理中心"
    shown = EVERY[kind]()
    [page, *_] = pages_of(set_on(shown))
    for words in ("示例市住房公积金管理中心", shown.title, f"编号{shown.number}", "2026-07-0109:30:00王敏第1次打印"):
        assert words in page
    assert "第1页共1页" in page


@pytest.mark.parametrize("kind", EVERY)
def test_the_first_printing_is_plain_and_later_ones_say_so(kind):
    shown = EVERY[kind]()
    assert "补打" not in pages_of(set_on(shown))[0]
    assert all("补打" in page for page in pages_of(set_on(shown, times=2)))
    assert "第3次打印" in pages_of(set_on(shown, times=3))[0]


@pytest.mark.parametrize("kind", ["statement", "taken_in", "decision", "payment"])
def test_rare_letters_of_names_come_out(kind):
    if not fonts.DEBIAN.is_dir():
        pytest.skip("fonts-noto-cjk is not installed: the smaller font lacks 𠮷")
    assert RARE_NAME in pages_of(set_on(EVERY[kind]()))[0]


def test_the_smaller_font_has_the_letters_of_most_names(monkeypatch):
    monkeypatch.setenv("HPF_FONT_DIR", str(fonts.SMALLER))
    monkeypatch.setattr(printing, "_press", printing._Press())
    [page] = pages_of(set_on(printouts.taken_in()))
    assert "野·䶮·阿卜杜热合曼·买买提明" in page and "𠮷" not in page
    assert "购房合同、发票" in page


def test_a_machine_without_letters_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("HPF_FONT_DIR", str(tmp_path))
    with pytest.raises(fonts.NoFont, match="fonts-noto-cjk"):
        fonts.folders()


@pytest.mark.parametrize("kind", ["receipt", "statement", "taken_in", "decision"])
def test_a_long_name_wraps_and_is_whole(kind, seen):
    assert LONG_NAME in pages_of(set_on(EVERY[kind]()))[0]
    assert min(seen(EVERY[kind]())) >= MARGIN


@pytest.mark.parametrize("name", ["W" * 200, "内江" + "0123456789" * 20, "Œ" * 150])
def test_a_name_without_blanks_wraps_too(name, seen):
    shown = printouts.receipt(employer=name)
    assert name in pages_of(set_on(shown))[0]
    assert min(seen(shown)) >= MARGIN


def test_what_would_stand_beside_the_page_would_be_seen(seen):
    assert min(seen(printouts.receipt(employer="," * 400))) < MARGIN


def both_sides_full():
    [line, *_] = printouts.voucher().lines
    lines = [dataclasses.replace(line, debit=LARGEST, credit=None), dataclasses.replace(line, credit=-LARGEST)]
    return printouts.voucher(lines, debit=LARGEST, credit=LARGEST)


@pytest.mark.parametrize(
    "make",
    [both_sides_full, printouts.receipt, printouts.statement, lambda: printouts.payment(amount=LARGEST)],
)
def test_the_largest_amount_fits(make, seen):
    assert "9,999,999,999,999,999.99" in pages_of(set_on(make()))[0]
    assert min(seen(make())) >= MARGIN


def test_amounts_stand_in_figures_and_in_words():
    [page] = pages_of(set_on(printouts.payment()))
    assert "50,012.34元大写：伍万零壹拾贰元叁角肆分" in page


def test_each_page_of_a_long_printout_has_header_titles_and_count():
    pages = pages_of(set_on(printouts.voucher(60)))
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert "记账凭证编号1234567" in page and f"第{number}页共{len(pages)}页" in page
    assert all("科目分户账网点借方金额（元）贷方金额（元）" in page for page in pages[:-1])
    assert [f"{number}职工" in "".join(pages) for number in range(60)] == [True] * 60
    assert "会计主管" in pages[-1] and "伍万零壹拾贰元叁角肆分" in pages[-1]


MARKUP = [
    "#strong[张三]",
    '#read("/frame.typ")',
    "$x^2$ *粗* _斜_ `码` = 标题",
    '"; #panic() //',
    "@名 <标签> \\ #sys.inputs",
    "{{ name }} <b>&amp;</b>",
]


@pytest.mark.parametrize("words", MARKUP)
def test_what_looks_like_an_instruction_stays_text(words):
    [page] = pages_of(set_on(printouts.receipt(employer=words)))
    assert "".join(words.split()) in page
    [page] = pages_of(set_on(printouts.voucher(why=words, maker=words)))
    assert page.count("".join(words.split())) == 2


def test_a_refusal_says_why_and_how_to_object():
    refused = printouts.decision(granted=False, interest=None, capitals="")
    [page] = pages_of(set_on(refused))
    assert "不准予提取" in page and "准予金额" not in page
    assert "同一套住房只能提取一次《住房公积金管理条例》第二十四条" in page
    assert "不服本决定的救济途径1.可以自收到本决定书之日起六十日内申请行政复议" in page


def test_a_grant_says_how_much_and_where_to():
    [page] = pages_of(set_on(printouts.decision(interest=printouts.SOME)))
    assert "准予提取" in page and "不准予" not in page
    assert "其中结清利息50,012.34元" in page and "收款账号6222***********1234" in page


def test_an_application_decided_at_once_names_no_day():
    assert "在2026-07-04前作出决定" in pages_of(set_on(printouts.taken_in()))[0]
    [page] = pages_of(set_on(printouts.taken_in(due_on=None, papers=[])))
    assert "前作出决定" not in page and "无需纸质材料" in page


def test_a_statement_before_its_settling_day_calls_its_interest_an_estimate():
    [page] = pages_of(set_on(printouts.statement(settled=False, entries=0)))
    assert "利息测算" in page and "以结息日入账为准" in page and "本年度没有发生额" in page
    assert "年度利息" not in page


def test_many_threads_share_the_press():
    made: dict[int, str] = {}

    def print_one(number: int) -> None:
        shown = printouts.receipt(employer=f"单位第{number}号")
        made[number] = pages_of(set_on(shown))[0]

    threads = [threading.Thread(target=print_one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [f"单位第{number}号" in made[number] for number in range(8)] == [True] * 8


def test_every_shape_has_its_template_and_every_template_its_use():
    there = {path.name for path in printing.TEMPLATES.iterdir()}
    shapes = {f"{kind.form}.typ" for kind in KINDS}
    parts = {"frame.typ", "withdrawals.typ"}
    assert there == shapes | parts
    assert {f"{make().form}.typ" for make in EVERY.values()} == shapes
    assert set(KINDS) == {type(make()) for make in EVERY.values()}
    assert {kind.form for kind in Printout.__subclasses__()} == {kind.form for kind in KINDS}


def test_what_the_set_up_installs_is_what_printouts_look_for():
    assert install.FONT_OF_DEBIAN.parent == fonts.DEBIAN
    assert fonts.SMALLER.is_dir()

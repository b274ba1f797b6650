"""Printouts to test with: one of every kind, with names as people have them, and a PDF as it is read."""

import io
import struct
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal

import typst
from pypdf import PdfReader

from hpf import printing as press
from hpf.printing import Copy, Printing, fonts, render
from hpf.printing.papers import OFFERED, Paper
from hpf.printing.shapes import (
    AccountSettlement,
    Applicant,
    EntryLine,
    Ground,
    InterestStatement,
    LedgerVoucher,
    MonthLine,
    NumberLine,
    Payee,
    PaymentSlip,
    Printout,
    RemittanceReceipt,
    VoucherLine,
    WithdrawalDecision,
    WithdrawalReceipt,
)

DAY, LAST = date(2026, 7, 1), date(2027, 6, 30)
LARGEST = Decimal("9999999999999999.99")  # the largest amount a row can hold
SOME = Decimal("50012.34")
IN_WORDS = "伍万零壹拾贰元叁角肆分"
RARE_NAME = "𠮷野·䶮·阿卜杜热合曼·买买提明"
LONG_NAME = "内江市经济技术开发区" * 9 + "有限责任公司"
PERSON = {"name": RARE_NAME, "certificate": "居民身份证", "certificate_number": "511***********1234"}
APPLICANT = Applicant(**PERSON, account="600000000123", employer=LONG_NAME, office="市中区管理部")
PAYEE = Payee(name=RARE_NAME, bank="中国工商银行内江分行", account="6222***********1234")
ASKED = {"applicant": APPLICANT, "payee": PAYEE, "category": "购买自住住房", "reason": "购买自住住房", "asked": SOME}
REFUSED = Ground(text="同一套住房只能提取一次", rule="《住房公积金管理条例》第二十四条")
REMEDY = "可以自收到本决定书之日起六十日内申请行政复议"


def printing(times: int = 1) -> Printing:
    """A printing at 09:30 in Neijiang."""
    return Printing("王敏", datetime(2026, 7, 1, 1, 30, tzinfo=UTC), times)


def voucher(lines: int | list[VoucherLine] = 2, **other: object) -> LedgerVoucher:
    if isinstance(lines, int):
        line = {"chart": "201 住房公积金", "office": "市中区管理部", "debit": None, "credit": SOME}
        lines = [VoucherLine(**line, account=f"{number} 职工") for number in range(lines)]
    said = {
        **{"number": "1234567", "kind": "汇缴分配", "source": "deposits.remittance:7", "why": "2026-07 汇缴"},
        **{"booked_on": DAY, "interest_on": DAY, "maker": "王敏（财务）", "made_at": printing().at},
        **{
            "lines": lines,
            "line_count": len(lines),
            "summed": False,
            "debit": SOME,
            "credit": SOME,
            "capitals": IN_WORDS,
        },
    }
    return LedgerVoucher(**{**said, **other})


def receipt(**other: object) -> RemittanceReceipt:
    said = {
        **{"number": "HJ26070000017", "kind": "汇缴", "month": "2026-07", "employer": LONG_NAME, "reason": ""},
        **{"employer_number": "100000001", "office": "市中区管理部", "headcount": 1234, "voucher": "1234567"},
        **{"employer_part": LARGEST, "member_part": SOME, "total": LARGEST, "capitals": IN_WORDS},
        **{"submitted_on": DAY, "allocated_on": DAY},
    }
    return RemittanceReceipt(**{**said, **other})


def statement(entries: int = 2, **other: object) -> InterestStatement:
    entry = EntryLine(on=DAY, kind="汇缴分配", came=SOME, went=None, balance=LARGEST)
    said = {
        **PERSON,
        **{"number": "600000000123", "employer": LONG_NAME, "office": "市中区管理部"},
        **{"first": DAY, "last": LAST, "until": DAY, "settled": True, "year_days": "360", "capitals": IN_WORDS},
        **{"opening": LARGEST, "came": SOME, "went": SOME, "interest": SOME, "closing": LARGEST},
        "months": [MonthLine(month="2026-07", came=SOME, went=SOME, balance=LARGEST)],
        "numbers": [
            NumberLine(since=DAY, last=LAST, carried=LARGEST, carried_rate="1.50%", current=SOME, current_rate="0.35%")
        ],
        "entries": [entry] * entries,
    }
    return InterestStatement(**{**said, **other})


def taken_in(**other: object) -> WithdrawalReceipt:
    said = {
        **ASKED,
        **{"number": "TQ2607000001", "capitals": IN_WORDS, "applied_on": DAY, "due_on": date(2026, 7, 4)},
        **{"papers": ["购房合同", "发票"], "taken_in_by": "李四"},
    }
    return WithdrawalReceipt(**{**said, **other})


def decision(**other: object) -> WithdrawalDecision:
    said = {
        **ASKED,
        **{"number": "TQ2607000001", "applied_on": DAY, "decided_on": DAY, "granted": True, "amount": SOME},
        **{"interest": None, "capitals": IN_WORDS, "grounds": [REFUSED], "remedies": [REMEDY]},
    }
    return WithdrawalDecision(**{**said, **other})


def payment(**other: object) -> PaymentSlip:
    said = {
        **{"number": "PY2607000001", "payer": PAYEE, "payee": PAYEE, "amount": SOME, "capitals": IN_WORDS},
        **{"purpose": "购房提取", "office": "市中区管理部", "ordered_on": DAY, "paid_on": DAY},
        **{"bank_serial": "ICBC0001", "voucher": "1234567"},
    }
    return PaymentSlip(**{**said, **other})


def settlement(**other: object) -> AccountSettlement:
    said = {
        **{"number": "TQ2607000002", "applicant": APPLICANT, "payee": PAYEE, "opened_on": date(2001, 5, 8)},
        **{"closed_on": DAY, "interest_until": date(2026, 6, 30), "savings": LARGEST, "interest": SOME},
        **{"total": LARGEST, "capitals": IN_WORDS, "reason": "离休、退休", "payment": "PY2607000002"},
        **{"payment_status": "已发送", "voucher": "1234568"},
    }
    return AccountSettlement(**{**said, **other})


EVERY = {"voucher": voucher, "receipt": receipt, "statement": statement} | {
    "taken_in": taken_in,
    "decision": decision,
    "payment": payment,
    "settlement": settlement,
}
# Every printout on every paper it is set for.
EVERY_PAPER = [(kind, paper) for kind, make in EVERY.items() for paper in OFFERED[make().form]]


def set_on(printout: Printout, paper: Paper | None = None, times: int = 1) -> bytes:
    """A printout as a PDF, on its first paper if none is named."""
    return render([Copy(printout, printing(times))], paper or OFFERED[printout.form][0])


def pages_of(made: bytes) -> list[str]:
    """The text of each page of a PDF, without blanks and line ends: a wrapped name reads as it was written."""
    return ["".join(page.extract_text().replace("\u200b", "").split()) for page in PdfReader(io.BytesIO(made)).pages]


def pages_sent(response: object) -> list[str]:
    """The pages of a PDF that a door answered."""
    assert response.status_code == 200 and response["Content-Type"] == "application/pdf"
    return pages_of(b"".join(response.streaming_content))


class Camera(press._Press):
    """A press that answers pictures, so that what a reader of PDF cannot tell is seen: what stands beside the page."""

    def set(self, template: str, values: dict[str, str], *, copies: int = 1) -> bytes:
        paths = {"root": str(press.TEMPLATES), "font_paths": fonts.folders()}
        compiler = typst.Compiler(**paths, ignore_system_fonts=True)
        made = compiler.compile(input=str(press.TEMPLATES / template), sys_inputs=values, format="png", ppi=24)
        return made if isinstance(made, bytes) else made[0]


def blank_columns(picture: bytes) -> tuple[int, int]:
    """How many columns of a picture are white from the left and from the right, 24 to the inch."""
    width, rows = _rows_of(picture)
    inked = {x for row in rows for x in range(width) if row[x * 4 : x * 4 + 3] != b"\xff\xff\xff"}
    return min(inked), width - 1 - max(inked)


def _rows_of(picture: bytes) -> tuple[int, list[bytes]]:
    """The rows of a PNG with four bytes a point, its filters undone (ISO/IEC 15948, 9)."""
    width, _height, depth, colours = struct.unpack(">IIBB", picture[16:26])
    assert (depth, colours) == (8, 6)
    data, at = b"", 8
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        data += picture[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    raw, size, rows = zlib.decompress(data), width * 4, [bytes(width * 4)]
    for start in range(0, len(raw), size + 1):
        rows.append(_unfiltered(raw[start], raw[start + 1 : start + 1 + size], rows[-1]))
    return width, rows[1:]


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    out = bytearray(len(line))
    for i, byte in enumerate(line):
        left, corner = (out[i - 4], above[i - 4]) if i >= 4 else (0, 0)
        nearest = min((left, above[i], corner), key=lambda near: abs(left + above[i] - corner - near))
        out[i] = (byte + (0, left, above[i], (left + above[i]) // 2, nearest)[kind]) % 256
    return bytes(out)

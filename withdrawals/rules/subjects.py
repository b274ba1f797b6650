"""The number of a house or a loan in the one form by which it is found again 房屋、贷款编号归一 (R-622).

What a person reads as the same house has to count as the same; what was typed is kept beside, as it was typed.
"""

import re
import unicodedata

# Signs that look or read alike on titles and contracts.
ALIKE = str.maketrans("號棟單產權動樓層〔〕[]{}【】《》「」", "号栋单产权动楼层()()()()()()")
DASHES = re.compile(r"[-‐‑‒–—―−_~/.·・,、;:#]+")  # after NFKC, which makes wide ones narrow
DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
NUMERAL = re.compile(r"[〇零一二两三四五六七八九十]+(?=单元|[号栋幢座楼层室户])")
HOUSE, STAIR, FLAT = re.compile(r"(?<=\d)(?:号楼|[栋幢座楼])"), re.compile(r"单元"), re.compile(r"(?<=\d)[室户号]$")
CODE = re.compile(r"[0-9A-Z()-]+")


def same_number(typed: str) -> str:
    """The form in which two ways of writing one number are the same 编号归一.

    Width, blanks, case, kinds of brackets and dashes, leading zeros and numerals do not matter, nor whether a house is
    called 栋, 幢, 座 or 号楼, or a flat 室, 户 or 号. A number of letters and digits alone is read without its dashes.
    """
    text = unicodedata.normalize("NFKC", typed.upper()).translate(ALIKE)
    text = "".join(sign for sign in text if unicodedata.category(sign)[0] not in "ZC")
    text = DASHES.sub("-", text).strip("-")
    if not text:
        return typed  # nothing but signs: it is at least itself
    if CODE.fullmatch(text):
        return text.replace("-", "")
    text = NUMERAL.sub(lambda found: str(_value(found[0])), text)
    text = FLAT.sub("", STAIR.sub("-", HOUSE.sub("-", text)))
    return re.sub("(号|-)-+", r"\1", re.sub(r"(?<!\d)0+(?=\d)", "", text)).strip("-")


def _value(numeral: str) -> int:
    """A numeral of one to ninety-nine, or digit by digit 中文数字."""
    if "十" not in numeral:
        return int("".join(str(DIGITS[sign]) for sign in numeral))
    tens, _ten, ones = numeral.partition("十")
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)

"""What a certificate number, a credit code, a mobile number or a name must look like 证件、代码与姓名规则.

Pure checks of text: no table, no clock. Sources and examples stand in docs/rules.md, R-401 to R-407.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from pypinyin import Style, lazy_pinyin

from accounts.states import CertificateType, Sex
from hpf.errors import Refusal
from hpf.months import Month

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CREDIT_SHAPE = re.compile(rf"[{CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}")

NAME_DOT = "·"
# The ways a dot between the parts of a name is typed or printed.
NAME_DOTS = re.compile("\\s*[·•‧∙⋅・･]\\s*")
# Unified and compatibility ideographs of all planes, 〇, and the private areas where fonts keep characters to come.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\ue000-\ufaff\U00020000-\U0003ffff\U000f0000-\U0010fffd"
LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# Radicals, which text copied from a PDF holds in place of the characters they look like.
RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
BETWEEN_HAN = f"(?<=[{HAN}])%s(?=[{HAN}])"
PERSON_NAME = re.compile(f"[{HAN}{LATIN}][{HAN}{LATIN}·'’.,\\- ]*")

# Initials of surnames that are read otherwise than the character alone 姓氏读音, compound ones first.
COMPOUND_SURNAMES = {
    "尉迟": "YC", "长孙": "ZS", "万俟": "MQ", "单于": "CY", "澹台": "TT", "皇甫": "HF", "夏侯": "XH", "宰父": "ZF",
    "令狐": "LH", "宿勤": "SQ", "贺若": "HR", "吐谷": "TY",
}  # fmt: skip
SURNAMES = {
    "单": "S", "仇": "Q", "解": "X", "曾": "Z", "查": "Z", "区": "O", "盖": "G", "种": "C", "乐": "Y", "召": "S",
    "折": "S", "繁": "P", "覃": "Q", "翟": "Z", "车": "C", "藏": "Z", "员": "Y", "句": "G", "秘": "B", "薄": "B",
    "乜": "N", "祭": "Z", "都": "D", "郇": "X", "谌": "C", "晟": "C", "莘": "S", "么": "Y", "黑": "H", "洗": "X",
}  # fmt: skip

EARLIEST_BIRTH = date(1900, 1, 1)
LONGEST_NUMBER = 18  # the standard's field ZJHM


class WrongIdNumber(Refusal):
    message = "身份证号码应为18位：前17位为数字，最后一位为数字或X，请核对"
    code = "wrong_id_number"


class WrongIdCheckDigit(Refusal):
    message = "身份证号码的校验码不符，请对照证件逐位核对"
    code = "wrong_id_check_digit"


class WrongBirthDate(Refusal):
    message = "身份证号码中的出生日期不存在或晚于业务日期，请核对第7至14位"
    code = "wrong_birth_date"


class WrongCertificateNumber(Refusal):
    message = "证件号码应为1至18个字符，只能含汉字、字母、数字、连字符和括号，请核对"
    code = "wrong_certificate_number"


class WrongCreditCode(Refusal):
    message = "统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z），请核对"
    code = "wrong_credit_code"


class WrongCreditCheckDigit(Refusal):
    message = "统一社会信用代码的校验码不符，请对照营业执照逐位核对"
    code = "wrong_credit_check_digit"


class WrongMobile(Refusal):
    message = "手机号码应为以1开头的11位数字，请核对"
    code = "wrong_mobile"


class WrongBankAccount(Refusal):
    message = "银行账号应为8至32位数字，请核对"
    code = "wrong_bank_account"


class WrongName(Refusal):
    message = "姓名只能含汉字、字母、间隔号“·”、空格和连字符，并以汉字或字母开头，请对照证件核对"
    code = "wrong_name"


@dataclass(frozen=True)
class Certificate:
    """A certificate 证件; birth date and sex are known from a resident ID card only."""

    type: CertificateType
    number: str
    birth_date: date | None = None
    sex: Sex | None = None


def plain(text: str) -> str:
    """A number as it is stored and compared: half width, upper case, no blanks 规范写法."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def certificate(type: CertificateType, number: str, *, on: date) -> Certificate:
    """Read a certificate number 证件号码 (R-401, R-402).

    Only type 01 has a check digit and tells birth date and sex; its area code is never judged, since old
    and merged districts stay on valid cards. `on` is the business day no birth may follow.

    Raises:
        WrongIdNumber, WrongIdCheckDigit, WrongBirthDate: a resident ID number that cannot be.
        WrongCertificateNumber: any other number that is empty, too long or holds strange characters.
    """
    written = plain(number)
    if type == CertificateType.RESIDENT_ID:
        return _resident_id(written, on=on)
    if not re.fullmatch(rf"[0-9A-Z\u4e00-\u9fff()-]{{1,{LONGEST_NUMBER}}}", written):
        raise WrongCertificateNumber(field="id_number")
    return Certificate(type=type, number=written)


def _resident_id(number: str, *, on: date) -> Certificate:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise WrongIdNumber(field="id_number")
    if number[-1] != id_check_digit(number):
        raise WrongIdCheckDigit(field="id_number")
    return Certificate(
        type=CertificateType.RESIDENT_ID,
        number=number,
        birth_date=_birth_date(number, on=on),
        sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE,
    )


def _birth_date(number: str, *, on: date) -> date:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise WrongBirthDate(field="id_number") from None
    if not EARLIEST_BIRTH <= born <= on:
        raise WrongBirthDate(field="id_number")
    return born


def id_check_digit(first_17: str) -> str:
    """The check digit 校验码 of a resident ID number from its first 17 digits (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, ID_WEIGHTS, strict=False))
    return ID_CHECK[total % 11]


def credit_code(text: str) -> str:
    """Read a unified social credit code 统一社会信用代码 (GB 32100, R-403).

    The area code is never judged: districts merge, and codes stay.

    Raises:
        WrongCreditCode: wrong length or characters.
        WrongCreditCheckDigit: the last character does not fit the others.
    """
    code = plain(text)
    if not CREDIT_SHAPE.fullmatch(code):
        raise WrongCreditCode(field="credit_code")
    if code[-1] != credit_check_digit(code):
        raise WrongCreditCheckDigit(field="credit_code")
    return code


def credit_check_digit(first_17: str) -> str:
    """The check character 校验码 of a credit code from its first 17 characters (GB 32100)."""
    total = sum(
        CREDIT_ALPHABET.index(letter) * weight for letter, weight in zip(first_17, CREDIT_WEIGHTS, strict=False)
    )
    return CREDIT_ALPHABET[-total % 31]


def mobile(text: str) -> str:
    """Read a mainland mobile number 手机号码 (R-404): eleven digits, with or without blanks, hyphens and +86.

    Raises:
        WrongMobile: anything else.
    """
    digits = re.sub(r"^\+86|-", "", plain(text))
    if not re.fullmatch(r"1[3-9][0-9]{9}", digits):
        raise WrongMobile(field="mobile")
    return digits


def bank_account(text: str) -> str:
    """Read the number of a bank card or account 银行账号 (R-405): digits, with or without blanks and hyphens.

    Raises:
        WrongBankAccount: anything else.
    """
    digits = plain(text).replace("-", "")
    if not re.fullmatch(r"[0-9]{8,32}", digits):
        raise WrongBankAccount(field="account_number")
    return digits


def written_name(text: str) -> str:
    """A name in its one spelling 姓名规范写法 (R-406): every dot is ·, no blanks between Chinese characters.

    Full-width letters become half-width ones and composed characters single ones (NFC). A rare character stays what it
    is: the wider normalisation (NFKC) would turn some into others.
    """
    name = unicodedata.normalize("NFC", text).translate(FULL_WIDTH).translate(RADICALS)
    name = NAME_DOTS.sub(NAME_DOT, " ".join(name.split()))
    name = re.sub(BETWEEN_HAN % r" ?\. ?", NAME_DOT, name)
    return re.sub(BETWEEN_HAN % " ", "", name)


def person_name(text: str) -> str:
    """Read the name of a person 姓名 (R-406), in its one spelling.

    Raises:
        WrongName: it holds something that no name holds, such as a digit or a bracket.
    """
    name = written_name(text)
    if not PERSON_NAME.fullmatch(name):
        raise WrongName(field="name")
    return name


def person_initials(name: str) -> str:
    """The pinyin initials of a person's name 姓名拼音首字母 (R-407), in capitals; the surname by its own reading.

    Latin letters stay whole, so that a foreign name is found by its beginning. Characters without a known reading
    are left out.
    """
    for length, readings in ((2, COMPOUND_SURNAMES), (1, SURNAMES)):
        if name[:length] in readings:
            return readings[name[:length]] + initials(name[length:])
    return initials(name)


def initials(text: str) -> str:
    """The pinyin initials of a text 拼音首字母 (R-407), in capitals; Latin letters and digits stay whole."""
    parts = []
    for han, other in re.findall(f"([{HAN}]+)|([^{HAN}]+)", text):
        parts += [_letters(reading)[:1] for reading in lazy_pinyin(han, style=Style.NORMAL, errors="ignore")]
        parts.append(_letters(other))
    return "".join(parts)


def _letters(text: str) -> str:
    """The plain letters and digits of a text, without their accents."""
    plain_text = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain_text if letter.isascii() and letter.isalnum()).upper()


def initials_typed(text: str) -> str:
    """What a person typed, as initials to look for; empty where it is no such thing: two letters are the least."""
    letters = re.sub(r"[\s·'.-]", "", text)
    return letters.upper() if re.fullmatch(r"[A-Za-z]{2,}", letters) else ""


def days_left(since: date, days: int, *, on: date) -> int:
    """Days left of a term of so many days after a day 期限剩余天数 (R-411, R-412); below zero: days late.

    On the last day none are left, and it is not late yet.
    """
    return (since + timedelta(days=days) - on).days


def payment_due_on(month: Month, pay_day: int, days: int) -> date:
    """The last day on which a month may be paid 汇缴截止日 (R-413, Regulation 条例 art. 19).

    It lies so many days after the pay day; a pay day that the month does not have is its last day.
    """
    paid = month.first_day.replace(day=min(pay_day, monthrange(month.year, month.month)[1]))
    return paid + timedelta(days=days)


def months_late(first: Month, pay_day: int, days: int, *, on: date) -> int:
    """How many months from `first` on are past their last day 逾期月数 (R-413)."""
    month, late = first, 0
    while payment_due_on(month, pay_day, days) < on:
        month, late = month.next(), late + 1
    return late


def last_day(begins_on: date, months: int) -> date:
    """The last day of a term of so many months that begins on a day 期限届满日 (R-441, Civil Code 民法典 art. 202).

    It is the same day of its last month, or that month's last one: 36 months from 2026-08-31 end on 2029-08-31, six
    on 2027-02-28.
    """
    month = Month.of(begins_on).plus(months)
    return month.first_day.replace(day=min(begins_on.day, monthrange(month.year, month.month)[1]))


def card_number_and_name(text: str) -> tuple[str, str]:
    """What a card reader typed, taken apart 读卡器输入: the number, and the name where one came along (R-430).

    Readers that work as keyboards send the number alone, or number and name, or a row that begins with the name, with
    a tab, comma, semicolon or bar between. The number is not judged here. Without any, the whole text is taken for it.
    """
    parts = [part.strip() for part in re.split(r"[\t,，、;；|｜]", text) if part.strip()]
    at = next((place for place, part in enumerate(parts) if re.fullmatch(r"[0-9]{14,17}[0-9X]", plain(part))), None)
    if at is None:
        return plain(text), ""
    beside = parts[1:2] if at == 0 else parts[:1]
    return plain(parts[at]), written_name(beside[0]) if beside else ""

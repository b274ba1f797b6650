"""What a certificate number, a credit code or a mobile number must look like 证件号码与统一社会信用代码规则.

Pure checks of text: no table, no clock. Sources and examples stand in docs/rules.md, R-401 to R-405.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from accounts.states import CertificateType, Sex
from hpf.errors import Refusal

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CREDIT_SHAPE = re.compile(rf"[{CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}")

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

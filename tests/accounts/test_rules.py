"""Certificates, credit codes and mobiles 证件号码、统一社会信用代码: docs/rules.md, R-401 to R-405."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from accounts import rules
from accounts.states import (
    EMPLOYER_MOVES,
    MEMBER_ACCOUNT_ENDS,
    MEMBER_ACCOUNT_MOVES,
    CertificateType,
    EmployerStatus,
    MemberAccountStatus,
    Sex,
)
from hpf.errors import Refusal

TODAY = date(2026, 7, 1)
RESIDENT = CertificateType.RESIDENT_ID


@pytest.mark.parametrize(
    ("number", "birth_date", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), Sex.FEMALE),  # the example printed in GB 11643
        ("440524188001010014", None, None),  # also printed there, but born before 1900
        ("360426199101010071", date(1991, 1, 1), Sex.MALE),
        ("１１０１０５ 19491231 002x", date(1949, 12, 31), Sex.FEMALE),
    ],
)
def test_resident_id_tells_birth_date_and_sex(number, birth_date, sex):
    if birth_date is None:
        with pytest.raises(rules.WrongBirthDate):
            rules.certificate(RESIDENT, number, on=TODAY)
    else:
        found = rules.certificate(RESIDENT, number, on=TODAY)
        assert (found.birth_date, found.sex, len(found.number)) == (birth_date, sex, 18)


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("", rules.WrongIdNumber),
        ("110105491231002", rules.WrongIdNumber),
        ("11010519491231002XX", rules.WrongIdNumber),
        ("1101051949123100X2", rules.WrongIdNumber),
        ("110105194912310021", rules.WrongIdCheckDigit),
        ("101105194912310020", rules.WrongIdCheckDigit),
        ("110105" + "19490231" + "0023", rules.WrongBirthDate),
        ("110105" + "20270101" + "0024", rules.WrongBirthDate),
    ],
)
def test_a_wrong_resident_id_is_refused(number, refusal):
    if refusal is rules.WrongBirthDate:
        number = number[:17] + rules.id_check_digit(number)
    with pytest.raises(refusal) as told:
        rules.certificate(RESIDENT, number, on=TODAY)
    assert told.value.field == "id_number"


def test_somebody_born_today_is_accepted_and_tomorrow_is_not():
    born = "511002" + "20260701" + "001"
    number = born + rules.id_check_digit(born)
    assert rules.certificate(RESIDENT, number, on=TODAY).birth_date == TODAY
    with pytest.raises(rules.WrongBirthDate):
        rules.certificate(RESIDENT, number, on=date(2026, 6, 30))


def test_an_unknown_area_code_is_accepted():
    first_17 = "999999" + "19800101" + "123"
    assert rules.certificate(RESIDENT, first_17 + rules.id_check_digit(first_17), on=TODAY).sex == Sex.MALE


@given(first_17=st.from_regex(r"[1-9][0-9]{16}", fullmatch=True))
def test_id_check_digit_agrees_with_an_independent_one(first_17):
    assert rules.id_check_digit(first_17) == ric.calc_check_digit(first_17 + "0")


@pytest.mark.parametrize(
    ("type", "number", "kept"),
    [
        (CertificateType.OFFICER, "军字第2001988号", "军字第2001988号"),
        (CertificateType.PASSPORT, " e1234 5678 ", "E12345678"),
        (CertificateType.PASSPORT, "110105194912310021", "110105194912310021"),
        (CertificateType.OTHER, "H1234567（01）", "H1234567(01)"),
    ],
)
def test_other_certificates_have_no_check_digit_birth_date_or_sex(type, number, kept):
    assert rules.certificate(type, number, on=TODAY) == rules.Certificate(type, kept)


@pytest.mark.parametrize("number", ["", "   ", "E12345678901234567890", "E123;45", "<b>"])
def test_strange_certificate_numbers_are_refused(number):
    with pytest.raises(rules.WrongCertificateNumber):
        rules.certificate(CertificateType.PASSPORT, number, on=TODAY)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("91110000600037341L", "91110000600037341L"),
        ("9111 0000 6000 3734 1l", "91110000600037341L"),
        ("９１１１００００６０００３７３４１Ｌ", "91110000600037341L"),
    ],
)
def test_credit_code_is_read(text, code):
    assert rules.credit_code(text) == code


def test_newer_registering_bodies_are_letters():
    first_17 = "N1511000MA6ABCDE1"
    assert rules.credit_code(first_17 + rules.credit_check_digit(first_17)).startswith("N1")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", rules.WrongCreditCode),
        ("9111000060003734L", rules.WrongCreditCode),
        ("91110000600O37341L", rules.WrongCreditCode),
        ("911100A0600037341L", rules.WrongCreditCode),
        ("91110000600037341M", rules.WrongCreditCheckDigit),
        ("91110000600073341L", rules.WrongCreditCheckDigit),
    ],
)
def test_a_wrong_credit_code_is_refused(text, refusal):
    with pytest.raises(refusal) as told:
        rules.credit_code(text)
    assert told.value.field == "credit_code"


@given(first_17=st.from_regex(rf"[1-9AY][1-9][0-9]{{6}}[{rules.CREDIT_ALPHABET}]{{9}}", fullmatch=True))
def test_credit_check_digit_agrees_with_an_independent_one(first_17):
    assert rules.credit_check_digit(first_17) == uscc.calc_check_digit(first_17)


@pytest.mark.parametrize("text", ["13800000000", "138 0000 0000", "+86 138-0000-0000", "１３８００００００００"])
def test_mobile_is_read(text):
    assert rules.mobile(text) == "13800000000"


@pytest.mark.parametrize("text", ["", "1380000000", "138000000000", "12800000000", "0832-2020000"])
def test_a_wrong_mobile_is_refused(text):
    with pytest.raises(rules.WrongMobile):
        rules.mobile(text)


@pytest.mark.parametrize(
    "text", ["6222 0213 0000 1234 567", "6222-0213-0000-1234-567", "６２２２０２１３００００１２３４５６７"]
)
def test_bank_account_is_read(text):
    assert rules.bank_account(text) == "6222021300001234567"


@pytest.mark.parametrize("text", ["", "1234567", "1" * 33, "62220213000O1234567"])
def test_a_wrong_bank_account_is_refused(text):
    with pytest.raises(rules.WrongBankAccount):
        rules.bank_account(text)


@given(text=st.text(max_size=30), type=st.sampled_from(CertificateType))
def test_any_text_is_read_or_refused(text, type):
    try:
        found = rules.certificate(type, text, on=TODAY)
    except Refusal:
        return
    assert rules.certificate(type, found.number, on=TODAY) == found


@pytest.mark.parametrize(
    ("moves", "start", "ends"),
    [
        (EMPLOYER_MOVES, EmployerStatus.OPENED, {EmployerStatus.CLOSED}),
        # A closing is undone when its money comes back.
        (MEMBER_ACCOUNT_MOVES, MemberAccountStatus.NORMAL, set(MEMBER_ACCOUNT_ENDS) - {MemberAccountStatus.CLOSED}),
    ],
)
def test_every_status_is_reached_and_every_end_is_meant(moves, start, ends):
    reached, waiting = {start}, [start]
    while waiting:
        new = moves[waiting.pop()] - reached
        reached |= new
        waiting += new
    assert reached == set(type(start)) == set(moves)
    assert {status for status, following in moves.items() if not following} == ends


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王芳", "王芳"),
        (" 王　芳 ", "王芳"),
        ("阿卜杜•买买提", "阿卜杜·买买提"),
        ("阿卜杜 ‧ 买买提", "阿卜杜·买买提"),
        ("阿卜杜.买买提", "阿卜杜·买买提"),
        ("Ｊｏｈｎ　 Smith", "John Smith"),
        ("Jose\u0301 Garci\u0301a", "José García"),
        ("O'Brien-Lee, J.", "O'Brien-Lee, J."),
        ("𠮷䶮", "𠮷䶮"),
        ("王\ue123", "王\ue123"),
        ("王\U00031350", "王\U00031350"),  # a character added to Unicode after the libraries here were made
        ("⽅正", "方正"),
    ],
)
def test_name_has_one_spelling(typed, kept):
    assert rules.person_name(typed) == kept


@pytest.mark.parametrize("wrong", ["", "王1", "<script>", "王(小)", "·王芳", "-", "王芳@"])
def test_what_no_name_holds_is_refused(wrong):
    with pytest.raises(rules.WrongName) as told:
        rules.person_name(wrong)
    assert told.value.field == "name"


# Readings of surnames from 现代汉语词典 (7th edition), entries marked 姓.
@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("王小明", "WXM"), ("单田芳", "STF"), ("仇英", "QY"), ("解缙", "XJ"), ("曾国藩", "ZGF"), ("任正", "RZ"),
        ("查良镛", "ZLY"), ("朴正", "PZ"), ("区大为", "ODW"), ("盖宽饶", "GKR"), ("尉迟恭", "YCG"), ("长孙皇", "ZSH"),
        ("万俟明", "MQM"), ("翟青", "ZQ"), ("乐毅", "YY"), ("繁钦", "PQ"), ("吕布", "LB"), ("欧阳修", "OYX"),
        ("阿卜杜·买买提", "ABDMMT"), ("John Smith", "JOHNSMITH"), ("José García", "JOSEGARCIA"), ("王\ue123明", "WM"),
        ("\ue123", ""), ("小单", "XD"),
    ],
)  # fmt: skip
def test_initials_of_a_person(name, initials):
    assert rules.person_initials(name) == initials


def test_initials_of_an_employer():
    assert rules.initials("重庆长安汽车股份有限公司") == "CQCAQCGFYXGS"
    assert rules.initials("内江市第1中学（北区）ABC部") == "NJSD1ZXBQABCB"


@pytest.mark.parametrize(
    ("typed", "initials"),
    [("zs", "ZS"), ("John Sm", "JOHNSM"), ("o'brien-l", "OBRIENL"), ("z", ""), ("张s", ""), ("z1", ""), ("", "")],
)
def test_initials_typed(typed, initials):
    assert rules.initials_typed(typed) == initials

"""Worked examples of what may be withdrawn (docs/rules.md R-611 to R-619). The figures are worked out by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.months import Month
from tests.withdrawals.questions import (
    MONTHS,
    ON,
    account,
    asked,
    by_paper,
    purchase,
    rent,
    repayment,
    retirement,
    unmet,
)
from withdrawals.rules import CATEGORIES, Evidence, History, facts_of_factors, grouped, kept, later, shares_of
from withdrawals.rules.subjects import same_number
from withdrawals.states import Category, InquiryOutcome, PaperKind, RentLimit

NO_HOME = frozenset({PaperKind.NO_HOME})
CONTRACT = frozenset({PaperKind.RENT_CONTRACT})
DOWN, FOUND, NONE = InquiryOutcome.DOWN, InquiryOutcome.FOUND, InquiryOutcome.NONE


def months(*written: str) -> frozenset[Month]:
    return frozenset(map(Month.parse, written))


def yuan(text: str) -> Decimal:
    return Decimal(text)


# R-612: the lower of the limit and of what may leave the account, down to the unit


@pytest.mark.parametrize(
    ("balance", "available", "keep", "unit", "entitlement"),
    [
        ("20000.00", "20000.00", "0.00", "0.01", "3000.00"),  # three months at 1,000 yuan
        ("2500.50", "2500.50", "0.00", "0.01", "2500.50"),  # the balance is lower
        ("2500.50", "2500.50", "100.00", "0.01", "2400.50"),  # 100 yuan stay
        ("2500.50", "2500.50", "100.00", "100", "2400.00"),  # by the hundred
        ("2599.99", "2599.99", "0.00", "1", "2599.00"),  # by the yuan, downwards
        ("20000.00", "1200.00", "0.00", "0.01", "1200.00"),  # 18,800 frozen or held
        ("20000.00", "80.00", "100.00", "0.01", "0.00"),  # what is available is below what has to stay
    ],
)
def test_entitlement(balance, available, keep, unit, entitlement):
    terms = {"keep_balance": yuan(keep), "round_unit": yuan(unit)}
    found = asked(rent(), account=account(balance, available), terms=terms)
    assert found.entitlement == yuan(entitlement)


@pytest.mark.parametrize(
    ("wanted", "granted"),
    [("3000.00", True), ("3000.01", False), ("0.01", True), ("2999.99", True), (None, True)],
)
def test_no_more_than_the_entitlement_is_granted(wanted, granted):
    found = asked(rent(), wanted)
    assert (found.granted, unmet(found)) == (granted, [] if granted else ["申请金额"])


def test_an_amount_beside_the_unit_is_not_granted():
    found = asked(rent(), "150.00", terms={"round_unit": yuan("100")})
    assert unmet(found) == ["申请金额"]
    assert "100 元整数倍" in found.refusals[0]


# R-611: who may withdraw at all


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"account": account(is_open=False)}, ["账户状态"]),
        ({"history": History(barred_until=date(2026, 7, 16))}, ["无骗提限制"]),
        ({"history": History(barred_until=date(2026, 7, 15))}, []),  # its last day was yesterday
        ({"history": History(open_number="TQ0000000007")}, ["无同类未办结申请"]),
        ({"account": account("0.00")}, ["可用余额", "申请金额"]),
        ({"account": account("900.00", "0.00")}, ["可用余额", "申请金额"]),  # frozen whole
    ],
)
def test_what_stands_in_every_way(changes, missing):
    assert unmet(asked(rent(), **changes)) == missing


# R-613: rent


@pytest.mark.parametrize(
    ("limit", "each", "papers", "entitlement"),
    [
        (RentLimit.QUOTA, None, NO_HOME, "3000.00"),
        (RentLimit.ACTUAL, "1234.56", CONTRACT, "3703.68"),  # 3 × 1,234.56
        (RentLimit.LOWER, "1234.56", CONTRACT, "3000.00"),
        (RentLimit.LOWER, "800.00", CONTRACT, "2400.00"),
    ],
)
def test_rent_by_quota_or_by_what_is_paid(limit, each, papers, entitlement):
    proof = Evidence(homes=NONE, papers=papers)
    found = asked(rent(each=each), terms={"rent_limit": limit}, evidence=proof)
    assert (found.granted, found.entitlement) == (True, yuan(entitlement))
    assert found.instant == (limit == RentLimit.QUOTA)  # a contract has to be read by somebody


@pytest.mark.parametrize(
    ("first", "last", "missing"),
    [
        ("2026-07", "2026-07", []),  # the running month
        ("2025-07", "2026-06", []),  # twelve months back and no more
        ("2025-06", "2026-06", ["租住月份"]),
        ("2026-07", "2026-08", ["租住月份"]),  # a month to come
    ],
)
def test_months_that_may_be_asked_for(first, last, missing):
    assert unmet(asked(rent(first, last))) == missing


def test_months_the_wrong_way_round_are_refused():
    assert "租住月份" in unmet(asked(rent("2026-06", "2026-05")))


@pytest.mark.parametrize(
    ("history", "missing"),
    [
        (History(months=months("2026-03")), []),
        (History(months=months("2026-03", "2026-04")), ["月份未重复提取"]),  # the wife has used April
        (History(last_on=date(2026, 4, 15)), []),  # three months ago to the day
        (History(last_on=date(2026, 4, 16)), ["提取间隔"]),
    ],
)
def test_a_month_once_for_a_household_and_no_more_often_than_the_frequency(history, missing):
    assert unmet(asked(rent(), history=history)) == missing


@pytest.mark.parametrize(
    ("account", "missing"),
    [
        (account(months_in_a_row=3), []),
        (account(months_in_a_row=2), ["连续缴存"]),
        (account(contributing=False), ["连续缴存"]),
    ],
)
def test_rent_asks_for_months_in_a_row(account, missing):
    assert unmet(asked(rent(), account=account)) == missing


@pytest.mark.parametrize(
    ("homes", "papers", "missing", "paper", "instant"),
    [
        (NONE, frozenset(), [], [], True),
        (None, frozenset(), ["无自有住房"], [], False),
        (DOWN, frozenset(), ["无自有住房"], [], False),
        (DOWN, NO_HOME, [], ["无自有住房"], False),
        (FOUND, frozenset(), ["无自有住房"], [], False),
        (FOUND, NO_HOME, [], ["无自有住房"], False),
    ],
)
def test_no_home_of_their_own_by_data_or_by_paper(homes, papers, missing, paper, instant):
    found = asked(rent(), evidence=Evidence(homes=homes, papers=papers))
    assert (unmet(found), by_paper(found), found.instant) == (missing, paper, instant)


def test_a_source_that_is_down_says_what_to_bring():
    found = asked(rent(), evidence=Evidence(homes=DOWN))
    assert found.refusals == ["无自有住房：数据共享平台暂不可用，请凭纸质材料办理：提交无自有住房证明"]
    brought = asked(rent(), evidence=Evidence(homes=DOWN, papers=NO_HOME))
    assert "数据共享平台暂不可用，凭纸质材料" in [one.value for one in brought.factors]
    paper = Evidence(retired=DOWN, papers=frozenset({PaperKind.RETIREMENT}))
    assert "数据共享平台暂不可用，凭退休证或退休审批表" in [
        one.value for one in asked(retirement(), evidence=paper).factors
    ]


def test_nothing_is_decided_at_once_where_the_parameter_says_so():
    assert not asked(rent(), terms={"instant": False}).instant


# R-614: purchase


@pytest.mark.parametrize(
    ("price", "used", "balance", "entitlement"),
    [
        ("500000.00", "0.00", "20000.00", "20000.00"),
        ("500000.00", "485000.00", "20000.00", "15000.00"),  # the wife has withdrawn the rest
        ("500000.00", "500000.00", "20000.00", "0.00"),
        ("18000.50", "0.00", "20000.00", "18000.50"),
    ],
)
def test_a_family_withdraws_no_more_than_the_price(price, used, balance, entitlement):
    found = asked(purchase(price), account=account(balance), history=History(used=yuan(used)))
    assert found.entitlement == yuan(entitlement)


@pytest.mark.parametrize(
    ("signed", "missing"),
    [
        ("2026-07-15", []),
        ("2024-07-15", []),  # twenty-four months to the day
        ("2024-07-14", ["合同签订时间"]),
        ("2026-07-16", ["合同签订时间"]),
    ],
)
def test_contract_lies_within_the_months(signed, missing):
    assert unmet(asked(purchase(signed=signed))) == missing


@pytest.mark.parametrize(
    ("history", "missing"),
    [
        (History(used_before=True), ["同一住房一次"]),
        (History(declared=yuan("500000.00")), []),
        (History(declared=yuan("480000.00")), ["房屋总价"]),  # the husband wrote another price
    ],
)
def test_a_house_once_and_at_one_price(history, missing):
    assert unmet(asked(purchase(), history=history)) == missing


def test_purchase_is_never_decided_at_once():
    found = asked(purchase())
    assert (found.granted, found.instant) == (True, False)
    assert by_paper(found) == [PaperKind.PURCHASE_CONTRACT.label, PaperKind.PURCHASE_INVOICE.label]


# R-615: repayment of a housing loan: six months of 2,000 yuan


@pytest.mark.parametrize(
    ("used", "entitlement"),
    [
        ({}, "12000.00"),
        ({Month(2026, 1): yuan("2000.00"), Month(2026, 2): yuan("500.00")}, "9500.00"),
        ({Month(2025, 12): yuan("2000.00")}, "12000.00"),  # another month
    ],
)
def test_a_household_withdraws_what_was_repaid(used, entitlement):
    assert asked(repayment(), history=History(used_of=used)).entitlement == yuan(entitlement)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"last_on": date(2025, 7, 15)}, []),
        ({"last_on": date(2025, 7, 16)}, ["提取间隔"]),
        ({"own_months": months("2026-06")}, ["月份未重复提取"]),
        ({"declared_of": {Month(2026, 6): yuan("2000.00")}}, []),
        ({"declared_of": {Month(2026, 6): yuan("2000.01")}}, ["还款金额"]),
    ],
)
def test_once_in_twelve_months_and_each_month_once(changes, missing):
    assert unmet(asked(repayment(), history=History(**changes))) == missing


@pytest.mark.parametrize(
    ("first", "count", "missing"),
    [
        (Month(2025, 7), 12, []),
        (Month(2025, 7), 13, ["还款月份"]),  # thirteen months
        (Month(2025, 6), 3, ["还款月份"]),  # too long ago
        (Month(2026, 7), 2, ["还款月份"]),  # a month to come
    ],
)
def test_months_that_were_repaid(first, count, missing):
    repaid = {first.plus(place): yuan("2000.00") for place in range(count)}
    assert unmet(asked(repayment(repaid=repaid))) == missing


def test_no_months_at_all_are_refused():
    assert "还款月份" in unmet(asked(repayment(repaid={})))


def test_an_amount_uses_up_the_oldest_months_first():
    shares = shares_of(yuan("4500.00"), MONTHS)
    assert [str(amount) for amount in shares.values()] == ["2000.00", "2000.00", "500.00", "0.00", "0.00", "0.00"]


# R-616: retirement


def test_retirement_takes_all_with_its_interest():
    standing = account("20000.00", contributing=False, interest=yuan("12.34"))
    found = asked(retirement(), "100.00", account=standing)
    assert (found.amount, found.interest, found.paid) == (yuan("20000.00"), yuan("12.34"), yuan("20012.34"))
    assert found.instant


@pytest.mark.parametrize(
    ("evidence", "missing", "instant"),
    [
        (Evidence(retired=FOUND), [], True),
        (Evidence(retired=NONE), ["离退休"], False),
        (Evidence(retired=DOWN), ["离退休"], False),
        (Evidence(), ["离退休"], False),
        (Evidence(retired=DOWN, papers=frozenset({PaperKind.RETIREMENT})), [], False),
        (Evidence(retired=NONE, papers=frozenset({PaperKind.RETIREMENT})), [], False),
    ],
)
def test_retirement_by_data_or_by_paper(evidence, missing, instant):
    found = asked(retirement(), evidence=evidence)
    assert (unmet(found), found.instant) == (missing, instant)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"account": account()}, ["缴存已结束"]),
        ({"account": account(), "evidence": Evidence(retired=FOUND, last_list_done=True)}, []),
        ({"history": History(in_flight=("2026-07 汇缴清册待到账",))}, ["无在途业务"]),
        ({"account": account("500.00", "400.00", contributing=False)}, ["余额可全部支取"]),
        ({"account": account("0.00", contributing=False)}, ["余额可全部支取"]),
        ({"account": account("0.00", contributing=False, interest=yuan("0.07"))}, []),  # only interest is left
    ],
)
def test_what_keeps_an_account_from_closing(changes, missing):
    assert unmet(asked(retirement(), **changes)) == missing


def test_who_has_not_retired_yet_waits():
    assert unmet(asked(retirement("2026-07-16"))) == ["离退休"]


# What all of them share


def test_every_category_is_declared_once_with_its_code():
    codes = {category: one.reason.value for category, one in CATEGORIES.items()}
    assert codes == {
        Category.RENT: "07",
        Category.PURCHASE: "01",
        Category.RETIREMENT: "03",
        Category.LOAN_REPAYMENT: "06",
    }  # basic data standard, annex A.7
    assert {category for category, one in CATEGORIES.items() if one.instant} == {Category.RENT, Category.RETIREMENT}
    assert [category for category, one in CATEGORIES.items() if one.closes] == [Category.RETIREMENT]


@pytest.mark.parametrize(
    "particulars", [rent(), purchase(), repayment(), retirement()], ids=lambda one: type(one).__name__
)
def test_every_factor_names_its_rule_and_every_refusal_what_to_do(particulars):
    hopeless = asked(
        particulars,
        "1.00",
        account=replace(account("0.00"), is_open=False),
        history=History(date(2030, 1, 1), "TQ1", ("x",), ON, months("2026-05"), yuan("1"), True, yuan("1")),
        evidence=Evidence(),
    )
    assert all(one.rule.startswith("R-6") for one in hopeless.factors)
    assert all(remedy.split("：", 1)[1] for remedy in hopeless.refusals) and len(hopeless.refusals) >= 5
    assert not asked(particulars).refusals


def test_a_snapshot_is_text_and_holds_no_number_of_a_house():
    kept = str(asked(purchase()).snapshot())
    assert "NJ-2026-000123" not in kept and "房屋总价" in kept


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [("2026-01-31", 1, "2026-02-28"), ("2026-07-15", -24, "2024-07-15"), ("2024-02-29", 12, "2025-02-28")],
)
def test_months_later(day, count, then):
    assert later(date.fromisoformat(day), count) == date.fromisoformat(then)


# The same house, the same loan (R-622)

SAME = [
    (
        "川（2026）内江市不动产权第0001234号",
        *(
            "川(2026)内江市不动产权第0001234号",
            "川 〔2026〕 内江市不動產權第1234號",
            "川【2026】内江市不动产权第 0001234 号",
        ),
    ),
    (
        "市中区交通路18号2栋3单元401室",
        *("市中区交通路18号2幢3单元401号", "市中区交通路１８号 2号楼3单元401", "市中区交通路18号2座03单元401户"),
        *("市中区交通路十八号二栋三单元401室", "市中区交通路18号2-3-401", "市中区交通路18号—2—3—401"),
    ),
    ("NJ-2026-000123", *("nj2026000123", "ＮＪ－２０２６－０００１２３", " NJ 2026 000123 ", "NJ_2026/000123")),
    ("DK2024000077", "dk 2024-000077"),
    ("市中区五一路二十号楼1单元1室", "市中区五一路20栋1-1"),
]
OTHERS = [
    *(
        "市中区交通路18号2栋3单元402",
        "市中区交通路18号23单元401",
        "市中区交通路18号2栋34单元1",
        "市中区交通路182号3单元401",
    ),
    *("NJ-2026-000124", "NJ-2025-000123", "DK2024000078", "五一路12号", "51路12号", "--", "…", "栋", "十"),
]


@pytest.mark.parametrize(("typed", "others"), [(first, others) for first, *others in SAME])
def test_what_reads_the_same_is_the_same(typed, others):
    assert {same_number(other) for other in others} == {same_number(typed)}


def test_what_reads_otherwise_is_another():
    all_of_them = [first for first, *_others in SAME] + OTHERS
    assert len({same_number(one) for one in all_of_them}) == len(all_of_them)
    assert all(same_number(one) for one in all_of_them)


@given(st.text(min_size=1, max_size=60))
def test_whatever_is_typed_has_a_form(typed):
    assert same_number(typed)


# What a person reads of it


def test_factors_are_told_in_groups_in_their_own_order_and_kept_as_they_were():
    found = asked(purchase(), "1000.00")
    told = grouped(found.factors)
    assert [name for name, _rows in told] == ["账户和申请人", "本类别的条件", "金额"]
    assert [row["name"] for _name, rows in told for row in rows] == [one.name for one in found.factors]
    assert [row["name"] for row in told[-1][1]] == ["类别限额", "可用余额", "申请金额"]
    assert kept(found.category, found.snapshot()).factors == found.factors


def test_a_factor_that_stood_otherwise_says_how():
    before = facts_of_factors(asked(purchase(), "1000.00").factors)
    now = grouped(asked(purchase(), "1000.00", account=account("600.00")).factors, before)
    changed = {row["name"]: row["before"] for _name, rows in now for row in rows if row["before"]}
    assert list(changed) == ["可用余额", "申请金额"] and changed["申请金额"].startswith("符合：1,000.00 元")

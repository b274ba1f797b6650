"""Every promise about remittances is broken on purpose, as the owner could, and named by the proof."""

import pytest

from audit.actions import inspection
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, paid, paying_employer
from tests.ledger.books import as_owner, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def month():
    """One month handed in, paid and allocated."""
    open_first_day(DAY)
    return paid(paying_employer())


def broken(branch=None):
    return {finding.check.title: finding.rows for finding in inspection.inspect(DAY, branch) if not finding.holds}


def test_sound_month_proves_on_every_point(month):
    assert broken() == {}


@pytest.mark.parametrize(
    ("statement", "title"),
    [
        ("update deposits_remittance set headcount = 4", "已入账的汇缴与其明细、凭证一致"),
        ("update deposits_remittance set voucher_id = null", "已入账的汇缴与其明细、凭证一致"),
        ("update deposits_remittanceline set member_part = 523.45 where line = 1", "已入账的汇缴与其明细、凭证一致"),
        ("delete from deposits_remittanceline where line = 2", "已入账的汇缴与其明细、凭证一致"),
        ("update deposits_identification set amount = amount - 1", "到账认领与其凭证一致"),
        ("update deposits_identification set voucher_id = voucher_id + 1", "到账认领与其凭证一致"),
        ("update deposits_identification set amount = amount + 1", "到账的认领和退款不超过该笔到账已认领的金额"),
        ("update accounts_employer set paid_to = '2026-06'", "单位缴至年月不早于已入账的汇缴"),
        ("update accounts_employer set paid_to = null", "单位缴至年月不早于已入账的汇缴"),
    ],
)
def test_break_is_named(month, statement, title):
    with as_owner():
        run(statement)
    assert title in broken()
    if title != "到账的认领和退款不超过该笔到账已认领的金额":  # a receipt belongs to no branch
        assert title in broken(branch=1)
        assert title not in broken(branch=2)

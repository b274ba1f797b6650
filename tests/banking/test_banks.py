"""The entrusted banks as the migrations leave them."""

import pytest

from banking.models import Bank, BankAccount
from ledger.models import LedgerAccount


@pytest.mark.django_db
def test_nine_banks_have_one_collection_account_each():
    assert Bank.objects.count() == 9
    assert BankAccount.objects.values("bank").distinct().count() == BankAccount.objects.count() == 9
    kept = LedgerAccount.objects.filter(bankaccount__isnull=False)
    assert {(row.chart_id, row.branch_id, row.kind_id) for row in kept} == {("10101", 0, "BANK")}

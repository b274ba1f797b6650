"""The chart of accounts 会计科目 (财综字〔1999〕33号) and the kinds of ledger account, as data."""

from django.db import migrations

# code, name, side, category, parent, takes entries
CHART = [
    ("101", "住房公积金存款", "D", "ASSET", None, False),
    ("10101", "住房公积金存款-活期", "D", "ASSET", "101", True),
    ("10102", "住房公积金存款-定期", "D", "ASSET", "101", True),
    ("102", "增值收益存款", "D", "ASSET", None, True),
    ("111", "应收利息", "D", "ASSET", None, True),
    ("119", "其他应收款", "D", "ASSET", None, True),
    ("121", "委托贷款", "D", "ASSET", None, True),
    ("122", "逾期贷款", "D", "ASSET", None, True),
    ("124", "国家债券", "D", "ASSET", None, False),
    ("12401", "国债", "D", "ASSET", "124", True),
    ("12402", "政策性金融债", "D", "ASSET", "124", True),
    ("201", "住房公积金", "C", "LIABILITY", None, True),
    ("211", "应付利息", "C", "LIABILITY", None, True),
    ("214", "专项应付款", "C", "LIABILITY", None, False),
    ("21401", "管理费用", "C", "LIABILITY", "214", True),
    ("21402", "城市廉租住房（公租房）建设补充资金", "C", "LIABILITY", "214", True),
    ("219", "其他应付款", "C", "LIABILITY", None, False),
    ("21901", "单位暂存款", "C", "LIABILITY", "219", True),
    ("21902", "待查到账", "C", "LIABILITY", "219", True),
    ("21903", "待付款项", "C", "LIABILITY", "219", True),
    ("301", "贷款风险准备", "C", "NET", None, True),
    ("311", "增值收益", "C", "NET", None, True),
    ("321", "增值收益分配", "C", "NET", None, False),
    ("32101", "本年增值收益", "C", "NET", "321", True),
    ("3210102", "提取贷款风险准备金", "D", "NET", "321", True),
    ("3210103", "提取管理费用", "D", "NET", "321", True),
    ("3210104", "提取城市廉租住房（公租房）补充资金", "D", "NET", "321", True),
    ("32103", "待分配增值收益", "C", "NET", "321", True),
    ("401", "业务收入", "C", "INCOME", None, False),
    ("40101", "住房公积金利息收入", "C", "INCOME", "401", True),
    ("40102", "增值收益利息收入", "C", "INCOME", "401", True),
    ("40103", "委托贷款利息收入", "C", "INCOME", "401", True),
    ("40104", "国家债券利息收入", "C", "INCOME", "401", True),
    ("40105", "其他收入", "C", "INCOME", "401", True),
    ("411", "业务支出", "D", "EXPENSE", None, False),
    ("41101", "住房公积金利息支出", "D", "EXPENSE", "411", True),
    ("41102", "归集手续费支出", "D", "EXPENSE", "411", True),
    ("41103", "委托贷款手续费支出", "D", "EXPENSE", "411", True),
    ("41104", "其他支出", "D", "EXPENSE", "411", True),
]

# code, name, stored, bears interest, may overdraw, shared
ACCOUNT_KINDS = [
    ("MEMBER", "职工个人账户", True, True, False, False),
    ("UNALLOCATED", "单位暂存款", True, False, False, False),
    ("BANK", "银行专户", False, False, False, False),
    ("INTERNAL", "内部账户", False, False, False, True),
]


def fill(apps, schema_editor):
    owner = schema_editor.connection.alias
    ChartAccount = apps.get_model("ledger", "ChartAccount")
    AccountKind = apps.get_model("ledger", "AccountKindFlags")
    names = ["code", "name", "side", "category", "parent_id", "takes_entries"]
    ChartAccount.objects.using(owner).bulk_create(ChartAccount(**dict(zip(names, row, strict=True))) for row in CHART)
    names = ["code", "name", "stored", "bears_interest", "may_overdraw", "shared"]
    AccountKind.objects.using(owner).bulk_create(
        AccountKind(**dict(zip(names, row, strict=True))) for row in ACCOUNT_KINDS
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_books")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

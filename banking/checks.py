"""What must hold between receipts and the books 到账稽核."""

from audit.actions.inspection import check

check(
    "I2",
    "待查到账余额等于未认领的到账合计",
    """
    with receipts as (
        select l.branch_id, sum(r.unclaimed) as unclaimed
        from banking_receipt r
        join banking_bankaccount b on b.id = r.account_id
        join ledger_ledgeraccount l on l.id = b.ledger_account_id
        group by 1
    ), suspense as (
        select e.branch_id, sum(case e.side when 'C' then e.amount else -e.amount end) as balance
        from ledger_entry e join ledger_ledgeraccount a on a.id = e.account_id
        where a.chart_id = '21902' and a.shared
        group by 1
    )
    select format('网点 %%s：待查到账余额 %%s，未认领的到账合计 %%s',
                  branch_id, coalesce(balance, 0), coalesce(unclaimed, 0))
    from receipts full join suspense using (branch_id)
    where coalesce(balance, 0) <> coalesce(unclaimed, 0)
      and %(as_of)s >= (select max(day) from ledger_businessday)
      and (%(branch)s::smallint is null or branch_id = %(branch)s)
    """,
)

check(
    "I10",
    "每笔到账有一张等额的入账凭证",
    """
    select format('到账 %%s：金额 %%s，凭证 %%s 金额 %%s', r.id, r.amount, v.id, v.total)
    from banking_receipt r
    left join ledger_voucher v on v.kind_id = 'banking.receipt' and v.source = r.id::text
    where r.booked_on <= %(as_of)s
      and (v.id is null or v.id is distinct from r.voucher_id or v.total <> r.amount or v.booked_on <> r.booked_on)
    """,
)

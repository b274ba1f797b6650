"""What must hold between receipts and the books 到账稽核."""

from audit.actions.inspection import check

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

check(
    "I5",
    "每笔付成或退回的付款各有一张等额凭证，未付成的没有",
    """
    with due as (
        select id::text as source, 'banking.payment' as kind, amount, success_voucher as voucher, succeeded_on as on_day
        from banking_payment where status in ('SUCCEEDED', 'RETURNED') and succeeded_on <= %(as_of)s
        union all
        select id::text, 'banking.payment_return', amount, return_voucher, returned_on
        from banking_payment where status = 'RETURNED' and returned_on <= %(as_of)s
    ), posted as (
        select source, kind_id as kind, id, total, booked_on from ledger_voucher
        where kind_id in ('banking.payment', 'banking.payment_return') and booked_on <= %(as_of)s
    )
    select format('付款 %%s：%%s 应有凭证 %%s 金额 %%s，实有凭证 %%s 金额 %%s',
                  source, kind, d.voucher, d.amount, p.id, p.total)
    from due d full join posted p using (source, kind)
    where d.voucher is distinct from p.id or d.amount is distinct from p.total or d.on_day is distinct from p.booked_on
    """,
)

check(
    "I5",
    "各专户付出的金额等于付成减退回的付款",
    """
    with paid as (
        select b.ledger_account_id as account,
               sum(case when p.succeeded_on <= %(as_of)s then p.amount else 0 end)
               - sum(case when p.returned_on <= %(as_of)s then p.amount else 0 end) as amount
        from banking_payment p join banking_bankaccount b on b.id = p.account_id
        where p.succeeded_on is not null
        group by 1
    ), booked as (
        select e.account_id as account, sum(case e.side when 'C' then e.amount else -e.amount end) as amount
        from ledger_voucher v
        join ledger_entry e on e.voucher_id = v.id and e.booked_on = v.booked_on
        join banking_bankaccount b on b.ledger_account_id = e.account_id
        where v.kind_id in ('banking.payment', 'banking.payment_return') and v.booked_on <= %(as_of)s
        group by 1
    )
    select format('专户分户账 %%s：账上付出 %%s，付款合计 %%s', account, coalesce(b.amount, 0), coalesce(p.amount, 0))
    from paid p full join booked b using (account)
    where coalesce(b.amount, 0) <> coalesce(p.amount, 0)
    """,
)

check(
    "I5",
    "待付款项余额等于应付未付的付款合计",
    """
    with owed as (
        select branch_id, sum(amount) as amount from banking_payment
        where status in ('CREATED', 'APPROVED', 'SENT', 'ACCEPTED', 'UNKNOWN')
           or (status in ('FAILED', 'RETURNED', 'CANCELLED') and taken_back_on is null)
        group by 1
    ), booked as (
        select e.branch_id, sum(case e.side when 'C' then e.amount else -e.amount end) as amount
        from ledger_entry e join ledger_ledgeraccount a on a.id = e.account_id
        where a.chart_id = '21903' and a.shared
        group by 1
    )
    select format('网点 %%s：待付款项余额 %%s，应付未付 %%s', branch_id, coalesce(b.amount, 0), coalesce(o.amount, 0))
    from owed o full join booked b using (branch_id)
    where coalesce(b.amount, 0) <> coalesce(o.amount, 0)
      and %(as_of)s >= (select max(day) from ledger_businessday)
      and (%(branch)s::smallint is null or branch_id = %(branch)s)
    """,
)

check(
    "I5",
    "付成的付款有一条且只有一条成功回报，退回的有一条退回回报",
    """
    select format('付款 %%s：状态 %%s，成功回报 %%s 条，退回回报 %%s 条', p.reference, p.status, s.successes, s.returns)
    from banking_payment p
    cross join lateral (
        select count(*) filter (where outcome = 'succeeded') as successes,
               count(*) filter (where outcome = 'returned') as returns
        from banking_paymentresult r where r.payment_id = p.id and r.status = 'APPLIED'
    ) s
    where s.successes <> (p.status in ('SUCCEEDED', 'RETURNED'))::int or s.returns <> (p.status = 'RETURNED')::int
    """,
)

check(
    "I9",
    "订阅推送的银行的每个事件都有推送记录",
    """
    select format('银行 %%s：事件 %%s 没有推送记录', e.bank_id, e.id)
    from banking_event e join banking_webhook w on w.bank_id = e.bank_id
    left join banking_delivery d on d.event_id = e.id
    where w.url <> '' and e.at > w.since + interval '5 minutes' and d.event_id is null
    """,
)

check(
    "I9",
    "没有退回回报等待已经结束的付款",
    """
    select format('付款 %%s：状态 %%s，仍有等待处理的退回回报', p.reference, p.status)
    from banking_paymentresult r join banking_payment p on p.id = r.payment_id
    where r.status = 'WAITING' and p.status in ('SUCCEEDED', 'FAILED', 'RETURNED', 'CANCELLED')
    """,
)

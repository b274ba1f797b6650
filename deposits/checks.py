"""What must hold between remittances, identifications and the books 归集稽核."""

from accounts.queries.in_flight import question
from audit.actions.inspection import check

check(
    "I2",
    "已入账的汇缴与其明细、凭证一致",
    """
    select format('汇缴 %%s：%%s 人 %%s 元，明细 %%s 人 %%s 元，凭证 %%s 行 %%s 元',
                  r.reference, r.headcount, r.total, l.lines, l.total, v.line_count, v.total)
    from deposits_remittance r
    left join ledger_voucher v on v.kind_id = 'deposits.remittance' and v.source = r.id::text
    left join (
        select remittance_id, count(*) as lines, sum(employer_part + member_part) as total
        from deposits_remittanceline group by 1
    ) l on l.remittance_id = r.id
    join accounts_employer e on e.id = r.employer_id
    where r.status = 'ALLOCATED' and r.allocated_on <= %(as_of)s
      and (%(branch)s::smallint is null or e.branch_id = %(branch)s)
      and ((v.id, v.total, v.line_count, v.booked_on)
               is distinct from (r.voucher_id, r.total, r.headcount + 1, r.allocated_on)
           or (l.lines, l.total) is distinct from (r.headcount::bigint, r.total))
    """,
)

check(
    "I2",
    "到账认领与其凭证一致",
    """
    select format('到账 %%s 认领给单位 %%s：%%s 元，凭证 %%s 金额 %%s', i.receipt_id, e.number, i.amount, v.id, v.total)
    from deposits_identification i
    join accounts_employer e on e.id = i.employer_id
    left join ledger_voucher v
        on v.kind_id = 'deposits.identification' and v.source = i.receipt_id || ':' || i.employer_id
    where i."on" <= %(as_of)s and (%(branch)s::smallint is null or e.branch_id = %(branch)s)
      and (v.id, v.total, v.booked_on) is distinct from (i.voucher_id, i.amount, i."on")
    """,
)

check(
    "I2",
    "待查到账余额等于未认领的到账与审批中退款的合计",
    """
    with claims as (
        select receipt_id, amount from deposits_refund where employer_id is null and status = 'SUBMITTED'
    ), receipts as (
        select l.branch_id, sum(r.unclaimed + coalesce(c.amount, 0)) as waiting
        from banking_receipt r
        join banking_bankaccount b on b.id = r.account_id
        join ledger_ledgeraccount l on l.id = b.ledger_account_id
        left join (select receipt_id, sum(amount) as amount from claims group by 1) c on c.receipt_id = r.id
        group by 1
    ), suspense as (
        select e.branch_id, sum(case e.side when 'C' then e.amount else -e.amount end) as balance
        from ledger_entry e join ledger_ledgeraccount a on a.id = e.account_id
        where a.chart_id = '21902' and a.shared
        group by 1
    )
    select format('网点 %%s：待查到账余额 %%s，未认领的到账和审批中的退款合计 %%s',
                  branch_id, coalesce(balance, 0), coalesce(waiting, 0))
    from receipts full join suspense using (branch_id)
    where coalesce(balance, 0) <> coalesce(waiting, 0)
      and %(as_of)s >= (select max(day) from ledger_businessday)
      and (%(branch)s::smallint is null or branch_id = %(branch)s)
    """,
)

check(
    "I2",
    "到账的认领和退款不超过该笔到账已认领的金额",
    """
    with taken as (
        select receipt_id, amount from deposits_identification
        union all
        select receipt_id, amount from deposits_refund
        where employer_id is null and status in ('SUBMITTED', 'APPROVED', 'PAID')
        union all
        select receipt_id, -amount from deposits_refund where ownerless
    )
    select format('到账 %%s：已认领 %%s 元，认领和退款合计 %%s 元', r.id, r.amount - r.unclaimed, t.amount)
    from banking_receipt r
    join (select receipt_id, sum(amount) as amount from taken group by 1) t on t.receipt_id = r.id
    where t.amount > r.amount - r.unclaimed and r.booked_on <= %(as_of)s and %(branch)s::smallint is null
    """,
)

check(
    "I2",
    "单位从一笔到账退款的合计不超过认领给它的金额",
    """
    select format('到账 %%s 单位 %%s：认领 %%s 元，退款 %%s 元', r.receipt_id, e.number, i.amount, r.amount)
    from (
        select receipt_id, employer_id, sum(amount) as amount from deposits_refund
        where employer_id is not null and (status in ('SUBMITTED', 'APPROVED', 'PAID') or ownerless) group by 1, 2
    ) r
    join accounts_employer e on e.id = r.employer_id
    left join deposits_identification i using (receipt_id, employer_id)
    where r.amount > coalesce(i.amount, 0) and %(as_of)s::date is not null
      and (%(branch)s::smallint is null or e.branch_id = %(branch)s)
    """,
)

check(
    "I4",
    "审批中的单位退款各有一笔等额占用，占用都有审批中的退款",
    """
    select format('退款 %%s %%s 元，占用 %%s:%%s %%s 元', r.number, r.amount, h.kind, h.source, h.amount)
    from (
        select r.*, e.unallocated_id from deposits_refund r join accounts_employer e on e.id = r.employer_id
        where r.status = 'SUBMITTED'
    ) r
    full join (
        select h.*, a.branch_id as office from ledger_hold h join ledger_ledgeraccount a on a.id = h.account_id
        where h.kind = 'deposits.refund' and h.released_on is null
    ) h on h.source = r.id::text
    where (h.account_id, h.amount) is distinct from (r.unallocated_id, r.amount) and %(as_of)s::date is not null
      and (%(branch)s::smallint is null or coalesce(r.branch_id, h.office) = %(branch)s)
    """,
)

check(
    "I5",
    "每笔已批准的退款恰有一张凭证和一笔等额付款指令，只退给付款人",
    """
    select format('退款 %%s %%s 元：凭证 %%s %%s 元，付款指令 %%s %%s 元，收款户名 %%s', r.number, r.amount, v.id,
                  v.total, p.reference, p.amount, p.payee_name)
    from deposits_refund r
    join banking_receipt c on c.id = r.receipt_id
    left join ledger_voucher v on v.kind_id = 'deposits.refund' and v.source = r.id::text
    left join banking_payment p on p.kind = 'deposits.refund' and p.source = r.id::text
    where r.status in ('APPROVED', 'PAID', 'RETURNED') and r.decided_on <= %(as_of)s
      and (%(branch)s::smallint is null or r.branch_id = %(branch)s)
      and ((v.id, v.total, v.booked_on, p.id) is distinct from (r.voucher, r.amount, r.decided_on, r.payment_id)
           or (p.amount, p.branch_id, p.payee_name, p.payee_account_index)
                  is distinct from (r.amount, r.branch_id, c.payer_name, c.payer_account_index))
    """,
)

check(
    "I5",
    "没有脱离退款的退款凭证和付款指令",
    """
    select format('凭证 %%s 没有对应的退款', v.id) from ledger_voucher v
    where v.kind_id in ('deposits.refund', 'deposits.refund_return') and v.booked_on <= %(as_of)s
      and not exists (select from deposits_refund r where v.id in (r.voucher, r.return_voucher))
    union all
    select format('付款指令 %%s 没有对应的退款', p.reference) from banking_payment p
    where p.kind = 'deposits.refund' and not exists (
        select from deposits_refund r where r.payment_id = p.id and r.id::text = p.source
    )
    """,
)

check(
    "I5",
    "付款未成的退款恰好转回一次，付款指令已收回",
    """
    select format('退款 %%s 状态 %%s：转回凭证 %%s %%s 元，付款指令 %%s 收回 %%s', r.number, r.status, v.id, v.total,
                  p.status, p.taken_back_on)
    from deposits_refund r
    join banking_payment p on p.id = r.payment_id
    left join ledger_voucher v on v.kind_id = 'deposits.refund_return' and v.source = r.id::text
    where (v.id is distinct from r.return_voucher or v.total <> r.amount or v.booked_on <> r.came_back_on
           or (r.return_voucher is null) <> (p.taken_back_on is null)
           or r.status = 'PAID' and p.status not in ('SUCCEEDED', 'RETURNED'))
      and (%(branch)s::smallint is null or r.branch_id = %(branch)s) and %(as_of)s::date is not null
    """,
)

check(
    "I9",
    "每笔退款或已办结，或在待办，或在银行",
    """
    select format('退款 %%s 状态 %%s，复核事项 %%s', r.number, r.status, c.status)
    from deposits_refund r join approvals_case c on c.id = r.case_id
    where (r.status = 'SUBMITTED') <> (c.status = 'OPEN') and r.proposed_on <= %(as_of)s
      and (%(branch)s::smallint is null or r.branch_id = %(branch)s)
    """,
)

check(
    "I2",
    "单位缴至年月不早于已入账的汇缴",
    """
    select format('单位 %%s：缴至 %%s，已入账到 %%s', e.number, coalesce(e.paid_to, '无'), r.month)
    from accounts_employer e
    join (
        select employer_id, max(month) as month from deposits_remittance
        where status = 'ALLOCATED' and allocated_on <= %(as_of)s group by 1
    ) r on r.employer_id = e.id
    where coalesce(e.paid_to, '') < r.month and (%(branch)s::smallint is null or e.branch_id = %(branch)s)
    """,
)

question(
    "汇缴清册待到账",
    """
    select format('%%s 汇缴清册（%%s）已提交，待到账', month, reference)
    from deposits_remittance where employer_id = %(employer)s and status = 'SUBMITTED' order by month
    """,
)

question(
    "单位退款未办结",
    """
    select format('退款 %%s（%%s 元）%%s', number, amount,
                  case status when 'SUBMITTED' then '审批中' else '已批准，待银行付款' end)
    from deposits_refund where employer_id = %(employer)s and status in ('SUBMITTED', 'APPROVED') order by id
    """,
)

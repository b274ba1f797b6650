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
    "到账认领的金额不超过该笔到账已认领的金额",
    """
    select format('到账 %%s：已认领 %%s 元，认领记录合计 %%s 元', r.id, r.amount - r.unclaimed, i.amount)
    from banking_receipt r
    join (select receipt_id, sum(amount) as amount from deposits_identification group by 1) i on i.receipt_id = r.id
    where i.amount > r.amount - r.unclaimed and r.booked_on <= %(as_of)s and %(branch)s::smallint is null
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

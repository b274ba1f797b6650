"""What must hold between withdrawals, what is held for them, the books and the banks 提取稽核."""

from accounts.queries.in_flight import question
from audit.actions.inspection import check

check(
    "I4",
    "审批中的提取各有一笔等额占用，占用都有审批中的提取",
    """
    select format('提取 %%s 状态 %%s 申请 %%s 元，占用 %%s:%%s %%s 元', w.number, w.status, w.asked, h.kind, h.source,
                  h.amount)
    from (select * from withdrawals_withdrawal where status = 'SUBMITTED') w
    full join (
        select h.*, a.branch_id from ledger_hold h join ledger_ledgeraccount a on a.id = h.account_id
        where h.kind = 'withdrawals.withdrawal' and h.released_on is null
    ) h on h.source = w.id::text
    where (h.account_id, h.amount) is distinct from (w.ledger_account_id, w.asked) and %(as_of)s::date is not null
      and (%(branch)s::smallint is null or coalesce(w.branch_id, h.branch_id) = %(branch)s)
    """,
)

check(
    "I5",
    "每笔已批准的提取恰有一张支取凭证和一笔等额付款指令",
    """
    select format('提取 %%s 实付 %%s 元：支取 %%s 元，付款指令 %%s %%s 元，收款户名 %%s', w.number,
                  w.granted + w.interest, o.amount + o.interest, p.reference, p.amount, p.payee_name)
    from (select * from withdrawals_withdrawal where voucher is not null) w
    left join ledger_voucher v on v.kind_id = 'withdrawals.withdrawal' and v.source = w.id::text
    left join ledger_payout o on o.voucher_id = v.id
    left join banking_payment p on p.kind = 'withdrawals.withdrawal' and p.source = w.id::text
    where w.decided_on <= %(as_of)s and (%(branch)s::smallint is null or w.branch_id = %(branch)s)
      and ((v.id, p.id, v.booked_on) is distinct from (w.voucher, w.payment_id, w.decided_on)
           or (o.account_id, o.amount, o.interest, o.closes)
                  is distinct from (w.ledger_account_id, w.granted, w.interest, w.category = 'RETIREMENT')
           or (p.amount, p.payee_name, p.payee_account_index)
                  is distinct from (w.granted + w.interest, w.payee_name, w.payee_card_index))
    """,
)

check(
    "I5",
    "没有脱离提取的支取凭证和付款指令",
    """
    select format('凭证 %%s 没有对应的提取', v.id) from ledger_voucher v
    where v.kind_id in ('withdrawals.withdrawal', 'withdrawals.return') and v.booked_on <= %(as_of)s
      and not exists (select from withdrawals_withdrawal w where v.id in (w.voucher, w.undo_voucher))
    union all
    select format('付款指令 %%s 没有对应的提取', p.reference) from banking_payment p
    where p.kind = 'withdrawals.withdrawal'
      and not exists (select from withdrawals_withdrawal w where w.payment_id = p.id)
    """,
)

check(
    "I5",
    "已退回的提取都已冲回，付款指令未付且已收回",
    """
    select format('提取 %%s 状态 %%s：冲回凭证 %%s，付款指令 %%s %%s', w.number, w.status, o.undone_by_id, p.status,
                  p.taken_back_on)
    from withdrawals_withdrawal w
    join ledger_payout o on o.voucher_id = w.voucher
    join banking_payment p on p.id = w.payment_id
    where (o.undone_by_id is distinct from case when w.returned_to_id is null then w.undo_voucher end
           or w.returned_to_id is not null and not exists (
               select from ledger_entry e
               where e.booked_on = w.came_back_on and e.voucher_id = w.undo_voucher
                 and (e.account_id, e.side, e.amount) = (w.returned_to_id, 'C', w.granted + w.interest))
           or (w.undo_voucher is null) <> (p.taken_back_on is null)
           or w.status = 'PAID' and p.status not in ('SUCCEEDED', 'RETURNED'))
      and (%(branch)s::smallint is null or w.branch_id = %(branch)s) and %(as_of)s::date is not null
    """,
)

check(
    "I5",
    "未释放的额度占用属于审批中或已批准的提取，不超过申报金额",
    """
    select format('提取 %%s 状态 %%s，额度占用 %%s 笔未释放', w.number, w.status, count(*))
    from withdrawals_use u join withdrawals_withdrawal w on w.id = u.withdrawal_id
    where u.released_on is null and w.status not in ('SUBMITTED', 'APPROVED', 'PAID') and %(as_of)s::date is not null
      and (%(branch)s::smallint is null or w.branch_id = %(branch)s)
    group by w.id, w.number, w.status
    union all
    select format('%%s %%s 占用合计 %%s 元，申报 %%s 元', u.kind, u.slot, sum(u.amount), min(u.declared))
    from withdrawals_use u
    where u.released_on is null and u.declared is not null
    group by u.kind, u.key_index, u.slot having sum(u.amount) > min(u.declared)
    """,
)

check(
    "I9",
    "每笔提取或已办结，或在待办，或在银行",
    """
    select format('提取 %%s 状态 %%s，复核事项 %%s，付款指令 %%s', w.number, w.status, c.status, p.status)
    from withdrawals_withdrawal w
    left join approvals_case c on c.id = w.case_id
    left join banking_payment p on p.id = w.payment_id
    where (w.status = 'SUBMITTED' and c.status is distinct from 'OPEN'
           or w.status <> 'SUBMITTED' and c.status = 'OPEN'
           or w.status = 'APPROVED' and p.id is null)
      and w.applied_on <= %(as_of)s and (%(branch)s::smallint is null or w.branch_id = %(branch)s)
    """,
)

check(
    "I9",
    "已批准的提取没有待补交的要件",
    """
    select format('提取 %%s 状态 %%s 缺 %%s', w.number, w.status, p.kind)
    from withdrawals_proof p join withdrawals_withdrawal w on w.id = p.withdrawal_id
    where w.granted is not null and p.paper_id is null and not p.original_seen and w.applied_on <= %(as_of)s
      and (%(branch)s::smallint is null or w.branch_id = %(branch)s)
    """,
)

question(
    "提取审批中",
    """
    select format('%%s %%s 审批中', w.number, m.name)
    from withdrawals_withdrawal w
    join accounts_memberaccount a on a.id = w.member_account_id
    join accounts_member m on m.id = w.member_id
    where a.employer_id = %(employer)s and w.status = 'SUBMITTED' order by w.id
    """,
)

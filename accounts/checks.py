"""What must hold between employers, their members and the books 账户稽核."""

from audit.actions.inspection import check

# A transfer inside the centre posts nothing where both employers are of one branch, and else moves the savings to a new
# ledger account: either way an account is kept at its employer's branch.
check(
    "I2",
    "个人账户和单位暂存款在单位所在的网点记账",
    """
    select format('单位 %%s 在网点 %%s，账户 %%s 在网点 %%s', e.number, e.branch_id, kept.number, l.branch_id)
    from (
        select number, employer_id, ledger_account_id from accounts_memberaccount
        union all
        select '单位暂存款', id, unallocated_id from accounts_employer
    ) kept
    join accounts_employer e on e.id = kept.employer_id
    join ledger_ledgeraccount l on l.id = kept.ledger_account_id
    where l.branch_id <> e.branch_id and %(as_of)s::date is not null
      and (%(branch)s::smallint is null or %(branch)s::smallint in (e.branch_id, l.branch_id))
    """,
)

check(
    "I2",
    "已销户单位没有未销户的个人账户和暂存款",
    """
    select format('单位 %%s：未销户 %%s 户，暂存款 %%s 元', e.number, count(a.id), l.balance)
    from accounts_employer e
    join ledger_ledgeraccount l on l.id = e.unallocated_id
    left join accounts_memberaccount a on a.employer_id = e.id
        -- What was paid out and came back since stands sealed there, from the day it came back.
        and (a.status = '01' or a.status = '02' and (a.sealed_on >= e.closed_on) is not true)
    where e.status = '04' and %(as_of)s::date is not null
      and (%(branch)s::smallint is null or e.branch_id = %(branch)s)
    group by e.id, e.number, l.balance
    having count(a.id) > 0 or l.balance <> 0
    """,
)

"""What must hold in the books 账务稽核. The gate and the guards keep it so; these find what got past them.

Each is one SQL statement that answers what is wrong. They look at stored balances only when asked about the present:
`as_of` in the past compares the entries' own running balances.
"""

from audit.actions.inspection import check

check(
    "I1",
    "每张凭证借贷相等，分录与凭证合计一致",
    """
    select format('凭证 %%s：借 %%s 贷 %%s，分录 %%s 行（凭证记 %%s 行、合计 %%s）',
                  v.id, e.debit, e.credit, coalesce(e.lines, 0), v.line_count, v.total)
    from ledger_voucher v
    left join (
        select booked_on, voucher_id, count(*) as lines,
               coalesce(sum(amount) filter (where side = 'D'), 0) as debit,
               coalesce(sum(amount) filter (where side = 'C'), 0) as credit
        from ledger_entry where booked_on <= %(as_of)s group by booked_on, voucher_id
    ) e on e.voucher_id = v.id and e.booked_on = v.booked_on
    where v.booked_on <= %(as_of)s
      and (e.lines is distinct from v.line_count or e.debit <> e.credit or e.debit <> v.total)
    """,
)

check(
    "I1",
    "没有脱离凭证或账户的分录",
    """
    select format('分录 %%s/%%s/%%s 没有凭证，或与分户账不符', e.booked_on, e.voucher_id, e.line)
    from ledger_entry e
    left join ledger_voucher v on v.id = e.voucher_id and v.booked_on = e.booked_on
    left join ledger_ledgeraccount a on a.id = e.account_id
    where (v.id is null or a.id is null or e.chart_id <> a.chart_id or e.branch_id <> a.branch_id
           or (e.version is null) = a.stored)
      and e.booked_on <= %(as_of)s
      and (%(branch)s::smallint is null or e.branch_id = %(branch)s)
    """,
)

check(
    "I1",
    "每张凭证都有会计日、类别和经办人",
    """
    select format('凭证 %%s 的会计日、类别或经办人不存在', v.id)
    from ledger_voucher v
    left join ledger_businessday d on d.day = v.booked_on
    left join ledger_voucherkind k on k.code = v.kind_id
    left join access_user u on u.id = v.by_id
    where v.booked_on <= %(as_of)s and (d.day is null or k.code is null or u.id is null)
    """,
)

check(
    "I2",
    "分户账合计等于科目余额",
    """
    with controls as (
        select chart_id, branch_id, sum(case side when 'D' then amount else -amount end) as moved
        from ledger_entry e
        where exists (select from ledger_ledgeraccount a where a.id = e.account_id and a.stored)
        group by 1, 2
    ), accounts as (
        select chart_id, branch_id, sum(balance * sign) as stored
        from ledger_ledgeraccount where stored group by 1, 2
    )
    select format('科目 %%s 网点 %%s：分户账合计 %%s，总账 %%s',
                  chart_id, branch_id, coalesce(stored, 0), coalesce(moved, 0))
    from controls full join accounts using (chart_id, branch_id)
    where coalesce(stored, 0) <> coalesce(moved, 0)
      and %(as_of)s >= (select max(day) from ledger_businessday)
      and (%(branch)s::smallint is null or branch_id = %(branch)s)
    """,
)

check(
    "I2",
    "已结账日的日累计等于分录",
    """
    with entries as (
        select e.booked_on as day, e.branch_id, e.chart_id,
               case when a.stored then null else e.account_id end as account_id,
               coalesce(sum(e.amount) filter (where e.side = 'D'), 0) as debit,
               coalesce(sum(e.amount) filter (where e.side = 'C'), 0) as credit
        from ledger_entry e
        join ledger_ledgeraccount a on a.id = e.account_id
        join ledger_businessday d on d.day = e.booked_on and d.status = 'CLOSED'
        group by 1, 2, 3, 4
    ), kept as (
        select day, branch_id, chart_id, account_id, debit, credit, closing,
               sum(debit - credit) over (partition by branch_id, chart_id, account_id order by day) as expected
        from ledger_daytotal
    )
    select format('%%s 科目 %%s 网点 %%s 账户 %%s：日累计 借 %%s 贷 %%s 余 %%s，分录 借 %%s 贷 %%s',
                  coalesce(k.day, e.day), coalesce(k.chart_id, e.chart_id), coalesce(k.branch_id, e.branch_id),
                  coalesce(k.account_id, e.account_id), k.debit, k.credit, k.closing, e.debit, e.credit)
    from entries e full join kept k on k.day = e.day and k.branch_id = e.branch_id and k.chart_id = e.chart_id
        and coalesce(k.account_id, 0) = coalesce(e.account_id, 0)
    where (k.debit is distinct from e.debit or k.credit is distinct from e.credit or k.closing <> k.expected)
      and coalesce(k.day, e.day) <= %(as_of)s
      and (%(branch)s::smallint is null or coalesce(k.branch_id, e.branch_id) = %(branch)s)
    """,
)

check(
    "I2",
    "已结账日的累计发生额等于历日日累计之和",
    """
    with moved as (
        select day, branch_id, chart_id, sum(debit) as debit, sum(credit) as credit
        from ledger_daytotal group by 1, 2, 3
    ), heads as (
        select branch_id, chart_id, min(day) as since from moved group by 1, 2
    ), expected as (
        select d.day, branch_id, chart_id,
               sum(coalesce(m.debit, 0)) over earlier as debited, sum(coalesce(m.credit, 0)) over earlier as credited
        from heads h
        join ledger_businessday d on d.day >= h.since and d.status = 'CLOSED'
        left join moved m using (day, branch_id, chart_id)
        window earlier as (partition by branch_id, chart_id order by d.day)
    )
    select format('%%s 科目 %%s 网点 %%s：累计 借 %%s 贷 %%s，日累计之和 借 %%s 贷 %%s',
                  day, chart_id, branch_id, k.debited, k.credited, e.debited, e.credited)
    from expected e full join ledger_daybalance k using (day, branch_id, chart_id)
    where (k.debited is distinct from e.debited or k.credited is distinct from e.credited)
      and day <= %(as_of)s
      and (%(branch)s::smallint is null or branch_id = %(branch)s)
    """,
)

check(
    "I3",
    "账户余额等于分录之和，版本等于分录数，逐笔余额连续",
    """
    with moved as (
        select e.account_id, e.version, e.balance,
               sum(case e.side when 'D' then e.amount else -e.amount end) over w as debit,
               row_number() over w as place,
               lead(e.version) over w is null as last
        from ledger_entry e
        where e.version is not null and e.booked_on <= %(as_of)s
        window w as (partition by e.account_id order by e.version)
    )
    select case when m.balance is distinct from m.debit * a.sign or m.version <> m.place
        then format('分户账 %%s 第 %%s 笔：余额 %%s，应为 %%s', a.id, m.version, m.balance, m.debit * a.sign)
        else format('分户账 %%s 余额 %%s 版本 %%s，末笔余额 %%s 共 %%s 笔',
                    a.id, a.balance, a.version, m.balance, m.place) end
    from ledger_ledgeraccount a left join moved m on m.account_id = a.id
    where a.stored and (%(branch)s::smallint is null or a.branch_id = %(branch)s)
      and (m.balance is distinct from m.debit * a.sign or m.version <> m.place
           or coalesce(m.last, true) and %(as_of)s >= (select max(day) from ledger_businessday)
              and (a.balance <> coalesce(m.balance, 0) or a.version <> coalesce(m.place, 0)))
    """,
)

check(
    "I4",
    "余额不为负，不低于占用金额，等于上年结转与当年归集之和",
    """
    select format('分户账 %%s：余额 %%s 占用 %%s 上年结转 %%s 当年归集 %%s', id, balance, held, carried, current)
    from ledger_ledgeraccount
    where (held < 0 or (not may_overdraw and (balance < held or carried < 0 or current < 0))
           or balance <> carried + current or (not stored and (balance <> 0 or version <> 0)))
      and (%(branch)s::smallint is null or branch_id = %(branch)s)
    """,
)

check(
    "I4",
    "占用金额等于未解除占用之和",
    """
    select format('分户账 %%s 占用 %%s，未解除的占用与冻结合计 %%s，销户日期 %%s', a.id, a.held, coalesce(h.covered, 0),
                  a.closed_on)
    from ledger_ledgeraccount a
    full join (
        select account_id, sum(covered) as covered from ledger_hold where released_on is null group by 1
    ) h on h.account_id = a.id
    where (a.id is null or a.held <> coalesce(h.covered, 0) or h.account_id is not null and a.closed_on is not null)
      and (%(branch)s::smallint is null or a.branch_id = %(branch)s)
    """,
)

check(
    "I4",
    "支取占用足额，在先的冻结先占用",
    """
    with held as (
        select h.*, a.branch_id,
               coalesce(bool_or(h.purpose = 'FREEZE' and (h.amount is null or h.covered < h.amount)) over (
                   partition by h.account_id order by h.id rows between unbounded preceding and 1 preceding), false
               ) as behind
        from ledger_hold h join ledger_ledgeraccount a on a.id = h.account_id where h.released_on is null
    )
    select format('占用 %%s:%%s 金额 %%s 已占用 %%s', kind, source, amount, covered)
    from held
    where (purpose = 'SPEND' and covered is distinct from amount or purpose = 'FREEZE' and behind and covered > 0)
      and (%(branch)s::smallint is null or branch_id = %(branch)s)
    """,
)

check(
    "I4",
    "每笔支取都有已了结的占用，并与凭证一致",
    """
    select format('支取凭证 %%s：金额 %%s 利息 %%s，凭证合计 %%s，占用 %%s',
                  p.voucher_id, p.amount, p.interest, v.total, h.amount)
    from ledger_payout p
    join ledger_ledgeraccount a on a.id = p.account_id
    left join ledger_voucher v on v.id = p.voucher_id
    left join ledger_hold h on h.kind = v.kind_id and h.source = v.source and h.account_id = p.account_id
    where (v.id is null or v.booked_on <> p.paid_on or v.total <> p.amount + 2 * p.interest
           or h.purpose is distinct from 'SPEND' or h.released_on is null
           or not (h.amount = p.amount or p.closes and h.amount < p.amount))
      and p.paid_on <= %(as_of)s and (%(branch)s::smallint is null or a.branch_id = %(branch)s)
    """,
)

check(
    "I6",
    "已记账的凭证与分录未被改动",
    """
    select format('凭证 %%s 的摘要值与内容不符', v.id)
    from ledger_voucher v
    join lateral (
        select string_agg(e.account_id::text, ',' order by e.line) as accounts,
               string_agg(e.side::text, ',' order by e.line) as sides,
               string_agg(e.amount::text, ',' order by e.line) as amounts
        from ledger_entry e where e.booked_on = v.booked_on and e.voucher_id = v.id
    ) e on true
    where v.booked_on <= %(as_of)s
      and v.leaf is distinct from ledger_leaf(v.id, v.kind_id, v.source, v.booked_on, v.interest_on, v.by_id, v.why,
                                              v.made_at, e.accounts, e.sides, e.amounts)
    """,
)

check(
    "I6",
    "没有凭证在结账之后进入已结账日",
    """
    select format('凭证 %%s 制单于 %%s，%%s 已于 %%s 结账', v.id, v.made_at, d.day, d.closed_at)
    from ledger_voucher v join ledger_businessday d on d.day = v.booked_on
    where d.closed_at < v.made_at and v.booked_on <= %(as_of)s
    """,
)

check(
    "I8",
    "已结账日的每个日终步骤恰好完成一次",
    """
    select format('%%s 步骤 %%s 分片 %%s 状态 %%s', s.day, s.step, s.shard, s.status)
    from ledger_stepshard s join ledger_businessday b on b.day = s.day
    where b.status = 'CLOSED' and s.status <> 'DONE' and s.day <= %(as_of)s
    union all
    select format('%%s 已结账，但没有日终步骤 %%s 的记录', b.day, n.step)
    from ledger_businessday b
    cross join unnest(array['identify', 'allocate', 'turn', 'accrue', 'settle', 'admit', 'prove', 'close']) n (step)
    where b.status = 'CLOSED' and b.day <= %(as_of)s
      and not exists (select from ledger_stepshard s where s.day = b.day and s.step = n.step)
    """,
)  # a step that joins the night later is asked for from its first day on

check(
    "I8",
    "日终分片的校验值等于其凭证的摘要值",
    """
    select format('%%s 步骤 %%s 分片 %%s：校验值与所记凭证不符', s.day, s.step, s.shard)
    from ledger_stepshard s
    left join lateral (
        select encode(sha256(string_agg(v.leaf, ''::bytea order by v.id)), 'hex') as checksum
        from ledger_voucher v
        where v.kind_id = s.posts and v.booked_on = s.day
          and (s.shard = 'all' or v.source = s.day || ':' || s.shard)
    ) v on true
    where s.posts <> '' and s.status = 'DONE' and s.day <= %(as_of)s and s.checksum <> coalesce(v.checksum, '')
    """,
)

check(
    "I12",
    "会计日连续向前，没有晚于当前会计日的分录",
    """
    select format('会计日 %%s 之后是 %%s', before, day)
    from (select day, lag(day) over (order by day) as before, status, lag(status) over (order by day) as was
          from ledger_businessday) d
    where (day <> before + 1 or was = 'OPEN') and before <= %(as_of)s
    union all
    select format('分录 %%s/%%s/%%s 晚于当前会计日', booked_on, voucher_id, line)
    from ledger_entry where booked_on > (select max(day) from ledger_businessday)
    """,
)

check(
    "I15",
    "红冲凭证与原凭证逐户抵销，并写明原因",
    """
    select format('红冲凭证 %%s 与原凭证 %%s 不相抵，或没有原因', r.id, r.source)
    from ledger_voucher r
    left join ledger_voucher v on v.id::text = r.source and v.booked_on <= r.booked_on and v.kind_id <> r.kind_id
    where r.kind_id = 'ledger.reversal' and r.booked_on <= %(as_of)s
      and (v.id is null or r.why = '' or v.line_count <> r.line_count or exists (
          select from ledger_entry e
          where e.booked_on in (v.booked_on, r.booked_on) and e.voucher_id in (v.id, r.id)
          group by e.account_id having sum(case e.side when 'D' then e.amount else -e.amount end) <> 0))
    """,
)

check(
    "I15",
    "冲回凭证与支取凭证逐户抵销",
    """
    select format('支取凭证 %%s 与冲回凭证 %%s 不相抵', p.voucher_id, p.undone_by_id)
    from ledger_payout p
    left join ledger_voucher u on u.id = p.undone_by_id
    cross join lateral (
        select coalesce(sum(m.debit) filter (where e.account_id = p.account_id), 0) as account,
               coalesce(sum(m.debit) filter (where e.account_id = p.interest_account_id), 0) as interest,
               coalesce(sum(m.debit) filter (where e.account_id = p.to_account_id), 0) as owed
        from ledger_entry e
        cross join lateral (select case e.side when 'D' then e.amount else -e.amount end as debit) m
        where e.booked_on in (p.paid_on, u.booked_on) and e.voucher_id in (p.voucher_id, u.id)
    ) n
    cross join lateral (
        select exists (
            select from ledger_voucherkind k join ledger_voucher t on t.kind_id = k.code
            where k.turns_year and t.booked_on >= p.paid_on and t.booked_on < u.booked_on
        ) as turned
    ) y
    where p.undone_by_id is not null and (u.id is null or u.booked_on <= %(as_of)s)
      and (u.id is null or n.owed <> 0 or n.account <> -n.interest
           or n.interest <> case when y.turned then p.interest else 0 end)
    """,
)  # the interest of a closing stays the member's where a year was settled before the payout was undone

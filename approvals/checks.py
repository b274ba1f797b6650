"""What must hold among cases and signatures 复核稽核. The database refuses it; these find what got past."""

from audit.actions.inspection import check

check(
    "I11",
    "复核人不是经办人，签署与事项一致",
    """
    select format('复核事项 %%s：经办人 %%s，签署 %%s 由 %%s 复核', c.id, c.maker_id, s.id, s.signer_id)
    from approvals_signature s join approvals_case c on c.id = s.case_id
    where (s.signer_id = c.maker_id or s.maker_id <> c.maker_id) and s."on" <= %(as_of)s
      and (%(branch)s::smallint is null or c.branch_id = %(branch)s)
    """,
)

check(
    "I11",
    "已同意或已退回的事项都有他人签署",
    """
    select format('复核事项 %%s 状态 %%s，没有相应的签署', c.id, c.status)
    from approvals_case c
    where c.opened_on <= %(as_of)s and c.status in ('GRANTED', 'RETURNED', 'REFUSED')
      and (%(branch)s::smallint is null or c.branch_id = %(branch)s)
      and (select count(*) from approvals_signature s
           where s.case_id = c.id and s.signer_id <> c.maker_id
             and (s.verdict = case c.status when 'GRANTED' then 'GRANT' when 'RETURNED' then 'RETURN' else 'REFUSE' end
                  or c.status = 'GRANTED' and s.verdict = 'ESCALATE' and s.step < c.step))
          < case c.status when 'GRANTED' then jsonb_array_length(c.steps) else 1 end
    """,
)

check(
    "I11",
    "代他人的签署都有当日有效的代理",
    """
    select format('签署 %%s：%%s 代 %%s，没有当日有效的代理', s.id, s.signer_id, s.for_user_id)
    from approvals_signature s join approvals_case c on c.id = s.case_id
    where s.for_user_id is not null and s."on" <= %(as_of)s
      and (%(branch)s::smallint is null or c.branch_id = %(branch)s)
      and (s.for_user_id = c.maker_id or not exists (
           select from approvals_deputy d
           where d.principal_id = s.for_user_id and d.deputy_id = s.signer_id
             and s."on" between d.since and least(d.until, coalesce(d.ended_on, d.until))))
    """,
)

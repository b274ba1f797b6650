"""What must hold among the parameters 参数稽核."""

from audit.actions.inspection import check

check(
    "I11",
    "调整后的政策参数都经他人复核，且与申请一致",
    """
    select format('政策参数 %%s（%%s 自 %%s）与申请 %%s 不符，或未经他人复核', t.id, t.name, t.valid_from, p.id)
    from policy_term t
    join policy_termchange p on p.id = t.change_id
    join approvals_case c on c.id = p.case_id
    where c.opened_on <= %(as_of)s
      and ((t.name, t.value, t.valid_from) is distinct from (p.name, p.value, p.valid_from)
           or c.status <> 'GRANTED'
           or not exists (select from approvals_signature s
                          where s.case_id = c.id and s.verdict = 'GRANT' and s.signer_id <> c.maker_id))
    """,
)

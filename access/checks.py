"""What must hold among the machines that call us 接口稽核."""

from audit.actions.inspection import check

check(
    "I10",
    "同一幂等键只有一个应答",
    """
    select format('接口客户 %%s 幂等键 %%s 有 %%s 个应答', client_id, key, count(*))
    from access_idempotencyrow
    where created_at < %(as_of)s::date + 1
    group by client_id, key having count(*) > 1
    """,
)

"""Lines to other systems 外部接口."""

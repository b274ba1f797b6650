"""What a person types at the counter and in the portals 表单."""

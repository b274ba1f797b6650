"""Demonstration data 示例数据: invented people and employers who save for two years through the real actions.

The same seed and last day make the same books. Every number carries its check digit and belongs to nobody.
"""

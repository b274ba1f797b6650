"""Approvals 复核审批: the second signature and its inbox."""

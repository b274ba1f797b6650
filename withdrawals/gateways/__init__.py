"""Shared data of other authorities 数据共享: who owns a home, who has retired."""

from withdrawals.gateways.shared_data import Answer, Person, SharedData, shared_data

__all__ = ["Answer", "Person", "SharedData", "shared_data"]

"""Faults against real processes 故障演练: killed, frozen, wiped; afterwards every promise about the books must hold."""

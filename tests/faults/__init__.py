"""Stopped anywhere, damaged anyhow: nothing lost, nothing twice. Runs whole by ``python -m tests.faults``."""

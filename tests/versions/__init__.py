"""Every version as a source and as a target: ``make versions``."""

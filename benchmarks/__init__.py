"""Measurements on real servers. They assert nothing: the tests do."""

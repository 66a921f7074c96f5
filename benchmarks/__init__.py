"""Measurements on real servers: ours beside the official guide's way and beside the limit. They assert no speed."""

"""Real Argilla servers on loopback, for the demo, the tests and the benchmarks.

Everything comes from package registries (see ``install.py``), no Docker is needed, and nothing here is part of
the installed product. ``python -m servers --help`` is the way in for people, ``servers.stack.running`` for tests.
"""

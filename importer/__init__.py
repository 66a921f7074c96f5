"""Snapshot -> Argilla 2.x server. Knows the snapshot and Argilla 2.x; nothing of 1.x.

``planning`` decides everything and ``mapping`` turns one record into another (both pure); ``plan`` is what was decided; ``targets`` are the
ways into a server; ``journal`` remembers what was done. The doings are ``run``, ``loading``, ``parts`` and ``verifying``; ``report`` tells.
"""

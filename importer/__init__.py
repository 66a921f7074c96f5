"""Snapshot -> Argilla 2.x server. Knows the snapshot and Argilla 2.x; nothing of 1.x.

``planning`` decides everything (pure), ``mapping`` turns one record into another (pure), ``target`` is the server,
``journal`` remembers what was done, ``loading`` does it, ``verifying`` reads it back, ``report`` tells.
"""

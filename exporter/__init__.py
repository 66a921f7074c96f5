"""From an Argilla 1.x server to a snapshot.

This room knows Argilla 1.x and the snapshot, and nothing of Argilla 2.x. ``run.export`` is the way in.
"""

"""The snapshot format: layout, schemas, manifest, writer, reader and integrity check.

This room knows no server. The format itself is specified in ``snapshot_format.md``.
"""

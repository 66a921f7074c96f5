"""The HTTP API of an Argilla 2.x server: names turned into ids, records in batches, and records looked for."""

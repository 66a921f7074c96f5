"""The HTTP API of an Argilla 1.x server."""

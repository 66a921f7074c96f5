"""The ways into an Argilla 2.x server."""

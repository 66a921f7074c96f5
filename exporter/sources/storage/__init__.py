"""The storage behind an Argilla 1.x server: its search engine and its SQL database."""

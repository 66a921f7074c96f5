"""SQL databases, SQLite and PostgreSQL, asked and not changed. ``database.opened`` is the way in."""

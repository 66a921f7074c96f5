"""SQL databases, SQLite and PostgreSQL. ``database.opened`` is the way in for reading, ``database.opened_to_write`` for writing."""

"""Exports from the search engines and the SQL databases of real Argilla 1.29.1, while they run and after they are gone."""

"""All that an import will do, decided before the first write. Pure: nothing here speaks with a server."""

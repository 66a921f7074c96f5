"""The storage behind a 2.x server, its SQL database and its search index: records are written there, all else over HTTP."""

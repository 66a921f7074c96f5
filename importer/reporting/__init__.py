"""The page that says what became of a snapshot: for people who ask whether all of it is there."""

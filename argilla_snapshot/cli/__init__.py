"""What a person gives and sees: option values, tables, JSON, progress, questions. Decides nothing; data goes to stdout, the rest to stderr."""

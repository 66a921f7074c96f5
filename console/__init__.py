"""What a person sees: tables, JSON, progress, questions. Decides nothing; data goes to stdout, the rest to stderr."""

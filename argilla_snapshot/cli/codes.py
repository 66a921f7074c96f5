"""Exit codes that are no error's own (those stand with the errors)."""

DONE, LOSSES, DIFFERENCES, CONFLICT, TEMPORARY, INTERRUPTED = 0, 3, 4, 5, 75, 130

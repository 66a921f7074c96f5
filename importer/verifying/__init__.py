"""Reading the target back, and comparing it with what the import was to make of it."""

"""The commands, one a file. Each calls its room, which is loaded for it alone, and shows what comes back."""

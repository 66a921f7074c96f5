"""What was done so far, on the disk beside the snapshot: an import that was interrupted goes on from it."""

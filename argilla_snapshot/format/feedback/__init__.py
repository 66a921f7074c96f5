"""FeedbackDatasets of Argilla 1.x, and the datasets of Argilla 2.x: one kind, by its settings."""

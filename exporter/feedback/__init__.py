"""Feedback datasets: records as the API lists them -> rows of the schema that their settings declare; pure."""

"""Legacy datasets: TextClassification, TokenClassification and Text2Text of Argilla 1.x."""

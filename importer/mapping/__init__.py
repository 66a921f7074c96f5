"""One record of a snapshot -> one record of Argilla 2.x, and notes on what did not fit. Pure."""

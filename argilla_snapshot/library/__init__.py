"""What Python scripts and notebooks are given; see ``argilla_snapshot``. Above both sides, and beside the command line."""

"""``python -m argilla_snapshot``."""

from argilla_snapshot.cli.main import main

main()

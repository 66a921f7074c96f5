"""What some forms of a dataset need besides: where it is missing, what to install."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Within it, a package that is missing is told with the extra that brings it.

    Raises:
        ImportError: a package is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ImportError(f"This needs the package {error.name}: pip install 'argilla-snapshot[{extra}]'.", name=error.name) from error

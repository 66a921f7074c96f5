"""A line that does not fit on the disk leaves nothing of itself."""

import errno
import os
import resource
from pathlib import Path

import pytest

from argilla_snapshot.format.files import append_whole, write_whole


def test_of_a_line_that_does_not_fit_nothing_stays(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    append_whole(path, b"first\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))  # as a full disk does it: what fits is written, then it fails
    try:
        for write in (append_whole, write_whole):
            with pytest.raises(OSError, match=f"{os.strerror(errno.EFBIG)}: '{path}'"):
                write(path, b"second line\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    append_whole(path, b"third\n")
    assert path.read_bytes() == b"first\nthird\n"

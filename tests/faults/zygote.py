"""Runs the command line in forked processes, so that each of many short runs need not import everything again.

Reads one JSON line a run from stdin, ``{"arguments", "environment", "output", "fail", "answer_seconds"}``, and answers one with its exit code;
stdout and stderr of a run go to ``output`` + ``.out`` and ``.err``. Pages, batches and waits are small in these runs.
``fail``: null, or ``[n, errno]``: the n-th writing call fails (``failing_files``). ``python -m tests.faults.zygote`` runs it.
"""

import json
import os
import sys
import traceback
import warnings
from functools import partial
from typing import Any, NoReturn

import pyarrow.dataset  # noqa: F401 - what a run imports only when it needs it is here already, below too

import argilla_snapshot.cli.main
import argilla_snapshot.transport.patience
import exporter.sources.api.source
import exporter.sources.storage.source
import importer.pouring
import importer.run
import importer.ways
from tests.faults import failing_files

PAGE, BATCH, ANSWER_SECONDS = 20, 10, 3.0


def be_small(answer_seconds: float) -> None:
    """Makes small content enough for several pages and batches, and a late answer soon too late."""
    exporter.sources.api.source.connect = partial(exporter.sources.api.source.connect, page_size=PAGE)
    importer.ways.BATCH = importer.pouring.CHUNK = BATCH  # type: ignore[misc]
    argilla_snapshot.transport.patience.ANSWER_SECONDS = answer_seconds


def live(run: dict[str, Any]) -> NoReturn:
    """What the forked process does."""
    for descriptor, suffix in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(run["output"] + suffix, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(run["environment"])
    sys.argv = ["argilla-snapshot", *run["arguments"]]
    be_small(run["answer_seconds"])
    code = 1
    with failing_files.counting(run["output"] + ".calls", run["fail"]):
        try:
            argilla_snapshot.cli.main.main()
        except SystemExit as end:
            code = int(end.code or 0)
        except BaseException:  # noqa: BLE001 - as the interpreter does it
            traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    warnings.simplefilter("ignore", DeprecationWarning)  # forking beside the threads of the imported libraries, which sleep
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            live(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"code": os.waitstatus_to_exitcode(status)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

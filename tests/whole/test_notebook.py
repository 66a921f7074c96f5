"""The notebook of the docs, run from its first cell to its last on real servers with the demo's content."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from servers.argilla import OLD, ArgillaServer
from servers.seed import seed_demo
from servers.stack import Stack

pytestmark = pytest.mark.servers
NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorial" / "notebook.ipynb"


def test_the_notebook_runs(stack: Stack, fresh_new: ArgillaServer, tmp_path: Path) -> None:
    with stack.fresh(OLD) as old:
        seed_demo(old.url, old.api_key)
        env = {name: value for name, value in os.environ.items() if not name.startswith(("ARGILLA_", "HF_"))}
        env |= {"OLD_URL": old.url, "NEW_URL": fresh_new.url}
        shutil.copy(NOTEBOOK, tmp_path)
        command = [Path(sys.executable).with_name("jupyter"), "execute", "--inplace", "--timeout=600", NOTEBOOK.name]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    cells = [cell for cell in nbformat.read(tmp_path / NOTEBOOK.name, as_version=4).cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    said = [" ".join(output["data"]["text/plain"] for output in cell.outputs if output.output_type == "execute_result") for cell in cells]
    assert "'records': 350" in said[1]
    assert "demo.news" in said[3]
    assert said[-2] == "350"
    assert 0 < int(said[-1]) < 120


def test_it_is_kept_without_what_it_printed() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert not [cell for cell in cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)]

"""The start of the command line."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("arguments", ["['--version']", "['export', '--help']", "['import', 'there', '--part', '5/4']"])
def test_what_is_asked_without_a_server_loads_no_server_side_and_no_arrow(arguments: str) -> None:
    code = f"""
import sys
from argilla_snapshot.cli.main import cli, click
try:
    cli(["-v", *{arguments}], standalone_mode=False)
except click.UsageError as error:
    print(error.format_message())
print([name for name in ("pyarrow", "httpx", "exporter.run", "importer.run") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    *printed, loaded = done.stdout.splitlines()
    assert loaded == "[]"
    assert printed

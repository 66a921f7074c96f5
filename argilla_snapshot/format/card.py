"""The ``README.md`` of a snapshot: a Hugging Face dataset card whose ``configs`` make ``load_dataset`` work."""

import html
import json

from argilla_snapshot.format import layout
from argilla_snapshot.format.models import Dataset, Loss, Source

#: What Markdown would take for its own.
_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "|`[]*\\"} | {"\n": " ", "\r": " "})


def dataset_card(source: Source, counts: dict[str, int], datasets: list[Dataset], losses: list[Loss]) -> bytes:
    """The card: YAML front matter with one config a dataset (``workspace.name``), then a summary for people."""
    lines = ["---"]
    if datasets:
        lines.append("configs:")
        for dataset in datasets:
            path = layout.dataset_path(dataset.workspace, dataset.name) / layout.RECORDS / "*.parquet"
            lines += [f"- config_name: {_yaml(dataset.full_name)}", f"  data_files: {_yaml(path.as_posix())}"]
    lines += [
        "tags:",
        "- argilla",
        "---",
        "",
        "# Snapshot of an Argilla server",
        "",
        f"Written by `argilla-snapshot` from {_inline(source.title)}. The format is described in `snapshot_format.md` of that project.",
        "",
        f"{counts['users']} users, {counts['workspaces']} workspaces, {counts['datasets']} datasets, {counts['records']} records.",
        "",
    ]
    if datasets:
        lines += ["| dataset | task | records |", "|---|---|---|"]
        lines += [f"| {_inline(d.full_name)} | {d.task}{' (multi-label)' if d.multi_label else ''} | {d.records} |" for d in datasets]
        name = json.dumps(next((d for d in datasets if d.records), datasets[0]).full_name)  # one without records can't be loaded so
        lines += ["", "```python", "from datasets import load_dataset", f'load_dataset("PATH", {name}, split="train")', "```", ""]
    if losses:
        lines += ["## Not in this snapshot", ""]
        lines += [f"- {_inline(loss.dataset) + ': ' if loss.dataset else ''}{_inline(loss.message)} ({loss.count})" for loss in losses]
        lines.append("")
    lines += ["`sha256sum -c SHA256SUMS` checks every file.", ""]
    return "\n".join(lines).encode()


def _inline(text: str) -> str:
    """A text from a server as text of the page, whatever it is made of."""
    return html.escape("".join(char if char.isprintable() else "\ufffd" for char in text), quote=False).translate(_MARKS)


def _yaml(text: str) -> str:
    """A quoted YAML scalar; only plain ASCII stands for itself."""
    return '"' + "".join(char if " " <= char <= "~" and char not in '"\\' else f"\\U{ord(char):08x}" for char in text) + '"'

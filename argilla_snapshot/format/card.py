"""The ``README.md`` of a snapshot: a Hugging Face dataset card whose ``configs`` make ``load_dataset`` work."""

import html
import json
from collections import Counter
from collections.abc import Sequence

from argilla_snapshot.format import layout
from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import Loss, Source
from argilla_snapshot.words import counted

#: What the library ``datasets`` refuses in the name of a config (5.2, ``naming.py``): one such name, and no config can be loaded.
_NO_CONFIG = frozenset(r"<>:/\|?*")
#: What Markdown would take for its own.
_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "|`[]*\\"} | {"\n": " ", "\r": " "})


def dataset_card(source: Source, counts: dict[str, int], datasets: list[AnyDataset], losses: list[Loss]) -> bytes:
    """The card: YAML front matter with one config a dataset (see ``config_names``), then a summary for people."""
    lines, configs = ["---"], config_names(datasets)
    if datasets:
        lines.append("configs:")
        for dataset in datasets:
            path = layout.dataset_path(dataset.workspace, dataset.name, dataset.kind) / layout.RECORDS / "*.parquet"
            lines += [f"- config_name: {_yaml(configs[dataset.place])}", f"  data_files: {_yaml(path.as_posix())}"]
    lines += [
        "tags:",
        "- argilla",
        "---",
        "",
        "# Snapshot of an Argilla server",
        "",
        f"Written by `argilla-snapshot` from {_inline(source.title)}. The format is described in `snapshot_format.md` of that project.",
        "",
        f"{', '.join(counted(counts[f'{noun}s'], noun) for noun in ('user', 'workspace', 'dataset', 'record'))}.",
        "",
    ]
    if datasets:
        lines += ["| dataset | task | records |", "|---|---|---|"]
        lines += [f"| {_inline(d.full_name)} | {_task(d)} | {d.records} |" for d in datasets]
        name = json.dumps(configs[next((d for d in datasets if d.records), datasets[0]).place])  # one without records can't be loaded so
        lines += ["", "```python", "from datasets import load_dataset", f'load_dataset("PATH", {name}, split="train")', "```", ""]
    if losses:
        lines += ["## Not in this snapshot", ""]
        lines += [f"- {_inline(loss.dataset) + ': ' if loss.dataset else ''}{_inline(loss.message)} ({loss.count})" for loss in losses]
        lines.append("")
    lines += ["`sha256sum -c SHA256SUMS` checks every file.", ""]
    return "\n".join(lines).encode()


def _task(dataset: AnyDataset) -> str:
    """What a dataset is."""
    if dataset.kind == "feedback":
        return "feedback"
    return f"{dataset.task}{' (multi-label)' if dataset.multi_label else ''}"


def config_names(datasets: Sequence[AnyDataset]) -> dict[tuple[str, ...], str]:
    """What each dataset is called in ``load_dataset``: ``workspace.name``; where two read alike, or it has what no config name may, its file names.

    Of a legacy and a feedback dataset of one name the latter is ``workspace.name.feedback``.
    """
    names = {dataset.place: dataset.full_name for dataset in datasets}
    names |= {place: f"{names[place]}.{place[2]}" for place in names if len(place) > 2 and place[:2] in names}
    alike = Counter(names.values())
    return {
        place: ".".join(map(layout.file_name, place)) if alike[name] > 1 or set(name) & _NO_CONFIG else name
        for place, name in names.items()
    }


def _inline(text: str) -> str:
    """A text from a server as text of the page, whatever it is made of."""
    return html.escape("".join(char if char.isprintable() else "\ufffd" for char in text), quote=False).translate(_MARKS)


def _yaml(text: str) -> str:
    """A quoted YAML scalar; only plain ASCII stands for itself."""
    return '"' + "".join(char if " " <= char <= "~" and char not in '"\\' else f"\\U{ord(char):08x}" for char in text) + '"'

"""How fast raw documents become a snapshot, without any server, and in how much memory.

``python -m benchmarks.conversion [RECORDS …]`` makes documents as a 1.x server keeps them (text classification, 40 words,
5 predictions, 4 metadata keys, half with a vector of 32 numbers), converts them as an export does whose source costs nothing,
and prints records/s (start included), processor time and the peak resident memory of all processes.
"""

import random
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from argilla_snapshot.ahead import ahead
from argilla_snapshot.format.many import many_records
from argilla_snapshot.format.models import Source
from argilla_snapshot.format.writer import SnapshotWriter
from benchmarks.measure import measure
from exporter.conversion import Conversion
from exporter.converters import Converters, spare_processors
from exporter.documents import encode
from exporter.legacy.learn import Learning
from exporter.source import Listed
from exporter.spool import Spool

SIZES = (50_000, 1_000_000)
PAGE = 1_000
LABELS = ("World", "Sports", "Business", "Sci/Tech", "Other")
LISTED = Listed("big", "news", "TextClassification")


def document(number: int) -> dict[str, Any]:
    rng = random.Random(number)
    text = " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 11))) for _ in range(40))
    labels = [{"class_label": label, "score": round(rng.random() / 5, 4)} for label in LABELS]
    members: dict[str, Any] = {
        "metadata": {"split": rng.choice(("train", "test")), "n": number, "score": round(rng.uniform(0, 100), 2), "flag": number % 3 == 0},
        "last_updated": "2024-05-02T19:27:05.976937",
        "inputs": {"text": text},
        "event_timestamp": f"2023-03-02T05:15:{number % 60:02}.123456",
        "multi_label": False,
        "predictions": {"model": {"labels": labels}},
        "prediction": {"agent": "model", "labels": labels},
        "metrics": {"text_length": len(text)},
        "text": text,
        "status": "Default",
    }
    if number % 2:
        members["vectors"] = {"mini": {"value": [round(rng.uniform(-1, 1), 6) for _ in range(32)]}}
    if number % 3 == 0:
        chosen = {"labels": [{"class_label": rng.choice(LABELS), "score": 1.0}]}
        members |= {"annotations": {"ana": chosen}, "annotation": {"agent": "ana", **chosen}, "status": "Validated"}
    return members


def pages(records: int) -> Iterator[list[dict[str, Any]]]:
    """Pages of documents; their content repeats after some thousand, their ids never do."""
    contents = [document(number) for number in range(5 * PAGE)]
    for first in range(0, records, PAGE):
        yield [{"id": f"{n:08}", **contents[n % len(contents)]} for n in range(first, min(first + PAGE, records))]


def convert(folder: Path, beside: int) -> None:
    """Converts what is in the spool ``folder/documents`` into a snapshot, with so many processes beside this one."""
    source, spool = Spool(folder / "documents"), Spool(folder / f"spool-{beside}")
    writer, nothing = SnapshotWriter(folder / f"snapshot-{beside}"), Spool(folder / "changes")
    with (
        many_records(),
        closing(Converters(beside)) as converters,
        closing(Conversion(writer, Learning(LISTED), spool, converters)) as conversion,
    ):
        with closing(ahead(lines for lines, _ in source.pages())) as read:
            for page in read:
                conversion.add(spool.append(page))
        learnt = conversion.learnt(nothing)
        dataset = replace(learnt.described(), records=learnt.records)
        writer.write_dataset(dataset, conversion.rest(nothing), conversion.parts)
        writer.write_users([])
        writer.write_workspaces([])
        writer.finish(Source("none", "", ""), [], "benchmark")


def main() -> None:
    """Measures each size, in one process and in as many as an export from the storage has."""
    if sys.argv[1:2] == ["--convert"]:
        convert(Path(sys.argv[2]), int(sys.argv[3]))
        return
    print("| records | processes | seconds | records/s | µs of processor time a record | peak memory, MB |", flush=True)
    print("|---|---|---|---|---|---|", flush=True)
    for records in [int(size) for size in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            spool = Spool(Path(folder, "documents"))
            for page in pages(records):
                spool.append(map(encode, page))
            for beside in sorted({0, spare_processors()}):
                before = _processor_seconds()
                run = measure([sys.executable, "-m", "benchmarks.conversion", "--convert", folder, str(beside)])
                used = (_processor_seconds() - before) / records * 1e6
                pace = f"{run.seconds:.1f} | {records / run.seconds:,.0f} | {used:.0f}"
                print(f"| {records} | {1 + beside} | {pace} | {run.peak_mb:.0f} |", flush=True)


def _processor_seconds() -> float:
    """What all processes that were started from this one, and have ended, have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()

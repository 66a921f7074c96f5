"""How fast raw documents become a snapshot, without any server, and in how much memory.

``python -m benchmarks.conversion [RECORDS …]`` makes documents as a 1.x server keeps them (text classification, 40 words,
5 predictions, 4 metadata keys, half with a vector of 32 numbers), converts them in a process of its own, as an export does
whose source costs nothing, and prints records/s, processor time and the peak resident memory.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from exporter.ahead import ahead
from exporter.conversion import Conversion
from exporter.documents import encode
from exporter.many import many_documents
from exporter.source import Listed
from exporter.spool import Spool
from snapshot.models import Dataset, Source
from snapshot.writer import SnapshotWriter

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


def convert(folder: Path) -> None:
    """Converts what is in the spool ``folder/documents``, and prints the figures."""
    source, started = Spool(folder / "documents"), time.perf_counter()
    writer, spool = SnapshotWriter(folder / "snapshot"), Spool(folder / "spool")
    with many_documents(), closing(Conversion(writer, LISTED, spool)) as conversion:
        with closing(ahead(lines.split(b"\n") for lines, _ in source.lines())) as read:
            for page in read:
                conversion.add(spool.append(page))
        learnt, nothing = conversion.learnt(Spool(folder / "changes")), Spool(folder / "changes")
        dataset = Dataset(LISTED.workspace, LISTED.name, LISTED.task, learnt.records, learnt.columns, learnt.multi_label)
        writer.write_dataset(dataset, conversion.rest(nothing), conversion.parts)
        writer.write_users([])
        writer.write_workspaces([])
        writer.finish(Source("none", "", ""), [], "benchmark")
    seconds, usage = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere
    cpu, memory = (usage.ru_utime + usage.ru_stime) / learnt.records * 1e6, usage.ru_maxrss * unit / 1e6
    print(f"| {learnt.records} | {seconds:.1f} | {learnt.records / seconds:,.0f} | {cpu:.0f} | {memory:.0f} |", flush=True)


def main() -> None:
    """Measures each size."""
    if sys.argv[1:2] == ["--convert"]:
        convert(Path(sys.argv[2]))
        return
    print("| records | seconds | records/s | µs of processor time a record | peak memory, MB |\n|---|---|---|---|---|", flush=True)
    for records in [int(size) for size in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            spool = Spool(Path(folder, "documents"))
            for page in pages(records):
                spool.append(map(encode, page))
            subprocess.run([sys.executable, "-m", "benchmarks.conversion", "--convert", folder], check=True)


if __name__ == "__main__":
    main()

"""The page about speed and memory, made of ``results.json``."""

from benchmarks.large import SIZES
from benchmarks.results import TITLES, Group, by_size, load
from benchmarks.scaling import CONCURRENCY, WORKERS, path_of

#: Ours, what it is compared with, and the words for both.
COMPARISONS = (
    ("export", "guide", "`export` : the guide's `load`, `to_datasets` and Parquet"),
    ("export", "paging", "`export` : plain paging of the API"),
    ("storage", "guide", "`export --search-engine` : the guide's `load`, `to_datasets` and Parquet"),
    ("storage", "export", "`export --search-engine` : `export`"),
    ("storage", "scroll", "`export --search-engine` : a plain scroll"),
    ("import", "guide", "`import` : the guide's `records.log`"),
    ("import", "bodies", "`import` : plain requests of ready bodies"),
    ("verify", "import", "`verify` : `import`"),
)

#: The same through the storage, with a place for the database.
_STORED = (
    ("storage", "bodies", "`import --search-engine`, {} : plain requests of ready bodies"),
    ("storage", "ready", "`import --search-engine`, {} : rows and documents that are ready"),
    ("verify", "listing", "`verify`, {} : plain listing"),
)
#: Of a table whose rows compare two ways.
_HEAD = ("| times as fast | | records | records/s | peak memory, MB | rounds, date |", "|---|---|---|---|---|---|")
#: Databases behind a 2.8.0 server.
STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def page() -> str:
    """A plot and a table for each side that was measured, a table of large records, and one of imports into servers with several workers."""
    groups = load()
    sections = [_section(side, measured) for side, measured in by_size(groups).items()]
    sections += [_large(large)] if (large := [group for group in groups if group.side == "large"]) else []
    sections += [_feedback(measured)] if (measured := [group for group in groups if group.side == "feedback"]) else []
    sections += [_stored(measured)] if (measured := [group for group in groups if group.side in STORES]) else []
    return "\n".join(sections + [_workers(group) for group in groups if group.side == "workers"])


def _section(side: str, groups: list[Group]) -> str:
    lines = [f"{TITLES[side]}:\n", f"![Records a second and peak memory by size](../images/benchmarks-{side}.svg)\n"]
    lines += _HEAD
    for ours, other, words in COMPARISONS:
        for group in groups:
            if ours in group.seconds and other in group.seconds:
                lines.append(_row(group, ours, other, words))
    machines = sorted({f"{group.machine} ({group.date})" for group in groups})
    words = f"Machine: {'; '.join(machines)}."
    if len({group.machine for group in groups}) > 1:
        words += " Records/s of one machine say nothing about another's, in the plot neither; each ratio is of one run on one machine."
    return "\n".join([*lines, "", words, ""])


def _row(group: Group, ours: str, other: str, words: str) -> str:
    rates = f"{group.rate(ours):,.0f} : {group.rate(other):,.0f}"
    memory = f"{group.memory(ours):,.0f} : {group.memory(other):,.0f}"
    rounds = len(group.seconds[ours])
    return f"| **{group.ratio(ours, other):.2f}** | {words} | {group.records:,} | {rates} | {memory} | {rounds}, {group.date} |"


def _large(groups: list[Group]) -> str:
    lines = [
        "Large records out of Argilla 1.29.1:\n",
        "| records | kB of a record | | records/s | peak memory, MB |",
        "|---|---|---|---|---|",
    ]
    for group in groups:
        for path, words in (("export", "`export`"), ("storage", "`export --search-engine`")):
            size = SIZES[group.records] // 1000
            lines.append(f"| {group.records:,} | {size:,} | {words} | {group.rate(path):,.0f} | {group.memory(path):,.0f} |")
    return "\n".join([*lines, "", f"Rounds: {len(groups[0].seconds['export'])}, {groups[0].date}. Machine: {groups[0].machine}.", ""])


def _stored(groups: list[Group]) -> str:
    lines = [
        "Into Argilla 2.8.0 through its storage:\n",
        *_HEAD,
    ]
    for group in groups:
        for ours, other, words in _STORED:
            if ours in group.seconds and other in group.seconds:
                lines.append(_row(group, ours, other, words.format(STORES[group.side])))
    return "\n".join([*lines, "", f"Machine: {groups[0].machine}.", ""])


def _feedback(groups: list[Group]) -> str:
    lines = [
        "Feedback datasets out of Argilla 1.29.1, with two responses, two suggestions and a vector each:\n",
        *_HEAD,
    ]
    compared = (
        ("export", "paging", "`export` : plain paging of the API"),
        ("database", "export", "`export --database` : `export`"),
    )
    for ours, other, words in compared:
        lines += [_row(group, ours, other, words) for group in groups if ours in group.seconds and other in group.seconds]
    for group in groups:
        if "export" not in group.seconds:
            rounds = len(group.seconds["database"])
            rate, memory = group.rate("database"), group.memory("database")
            lines.append(f"| | `export --database` | {group.records:,} | {rate:,.0f} | {memory:,.0f} | {rounds}, {group.date} |")
    return "\n".join([*lines, "", f"Machine: {groups[0].machine}.", ""])


def _workers(group: Group) -> str:
    lines = [f"Into Argilla 2.8.0 on PostgreSQL, {group.records:,} records, in records/s:\n"]
    lines.append("| workers of the server | " + " | ".join(f"`--concurrency {concurrency}`" for concurrency in CONCURRENCY) + " |")
    lines.append("|---" * (len(CONCURRENCY) + 1) + "|")
    for workers in WORKERS:
        rates = [f"{group.rate(path_of(workers, concurrency)):,.0f}" for concurrency in CONCURRENCY]
        lines.append(f"| {workers} | {' | '.join(rates)} |")
    rounds = len(group.seconds[path_of(WORKERS[0], CONCURRENCY[0])])
    return "\n".join([*lines, "", f"Rounds: {rounds}, {group.date}. Machine: {group.machine}.", ""])

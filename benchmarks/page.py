"""The README's part about speed and memory, made of ``results.json``."""

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


def page() -> str:
    """A plot and a table for each side that was measured, and a table of imports into servers with several workers."""
    groups = load()
    sections = [_section(side, measured) for side, measured in by_size(groups).items()]
    return "\n".join(sections + [_workers(group) for group in groups if group.side == "workers"])


def _section(side: str, groups: list[Group]) -> str:
    lines = [f"{TITLES[side]}:\n", f"![Records a second and peak memory by size](benchmarks/{side}.svg)\n"]
    lines += ["| times as fast | | records | records/s | peak memory, MB | rounds, date |", "|---|---|---|---|---|---|"]
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


def _workers(group: Group) -> str:
    lines = [f"Into Argilla 2.8.0 on PostgreSQL, {group.records:,} records, in records/s:\n"]
    lines.append("| workers of the server | " + " | ".join(f"`--concurrency {concurrency}`" for concurrency in CONCURRENCY) + " |")
    lines.append("|---" * (len(CONCURRENCY) + 1) + "|")
    for workers in WORKERS:
        rates = [f"{group.rate(path_of(workers, concurrency)):,.0f}" for concurrency in CONCURRENCY]
        lines.append(f"| {workers} | {' | '.join(rates)} |")
    rounds = len(group.seconds[path_of(WORKERS[0], CONCURRENCY[0])])
    return "\n".join([*lines, "", f"Rounds: {rounds}, {group.date}. Machine: {group.machine}.", ""])

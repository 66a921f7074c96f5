"""Draws ``results.json``, a picture for each side that was measured at several sizes; runs in an environment of its own: ``python -m benchmarks.plot``."""

from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.ticker import NullLocator

from benchmarks.results import Group, by_size, load

NAMES = {
    "export": "export",
    "storage": "export --search-engine",
    "import": "import",
    "verify": "verify",
    "guide": "official guide",
    "paging": "limit: plain paging",
    "scroll": "limit: plain scroll",
    "bodies": "limit: ready bodies",
}
HERE = Path(__file__).parent


def draw(side: str, groups: list[Group]) -> None:
    """Records a second and peak memory against size; limits are dashed."""
    figure, (rates, memory) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for path, name in NAMES.items():
        measured = [group for group in groups if path in group.seconds]
        if measured:
            sizes = [group.records for group in measured]
            style = {"label": name, "marker": "o", "linestyle": "--" if name.startswith("limit") else "-"}
            rates.plot(sizes, [group.rate(path) for group in measured], **style)
            memory.plot(sizes, [group.memory(path) for group in measured], **style)
    sizes = [group.records for group in groups]
    for axes, title in ((rates, "records a second"), (memory, "peak memory, MB")):
        axes.set(title=title, xlabel="records", xscale="log")
        axes.set_xticks(sizes, labels=[f"{size:,}" for size in sizes])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.grid(alpha=0.3)
    rates.set(yscale="log")
    memory.set(ylim=(0, None))
    figure.legend(*rates.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.savefig(HERE.parent / f"docs/images/benchmarks-{side}.svg", metadata={"Date": None})


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "argilla-snapshot"  # the same numbers make the same file
    for side, groups in by_size(load()).items():
        draw(side, groups)

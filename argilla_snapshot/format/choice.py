"""Which workspaces and datasets are meant by what a person names, on either side. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from argilla_snapshot.words import did_you_mean

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Globs: of workspaces by name, of datasets by ``name``, ``workspace.name`` or ``workspace/name``.

    Attributes:
        workspaces, datasets: only these; none mean all.
        exclude_workspaces, exclude_datasets: of those all but these.
    """

    workspaces: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    exclude_workspaces: tuple[str, ...] = ()
    exclude_datasets: tuple[str, ...] = ()

    @property
    def narrow(self) -> bool:
        """Whether only what is named is meant, and whoever has to do with it."""
        return bool(self.workspaces or self.datasets)

    def takes_workspace(self, name: str) -> bool:
        """Whether a workspace is meant."""
        return _one_of([name], self.workspaces, none=True) and not _one_of([name], self.exclude_workspaces)

    def takes(self, workspace: str, name: str) -> bool:
        """Whether a dataset is meant."""
        names = _names(workspace, name)
        return self.takes_workspace(workspace) and _one_of(names, self.datasets, none=True) and not _one_of(names, self.exclude_datasets)

    def unmatched(self, workspaces: Iterable[str], datasets: Iterable[tuple[str, str]], where: str) -> str | None:
        """What is wrong with a glob that matches nothing, and what it could have been; None where there is no such glob.

        Args:
            workspaces, datasets: all that there are: names, and (workspace, name).
            where: where they are.
        """
        inside = [_names(*place) for place in datasets if _one_of([place[0]], self.workspaces, none=True)]
        there = {"workspace": [[name] for name in workspaces], "dataset": inside}
        for kind, globs in (
            ("workspace", (*self.workspaces, *self.exclude_workspaces)),
            ("dataset", (*self.datasets, *self.exclude_datasets)),
        ):
            for glob in globs:
                if not any(_one_of(names, (glob,)) for names in there[kind]):
                    return f"No {kind} {where} matches `{glob}`. {suggestion(glob, there[kind], kind)}"
        return None


def _names(workspace: str, name: str) -> list[str]:
    return [name, f"{workspace}.{name}", f"{workspace}/{name}"]


def _one_of(names: list[str], globs: Iterable[str], *, none: bool = False) -> bool:
    """Whether one of the names of something matches a glob; ``none``: what to say without any."""
    globs = list(globs)
    return any(fnmatchcase(name, glob) for glob in globs for name in names) if globs else none


def suggestion(glob: str, there: list[list[str]], kind: str) -> str:
    """What a name or glob that matches nothing could have been; ``there``: the names of each thing that there is, the shortest first."""
    form = -1 if "/" in glob else 1 if "." in glob else 0  # of a dataset ``workspace/name``, ``workspace.name``, ``name``
    if meant := did_you_mean(glob, (names[form % len(names)] for names in there)):
        return meant
    full = [names[len(names) // 2] for names in there]  # of a dataset ``workspace.name``
    more = f" and {len(full) - _SHOWN} more" if len(full) > _SHOWN else ""
    return f"There are: {', '.join(full[:_SHOWN])}{more}." if full else f"There is no {kind}."

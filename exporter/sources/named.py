"""Users whom only datasets and records name, and the workspace of datasets that are in none."""

import logging

from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import User
from exporter.errors import WorkspaceError

log = logging.getLogger(__name__)

#: Where datasets of Rubrix go that are in no workspace, unless another name is given.
NO_WORKSPACE = "without-workspace"
#: Names of datasets that are told.
_SHOWN = 5


class WithoutWorkspace:
    """The workspace that datasets get which are in none.

    Args:
        chosen: the name that was chosen for it, or None.

    Attributes:
        name: its name.
    """

    def __init__(self, chosen: str | None) -> None:
        self.name = chosen or NO_WORKSPACE
        self._told = False

    def tell(self, datasets: list[str]) -> None:
        """Says once which datasets go there."""
        if datasets and not self._told:
            self._told = True
            names = ", ".join([*datasets[:_SHOWN], *(["…"] if len(datasets) > _SHOWN else [])])
            log.warning(
                "%d of the old datasets are in no workspace (%s). They go to the workspace %s; --default-workspace NAME chooses another.",
                len(datasets),
                names,
                self.name,
            )

    def clash(self, name: str) -> WorkspaceError:
        """What it means that the workspace has a dataset of that name already."""
        return WorkspaceError(
            f"{name} is in no workspace, and the workspace {self.name} has a dataset of that name: choose another with --default-workspace NAME."
        )


def users_named(datasets: list[AnyDataset]) -> list[User]:
    """Whoever made or annotated one of the datasets, ordered by name: annotators, members of the workspaces of these."""
    found: dict[str, set[str]] = {}
    for dataset in datasets:
        maker = {dataset.created_by} if dataset.kind == "legacy" and dataset.created_by else set()
        for name in dataset.people | maker:
            found.setdefault(name, set()).add(dataset.workspace)
    return [User(name, "annotator", workspaces=sorted(workspaces)) for name, workspaces in sorted(found.items())]

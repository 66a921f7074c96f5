"""Bodies for the limit of an import: what `import` would send, made beforehand."""

from itertools import islice
from pathlib import Path

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.api import Api
from importer.journal.journal import import_folder, load
from importer.mapping.kinds import mapper_of
from importer.targets.http.batching import BATCH
from importer.targets.http.target import Target
from importer.targets.http.wire import wire_item
from servers.argilla import ArgillaServer


def write_bodies(directory: Path, new: ArgillaServer, folder: Path) -> str:
    """Makes an empty dataset like the last import's, and writes the bodies that fill it, in order.

    Returns:
        The id of the dataset.
    """
    folder.mkdir()
    api = Api(new.url, new.api_key)
    target, snapshot = Target(api), Snapshot(directory)
    begun = load(import_folder(directory, new.url))
    assert begun
    plan, done = begun
    (dataset,), (entry,) = plan.datasets, snapshot.entries
    ids = target.dataset_ids(target.create_dataset(dataset, done.workspaces[dataset.workspace]))
    users = {name: user.id for name, user in target.state().users.items()}
    mapper = mapper_of(dataset, plan.agents, plan.options)
    items = (wire_item(mapper.map(record)[0], ids, users) for record in snapshot.records(entry))
    number = 0
    while batch := list(islice(items, BATCH)):
        (folder / f"{number:06}.json").write_bytes(to_json({"items": batch}))
        number += 1
    api.close()
    return ids.id

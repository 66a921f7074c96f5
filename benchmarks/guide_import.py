"""Logs single-label records as the official guide to Argilla 2.x does, with the 2.x client; runs in its environment.

``python guide_import.py WORKSPACE DATASET FOLDER`` takes what ``guide_export.py`` wrote, and prints the number of records.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import argilla as rg
from datasets import Dataset


def record_of(row: dict[str, Any], users: dict[str, rg.User], me: rg.User) -> rg.Record:
    """A row as a record: the best label as a suggestion, the annotation as a response."""
    suggestions, responses = [], []
    if row["prediction"]:
        best = row["prediction"][0]
        suggestions.append(rg.Suggestion("label", best["label"], score=best["score"], agent=row["prediction_agent"]))
    if row["annotation"]:
        responses.append(rg.Response("label", row["annotation"], user_id=users.get(row["annotation_agent"], me).id))
    return rg.Record(
        id=row["id"],
        fields=row["inputs"],
        # A table has a null where a record had nothing.
        metadata={key: value for key, value in row["metadata"].items() if value is not None},
        vectors={key: value for key, value in (row["vectors"] or {}).items() if value is not None},
        suggestions=suggestions,
        responses=responses,
    )


workspace, name, folder = sys.argv[1:]
rows = Dataset.from_parquet(str(Path(folder, "records.parquet")), cache_dir=str(Path(folder, "cache")))
client = rg.Argilla(api_url=os.environ["ARGILLA_API_URL"], api_key=os.environ["ARGILLA_API_KEY"])
settings = rg.Settings(
    fields=[rg.TextField(name=field) for field in rows.features["inputs"]],
    questions=[rg.LabelQuestion(name="label", labels=json.loads(Path(folder, "labels.json").read_text()))],
    metadata=[
        rg.TermsMetadataProperty(name="split"),
        rg.IntegerMetadataProperty(name="words"),
        rg.FloatMetadataProperty(name="readability"),
        rg.TermsMetadataProperty(name="keywords"),
    ],
    vectors=[rg.VectorField(name="mini", dimensions=16)],
    allow_extra_metadata=True,  # for the keys with dots, which no property can have
)
dataset = rg.Dataset(name=name, workspace=workspace, settings=settings)
dataset.create()
by_name = {user.username: user for user in client.users}
dataset.records.log([record_of(row, by_name, client.me) for row in rows])
print(len(rows))

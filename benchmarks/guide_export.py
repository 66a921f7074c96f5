"""Reads a dataset as the official guide to Argilla 2.x does, with the 1.x client; runs in its environment.

``python guide_export.py WORKSPACE DATASET FOLDER`` writes ``records.parquet`` and ``labels.json``, and prints the number of records.
"""

import json
import os
import sys
from pathlib import Path

import argilla_v1 as rg

workspace, name, folder = sys.argv[1:]
rg.init(api_url=os.environ["ARGILLA_API_URL"], api_key=os.environ["ARGILLA_API_KEY"], workspace=workspace)
settings = rg.load_dataset_settings(name, workspace)
dataset = rg.load(name, workspace).to_datasets()
Path(folder).mkdir(exist_ok=True)
dataset.to_parquet(str(Path(folder, "records.parquet")))
Path(folder, "labels.json").write_text(json.dumps(sorted(settings.label_schema)))
print(len(dataset))

import pandas as pd

path = "edited/datasets/demo/news/records/part-00000.parquet"
records = pd.read_parquet(path, dtype_backend="pyarrow")
records = records[records["status"] != "Discarded"]
records.to_parquet(path, index=False)

import dask.dataframe as dd

records = dd.read_parquet("my-snapshot/datasets/demo/news/records", dtype_backend="pyarrow").set_index("id")
labels = records.groupby("annotation", dropna=False).size().compute()
vectors = records["vectors"].map_partitions(lambda part: part.struct.field("mini")).compute()
others = records["other_annotations"].explode().dropna().map_partitions(lambda part: part.struct.explode()).compute()

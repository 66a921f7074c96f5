import duckdb

records = duckdb.read_parquet("my-snapshot/datasets/demo/news/records/*.parquet")
labels = records.aggregate("annotation, count(*)").fetchall()
vectors = records.select("id, vectors.mini").fetchall()
others = duckdb.sql("select id, a.agent, a.annotation from (select id, unnest(other_annotations) as a from records)").fetchall()

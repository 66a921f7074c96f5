from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2]").getOrCreate()
records = spark.read.parquet("my-snapshot/datasets/demo/news/records")
labels = records.groupBy("annotation").count().collect()
vectors = records.select("id", "vectors.mini").collect()
others = records.selectExpr("id", "inline(other_annotations)").collect()

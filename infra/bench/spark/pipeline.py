"""The high-volume work in PySpark, as a peer of `npm run stress`: the same rows, definitions and report.

Bronze by partition_date, silver without repetitions, gold with a row a day, compaction and vacuum (Delta only), report.
"""

import argparse
import json
import time

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as f

parser = argparse.ArgumentParser()
parser.add_argument("--format", choices=["delta", "parquet"], required=True)
parser.add_argument("--input", required=True, help="Parquet file of the rows as received")
parser.add_argument("--out", required=True, help="folder of the tables")
parser.add_argument("--report", required=True, help="file of the report, a JSON line a day")
parser.add_argument("--threads", default="2")
parser.add_argument("--memory", default="3g")
parser.add_argument("--jars", default="")
args = parser.parse_args()

builder = (
    SparkSession.builder.master(f"local[{args.threads}]")
    .appName("market daily report")
    .config("spark.driver.memory", args.memory)
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    # 200 is meant for clusters; adaptive execution does the rest
    .config("spark.sql.shuffle.partitions", "8")
    .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "8")
    .config("spark.sql.sources.partitionOverwriteMode", "dynamic")
    .config("spark.sql.warehouse.dir", f"{args.out}/warehouse")
)
if args.format == "delta":
    builder = (
        builder.config("spark.jars", args.jars)
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    )
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")


def write(frame, table, by=None):
    writer = frame.write.format(args.format).mode("overwrite")
    if by:
        writer = writer.partitionBy(by)
    writer.save(f"{args.out}/{table}")
    return spark.read.format(args.format).load(f"{args.out}/{table}")


bronze = write(spark.read.parquet(args.input), "bronze", "partition_date")

first = Window.partitionBy("id", "observed_at").orderBy(
    "poll_time", "kafka_topic", "kafka_epoch", "kafka_partition", "kafka_offset", "array_index"
)
numbers = ["current_price", "market_cap", "total_volume", "high_24h", "low_24h", "circulating_supply"]
silver = write(
    bronze.where(f.col("current_price") > 0)
    .withColumn("place", f.row_number().over(first))
    .where("place = 1")
    .select(
        "partition_date",
        "id",
        "symbol",
        "name",
        *[f.col(name).cast("double").alias(name) for name in numbers],
        f.col("market_cap_rank").cast("int").alias("market_cap_rank"),
        f.col("observed_at").cast("timestamp").alias("last_updated"),
    ),
    "silver",
    "partition_date",
)

values = f.struct("symbol", "current_price", "market_cap", "total_volume")
last_of_day = (
    silver.groupBy("partition_date", "id").agg(f.max_by(values, "last_updated").alias("v")).select("partition_date", "id", "v.*")
)
by_volume = Window.partitionBy("partition_date").orderBy(f.col("total_volume").desc_nulls_last(), "id")
top = f.when(
    f.col("place") <= 10,
    f.struct(f.col("place").alias("rank"), "id", "symbol", f.col("total_volume").alias("volume_usd")),
)
gold = write(
    last_of_day.withColumn("place", f.row_number().over(by_volume))
    .groupBy("partition_date")
    .agg(
        f.count("*").alias("coin_count"),
        f.sum("market_cap").alias("total_market_cap_usd"),
        f.avg("current_price").alias("average_price_usd"),
        f.to_json(f.sort_array(f.collect_list(top))).alias("top_10_by_volume"),
    ),
    "gold",
)

if args.format == "delta":
    spark.sql(f"optimize delta.`{args.out}/bronze`")
    spark.sql(f"optimize delta.`{args.out}/silver` zorder by (id, last_updated)")
    spark.sql(f"optimize delta.`{args.out}/gold`")
    compacted = time.monotonic()
    for table in ("bronze", "silver", "gold"):
        spark.sql(f"vacuum delta.`{args.out}/{table}`")
    print(json.dumps({"vacuum_seconds": time.monotonic() - compacted}))
    gold = spark.read.format("delta").load(f"{args.out}/gold")

with open(args.report, "w", encoding="utf-8") as file:
    for row in gold.orderBy("partition_date").collect():
        file.write(json.dumps(row.asDict(), default=str) + "\n")
spark.stop()

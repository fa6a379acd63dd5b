"""The job that runs where PySpark is: python spark_job.py ARTICLES.parquet OUTPUT [MASTER].

Writes what ``onrecord.arrow`` gives as Parquet, ``nested`` and ``quotes``, and prints how many executors there were.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

import onrecord.arrow

#: Two executors in processes of their own, each with one core and 1 GiB.
MASTER = "local-cluster[2,1,1024]"
SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.executor.memory": "1g",
    # a short job: what Java would gain by compiling more, it does not live to earn
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
}


def main(articles: str, output: str, master: str = MASTER) -> None:
    from pyspark.sql.pandas.types import from_arrow_schema  # pytest imports this file where there is no PySpark

    spark = start(master)
    try:
        frame = spark.read.parquet(articles).repartition(2)
        for name, table in (("nested", None), ("quotes", "quotes")):
            schema = from_arrow_schema(onrecord.arrow.schema(table))
            frame.mapInArrow(annotator(table), schema).write.parquet(f"{output}/{name}")
        print("executors", spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1)
    finally:
        spark.stop()


def start(master: str) -> Any:
    """A session whose workers are this very Python."""
    from pyspark.sql import SparkSession

    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    builder: Any = SparkSession.builder.master(master).appName("onrecord")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def annotator(table: str | None) -> Any:
    def annotate(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return onrecord.arrow.annotate(batches, table=table)

    return annotate


if __name__ == "__main__":
    main(*sys.argv[1:])

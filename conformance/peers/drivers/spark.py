"""Spark with Delta Lake: the commands of the line protocol on one session that stays."""

import glob
import itertools
import os

from pyspark.sql import SparkSession
from pyspark.sql.types import StructType

from cells import answer_of, table_of, type_text

SETTINGS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.jars": ",".join(sorted(glob.glob(os.path.join(os.environ["LAKETABLE_PEER_JARS"], "*.jar")))),
    # Pages that do not have the checksum that they say are an error, as they are not by default.
    "spark.hadoop.parquet.page.verify-checksum.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "2g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # Every table has other types, so compiled plans are never used twice: interpreting them and compiling less is faster.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss4m",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "2",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.warehouse.dir": os.path.join(os.environ["LAKETABLE_PEER_SCRATCH"], "warehouse"),
    "spark.local.dir": os.environ["LAKETABLE_PEER_SCRATCH"],
    "spark.sql.ui.retainedExecutions": "1",
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
}

builder = SparkSession.builder.master("local[2]").appName("peers")
for key, value in SETTINGS.items():
    builder = builder.config(key, value)
session = builder.getOrCreate()
session.sparkContext.setLogLevel("OFF")

# The same session without what could leave rows out: neither files nor row groups are skipped.
unskipping = session.newSession()
unskipping.conf.set("spark.databricks.delta.stats.skipping", "false")
unskipping.conf.set("spark.sql.parquet.filterPushdown", "false")

names = itertools.count()


def table_name(command):
    return f"delta.`{command['table']}`"


def frame_of(command):
    """The command's rows as a frame with exactly the table's types."""
    schema = session.read.format("delta").load(command["table"]).schema
    return session.createDataFrame(table_of(command["rows"], schema.jsonValue()), schema=schema)


def create(command):
    columns = ", ".join(f"`{field['name']}` {type_text(field['type'])}" for field in command["schema"]["fields"])
    partitions = ", ".join(f"`{name}`" for name in command["partitionBy"])
    properties = ", ".join(f"'{key}' = '{value}'" for key, value in command["properties"].items())
    session.sql(
        f"CREATE TABLE {table_name(command)} ({columns}) USING delta"
        + (f" PARTITIONED BY ({partitions})" if partitions else "")
        + (f" TBLPROPERTIES ({properties})" if properties else "")
    )


def append(command):
    frame_of(command).write.format("delta").mode("append").save(command["table"])


def overwrite(command):
    writer = frame_of(command).write.format("delta").mode("overwrite")
    if command.get("where") is not None:
        writer = writer.option("replaceWhere", command["where"])
    writer.save(command["table"])


def where_clause(command, word="WHERE"):
    return "" if command.get("where") is None else f" {word} {command['where']}"


def assignments(command):
    return ", ".join(f"{name} = {value}" for name, value in command["set"].items())


def delete(command):
    session.sql(f"DELETE FROM {table_name(command)}{where_clause(command)}").collect()


def update(command):
    session.sql(f"UPDATE {table_name(command)} SET {assignments(command)}{where_clause(command)}").collect()


def merge(command):
    source = f"source_{next(names)}"
    frame_of(command).createOrReplaceTempView(source)
    whens = {"matched": "MATCHED", "not-matched": "NOT MATCHED", "not-matched-by-source": "NOT MATCHED BY SOURCE"}
    thens = {"update-all": "UPDATE SET *", "insert-all": "INSERT *", "delete": "DELETE"}
    clauses = [
        f"WHEN {whens[clause['when']]}{where_clause(clause, 'AND')} THEN "
        + (f"UPDATE SET {assignments(clause)}" if clause["then"] == "update" else thens[clause["then"]])
        for clause in command["clauses"]
    ]
    session.sql(
        f"MERGE INTO {table_name(command)} AS target USING {source} AS source ON {command['on']} " + " ".join(clauses)
    ).collect()
    session.catalog.dropTempView(source)


def checkpoint(command):
    log = session._jvm.org.apache.spark.sql.delta.DeltaLog
    log.forTable(session._jsparkSession, command["table"]).checkpoint()


def rows(command):
    reader = (session if command.get("skipping", True) else unskipping).read.format("delta")
    if command.get("version") is not None:
        reader = reader.option("versionAsOf", command["version"])
    frame = reader.load(command["table"])
    if command.get("where") is not None:
        frame = frame.where(command["where"])
    return answer_of(frame.toArrow(), frame.schema.jsonValue())


def history(command):
    frame = session.sql(f"DESCRIBE HISTORY {table_name(command)}")
    columns = ("version", "operation", "operationParameters", "operationMetrics", "engineInfo")
    return [{name: row[name] for name in columns} for row in frame.collect()]


def sql(command):
    frame = session.sql(command["sql"])
    return answer_of(frame.toArrow(), StructType.jsonValue(frame.schema))


COMMANDS = {
    "create": create,
    "append": append,
    "overwrite": overwrite,
    "delete": delete,
    "update": update,
    "merge": merge,
    "checkpoint": checkpoint,
    "rows": rows,
    "history": history,
    "sql": sql,
}

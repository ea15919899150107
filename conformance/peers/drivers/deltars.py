"""delta-rs: the commands of the line protocol on deltalake."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, QueryBuilder, Schema, write_deltalake

from cells import answer_of, table_of


def schema_of(table):
    return json.loads(table.schema().to_json())


def open_table(command):
    return DeltaTable(command["table"], version=command.get("version"))


def create(command):
    DeltaTable.create(
        command["table"],
        schema=Schema.from_json(json.dumps(command["schema"])),
        partition_by=command["partitionBy"],
        configuration=command["properties"],
    )


def append(command):
    table = open_table(command)
    write_deltalake(table, table_of(command["rows"], schema_of(table)), mode="append")


def overwrite(command):
    table = open_table(command)
    write_deltalake(table, table_of(command["rows"], schema_of(table)), mode="overwrite", predicate=command.get("where"))


def delete(command):
    open_table(command).delete(command.get("where"))


def update(command):
    open_table(command).update(updates=command["set"], predicate=command.get("where"))


def merge(command):
    table = open_table(command)
    source = table_of(command["rows"], schema_of(table))
    merger = table.merge(source, predicate=command["on"], source_alias="source", target_alias="target")
    for clause in command["clauses"]:
        where = clause.get("where")
        match clause["when"], clause["then"]:
            case "matched", "update-all":
                merger = merger.when_matched_update_all(predicate=where)
            case "matched", "update":
                merger = merger.when_matched_update(updates=clause["set"], predicate=where)
            case "matched", "delete":
                merger = merger.when_matched_delete(predicate=where)
            case "not-matched", "insert-all":
                merger = merger.when_not_matched_insert_all(predicate=where)
            case "not-matched-by-source", "update":
                merger = merger.when_not_matched_by_source_update(updates=clause["set"], predicate=where)
            case "not-matched-by-source", "delete":
                merger = merger.when_not_matched_by_source_delete(predicate=where)
    merger.execute()


def checkpoint(command):
    open_table(command).create_checkpoint()


def rows(command):
    table = open_table(command)
    if command.get("where") is None:
        found = table.to_pyarrow_table()
    else:
        query = f"SELECT * FROM t WHERE {command['where']}"
        found = pa.table(QueryBuilder().register("t", table).execute(query).read_all())
    return answer_of(found, schema_of(table))


def history(command):
    return [
        {key: entry.get(key) for key in ("version", "operation", "operationParameters", "operationMetrics", "engineInfo")}
        for entry in open_table(command).history()
    ]


def checksums(command):
    """Reads all files with their pages' checksums verified; gives the number of rows."""
    files = open_table(command).file_uris()
    return {"rows": sum(pq.read_table(file, page_checksum_verification=True).num_rows for file in files)}


COMMANDS = {
    "checksums": checksums,
    "create": create,
    "append": append,
    "overwrite": overwrite,
    "delete": delete,
    "update": update,
    "merge": merge,
    "checkpoint": checkpoint,
    "rows": rows,
    "history": history,
}

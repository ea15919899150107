"""DuckDB: SQL over files, and Delta tables when its delta extension is there."""

import glob
import os
import threading

import duckdb
import duckdb_extension_delta

from cells import answer_of

connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
# Filters are to be answered from the files as they are now.
connection.execute("SET enable_external_file_cache = false")
lock = threading.Lock()
loaded = False


def load_delta():
    """The extension comes as a package, so that nothing is fetched when it is loaded; DuckDB checks its signature."""
    global loaded
    if loaded:
        return
    folder = os.path.join(os.path.dirname(duckdb_extension_delta.__file__), "extensions", f"v{duckdb.__version__}")
    files = glob.glob(os.path.join(folder, "delta.duckdb_extension*"))
    if not files:
        raise RuntimeError(f"no delta extension for DuckDB {duckdb.__version__}")
    connection.execute(f"LOAD '{files[0]}'")
    loaded = True


def rows(command):
    """Rows of a table or of a query; the types come with the command, because DuckDB's are its own."""
    with lock:
        if "sql" in command:
            query = command["sql"]
        else:
            load_delta()
            version = command.get("version")
            path = command["table"].replace("'", "''")
            query = f"SELECT * FROM delta_scan('{path}'{'' if version is None else f', version => {version}'})"
            if command.get("where") is not None:
                query += f" WHERE {command['where']}"
        pushdown = command.get("skipping", True)
        connection.execute(f"SET disabled_optimizers = '{'' if pushdown else 'filter_pushdown,statistics_propagation'}'")
        found = connection.execute(query).to_arrow_table()
    return answer_of(found, command["schema"])


COMMANDS = {"rows": rows}

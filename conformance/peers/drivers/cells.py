"""Columns as JSON cells and back, exact: integers and decimals as digits, times in UTC with six fraction digits, binary as hex,
NaN, infinities and -0.0 by name, maps as lists of entries, structs as lists of values. Types are Delta's schema JSON."""

import math
from datetime import date, datetime, timezone
from decimal import Decimal

import pyarrow as pa

PRIMITIVES = {
    "boolean": pa.bool_(),
    "byte": pa.int8(),
    "short": pa.int16(),
    "integer": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "timestamp_ntz": pa.timestamp("us"),
}


def arrow_type(kind):
    if isinstance(kind, str):
        if kind.startswith("decimal"):
            precision, scale = kind[len("decimal(") : -1].split(",")
            return pa.decimal128(int(precision), int(scale))
        return PRIMITIVES[kind]
    if kind["type"] == "struct":
        return pa.struct([(field["name"], arrow_type(field["type"])) for field in kind["fields"]])
    if kind["type"] == "array":
        return pa.list_(arrow_type(kind["elementType"]))
    return pa.map_(arrow_type(kind["keyType"]), arrow_type(kind["valueType"]))


def type_text(kind):
    """The type in the words of DDL."""
    if isinstance(kind, str):
        return "int" if kind == "integer" else kind.replace(" ", "")
    if kind["type"] == "struct":
        return "struct<" + ",".join(f"{field['name']}:{type_text(field['type'])}" for field in kind["fields"]) + ">"
    if kind["type"] == "array":
        return f"array<{type_text(kind['elementType'])}>"
    return f"map<{type_text(kind['keyType'])},{type_text(kind['valueType'])}>"


def encode(value, kind):
    if value is None:
        return None
    if isinstance(kind, dict):
        if kind["type"] == "struct":
            return [encode(value[field["name"]], field["type"]) for field in kind["fields"]]
        if kind["type"] == "array":
            return [encode(item, kind["elementType"]) for item in value]
        return [[encode(key, kind["keyType"]), encode(item, kind["valueType"])] for key, item in value]
    if kind in ("byte", "short", "integer", "long"):
        return str(value)
    if kind in ("float", "double"):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return "-0.0" if value == 0 and math.copysign(1, value) < 0 else value
    if kind.startswith("decimal"):
        return format(value, "f")
    if kind == "binary":
        return value.hex()
    if kind == "date":
        return value.isoformat()
    if kind == "timestamp":
        return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    if kind == "timestamp_ntz":
        return value.isoformat(timespec="microseconds")
    return value


def decode(cell, kind):
    if cell is None:
        return None
    if isinstance(kind, dict):
        if kind["type"] == "struct":
            return {field["name"]: decode(item, field["type"]) for field, item in zip(kind["fields"], cell, strict=True)}
        if kind["type"] == "array":
            return [decode(item, kind["elementType"]) for item in cell]
        return [(decode(key, kind["keyType"]), decode(item, kind["valueType"])) for key, item in cell]
    if kind in ("byte", "short", "integer", "long"):
        return int(cell)
    if kind in ("float", "double"):
        return float(cell)
    if kind.startswith("decimal"):
        return Decimal(cell)
    if kind == "binary":
        return bytes.fromhex(cell)
    if kind == "date":
        return date.fromisoformat(cell)
    if kind == "timestamp":
        return datetime.fromisoformat(cell[:-1]).replace(tzinfo=timezone.utc)
    if kind == "timestamp_ntz":
        return datetime.fromisoformat(cell)
    return cell


def table_of(rows, schema):
    """An Arrow table of rows of cells; `schema` is Delta's, as JSON."""
    columns = list(zip(*rows)) if rows else [[] for _ in schema["fields"]]
    arrays = [
        pa.array([decode(cell, field["type"]) for cell in column], arrow_type(field["type"]))
        for column, field in zip(columns, schema["fields"], strict=True)
    ]
    return pa.table(dict(zip([field["name"] for field in schema["fields"]], arrays, strict=True)))


def answer_of(table, schema):
    """What `rows` answers: the columns with their types, and the rows as cells."""
    fields = schema["fields"]
    columns = [[encode(value, field["type"]) for value in table[field["name"]].to_pylist()] for field in fields]
    return {
        "columns": [[field["name"], type_text(field["type"])] for field in fields],
        "rows": [list(row) for row in zip(*columns)],
    }

"""The delta-rs side of contention.mjs: append-deltalake.py TABLE OWN WRITER APPENDS WARM, waits for a line, prints one JSON line."""
import json, resource, sys, time
import deltalake
import pyarrow as pa

path, own, writer, appends, warm = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])


def row(i):
    return pa.table({"id": pa.array([writer * 1_000_000 + i], pa.int64()), "name": [f"row {i}"]})


for i in range(warm):
    deltalake.write_deltalake(own, row(i), mode="append")
table = deltalake.DeltaTable(path)
print("ready", flush=True)
sys.stdin.readline()
before = resource.getrusage(resource.RUSAGE_SELF)
report = {"done": 0, "failed": 0, "slowestMs": 0}
for i in range(appends):
    start = time.perf_counter()
    try:
        deltalake.write_deltalake(table, row(i), mode="append")
        report["done"] += 1
    except Exception:
        report["failed"] += 1
    report["slowestMs"] = max(report["slowestMs"], (time.perf_counter() - start) * 1000)
after = resource.getrusage(resource.RUSAGE_SELF)
report["cpuMs"] = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
print(json.dumps(report), flush=True)

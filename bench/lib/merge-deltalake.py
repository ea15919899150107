"""The delta-rs side of merge.mjs: merge-deltalake.py TABLE SOURCE streamed|nostream, prints one JSON line."""
import json, resource, sys, time
import deltalake
import pyarrow.parquet as pq

path, source_path, variant = sys.argv[1:4]
source = pq.read_table(source_path)
before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
merge = deltalake.DeltaTable(path).merge(
    source, "t.id = s.id", source_alias="s", target_alias="t", streamed_exec=variant == "streamed")
metrics = merge.when_matched_update_all().when_not_matched_insert_all().execute()
ms, after = (time.perf_counter() - start) * 1000, resource.getrusage(resource.RUSAGE_SELF)
cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
changed = [metrics[f"num_target_rows_{name}"] for name in ("inserted", "updated", "deleted")]
print(json.dumps({"ms": ms, "cpuMs": cpu * 1000, "peakMb": after.ru_maxrss / 1024, "changed": changed}))

"""One line of JSON in, one line out: {"id", "engine", "do", ...} is answered by {"id", "ok"} or {"id", "error"}.
The engines to load are the arguments. Requests are worked on two at a time, so answers may come in another order."""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

MODULES = {"delta-rs": "deltars", "duckdb": "duck", "spark": "spark"}


def newest(table):
    """The newest version by the log's file names: what a step made of the table, whatever the engine thinks."""
    commits = [name for name in os.listdir(os.path.join(table, "_delta_log")) if name.endswith(".json") and len(name) == 25]
    return max(int(name[:20]) for name in commits)


def perform(engines, request):
    if request["do"] == "versions":
        return {"version": newest(request["table"])}
    result = engines[request["engine"]].COMMANDS[request["do"]](request)
    return {"version": newest(request["table"])} if result is None else result


def reason(error):
    """The engine's own words, without its stack."""
    java = getattr(error, "_desc", None) or getattr(error, "java_exception", None)
    text = str(error) if java is None or str(error) else str(java)
    return f"{type(error).__name__}: {text.split('JVM stacktrace')[0].strip()[:1500]}"


def main():
    # Engines may print: only the protocol gets the real standard output.
    answers = os.fdopen(os.dup(1), "w", encoding="utf8")
    os.dup2(2, 1)
    engines = {name: __import__(MODULES[name]) for name in sys.argv[1:]}
    lock = threading.Lock()

    def say(message):
        line = json.dumps(message, allow_nan=False, ensure_ascii=True)
        with lock:
            answers.write(line + "\n")
            answers.flush()

    def answer(request):
        try:
            say({"id": request["id"], "ok": perform(engines, request)})
        except BaseException as error:  # A panic of the engine is an answer too.
            say({"id": request["id"], "error": reason(error)})

    say({"id": 0, "ok": sorted(engines)})
    with ThreadPoolExecutor(2) as pool:
        for line in sys.stdin:
            pool.submit(answer, json.loads(line))
    # A JVM is not waited for.
    os._exit(0)


main()

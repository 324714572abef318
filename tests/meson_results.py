"""meson_results.py TESTLOG.json FOLDER - lines "ok|not ok|skip <tab> cases <tab> test" from what meson test wrote.

A cmocka program counts as many cases as it ran. Output of a test that failed goes to FOLDER/<test>.log.
"""
import json
import os
import re
import sys

KIND = {"OK": "ok", "EXPECTEDFAIL": "ok", "SKIP": "skip"}


def main(testlog, folder):
    with open(testlog, encoding="utf-8") as f:
        tests = [json.loads(line) for line in f if line.strip()]
    for t in tests:
        kind = KIND.get(t["result"], "not ok")
        out = t.get("stdout", "") + t.get("stderr", "")
        passed = len(re.findall(r"^\[       OK \]", out, re.M))
        name = t["name"].split(" / ", 1)[-1].replace("_ ", ": ", 1)
        what = f"{name} ({passed} cases, {t['duration']:.1f} s)" if passed else f"{name} ({t['duration']:.1f} s)"
        if kind == "not ok":
            what = f"{name} ({t['result']})"
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, re.sub(r"[^A-Za-z0-9_.-]", "_", name) + ".log"), "w", encoding="utf-8") as f:
                f.write(out)
        print(kind, max(passed, 1) if kind == "ok" else 1, what, sep="\t")


main(*sys.argv[1:])

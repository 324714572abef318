"""Our verdicts on STIX beside those of OASIS's own stix2-patterns and stix2-validator; stix.sh calls it.

stix_oracles.py STIXJUDGE {patterns|objects} COUNT SEED

Every case has one verdict here and there, or the difference is a row of stix_differences.tsv; anything else fails.
The validators stay off the network: whatever they would ask for is in their packages.
"""
import collections
import importlib.util
import json
import multiprocessing
import pathlib
import random
import re
import socket
import subprocess
import sys
import types

HERE = pathlib.Path(__file__).resolve().parent


def no_network(*_):
    raise OSError("validators stay off the network")


socket.socket.connect = no_network

import stix2patterns  # noqa: E402
from stix2patterns.validator import run_validator  # noqa: E402

import stix_objects  # noqa: E402
import stix_patterns  # noqa: E402


def judge(program, how, lines):
    done = subprocess.run([program, how], input="".join(json.dumps(x) + "\n" for x in lines).encode(), capture_output=True, check=True, timeout=120)
    verdicts = done.stdout.decode("utf-8").split("\n")[:-1]
    if len(verdicts) != len(lines):
        sys.exit(f"not ok {how}: {len(lines)} cases, {len(verdicts)} verdicts")
    return verdicts


class Differences:
    """Rows: subject, who refuses, what the case looks like, what the refuser says, the paragraph that decides, why."""

    def __init__(self, subject):
        self.rows = []
        for line in (HERE / "stix_differences.tsv").read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                row = line.split("\t")
                if len(row) != 6:
                    sys.exit(f"stix_differences.tsv: not six columns: {line}")
                if row[0] == subject:
                    self.rows.append(row)
        self.seen = collections.Counter()

    def find(self, who, case, says):
        for i, (_, refuser, looks, words, _, _) in enumerate(self.rows):
            if refuser == who and re.search(looks, case, re.S) and re.search(words, says, re.S):
                self.seen[i] += 1
                return True
        return False


def report(name, differences, cases, refused, unlisted, no="refused", yes="taken"):
    listed = sum(differences.seen.values())
    print(f"# {name}: {len(cases)} cases, {refused} {no} by both, {len(cases) - listed - len(unlisted) - refused} {yes} by both, {listed} listed differences, {len(unlisted)} others")
    for i, row in enumerate(differences.rows):
        print(f"#   {differences.seen[i]:5} {no} by {row[1]}: {row[5]} ({row[4]})")
    for case, ours, theirs in unlisted[:50]:
        print(f"{case}\n    we: {ours}\n    they: {theirs}", file=sys.stderr)
    if len(cases) < 100:
        print(f"not ok {name}: only {len(cases)} cases")
    elif unlisted:
        print(f"not ok {name}: {len(unlisted)} differences that stix_differences.tsv does not list")
    else:
        print(f"ok {name}")


# --- patterns ---

def pattern_theirs(pattern):
    try:
        errors = run_validator(pattern, "2.1")
    except Exception as e:  # noqa: BLE001 - what it cannot read it does not take
        return f"raised {type(e).__name__}: {e}"
    return "; ".join(errors)


def published_patterns():
    """The lists of stix2-patterns' own tests, which its package brings."""
    folder = pathlib.Path(stix2patterns.__file__).parent / "test/v21"
    sys.modules.setdefault("pytest", types.SimpleNamespace(mark=types.SimpleNamespace(parametrize=lambda *a: lambda f: f)))
    spec = importlib.util.spec_from_file_location("published", folder / "test_validator.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    out = list(module.SPEC_CASES) + list(module.PASS_CASES) + list(module.TIMESTAMP_PASS_CASES)
    return out + [c[0] for c in module.FAIL_CASES + module.TIMESTAMP_FAIL_CASES]


def patterns(program, count, seed):
    published = published_patterns()
    cases = published + list(stix_patterns.cases(random.Random(seed), count))
    ours = judge(program, "patterns", cases)
    with multiprocessing.Pool(2) as pool:
        theirs = pool.map(pattern_theirs, cases, chunksize=50)
    differences, unlisted, refused = Differences("pattern"), [], 0
    for case, we, they in zip(cases, ours, theirs):
        if (we == "yes") == (they == ""):
            refused += we != "yes"
        elif not differences.find("us" if they == "" else "them", case, we if they == "" else they):
            unlisted.append((repr(case), we, they or "taken"))
    print(f"# {len(published)} of the cases are stix2-patterns' own")
    report("patterns as stix2-patterns judges them", differences, cases, refused, unlisted)


def main(program, what, count, seed):
    if what == "patterns":
        patterns(program, int(count), int(seed))
    else:
        stix_objects.compare(program, int(count), int(seed), judge, Differences, report)


if __name__ == "__main__":
    main(*sys.argv[1:])

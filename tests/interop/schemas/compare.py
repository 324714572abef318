#!/usr/bin/env python3
"""The published schemas, read by an implementation we did not write, against our own checker.

compare.py STIXCHECK SOURCE_ROOT
Every object under tests/golden/stix/own: good ones are accepted by both, bad ones refused by both, except the files
named beyond.…: what JSON Schema cannot express. Each schema is also checked against the draft's own meta-schema.
Exit 77 (skipped) without the Python package jsonschema >= 4.18 (python3 -m venv V && V/bin/pip install jsonschema).
"""
import json
import pathlib
import subprocess
import sys

try:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
except ImportError:
    print("skipped: python package jsonschema is missing")
    sys.exit(77)


def load_schemas(folder):
    found = {p.name: json.loads(p.read_text("utf-8")) for p in sorted(folder.glob("verbale-*.json"))}
    found["common.json"] = json.loads((folder / "common.json").read_text("utf-8"))
    for schema in found.values():
        Draft202012Validator.check_schema(schema)
    registry = Registry().with_resources((name, Resource.from_contents(s)) for name, s in found.items())
    return {name: Draft202012Validator(s, registry=registry) for name, s in found.items()}


def main(stixcheck, root):
    root = pathlib.Path(root)
    validators = load_schemas(root / "schemas")
    wrong, seen, types = [], 0, set()
    for path in sorted((root / "tests/golden/stix/own").glob("*/*.json")):
        obj = json.loads(path.read_text("utf-8"))
        ours = subprocess.run([stixcheck, path], capture_output=True, text=True)
        if ours.returncode not in (0, 1):
            wrong.append(f"{path.name}: checker ends with {ours.returncode}: {ours.stderr}")
            continue
        # A type that is not ours has no schema; whoever has none for it refuses.
        validator = validators.get(f"{obj.get('type')}.json")
        schema = validator is not None and validator.is_valid(obj)
        types.add(obj.get("type"))
        seen += 1
        want = path.parent.name == "good"
        beyond = path.name.startswith("beyond.") and validator is not None
        if (ours.returncode == 0) != want:
            wrong.append(f"{path.name}: checker says {'yes' if ours.returncode == 0 else ours.stderr.strip()}")
        if schema != (want or beyond):
            why = "" if schema or validator is None else "; ".join(e.message[:100] for e in validator.iter_errors(obj))
            wrong.append(f"{path.name}: schema says {'yes' if schema else why}")
    missing = {n[:-5] for n in validators} - types - {"common"}
    if seen < 100 or missing:
        wrong.append(f"only {seen} objects, types without one: {missing}")
    print("\n".join(wrong) if wrong else f"{seen} objects, {len(validators)} schemas: same verdicts")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))

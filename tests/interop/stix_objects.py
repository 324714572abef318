"""Objects: every type whole, in parts, and broken in one or two places. The same seed gives the same objects."""
import copy
import json
import multiprocessing
import pathlib
import random
import re
import signal
import sys

import stix2validator
from stix2validator import ValidationOptions, validate_instance

import stix_types

SCALARS = [None, True, False, 0, 5, -1, 1.5, 1e300, 9007199254740991, "", "x", "X-y", "ü 東京", [], {}, ["x"], [5], [[]], {"a_b": "c"}, {"": 1}, [None]]
TIMES = ["2016-09-09T00:30:00.000Z", "2016-09-09T00:30:00Z", "2016-09-09T00:30:00.1234567891234Z", "2016-09-09T00:30:00.Z", "2016-09-09T00:30:00", "2016-09-09T00:30:00+00:00", "2016-09-09t00:30:00z", "2016-09-09",
         "2016-13-09T00:30:00.000Z", "2016-02-30T00:30:00.000Z", "2016-09-09T24:30:00.000Z", "2016-09-09T00:60:00.000Z", "2016-12-31T23:59:60.000Z", "2016-09-09 00:30:00.000Z", "0001-01-01T00:00:00.000Z",
         "9999-12-31T23:59:59.999Z", "1999-01-01T00:00:00.000Z", "2030-01-01T00:00:00.000Z"]
TYPES = ["identity", "indicator", "malware", "file", "ipv4-addr", "marking-definition", "x-own-type", "bundle", "software", "artifact", "relationship"]
IDS = ["identity--", "x", "identity--a1b2c3d4-0000-4000-8000-00000000000", "identity--A1B2C3D4-0000-4000-8000-000000000001", "identity--a1b2c3d4-0000-4000-7000-000000000001", "identity--a1b2c3d4-0000-1000-8000-000000000001",
       "--a1b2c3d4-0000-4000-8000-000000000001", "Identity--a1b2c3d4-0000-4000-8000-000000000001", "identity-a1b2c3d4-0000-4000-8000-000000000001", "identity--a1b2c3d4-0000-4000-8000-000000000001 "]
NAMES = ["foo", "x_foo", "x_acme_foo", "Foo", "fo", "x-foo", "foo bar", "1foo", "_foo", "severity", "action", "username", "phone_number", "phone_numbers", "f" * 251, "foo_ref", "foo_refs", "foo_hex", "foo_bin", "ü", "name",
         "description", "value", "created", "modified", "revoked", "labels", "confidence", "lang", "external_references", "created_by_ref", "defanged", "spec_version", "extensions", "object_marking_refs"]
TEXTS = {"hashes": ["f00", "g" * 64, "A" * 64, 5], "hex": ["f", "FF", "0g", "", "00"], "bin": ["AAA", "====", "AA==", "AA", "A A="], "value": ["198.51.100.256", "x", "2001:db8::g", "example..com", "::1/129", "http://", "a@b"]}


def places(value, path=()):
    """Every place in the value, the root first."""
    yield path
    if isinstance(value, dict):
        for k, v in value.items():
            yield from places(v, path + (k,))
    elif isinstance(value, list):
        for i, v in enumerate(value):
            yield from places(v, path + (i,))


def at(value, path):
    for step in path:
        value = value[step]
    return value


class Breaker:
    def __init__(self, rnd):
        self.rnd = rnd

    def drop(self, o, path):
        if path:
            del at(o, path[:-1])[path[-1]]

    def replace(self, o, path):
        if path:
            at(o, path[:-1])[path[-1]] = copy.deepcopy(self.rnd.choice(SCALARS))

    def wrap(self, o, path):
        if path:
            v = at(o, path)
            at(o, path[:-1])[path[-1]] = v[0] if isinstance(v, list) and v else [v]

    def add(self, o, path):
        v = at(o, path)
        if isinstance(v, dict):
            v[self.rnd.choice(NAMES)] = copy.deepcopy(self.rnd.choice(SCALARS + ["deadbeef", stix_types.ref("identity"), [stix_types.ref("identity")]]))
        elif isinstance(v, list):
            v.append(copy.deepcopy(self.rnd.choice(v)) if v and self.rnd.random() < 0.5 else self.rnd.choice(SCALARS))

    def rename(self, o, path):
        if path and isinstance(path[-1], str):
            parent = at(o, path[:-1])
            parent[self.rnd.choice(NAMES + [path[-1].upper(), path[-1] + "s", path[-1][:-1] or "a"])] = parent.pop(path[-1])

    def text(self, o, path):
        """Another text of the same kind: a time for a time, an id for an id, a word for a word."""
        v = at(o, path)
        if not path or not isinstance(v, str):
            return self.replace(o, path)
        r, key = self.rnd, str(path[-1])
        if re.match(r"\d{4}-\d\d-\d\dT", v):
            new = r.choice(TIMES)
        elif re.match(r"[a-z0-9-]+--[0-9a-f]{8}-", v):
            new = r.choice([r.choice(TYPES) + v[v.index("--"):], r.choice(TYPES) + v[v.index("--"):], r.choice(IDS), v.replace("-4000-", "-1000-"), v.upper(), v[:-1]])
        else:
            kinds = [k for k in TEXTS if k in key or any(k in str(s) for s in path[-2:])]
            new = r.choice(TEXTS[kinds[0]] if kinds and r.random() < 0.7 else ["other", "", v.upper(), v + "x", v + " ", "\u0000" + v, v * 2, "en", "5", "2.0", "2.1"])
        at(o, path[:-1])[path[-1]] = new

    def swap(self, o, path):
        """Two values change places: first and last, start and stop."""
        texts = [p for p in places(o) if p and isinstance(at(o, p), str) and re.match(r"\d{4}-\d\d-\d\dT", at(o, p))]
        if len(texts) > 1:
            a, b = self.rnd.sample(texts, 2)
            x, y = at(o, a), at(o, b)
            at(o, a[:-1])[a[-1]], at(o, b[:-1])[b[-1]] = y, x

    def one(self, o):
        ways = [self.drop, self.drop, self.replace, self.wrap, self.add, self.rename, self.text, self.text, self.text, self.swap]
        # What stands deep inside is many; the object's own properties are what the rules are about.
        paths = list(places(o))
        near = [p for p in paths if len(p) <= 1]
        self.rnd.choice(ways)(o, self.rnd.choice(near if self.rnd.random() < 0.5 else paths))


def parts(obj, rnd):
    """A valid whole loses optional properties; sometimes also one it needs."""
    out = copy.deepcopy(obj)
    keep = rnd.random()
    for k in list(out):
        if k not in ("type", "id", "spec_version", "created", "modified", "is_multipart", "protocols", "is_family") and rnd.random() > keep:
            del out[k]
    return stix_types.name_itself(out)


def published():
    """The examples that stix2-validator's package brings, object by object."""
    folder = pathlib.Path(stix2validator.__file__).parent / "schemas-2.1/examples"
    for path in sorted(folder.glob("**/*.json")):
        found = json.loads(path.read_text("utf-8"))
        yield from found["objects"] if found.get("type") == "bundle" else [found]


def cases(rnd, count):
    whole = list(stix_types.full())
    yield from whole
    for obj in whole:  # each property once without it
        for k in obj:
            less = {a: b for a, b in obj.items() if a != k}
            yield stix_types.name_itself(less) if k not in ("type", "id") else less
    breaker = Breaker(rnd)
    for i in range(count):
        obj = parts(whole[i % len(whole)], rnd)
        if i % 8:
            breaker.one(obj)
        if i % 8 > 5:
            breaker.one(obj)
        yield obj


class Endless(BaseException):
    pass


def endless(*_):
    raise Endless


def theirs(obj):
    """Errors and warnings; None: no verdict, one of its expressions for names is exponential in their length."""
    signal.signal(signal.SIGALRM, endless)
    signal.setitimer(signal.ITIMER_REAL, 3)
    try:
        result = validate_instance(copy.deepcopy(obj), ValidationOptions(version="2.1", silent=True))
    except Endless:
        return None
    except Exception as e:  # noqa: BLE001 - what it cannot read it does not take
        return f"raised {type(e).__name__}: {e}", []
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return "; ".join(str(getattr(e, "message", e)) for e in result.errors), [str(w) for w in result.warnings]


def words(verdict):
    return verdict.split(" ", 1)[1].split(",") if verdict.startswith("yes ") else []


def rule(verdict):
    found = re.search(r": rule ([a-z0-9-]+): ", verdict)
    return found.group(1) if found else ""


def levels(objects, strict, default, lenient):
    """What a level takes that the stricter one refuses, it takes with a warning that names the rule."""
    wrong = []
    for obj, tight, loose in list(zip(objects, strict, default)) + list(zip(objects, default, lenient)):
        if tight.startswith("yes") and not loose.startswith("yes"):
            wrong.append((obj, tight, loose))
        if not tight.startswith("yes") and loose.startswith("yes") and rule(tight) not in words(loose):
            wrong.append((obj, tight, loose))
    for obj, tight, loose in wrong[:10]:
        print(f"{json.dumps(obj)}\n    stricter: {tight}\n    looser: {loose}", file=sys.stderr)
    print(f"not ok levels: {len(wrong)} objects" if wrong else f"ok levels of strictness: what a level lets pass it warns of ({len(objects)} objects)")


def compare(program, count, seed, judge, Differences, report):
    examples = list(published())
    objects = examples + list(cases(random.Random(seed), count))
    strict, default, lenient = (judge(program, how, objects) for how in ("strict", "default", "lenient"))
    with multiprocessing.Pool(2) as pool:
        results = pool.map(theirs, objects, chunksize=50)
    print(f"# {len(examples)} of the objects are stix2-validator's own; of {results.count(None)} it had no verdict within 3 seconds")
    levels(objects, strict, default, lenient)
    objects, strict, results = zip(*((o, s, r) for o, s, r in zip(objects, strict, results) if r is not None))
    must, unlisted, refused = Differences("object"), [], 0
    should, unsaid, silent = Differences("advice"), [], 0
    for obj, we, (errors, warnings) in zip(objects, strict, results):
        text = json.dumps(obj, ensure_ascii=False)
        if we.startswith("yes") != (errors == ""):
            if not must.find("us" if errors == "" else "them", text, we if errors == "" else errors):
                unlisted.append((text, we, errors or "taken"))
        elif errors:
            refused += 1
        elif (we == "yes") == (not warnings):
            silent += we == "yes"
        elif not should.find("us" if not warnings else "them", text, we if not warnings else "; ".join(warnings)):
            unsaid.append((text, we, "; ".join(warnings) or "silent"))
    report("objects as stix2-validator judges them", must, objects, refused, unlisted)
    taken = len(objects) - refused - sum(must.seen.values()) - len(unlisted)
    report("advice as stix2-validator gives it, of what both take", should, [None] * taken, taken - silent - sum(should.seen.values()) - len(unsaid), unsaid, "warned of", "passed in silence")

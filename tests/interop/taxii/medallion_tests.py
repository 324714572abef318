"""medallion's own tests talk to a node over HTTP: a pytest plugin in the place of their client. Its data are posted first.

What cannot be said by POST is translated on the way: the address of the API root, the password (ours are longer), the
id of a status, and the times at which medallion's data say they were added. Absent `more` is read as false (§3.7.1).
Each test has objects of its own, for what was taken back stays taken back. Expected differences are rows of
medallion_differences.tsv; one that is gone fails too.
"""
import base64
import json
import os
import re

import pytest
import requests

from node import Node

ROOT, OURS = "/trustgroup1/", "/taxii2/api/"
FILLED = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
STATUS = "2d086da7-4bdc-4f91-900e-d77486753710"
SHARED = "68794cd5-28db-429d-ab1e-1256704ef906"  # the object that tests add and delete
PASSWORD = "Password0 of the tests"
INSIDE = {"test_save_to_file", "test_status_cleanup", "test_no_config", "test_default_taxii_no_taxii_section",
          "test_default_userpass_no_auth_section", "test_default_backend_no_backend_section"}
node = None
current = 0
expected, results = {}, []


class Answer:
    def __init__(self, client, r):
        self.status_code, self.content_type = r.status_code, r.headers.get("Content-Type")
        self.headers = {k: client.theirs(v) for k, v in r.headers.items()}
        self.text = client.theirs(r.text)

    @property
    def json(self):
        got = json.loads(self.text)
        if "objects" in got or "versions" in got:
            got.setdefault("more", False)
        return got


class Client:
    """In the place of Flask's test client."""

    def __init__(self, url):
        self.url, self.times, self.status, self.hidden = url, [], STATUS, None
        self.session = requests.Session()

    def own(self):
        return "%08x%s" % (current + 0x1000, SHARED[8:])

    def theirs(self, text):
        for our, their in self.times:
            text = text.replace(our, their)
        return text.replace(self.own(), SHARED).replace(self.status, STATUS)

    def after(self, found):
        """Our time of the last entry that medallion's data date at or before the one asked for."""
        asked = found.group(1)
        digits = lambda t: (t[:-1] + ("" if "." in t else ".") + 6 * "0")[:26] + "Z"
        earlier = [our for our, their in self.times if their <= digits(asked)]
        if asked > "2020":
            return found.group(0)
        return "added_after=" + (earlier[-1] if earlier else self.hidden)

    def call(self, method, path, headers=None, data=None, follow_redirects=False):
        headers = dict(headers or {})
        if "Authorization" in headers:
            headers["Authorization"] = "Basic " + base64.b64encode(("admin:" + PASSWORD).encode()).decode()
        path = re.sub(r"added_after=([^&]*)", self.after, path.replace(ROOT, OURS, 1).replace(SHARED, self.own()).replace(STATUS, self.status))
        if method == "GET" and self.hidden and "added_after" not in path and re.search(FILLED + r"/(objects|manifest)/($|\?)", path):
            path += ("&" if "?" in path else "?") + "added_after=" + self.hidden  # the collection's own paper, which came first
        if data is not None:
            data = data.replace(SHARED, self.own()).encode()
        return Answer(self, self.session.request(method, self.url + path, headers=headers, data=data, allow_redirects=follow_redirects))

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, **more):
        return self.call("POST", path, **more)

    def delete(self, path, **more):
        return self.call("DELETE", path, **more)


def fill(client, headers, data):
    """The objects in the order of their dates; then which date of ours is which of theirs."""
    filled = next(c for c in data["trustgroup1"]["collections"] if c["id"] == FILLED)
    dated = {(m["id"], m["version"]): m["date_added"] for m in filled["manifest"]}
    objects = sorted(filled["objects"], key=lambda o: dated[o["id"], o.get("modified", o.get("created"))])
    place = "%scollections/%s/" % (ROOT, FILLED)
    client.hidden = None
    first = client.get(place + "manifest/", headers=headers).json
    status = client.post(place + "objects/", headers={**headers, "Content-Type": headers["Accept"]}, data=json.dumps({"objects": objects})).json
    assert status["failure_count"] == 0, status
    rows = client.get(place + "manifest/?match[version]=all&match[spec_version]=2.0,2.1", headers=headers).json["objects"]
    client.times = [(r["date_added"], dated[r["id"], r["version"]]) for r in rows if (r["id"], r["version"]) in dated]
    assert len(client.times) == len(objects), (len(client.times), rows)
    client.hidden, client.status = first["objects"][-1]["date_added"], status["id"]


def set_up(self, start_threads=True):
    global node
    self.__name__ = self.type
    node = Node("medallion-tests", more=("--name", "Malware Research Group"))
    node.user("admin", password=PASSWORD)
    data = json.load(open(self.DATA_FILE))
    for c in data["trustgroup1"]["collections"]:
        node.collection(c["title"], uid=c["id"], more=("--strictness", "lenient", "--stix", "2.0,2.1" if len(c["media_types"]) > 1 or c["can_read"] else "2.1"))
        if not (c["can_read"] and c["can_write"]):
            rights = ["--read"] * c["can_read"] + ["--write"] * c["can_write"]
            node.run("grant", "add", node.dir, "--collection", c["id"], *(("--to", "user:admin", *rights) if rights else ("--to", "agency:NOBODY", "--read")))
    node.serve()
    auth = "Basic " + base64.b64encode(b"admin:Password0").decode()
    self.headers = {"Accept": "application/taxii+json;version=2.1", "Authorization": auth}
    self.post_headers = {**self.headers, "Content-Type": "application/taxii+json;version=2.1"}
    self.client = Client(node.url)
    fill(self.client, self.headers, data)


def tear_down(self):
    node.stop()


def pytest_configure(config):
    from medallion.test.base_test import TaxiiTest
    TaxiiTest.setUp, TaxiiTest.tearDown = set_up, tear_down
    with open(os.path.join(os.path.dirname(__file__), "medallion_differences.tsv")) as f:
        expected.update(row.rstrip("\n").split("\t", 1) for row in f if not row.startswith("#"))


def pytest_collection_modifyitems(items):
    items[:] = [i for i in items if i.originalname not in INSIDE and "mongo" not in i.name]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    global current
    current += 1


def pytest_runtest_logreport(report):
    name = report.nodeid.split("::")[-1].replace("[memory]", "").replace("memory-", "")
    if report.when != "call" and report.passed:
        return
    why = expected.pop(name, None)
    if report.passed == (why is None):
        results.append("ok medallion's %s%s" % (name, "" if why is None else " differs: " + why))
    else:
        text = re.sub(r"\s+", " ", str(report.longrepr or "passes, though a difference is listed"))[-250:]
        results.append("not ok medallion's %s: %s" % (name, text))


def pytest_sessionfinish():
    results.extend("not ok medallion's %s: listed, but there is no such test" % n for n in expected)
    with open(os.environ["RESULTS"], "w") as f:
        f.write("".join(r + "\n" for r in results))

"""What OpenCTI and MISP send, sent again, beside a writer that goes on posting: each must end with exactly the objects that were posted.

Written after what their public code does (OpenCTI: the TAXII ingestion of the platform, and the connector "taxii2"; MISP: its
TAXII servers, and the script that pushes events), without a line of it.
"""
import base64
import datetime
import json
import threading
import time

import requests
import taxii2client
from requests.auth import HTTPBasicAuth
from taxii2client.v21 import ApiRoot

from node import TAXII, Node, check, finish, indicator, malware, same

SECONDS = 6
PASSWORD = "misp: a long password"
node = Node("replays")
collection = node.collection("Feed")
other = node.collection("Other")
token = node.token("opencti", "--read")
node.user("misp", password=PASSWORD)
node.serve()
posted, done = [], threading.Event()


def ours(objects):
    return [o["id"] for o in objects if not o["type"].startswith("verbale-")]


class OpenCti:
    """The platform: a state kept between runs of a scheduler; one request per run."""

    def __init__(self, limit=None, auth="Bearer " + token):
        self.state, self.limit, self.seen, self.auth, self.times = {}, limit, [], auth, 0

    def run(self):
        params = {k: v for k, v in {**self.state, "limit": self.limit}.items() if v is not None}
        r = requests.get(node.root + "collections/%s/objects/" % collection, params=params,
                         headers={"Accept": TAXII, "User-Agent": "opencti/6.2.0", "Authorization": self.auth, "Accept-Encoding": "gzip, compress, deflate, br"})
        r.raise_for_status()
        self.times += 1
        data = r.json()
        if not data.get("objects"):
            return False
        self.seen += ours(data["objects"])
        if data.get("more") and data.get("next"):
            self.state["next"] = data["next"]
        else:
            last = r.headers["X-TAXII-Date-Added-Last"]
            self.state = {"added_after": last[:23] + "Z"}  # a date of JavaScript has milliseconds
        return bool(data.get("more"))


class Connector:
    """The connector: next alone, without the filters it began with; all runs ask for the same history again."""

    def __init__(self):
        self.seen, self.auth = [], HTTPBasicAuth("misp", PASSWORD)

    def run(self):
        root = next(r for r in taxii2client.Server(node.url + "/taxii2/", auth=self.auth).api_roots if r.url.rstrip("/").split("/")[-1] == "api")
        feed = next(c for c in root.collections if c.title == "Feed")
        since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=24)
        got = feed.get_objects(added_after=since, limit=100)
        self.seen = ours(got.get("objects", []))
        while got.get("more"):
            got = feed.get_objects(next=got["next"], limit=100)
            self.seen += ours(got.get("objects", []))


class MispPull:
    """Pages of 50, asked for by a person: no filter, next until there is no more."""

    def __init__(self):
        self.seen, self.pages = [], 0
        self.headers = {"Accept": TAXII, "Content-type": TAXII, "Connection": "close", "User-Agent": "CakePHP",
                        "Authorization": "basic " + base64.b64encode(("misp:" + PASSWORD).encode()).decode()}

    def run(self):
        self.seen, token = [], None
        listed = requests.get(node.url + "/taxii2/api/collections/", headers=self.headers).json()["collections"]
        assert any(c["id"] == collection for c in listed)
        while True:
            r = requests.get(node.url + "/taxii2/api/collections/" + collection + "/objects/", params={"limit": 50, "next": token}, headers=self.headers)
            r.raise_for_status()
            got = r.json()
            self.pages += 1
            self.seen += ours(got["objects"])
            assert len(got["objects"]) <= 50
            token = got.get("next")
            if not got.get("more"):
                return
            assert token


def push(objects):
    """MISP's script: envelopes of at most max_content_length, here of what is asked for, without waiting."""
    auth = HTTPBasicAuth(*base64.b64decode(base64.b64encode(b"misp:" + PASSWORD.encode())).split(b":", 1))
    url = node.url + "/" + "taxii2/api"
    with ApiRoot(url, auth=auth) as root:
        longest = min(root.max_content_length, 20000)
    with taxii2client.Collection(url + "/collections/" + collection, auth=auth) as feed:
        parts, size, k = [], 14, 0
        for o in [*objects, None]:
            text = o and json.dumps(o)
            if o is None or size + len(text) + 1 > longest:
                status = feed.add_objects(('{"objects":[' + ",".join(parts) + "]}").encode(), wait_for_completion=False)
                same(status.failure_count, 0)
                posted.extend(x["id"] for x in objects[k:k + len(parts)])
                k, parts, size = k + len(parts), [], 14
            if o is not None:
                parts.append(text)
                size += len(text) + 1


def writer(first):
    n = first
    while not done.is_set():
        push([indicator(n + k) if k % 3 else malware(n + k) for k in range(120)])
        n += 120


faults = []


def beside(reader):
    while not done.is_set():
        try:
            reader.run()
        except Exception as e:
            faults.append("%s: %s" % (type(reader).__name__, e))
            return
        time.sleep(0.01)


def exactly(seen, repeated=0):
    assert set(posted) <= set(seen), "%d of %d are missing" % (len(set(posted) - set(seen)), len(posted))
    same(set(seen) - set(posted), set())
    assert len(seen) - len(set(seen)) <= repeated, "%d came again" % (len(seen) - len(set(seen)))


readers = [OpenCti(), OpenCti(limit=70), OpenCti(limit=70, auth="Basic " + base64.b64encode(("misp:" + PASSWORD).encode()).decode()), Connector(), MispPull()]
threads = [threading.Thread(target=beside, args=(r,)) for r in readers] + [threading.Thread(target=writer, args=(n << 24,)) for n in (1, 2)]
for t in threads:
    t.start()
time.sleep(SECONDS)
done.set()
for t in threads:
    t.join()
with check("two of MISP's pushes and five readers side by side: no error"):
    same(faults, [])
    assert len(posted) > 1000, posted
with check("OpenCTI's platform, without and with a limit, Bearer and Basic: %d objects, none missing" % len(posted)):
    for r in readers[:3]:
        while r.run():
            pass
        exactly(r.seen, repeated=r.times * 200)  # what shares the last millisecond comes again
with check("OpenCTI's connector: next without added_after"):
    readers[3].run()
    exactly(readers[3].seen)
with check("MISP's pull: pages of 50"):
    readers[4].run()
    exactly(readers[4].seen)
with check("OpenCTI's cursor serves after the node was stopped and started"):
    late = OpenCti(limit=100)
    for _ in range(3):
        late.run()
    assert late.state["next"]
    node.stop()
    node.serve()
    while late.run():
        pass
    exactly(late.seen)
    extra = [malware(0x7000000 + n) for n in range(30)]
    push(extra)
    while late.run():
        pass
    exactly(late.seen, repeated=late.times * 200)
with check("the connector's next of one collection, sent to another: 400"):
    first = OpenCti(limit=10)
    first.run()
    r = requests.get(node.root + "collections/%s/objects/" % other, params={"next": first.state["next"]}, headers={"Accept": TAXII, "Authorization": first.auth})
    same(r.status_code, 400)
    same(r.json()["http_status"], "400")
node.stop()
finish()

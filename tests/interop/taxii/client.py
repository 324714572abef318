"""Every call of OASIS's taxii2-client against a node: Bearer and Token, Basic, client certificate; pages of thousands of objects."""
import datetime

import requests
from taxii2client.common import TokenAuth
from taxii2client.exceptions import AccessError
from taxii2client.v21 import ApiRoot, Collection, Server, Status, as_pages

from node import Node, certificate, check, envelope, finish, indicator, malware, same

MANY = 12000  # more than an envelope is answered complete for


class Bearer(requests.auth.AuthBase):
    def __init__(self, token):
        self.token = token

    def __call__(self, r):
        r.headers["Authorization"] = "Bearer " + self.token
        return r


def status_of(code, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except requests.exceptions.HTTPError as e:
        same(e.response.status_code, code)
        return
    raise AssertionError("%d was due" % code)


def find(root, title):
    return next(c for c in root.collections if c.title == title)


def ours(objects):
    """Without the paper of the collection itself, which is its first object."""
    return [o for o in objects if not o.get("type", o["id"]).startswith("verbale-")]


node = Node("client", tls=True)
main = node.collection("Indicators", "indicators")
inbox = node.collection("Inbox")
big = node.collection("Many")
token = node.token("siem", "--read", "--write")
reading = node.token("siem-reading", "--read")
writing = node.token("siem-writing", "--write")
node.user("basil", password="a long password: ä€")
node.user("mallory", password="another long password", role="reader")
cert, key = certificate("machine")
node.user("machine", more=("--cert", cert))
node.serve()
server = Server(node.url + "/taxii2/", auth=TokenAuth(token))

with check("discovery, API root, collections"):
    same(server.default.url, node.root)
    same([r.url for r in server.api_roots], [node.root])
    assert server.title and server.default.title and server.default.max_content_length > 0
    same(server.default.versions, ["application/taxii+json;version=2.1"])
    server.refresh()
    server.default.refresh()
    same({c.id for c in server.default.collections}, {main, inbox, big})
    same((find(server.default, "Indicators").alias, find(server.default, "Inbox").alias), ("indicators", None))

collection = find(server.default, "Indicators")
with check("add_objects: dict, text, bytes; counts and versions"):
    for data in ({"objects": [indicator(1)]}, envelope([indicator(2), malware(1)]), envelope([indicator(3)]).encode()):
        status = collection.add_objects(data)
        assert status and status.failure_count == status.pending_count == 0 and status.success_count == status.total_count, status._raw
    status = collection.add_objects({"objects": [indicator(1, "2024-02-01T00:00:00.000Z"), indicator(4, pattern="[nonsense"), indicator(1)]})
    same((status.status, status.success_count, status.failure_count), ("complete", 2, 1))
    same([f["id"] for f in status.failures], [indicator(4)["id"]])
    assert status.failures[0]["message"]

with check("statuses: asked for again, by id and by address"):
    again = server.default.get_status(status.id)
    same(again._raw, status._raw)
    same(Status(node.root + "status/" + status.id + "/", auth=TokenAuth(token)).id, status.id)
    status.wait_until_final(0.1, 5)

with check("get_objects: filters"):
    get = lambda **f: [(o["id"], o["modified"]) for o in ours(collection.get_objects(**f).get("objects", []))]
    same(len(get()), 4)
    same([i for i, _ in get(type="indicator")], [indicator(n)["id"] for n in (2, 3, 1)])
    same(len(get(type=["indicator", "malware"], version="all")), 5)
    same(get(id=indicator(1)["id"], version="first"), [(indicator(1)["id"], indicator(1)["modified"])])
    same(get(id=[indicator(1)["id"]], version=datetime.datetime(2024, 2, 1, tzinfo=datetime.timezone.utc)), [(indicator(1)["id"], "2024-02-01T00:00:00.000Z")])
    same(get(spec_version="2.0"), [])
    same(get(type="x-not-there"), [])
    same(len(get(limit=2)), 1)  # with the paper

with check("added_after: texts and datetimes, with and without a fraction"):
    dates = [o["date_added"] for o in collection.get_manifest(version="all")["objects"]]
    same(dates, sorted(set(dates)))
    for d in dates:
        after = datetime.datetime.strptime(d, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
        want = dates[dates.index(d) + 1:]
        same([o["date_added"] for o in collection.get_manifest(version="all", added_after=after).get("objects", [])], want)
        same([o["date_added"] for o in collection.get_manifest(version="all", added_after=d).get("objects", [])], want)
    same(collection.get_objects(added_after=datetime.datetime(2100, 1, 1, tzinfo=datetime.timezone.utc)), {})
    same(len(collection.get_objects(added_after=datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc))["objects"]), 5)

with check("get_object, object_versions"):
    same([o["modified"] for o in collection.get_object(indicator(1)["id"])["objects"]], ["2024-02-01T00:00:00.000Z"])
    same(len(collection.get_object(indicator(1)["id"], version="all")["objects"]), 2)
    same(sorted(collection.object_versions(indicator(1)["id"])["versions"]), ["2024-01-01T00:00:00.000Z", "2024-02-01T00:00:00.000Z"])
    same(len(collection.object_versions(indicator(1)["id"], limit=1)["versions"]), 1)
    status_of(404, collection.get_object, indicator(99)["id"])
    status_of(404, collection.object_versions, indicator(99)["id"])

with check("delete_object: a version, all of them, one that is not there"):
    collection.delete_object(indicator(1)["id"], version="2024-01-01T00:00:00.000Z")
    same(collection.object_versions(indicator(1)["id"])["versions"], ["2024-02-01T00:00:00.000Z"])
    collection.delete_object(indicator(1)["id"])
    status_of(404, collection.get_object, indicator(1)["id"])
    same(get(id=indicator(1)["id"], version="all"), [])
    status_of(404, collection.delete_object, indicator(1)["id"])

many = find(server.default, "Many")
objects = [indicator(0x10000 + n) for n in range(MANY)]
with check("add_objects waits until %d objects are written" % MANY):
    status = many.add_objects({"objects": objects}, poll_interval=0.2, timeout=60)
    same((status.status, status.total_count, status.success_count), ("complete", MANY, MANY))

with check("add_objects does not wait; the status is asked for"):
    status = many.add_objects({"objects": objects}, wait_for_completion=False)
    assert status.id and status.total_count == MANY, status._raw
    status.wait_until_final(0.2, 60)
    same((status.status, status.success_count), ("complete", MANY))

for size in (5000, 777):
    with check("as_pages of %d: all objects once, in the order they came" % size):
        seen = [o["id"] for page in as_pages(many.get_objects, per_request=size) for o in ours(page.get("objects", []))]
        same(len(seen), MANY)
        assert seen == [o["id"] for o in objects]
with check("as_pages over the manifest"):
    seen = [o["id"] for page in as_pages(many.get_manifest, per_request=1000) for o in ours(page.get("objects", []))]
    assert seen == [o["id"] for o in objects], len(seen)
with check("as_pages with a page larger than is given"):
    seen = [o["id"] for page in as_pages(many.get_manifest, per_request=50000, type="indicator") for o in page.get("objects", [])]
    assert seen == [o["id"] for o in objects], len(seen)
with check("as_pages with filters"):
    last = many.get_manifest(limit=4000)["objects"][-1]["date_added"]
    seen = [o["id"] for page in as_pages(many.get_objects, per_request=999, type="indicator", added_after=last) for o in page.get("objects", [])]
    assert seen == [o["id"] for o in objects[3999:]], len(seen)

for name, auth in (("Bearer", {"auth": Bearer(token)}), ("Basic", {"user": "basil", "password": "a long password: ä€".encode()})):
    with check(name + " signs in"):
        root = ApiRoot(node.root, **auth)
        same(find(root, "Inbox").can_write, True)
        find(root, "Inbox").add_objects({"objects": [indicator(hash(name) % 65536)]})
        assert Collection(node.root + "collections/" + inbox + "/", **auth).get_objects()["objects"]
with check("a client certificate signs in"):
    auth = {"cert": (cert, key), "verify": False}
    remote = Server(node.tls_url() + "/taxii2/", **auth)
    same(find(remote.default, "Inbox").can_write, True)
    assert find(remote.default, "Inbox").add_objects({"objects": [malware(77)]}).success_count == 1
    assert remote.default.get_status(find(remote.default, "Inbox").add_objects({"objects": [malware(78)]}).id)
with check("wrong password, wrong token, nobody: 401"):
    for auth in ({"user": "basil", "password": "not the password"}, {"auth": TokenAuth("vb_" + 43 * "A")}, {}):
        status_of(401, lambda: ApiRoot(node.root, **auth).title)
        status_of(401, Collection(node.root + "collections/" + main + "/", **auth).refresh)
with check("readers write nothing, writers read nothing: the client knows before it asks"):
    for auth in ({"auth": TokenAuth(reading)}, {"user": "mallory", "password": "another long password"}):
        c = Collection(node.root + "collections/" + main + "/", **auth)
        same((c.can_read, c.can_write), (True, False))
        for call in (lambda: c.add_objects({"objects": [malware(5)]}), lambda: c.delete_object(malware(1)["id"])):
            try:
                call()
                raise RuntimeError("AccessError was due")
            except AccessError:
                pass
        c.get_objects(limit=1)
    c = Collection(node.root + "collections/" + main + "/", auth=TokenAuth(writing))
    same((c.can_read, c.can_write), (False, True))
    same(c.add_objects({"objects": [malware(6)]}).success_count, 1)
    for call in (c.get_objects, c.get_manifest):
        try:
            call()
            raise RuntimeError("AccessError was due")
        except AccessError:
            pass
with check("unknown collection and status: 404"):
    status_of(404, Collection(node.root + "collections/00000000-0000-4000-8000-000000000000/", auth=TokenAuth(token)).refresh)
    for odd in ("00000000-0000-4000-8000-000000000000", "odd"):
        status_of(404, server.default.get_status, odd)
node.stop()
finish()

"""The cases of cases.tsv, one request each. Besides what a row says, of every answer: it is no fault of ours; a body is a
TAXII resource by its media type; an error is an error resource with the status's number; 401 names schemes; 405 names methods."""
import base64
import http.client
import json
import os
import socket
import uuid

from node import TAXII, Node, check, envelope, finish, indicator, malware, same

BASIC = "a long password: basil"


def fill():
    """The node the rows speak of; what stands in braces there."""
    node = Node("cases")
    names = {"one": node.collection("One", "one", more=("--stix", "2.0,2.1")), "empty": node.collection("Empty"), "closed": node.collection("Closed", "closed"),
             "none": str(uuid.uuid4()), "i": indicator(1)["id"], "m": malware(1)["id"]}
    node.user("other")
    node.run("grant", "add", node.dir, "--collection", names["closed"], "--to", "user:other", "--read", "--write")
    node.user("basil", password=BASIC)
    tokens = {"editor": node.token("editor", "--read", "--write"), "reader": node.token("reader", "--read"), "writer": node.token("writer", "--write"),
              "person": node.token("person", "--read", role="reader"), "narrow": node.token("narrow", "--read", "--write", "--collection", names["empty"])}
    basic = base64.b64encode(("basil:" + BASIC).encode()).decode()
    auth = {who: "Bearer " + t for who, t in tokens.items()}
    auth.update({"nobody": None, "wrong": "Bearer vb_" + 43 * "x", "Token": "Token " + tokens["editor"], "bearer": "bearer " + tokens["editor"],
                 "Basic": "Basic " + basic, "basic": "basic " + basic, "BASIC": "BASIC " + basic,
                 "wrong Basic": "Basic " + base64.b64encode(b"basil:no").decode(), "broken Basic": "Basic %%%", "odd": "Digest a=b", "empty": ""})
    node.serve()
    old = {k: v for k, v in malware(2, labels=["trojan"]).items() if k not in ("spec_version", "is_family")}
    post = json.loads(request(node, "POST", "/taxii2/api/collections/one/objects/", {"Authorization": auth["editor"], "Content-Type": TAXII},
                              envelope([indicator(1), indicator(1, "2024-03-01T00:00:00.000Z"), malware(1), old]).encode())[2])
    same(post["failure_count"], 0, post)
    names.update(status=post["id"], editor=auth["editor"], version=indicator(1)["modified"], n=len(names))
    return node, names, auth


def fill_public(names):
    """A second node, which has something for nobody: {public} beside {private}; asked as "nobody, public node"."""
    node = Node("cases-public")
    names["public"], names["private"] = node.collection("Public", "public", ceiling="clear", more=("--public",)), node.collection("Private", "private")
    token = node.token("editor", "--read", "--write")
    node.serve()
    headers = {"Authorization": "Bearer " + token, "Content-Type": TAXII}
    for where, n in (("public", 20), ("private", 21)):
        got = json.loads(request(node, "POST", "/taxii2/api/collections/%s/objects/" % where, headers, envelope([malware(n)]).encode())[2])
        same(got["failure_count"], 0, got)
    return node


def request(node, method, path, headers, body=None):
    """Over a connection of its own; a refusal may come before the body is taken."""
    c = http.client.HTTPConnection(node.url[len("http://"):], timeout=20)
    c.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        if value is not None:
            c.putheader(name, value)
    chunked = headers.get("Transfer-Encoding") is not None
    if body is not None and not chunked and "Content-Length" not in headers:
        c.putheader("Content-Length", str(len(body)))
    try:
        c.endheaders()
        if body:
            c.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body)
    except (BrokenPipeError, ConnectionResetError):
        pass
    r = c.getresponse()
    got = r.status, r.headers, r.read()
    c.close()
    return got


LIMIT = 64 << 20
BODIES = {
    "envelope": envelope([malware(7)]), "two": envelope([malware(8), indicator(8)]), "one bad": envelope([malware(9), malware(12, name=7)]),
    "empty": "", "{}": "{}", "[]": "[]", "null": "null", "text": "hello", "half": '{"objects":[{"type":"malware",', "after": '{"objects":[]} x',
    "no objects": '{"more":false}', "objects text": '{"objects":"x"}', "objects object": '{"objects":{}}', "objects null": '{"objects":null}', "objects numbers": '{"objects":[1,2]}',
    "objects empty": '{"objects":[]}', "no id": '{"objects":[{"type":"malware","spec_version":"2.1"}]}', "bundle": '{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000009","objects":[]}',
    "bundle inside": '{"objects":[{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000009","objects":[]}]}',
    "object": json.dumps(malware(7)), "not UTF-8": b'{"objects":[{"type":"mal\xff"}]}', "deep": '{"objects":' + 5000 * "[" + 5000 * "]" + "}",
    "bad time": envelope([malware(10, modified="yesterday")]), "nine digits": envelope([malware(11, created="2024-01-01T00:00:00.123456789Z", modified="2024-01-01T00:00:00.123456789Z")]),
    "large": b'{"objects":[],"x":"' + (20 << 20) * b"y" + b'"}', "too large": b'{"objects":[],"x":"' + LIMIT * b"y" + b'"}', "-": None,
}
# What a path of these names stands for: every address that answers the method.
EVERY = {
    "@open": ["/taxii2/"],
    "@root": ["/taxii2/api/", "/taxii2/api/collections/", "/taxii2/api/status/{status}/"],
    "@one": ["/taxii2/api/collections/%s/" + rest for rest in ("", "objects/", "objects/{i}/", "objects/{i}/versions/", "manifest/")],
    "@read": ["/taxii2/api/collections/%s/" + rest for rest in ("objects/", "objects/{i}/", "objects/{i}/versions/", "manifest/")],
    "@pages": ["/taxii2/api/collections/%s/" + rest for rest in ("objects/", "manifest/")],
}


def paths(text, names):
    """"@one(closed)?limit=1" and the like, or an address."""
    if not text.startswith("@"):
        return [text.format(**names)]
    name, _, rest = text.partition("(")
    where, _, query = rest.partition(")")
    return [(p % ("{%s}" % where if where in names else where) if "%s" in p else p).format(**names) + query.format(**names) for p in EVERY[name]]


def look(status, headers, body, want, have):
    assert str(status) in want.split("/"), "%d instead of %s: %s" % (status, want, body[:200])
    if body:
        same(headers.get_all("Content-Type"), [TAXII])
    if status >= 400 and body:
        error = json.loads(body)
        assert isinstance(error["title"], str) and error["title"], error
        same(error["http_status"], str(status))
    if status == 401:
        schemes = {v.split()[0] for v in headers.get_all("WWW-Authenticate", [])}
        assert {"Basic", "Bearer"} <= schemes, schemes
    if status == 405:
        assert "GET" in headers["Allow"], headers["Allow"]
    for item in filter(None, have.split("; ")):
        name, _, value = item.partition("=")
        if name.startswith("."):
            got = json.loads(body)
            for key in name[1:].split("."):
                got = len(got) if key == "#" else got.get(key) if isinstance(got, dict) else got[int(key)]
            same(got, json.loads(value), name)
        else:
            same(headers.get(name), value or headers[name], name)


def run(node, names, auth, row):
    rule, who, method, path, extra, body, want, have = row
    if who.endswith(", public node"):
        node, who = public, who[:-len(", public node")]
    headers = {"Accept": TAXII, "Authorization": auth[who]}
    if method == "POST":
        headers["Content-Type"] = TAXII
    for item in filter(lambda x: x != "-", extra.split(" | ")):
        name, _, value = item.partition(":")
        headers[name] = value.strip() if value else None
    data = BODIES[body]
    for p in paths(path, names):
        try:
            look(*request(node, method, p, headers, data.encode() if isinstance(data, str) else data), want, have)
        except (AssertionError, socket.timeout, http.client.HTTPException, KeyError, ValueError, ConnectionError) as e:
            raise AssertionError("%s %s %s as %s: %s %s" % (method, p, extra, who, type(e).__name__, e)) from e


node, names, auth = fill()
public = fill_public(names)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.tsv")) as f:
    for n, line in enumerate(f, 1):
        if line.strip() and not line.startswith("#"):
            row = (line.rstrip("\n").split("\t") + [""])[:8]
            with check("cases.tsv:%d %s" % (n, row[0])):
                run(node, names, auth, row)
node.stop()
public.stop()
finish()

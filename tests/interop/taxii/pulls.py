"""`verbale pull` from medallion, OpenTAXII and another node: all objects arrive, a second pull brings nothing new, one that
was killed goes on, what is added later comes.
    pulls.py [FOLDER]    of a Python environment with OpenTAXII; without it that server is left out
"""
import base64
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

import requests
from taxii2client.v21 import Collection

from node import TAXII, VERBALE, WORK, Node, Process, certificate, check, envelope, finish, free_port, indicator, malware, same

ours = Node("puller")


def written(path, text, mode=0o600):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as f:
        f.write(text)
    return path


def of(count, first):
    return [indicator(first + n) if n % 2 else malware(first + n) for n in range(count)]


class Medallion:
    """20 objects a page, tokens for 30 seconds, one date for all objects of an envelope."""
    name, per_page, count = "medallion", 20, 160

    def __init__(self):
        self.uid = "365fed99-08fa-4dcd-a1b3-fb247eb41d01"
        root = {"title": "Root", "versions": [TAXII], "max_content_length": 9765625}
        place = {"id": self.uid, "title": "Feed", "can_read": True, "can_write": True, "media_types": ["application/stix+json;version=2.1"]}
        port = free_port()
        data = {"/discovery": {"title": "medallion", "default": "http://127.0.0.1:%d/root/" % port, "api_roots": ["http://127.0.0.1:%d/root/" % port]},
                "root": {"information": root, "status": [], "collections": [{**place, "objects": [], "manifest": []}]}}
        conf = {"backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend",
                            "filename": written(os.path.join(WORK, "medallion.json"), json.dumps(data))},
                "users": {"puller": "secret"}, "taxii": {"max_page_size": self.per_page}}
        self.server = Process([os.path.join(os.path.dirname(sys.executable), "medallion"), "--host", "127.0.0.1", "--port", str(port),
                               written(os.path.join(WORK, "medallion.conf"), json.dumps(conf))], "medallion")
        self.server.listening(port)
        self.url = "http://127.0.0.1:%d/taxii2/" % port
        self.at = "http://127.0.0.1:%d/root/collections/%s/" % (port, self.uid)
        self.auth, self.sign_in = ("puller", "secret"), ["--user", "puller", "--password-file", written(os.path.join(WORK, "medallion.password"), "secret\n")]

    def asked(self):
        return open(self.server.path, errors="replace").read().count("/objects/")

    def add(self, objects):
        feed = Collection(self.at, user=self.auth[0], password=self.auth[1])
        for n in range(0, len(objects), 2 * self.per_page):
            same(feed.add_objects({"objects": objects[n:n + 2 * self.per_page]}).success_count, len(objects[n:n + 2 * self.per_page]))

    def stop(self):
        self.server.stop()


class OpenTaxii(Medallion):
    """On SQLite; one date for all objects of an envelope, no challenge, no title in errors."""
    name, per_page, count = "OpenTAXII", 1000, 2500

    venv = None

    def __init__(self):
        program = lambda p: os.path.join(self.venv, "bin", p)
        base = "sqlite:///" + os.path.join(WORK, "opentaxii-")
        conf = {"domain": "localhost", "support_basic_auth": True, "return_server_error_details": False,
                "auth_api": {"class": "opentaxii.auth.sqldb.SQLDatabaseAPI", "parameters": {"db_connection": base + "auth.db", "create_tables": True, "secret": 32 * "s"}},
                "taxii1": None, "hooks": None, "logging": {"opentaxii": "info", "root": "info"},
                "taxii2": {"contact": "nobody", "title": "OpenTAXII", "description": "for a pull", "max_content_length": 9765625, "public_discovery": True,
                           "allow_custom_properties": True,
                           "persistence_api": {"class": "opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI", "parameters": {"db_connection": base + "data.db", "create_tables": True}}}}
        env = {**os.environ, "OPENTAXII_CONFIG": written(os.path.join(WORK, "opentaxii.yml"), json.dumps(conf))}
        run = lambda *a: subprocess.run([program(a[0]), *a[1:]], env=env, check=True, capture_output=True, text=True, timeout=60).stdout
        run("opentaxii-create-account", "-u", "puller", "-p", "secret", "-a")
        run("opentaxii-add-api-root", "-t", "Root", "--default")
        port = free_port()
        self.server = Process([program("python"), "-c", "from opentaxii.http import app\napp.run(host='127.0.0.1', port=%d, use_reloader=False)" % port], "opentaxii", env=env)
        self.server.listening(port)
        self.url = "http://127.0.0.1:%d/taxii2/" % port
        self.auth, self.sign_in = ("puller", "secret"), ["--user", "puller", "--password-file", written(os.path.join(WORK, "opentaxii.password"), "secret\n")]
        root = requests.get(self.url, headers={"Accept": TAXII}, auth=self.auth).json()["default"].strip("/").split("/")[-1]
        run("opentaxii-add-collection", "-r", root, "-t", "Feed", "--public", "--public-write")
        self.uid = requests.get(self.url + root + "/collections/", headers={"Accept": TAXII}, auth=self.auth).json()["collections"][0]["id"]
        self.at = self.url + root + "/collections/" + self.uid + "/"


class Other(Medallion):
    """Another node, of another party: pages of 1,000."""
    name, per_page, count = "a node", 1000, 6000

    def __init__(self):
        self.node = Node("foreign", party="JP", tls=True)
        self.pair = certificate("machine")
        self.node.user("machine", more=("--cert", self.pair[0]))
        self.uid = self.node.collection("Feed", members="JP")
        self.token = self.node.token("puller", "--read", "--write")
        self.node.serve()
        self.url, self.at = self.node.url + "/taxii2/", self.node.root + "collections/" + self.uid + "/"
        self.sign_in = ["--token-file", written(os.path.join(WORK, "foreign.token"), self.token + "\n")]

    def asked(self):
        return len(re.findall(r"path=\S*/objects/", open(os.path.join(WORK, "foreign.log"), errors="replace").read()))

    def add(self, objects):
        r = requests.post(self.at + "objects/", data=envelope(objects), headers={"Authorization": "Bearer " + self.token, "Content-Type": TAXII})
        same(r.status_code, 202)
        while r.json()["status"] != "complete":
            time.sleep(0.1)
            r = requests.get(self.node.root + "status/%s/" % r.json()["id"], headers={"Authorization": "Bearer " + self.token})
        same(r.json()["success_count"], len(objects))

    def over_tls(self, into):
        key = re.search(r"tls sha256:([0-9a-f]{64})", open(os.path.join(self.node.dir, "self.peer")).read()).group(1)
        pin = lambda k: ("--pin", "sha256//" + base64.b64encode(k).decode())
        ask = lambda *how, **more: ours.run("pull", ours.dir, self.node.tls_url() + "/taxii2/", "--collection", into, "--restart", "--json", *how, **more)
        same(json.loads(ask(*self.sign_in, *pin(bytes.fromhex(key))))["recorded"], 0)
        same(json.loads(ask("--cert", self.pair[0], "--key", self.pair[1], *pin(bytes.fromhex(key))))["known"], self.count + 30)
        ask(*self.sign_in, *pin(bytes(32)), ok=(1,))
        ask(*self.sign_in, ok=(1,))

    def beside_writers(self, into, first):
        """Two writers go on posting while `verbale pull --every 1` follows."""
        count, done, faults = [0, 0], threading.Event(), []

        def write(k):
            try:
                while not done.is_set():
                    self.add(of(50, first + (k << 20) + count[k]))
                    count[k] += 50
            except Exception as e:
                faults.append(e)
        follower = Process([VERBALE, "pull", ours.dir, self.url, "--collection", into, "--from", "Feed", *self.sign_in, "--every", "1", "--overlap", "0"], "follower")
        writers = [threading.Thread(target=write, args=(k,)) for k in (0, 1)]
        for w in writers:
            w.start()
        time.sleep(5)
        done.set()
        for w in writers:
            w.join()
        time.sleep(2.5)
        follower.stop()
        same((faults, follower.child.returncode), ([], 0))
        want = {o["id"] for k in (0, 1) for o in of(count[k], first + (k << 20))}
        assert len(want) > 500, want
        missing = want - set(held(into))
        assert not missing, "%d of %d are missing" % (len(missing), len(want))

    def stop(self):
        self.node.stop()


def pull(server, into, *more):
    return json.loads(ours.run("pull", ours.dir, server.url, "--collection", into, "--from", "Feed", *server.sign_in, "--json", *more))


def held(into):
    """By id, as they were sent."""
    lines = ours.run("export", ours.dir, "--collection", into, "--as", "lines").splitlines()
    got = [o for o in map(json.loads, lines) if not o["type"].startswith("verbale-")]
    same(len({o["id"] for o in got}), len(got))
    return {o["id"]: o for o in got}


def try_server(make):
    with check("%s starts and takes objects" % make.name):
        server = make()
        into, first = ours.collection("From " + make.name), 0x100000 * len(make.name)
        sent = of(make.count, first)
        server.add(sent)
    with check("a pull from %s is killed after some pages" % make.name):
        before = server.asked()
        child = subprocess.Popen([VERBALE, "pull", ours.dir, server.url, "--collection", into, "--from", "Feed", *server.sign_in], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        while server.asked() < before + 2 and child.poll() is None:
            time.sleep(0.002)
        child.send_signal(signal.SIGKILL)
        child.wait()
        got = len(held(into))
        assert got < make.count, "it was through: %d" % got
        print("# %d of %d were there" % (got, make.count), file=sys.stderr)
    with check("the next pull from %s goes on, and all objects are there as they were sent" % make.name):
        done = pull(server, into)
        print("#", done, file=sys.stderr)
        same(done["refused"], 0)
        same(held(into), {o["id"]: o for o in sent})
        assert done["seen"] <= make.count - got + 2 * make.per_page, "it began anew: %s" % done
    with check("one more brings nothing from %s" % make.name):
        same(pull(server, into)["recorded"], 0)
        same(pull(server, into, "--overlap", "0")["recorded"], 0)
    with check("what %s gets later comes" % make.name):
        later = of(30, first + 0x50000)
        server.add(later)
        same(pull(server, into)["recorded"], 30)
        same(held(into), {o["id"]: o for o in sent + later})
    with check("wrong credentials at %s are said" % make.name):
        password = written(os.path.join(WORK, "wrong"), "wrong password\n")
        ours.run("pull", ours.dir, server.url, "--collection", into, "--from", "Feed", "--user", "nobody", "--password-file", password, ok=(1, 2, 3))
    if hasattr(server, "over_tls"):
        with check("over TLS: by token and by certificate to a pinned key, to no other"):
            server.over_tls(into)
        with check("pull --every follows beside two writers, without an overlap: nothing is missing"):
            server.beside_writers(into, 0x40000000)
    with check("of what was changed twice at %s between two pulls, both versions come" % make.name):
        of_one = [{**sent[0], "modified": "2026-03-0%dT00:00:00.000Z" % k} for k in (1, 2)]
        for o in of_one:
            server.add([o])
        done = pull(server, into)
        same((done["recorded"], done["last_versions_only"]), (2, False))
    server.stop()


try_server(Medallion)
try_server(Other)
if len(sys.argv) > 1:
    OpenTaxii.venv = sys.argv[1]
    try_server(OpenTaxii)
finish()

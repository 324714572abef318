"""A node for tests: made with the command line, served on the loopback, stopped by its process id."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import traceback
import uuid

VERBALE = os.environ["VERBALE"]
WORK = os.environ["WORK"]
TAXII = "application/taxii+json;version=2.1"
bad = 0
for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # they go before verify=False
    os.environ.pop(name, None)


class check:
    """with check("name"): … prints "ok name", or "not ok name: why"."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        global bad
        if kind is None:
            print("ok", self.name, flush=True)
            return True
        if not issubclass(kind, Exception):
            return False
        bad += 1
        traceback.print_exception(kind, value, trace)
        print("not ok %s: %s" % (self.name, " ".join(("%s %s" % (kind.__name__, value)).split())[:300]), flush=True)
        return True


def same(got, want, what=""):
    if got != want:
        raise AssertionError("%s%r instead of %r" % (what and what + ": ", got, want))


def finish():
    sys.exit(1 if bad else 0)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """A server of ours or of others; what it says goes to a file."""

    def __init__(self, command, name, env=None):
        self.path = os.path.join(WORK, name + ".out")
        self.log = open(self.path, "wb")
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, env=env)

    def said(self, pattern, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, open(self.path, errors="replace").read())
            if found:
                return found
            if self.child.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError("%s did not start: %s" % (self.path, open(self.path, errors="replace").read()[-500:]))

    def listening(self, port, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.child.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("nothing answers at %d: %s" % (port, open(self.path, errors="replace").read()[-500:]))

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self.log.close()


class Node:
    def __init__(self, name, party="DE", tls=False, more=()):
        self.dir = os.path.join(WORK, name)
        self.name, self.server = name, None
        self.run("init", self.dir, "--party", party, "--origin", name + ".example/log", "--listen-http", "127.0.0.1:0",
                 "--listen-tls", "127.0.0.1:0" if tls else "", "--sync-interval", "0", "--rate-limit", "0", "--log-file", os.path.join(WORK, name + ".log"), *more)

    def run(self, *arguments, ok=(0,), text=None):
        """The command line; its standard output."""
        done = subprocess.run([VERBALE, *arguments], input=text, capture_output=True, text=True, timeout=60, env={**os.environ, "VERBALE_LANG": "en"})
        if done.returncode not in ok:
            raise AssertionError("verbale %s: status %d: %s" % (" ".join(arguments), done.returncode, (done.stderr + done.stdout)[-500:]))
        return done.stdout

    def collection(self, name, alias=None, uid=None, members="DE", ceiling="amber", more=()):
        uid = uid or str(uuid.uuid4())
        self.run("collection", "add", self.dir, "--name", name, "--members", members, "--ceiling", ceiling, "--id", uid,
                 *(("--alias", alias) if alias else ()), *more)
        return uid

    def token(self, label, *rights, role="editor"):
        self.user(label, role)  # of the same name
        out = self.run("token", "add", self.dir, "--user", label, "--label", label, *rights)
        return re.search(r"vb_[A-Za-z0-9_-]{43}", out).group(0)

    def user(self, name, role="editor", password=None, more=()):
        if password is not None:
            more = (*more, "--password-file", "-")
        self.run("user", "add", self.dir, name, "--role", role, *more, text=password and password + "\n")

    def serve(self):
        self.server = Process([VERBALE, "serve", self.dir], self.name)
        self.url = self.server.said(r"http://127\.0\.0\.1:\d+").group(0)
        self.root = self.url + "/taxii2/api/"
        return self

    def tls_url(self):
        return "https://127.0.0.1:" + self.server.said(r"\(TLS, (\d+)\)").group(1)

    def stop(self, how=signal.SIGTERM):
        if self.server:
            self.server.stop(how)
            self.server = None


def certificate(name):
    """Files of a self-signed one and its key."""
    cert, key = (os.path.join(WORK, name + end) for end in (".pem", ".key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=" + name, "-keyout", key, "-out", cert],
                   check=True, capture_output=True, timeout=30)
    return cert, key


def indicator(n, modified="2024-01-01T00:00:00.000Z", **more):
    return {"type": "indicator", "spec_version": "2.1", "id": "indicator--%08x-0000-4000-8000-000000000001" % n, "created": "2024-01-01T00:00:00.000Z",
            "modified": modified, "name": "indicator %d" % n, "pattern_type": "stix", "pattern": "[ipv4-addr:value = '198.51.100.%d']" % (n % 256),
            "valid_from": "2024-01-01T00:00:00Z", **more}


def malware(n, **more):
    return {"type": "malware", "spec_version": "2.1", "id": "malware--%08x-0000-4000-8000-000000000001" % n, "created": "2024-01-01T00:00:00.000Z",
            "modified": "2024-01-01T00:00:00.000Z", "name": "malware %d" % n, "is_family": False, **more}


def envelope(objects):
    return json.dumps({"objects": objects})

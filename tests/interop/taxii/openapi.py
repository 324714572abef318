"""schemathesis tries what /taxii2/openapi.json says: cases at every edge, then generated ones until the time is up.

Each documented status must be named: "default" is taken out of the copy it works from. Ids that are there are added to
the parameters, else every generated request would be 404.
    openapi.py SECONDS [SEED]
"""
import json
import os
import subprocess
import sys

import requests

from node import TAXII, WORK, Node, bad, check, envelope, finish, indicator, malware, same

seconds, seed = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "1"
node = Node("openapi")
collection = node.collection("Indicators", "indicators", more=("--stix", "2.0,2.1"))
token = node.token("tester", "--read", "--write")
node.serve()
headers = {"Authorization": "Bearer " + token, "Content-Type": TAXII}
objects = [indicator(n) for n in range(30)] + [malware(n) for n in range(30)]
status = requests.post(node.root + "collections/indicators/objects/", data=envelope(objects), headers=headers).json()
known = {"id": [collection, "indicators"], "object_id": [o["id"] for o in objects], "status_id": [status["id"]]}


def adapted(description):
    for item in description["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.get("responses", {}).pop("default", None)
    def walk(x):
        if isinstance(x, dict):
            if x.get("in") == "path" and x.get("name") in known:
                x["schema"] = {"anyOf": [{"enum": known[x["name"]]}, x["schema"]]}
            for v in x.values():
                walk(v)
        elif isinstance(x, list):
            for v in x:
                walk(v)
    walk(description)
    return description


path = os.path.join(WORK, "openapi.json")
with check("/taxii2/openapi.json is served to anybody"):
    got = requests.get(node.url + "/taxii2/openapi.json")
    same(got.status_code, 200)
    with open(path, "w") as f:
        json.dump(adapted(got.json()), f)
with check("schemathesis, %d seconds" % seconds):
    report = os.path.join(WORK, "schemathesis.ndjson")
    config = os.path.join(WORK, "schemathesis.toml")
    with open(config, "w") as f:  # methods nobody here knows are 501 (RFC 9110 §15.6.2), documented ones never; a bad object fails alone, in the status
        f.write('[checks.not_a_server_error]\nexpected-statuses = ["2xx", "3xx", "4xx", "501"]\n'
                '[checks.negative_data_rejection]\nexpected-statuses = ["202", "400", "401", "403", "404", "406", "413", "415", "422"]\n')
    done = subprocess.run([os.path.join(os.path.dirname(sys.executable), "schemathesis"), "--config-file", config, "run", path, "--url", node.url, "--header", "Authorization: Bearer " + token,
                           "--phases", "coverage,fuzzing", "--checks", "all", "--exclude-checks", "unsupported_method,positive_data_acceptance,use_after_free,ensure_resource_availability",
                           "--max-time", str(seconds), "--seed", seed, "--workers", "1", "--continue-on-failure", "--warnings", "off", "--request-timeout", "20",
                           "--suppress-health-check", "all", "--generation-database", "none"], cwd=WORK, capture_output=True, text=True, timeout=seconds + 60)
    sys.stderr.write(done.stdout[-20000:] + done.stderr[-3000:])
    assert done.returncode == 0, "status %d: %s" % (done.returncode, " ".join(done.stdout.split())[-300:])
with check("the node still answers"):
    same(requests.get(node.root + "collections/indicators/objects/", headers=headers).status_code, 200)
node.stop()
finish()

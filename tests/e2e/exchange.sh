#!/bin/bash
# exchange.sh - exchange as its users meet it, with the command line and curl alone, while both nodes are served: a
# collection, tokens, a bundle, every filter, pages to the end, and a second node that follows with `verbale pull`.
# Lines "ok …" and "not ok …".
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${BUILD:-${1:-$root/build}}" && pwd) || exit 2
verbale=${VERBALE:-$build/src/cli/verbale}
work=${WORK:-$(mktemp -d)}
cd "$work" || exit 3
export VERBALE_LANG=en
type='application/taxii+json;version=2.1'
bad=0
ok() { echo "ok $1"; }
not_ok() { echo "not ok $1: $2"; bad=1; }
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "\"$2\" instead of \"$3\""; fi; } # TITLE GOT WANTED
v() { timeout -k 2 60 "$verbale" "$@"; }
serve() { # NAME: the pid in $pid, the address in $url
	"$verbale" serve "$1" >"$1.out" 2>"$1.log" &
	pid=$!
	for _ in $(seq 200); do
		url=$(sed -n 's#^\(http://[0-9.:]*\)/$#\1#p' "$1.out")
		if [ -n "$url" ]; then return; fi
		sleep 0.05
	done
	not_ok "serve $1" "$(tail -n 1 "$1.log")"
}
stop() { kill "$1" && wait "$1"; }
get() { curl -sg -D head -o body -w '%{http_code}' -H "Authorization: Bearer $(cat token)" -H "Accept: $type" "$@"; } # status; head and body in files
of() { python3 -c "import json, sys; d = json.load(open('body')); print($1)"; }                                       # EXPRESSION of d
ids() { of '" ".join(o["id"][:o["id"].index("--") + 10] for o in d.get("objects", []) if not o["id"].startswith("verbale-"))'; }
header() { sed -n "s/^$1: *\([^[:cntrl:]]*\).*/\1/Ip" head; }

for n in de jp; do
	v init $n --party "${n^^}" --origin $n.example/log --listen-http 127.0.0.1:0 --listen-tls '' --sync-interval 0 >/dev/null || not_ok "init $n" "status $?"
done
serve de
de=$pid de_url=$url
serve jp
jp=$pid jp_url=$url
trap 'kill $de $jp 2>/dev/null; wait $de $jp 2>/dev/null' EXIT

# ---- a collection, tokens, a bundle ----
python3 - <<'P'
import json
t = lambda n: "2024-01-%02dT00:00:00.000Z" % n
uid = lambda kind, n: "%s--%08x-0000-4000-8000-000000000001" % (kind, n)
def one(kind, n, day=1, **more):
    return {"type": kind, "spec_version": "2.1", "id": uid(kind, n), "created": t(1), "modified": t(day), "name": "%s %d" % (kind, n), **more}
objects = [one("indicator", n, pattern="[ipv4-addr:value = '198.51.100.%d']" % (n % 256), pattern_type="stix", valid_from=t(1)) for n in range(1, 201)]
objects += [one("malware", n, is_family=False) for n in range(1, 50)] + [one("malware", 1, 2, is_family=True)]
json.dump({"type": "bundle", "id": uid("bundle", 1), "objects": objects}, open("bundle.json", "w"))
json.dump({"objects": [one("campaign", 1), one("campaign", 2), {**one("campaign", 3), "created": "yesterday"}]}, open("envelope.json", "w"))
P
v collection add de --name Indicators --members DE,JP --ceiling amber --alias indicators >out 2>err && ok 'a collection, while the node is served' || not_ok 'collection add' "$(tail -n 1 err)"
v token add de --label siem >token 2>err && ok 'a token' || not_ok 'token add' "$(tail -n 1 err)"
v token add de --label feeder --read --write >writing 2>err || not_ok 'token add --write' "$(tail -n 1 err)"
is 'a token is one line, to be kept in a file' "$(grep -cE '^vb_[A-Za-z0-9_-]{43}$' token)/$(wc -l <token)" 1/1
v import de --collection indicators bundle.json >out 2>err
is 'import of 250 objects' "$(grep -oE '250 recorded' out)" '250 recorded'
v import de --collection indicators bundle.json >out 2>err
is 'once more: nothing new' "$(grep -oE '0 recorded' out | head -n 1)" '0 recorded'

# ---- what a client sees ----
at=$de_url/taxii2/api/collections/indicators
is 'discovery' "$(curl -s "$de_url/taxii2/" | python3 -c 'import json, sys; print(json.load(sys.stdin)["default"])')" /taxii2/api/
is 'nobody: 401' "$(curl -s -o body -w '%{http_code}' "$at/objects/")" 401
is 'the collection' "$(get "$at/") $(of 'd["title"], d["alias"], d["can_read"], d["can_write"]')" '200 Indicators indicators True False'
is 'by its id' "$(get "$de_url/taxii2/api/collections/$(of 'd["id"]')/") $(of 'd["alias"]')" '200 indicators'
is 'curl as it comes, without Accept' "$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $(cat token)" "$at/objects/?limit=10") $(of 'len(d["objects"]), d["more"]')" '200 10 True'

# ---- filters ----
one=00000001-0000-4000-8000-000000000001
filter() { # TITLE QUERY WANTED
	is "$1" "$(get "$at/objects/?$2") $(ids)" "200 $3"
}
filter 'match[id]' "match[id]=malware--$one" 'malware--00000001'
filter 'match[id], two' "match[id]=indicator--$one,malware--$one" 'indicator--00000001 malware--00000001'
filter 'match[type], limit' 'match[type]=malware&limit=2' 'malware--00000002 malware--00000003'
filter 'match[type], escaped' 'match%5Btype%5D=malware&limit=1' 'malware--00000002'
filter 'match[version]=all' "match[id]=malware--$one&match[version]=all" 'malware--00000001 malware--00000001'
filter 'match[version]=first' "match[id]=malware--$one&match[version]=first&match[type]=malware" 'malware--00000001'
is 'it is the first' "$(of 'd["objects"][0]["modified"]')" 2024-01-01T00:00:00.000Z
filter 'match[version]=TIME' "match[version]=2024-01-02T00:00:00Z&match[type]=malware" 'malware--00000001'
filter 'match[spec_version]' "match[spec_version]=2.0" ''
filter 'added_after the end' "added_after=2100-01-01T00:00:00Z" ''
is 'limit=0 is malformed' "$(get "$at/objects/?limit=0") $(of 'd["http_status"]')" '400 400'
is 'one object' "$(get "$at/objects/malware--$one/") $(of 'd["objects"][0]["is_family"]')" '200 True'
is 'its versions' "$(get "$at/objects/malware--$one/versions/") $(of 'len(d["versions"])')" '200 2'
is 'an unknown one' "$(get "$at/objects/malware--ffffffff-0000-4000-8000-000000000001/")" 404
is 'the manifest' "$(get "$at/manifest/?match[type]=malware&limit=3") $(of 'len(d["objects"]), d["objects"][0]["media_type"]')" '200 3 application/stix+json;version=2.1'

# ---- pages to the end; the node stopped and started in between ----
pages() { # QUERY: ids of all pages, in all; their number in $count
	local next='' more=True
	count=0
	: >all
	while [ "$more" = True ] && [ $count -lt 100 ]; do
		[ "$(get "$at/$1${next:+&next=$next}")" = 200 ] || break
		of '"\n".join(o["id"] + " " + o.get("modified", o.get("version", "")) for o in d["objects"] if not o["id"].startswith("verbale-"))' >>all
		next=$(of 'd.get("next", "")') more=$(of 'd.get("more", False)')
		count=$((count + 1))
		if [ $count = 2 ] && [ "${2:-}" = restart ]; then
			stop "$de"
			serve de
			de=$pid de_url=$url at=$url/taxii2/api/collections/indicators
		fi
	done
}
pages 'objects/?limit=40'
is 'pages of 40: 249 objects, each once' "$(wc -l <all) $(sort -u all | wc -l)" '249 249'
pages 'manifest/?limit=33&match[version]=all' restart
is 'the manifest by 33, over a restart: 250 versions, each once' "$(wc -l <all) $(sort -u all | wc -l)" '250 250'
get "$at/objects/?limit=100" >/dev/null
last=$(header X-TAXII-Date-Added-Last)
get "$at/objects/?added_after=$last&limit=1000" >/dev/null
is 'added_after the last date of a page: the rest' "$(of 'len(d["objects"])')" 150

# ---- adding and taking back ----
code=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $(cat writing)" -H "Content-Type: $type" --data-binary @envelope.json "$at/objects/")
is 'POST: two are taken, one fails alone' "$code $(of 'd["status"], d["success_count"], d["failure_count"]')" '202 complete 2 1'
status=$(of 'd["id"]')
is 'its reason' "$(of '"created" in d["failures"][0]["message"]')" True
is 'the status later' "$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $(cat writing)" "$de_url/taxii2/api/status/$status/") $(of 'd["success_count"]')" '200 2'
is 'POST with the reading token: 403' "$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $(cat token)" -H "Content-Type: $type" --data-binary @envelope.json "$at/objects/")" 403
is 'DELETE' "$(curl -s -o body -w '%{http_code}' -X DELETE -H "Authorization: Bearer $(cat writing)" "$at/objects/campaign--00000002-0000-4000-8000-000000000001/")" 200
is 'and it is gone' "$(get "$at/objects/campaign--00000002-0000-4000-8000-000000000001/")" 404

# ---- a second node follows ----
v collection add jp --name 'From DE' --members JP --ceiling amber --alias from-de >out 2>err || not_ok 'collection add jp' "$(tail -n 1 err)"
v pull jp "$de_url/taxii2/" --collection from-de --from indicators --token-file token >out 2>err
is 'pull: every version of each object' "$(cat out err)" '1 pages: 251 recorded, 0 known already, 0 refused'
v pull jp "$de_url/taxii2/" --collection from-de --from indicators --token-file token --overlap 0 >out 2>err
is 'a second one brings nothing' "$(grep -oE '[0-9]+ recorded' out)" '0 recorded'
printf '{"objects":[%s]}' "$(sed 's/.*\({"type": "campaign".*\), {"type": "campaign".*{"type.*/\1/; s/campaign--00000001/campaign--00000009/' envelope.json)" >more.json
curl -s -o body -H "Authorization: Bearer $(cat writing)" -H "Content-Type: $type" --data-binary @more.json "$at/objects/"
is 'one more is added at the first node' "$(of 'd["success_count"]')" 1
v pull jp "$de_url/taxii2/api/collections/indicators/" --collection from-de --token-file token >out 2>err
is 'and a third pull brings it' "$(grep -oE '[0-9]+ recorded' out)" '1 recorded'
cp token token.de
v token add jp --label reader >token 2>err || not_ok 'token add jp' "$(tail -n 1 err)"
at=$jp_url/taxii2/api/collections/from-de
pages 'objects/?limit=100&match[version]=all'
is 'the second node serves what it pulled' "$(wc -l <all) $(sort -u all | wc -l)" '252 252'
is 'the object is the same' "$(get "$at/objects/indicator--$one/") $(of 'd["objects"][0]["pattern"]')" "200 [ipv4-addr:value = '198.51.100.1']"
v pull jp "$de_url/taxii2/" --collection from-de --from indicators --token-file token >out 2>err
is 'a token of another node is refused, and pull says so' "$? $(grep -cE 'not allowed \(401\)' err)" '1 1'

# ---- both nodes are whole ----
stop "$de"
stop "$jp"
for n in de jp; do
	v check $n >out 2>err
	is "check $n" $? 0
done
exit $bad

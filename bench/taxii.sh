#!/bin/bash
# bench/taxii.sh BUILD - the TAXII server over loopback beside the HTTP library alone (the same bytes from memory) and,
# where they can be installed from PyPI, beside medallion and OpenTAXII; one client for all: bench/load_taxii.c writes,
# wrk reads. doc/BENCH.md says what each number means.
# BENCH_TAXII_SIZES: collection sizes ("10000 100000"); BENCH_TAXII_SECONDS per reading (3); BENCH_TAXII_BUNDLE: a STIX
# bundle to read back as well; BENCH_PEERS=0: without the peers; BENCH_DIR; BENCH_CHRT: a prefix such as "chrt -r 1".
set -u
build=$(cd "${1:-build}" && pwd)
base=${BENCH_DIR:-$build}
sizes=${BENCH_TAXII_SIZES:-10000 100000}
seconds=${BENCH_TAXII_SECONDS:-3}
chrt=${BENCH_CHRT:-}
verbale=$build/src/cli/verbale
dir=$(mktemp -d "$base/verbale-bench-taxii-XXXXXX")
accept='Accept: application/taxii+json;version=2.1'
pids=''
finish() {
	for p in $pids; do kill "$p" 2>/dev/null; done
	for p in $pids; do wait "$p" 2>/dev/null; done
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 3' INT TERM
command -v wrk >/dev/null || { echo "skip: wrk is not installed"; exit 0; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
say() { printf '%-44s %12s %12s %8s %10s\n' "$@"; }

# ---- ours ----

port=$(free_port)
url=http://127.0.0.1:$port/taxii2/api/collections/exchange
"$verbale" init "$dir/node" --party DE --origin de.example/log --listen-http 127.0.0.1:"$port" --rate-limit 0 >/dev/null || exit 1
"$verbale" collection add "$dir/node" --name Exchange --alias exchange --ceiling amber >/dev/null || exit 1
auth="Bearer $("$verbale" token add "$dir/node" --label bench --read --write 2>/dev/null | grep -o 'vb_[A-Za-z0-9_-]*' | head -n 1)"
start() {
	$chrt "$verbale" serve "$dir/node" --log-file "$dir/log" >"$dir/out" 2>&1 &
	node=$!
	pids="$pids $node"
	for _ in $(seq 2000); do
		curl -s -o /dev/null "http://127.0.0.1:$port/taxii2/" && return
		sleep 0.005
	done
	echo "the node does not answer"; exit 1
}
resident() { awk '/VmRSS/ { printf "%.0f MB\n", $2 / 1024 }' "/proc/$1/status"; }
cpu_us() { awk '{ print ($14 + $15) * 10000 }' "/proc/$1/stat"; }

# rate URL AUTH PID: requests per second and processor microseconds each
rate() {
	local before after out
	before=$(cpu_us "$3")
	out=$($chrt wrk -t1 -c16 -d"${seconds}s" -H "$accept" -H "Authorization: $2" "$1")
	after=$(cpu_us "$3")
	echo "$out" | grep -q 'Non-2xx' && { echo "answers other than 200: $1" >&2; echo "0 0"; return; }
	echo "$out" | awk -v us=$((after - before)) '/requests in/ { n = $1 } /Requests\/sec/ { r = $2 } END { printf "%.0f %.1f\n", r, (n > 0 ? us / n : 0) }'
}

# one NAME QUERY: ours beside the library alone with the very same bytes
one() {
	local ours us bare bus page bpid bport
	page=$dir/page
	curl -gs -H "Authorization: $auth" -H "$accept" "$url/$2" -o "$page" || return
	read -r ours us <<<"$(rate "$url/$(echo "$2" | sed 's/\[/%5B/g; s/\]/%5D/g')" "$auth" "$node")"
	mkfifo "$dir/hold"
	$chrt "$build/bench/bare_http" "$page" <"$dir/hold" >"$dir/bare" &
	bpid=$!
	exec 9>"$dir/hold"
	for _ in $(seq 200); do [ -s "$dir/bare" ] && break; sleep 0.01; done
	bport=$(cat "$dir/bare")
	read -r bare bus <<<"$(rate "http://127.0.0.1:$bport/" none "$bpid")"
	exec 9>&-
	wait "$bpid"
	rm -f "$dir/hold"
	say "$1 ($(stat -c %s "$page") bytes)" "$ours/s" "$bare/s" "$((bare > 0 ? 100 * ours / bare : 0)) %" "$us/$bus us"
}

id_at() { curl -gs -H "Authorization: $auth" -H "$accept" "$url/manifest/?limit=1&added_after=$1" | grep -o 'indicator--[0-9a-f-]*' | head -n 1; }
added_at() { # of the row behind $1 rows
	local next='' got=0 n
	while [ "$got" -lt "$1" ]; do
		n=$(($1 - got < 10000 ? $1 - got : 10000))
		curl -gs -D "$dir/head" -H "Authorization: $auth" -H "$accept" "$url/manifest/?limit=$n${next:+&next=$next}" -o "$dir/m"
		next=$(grep -o '"next":"[^"]*"' "$dir/m" | cut -d'"' -f4)
		got=$((got + n))
	done
	grep -i '^x-taxii-date-added-last' "$dir/head" | tr -d '\r' | sed 's/^[^:]*: //'
}

ours_at() {
	local middle end id
	middle=$(added_at $(($1 / 2)))
	end=$(added_at $(($1 - 1500)))
	id=$(id_at "$middle")
	say "with $1 objects" ours "library" ratio "CPU each"
	one "first page of 100" "objects/?limit=100"
	one "first page of 1,000" "objects/?limit=1000"
	one "100 after the middle (added_after)" "objects/?limit=100&added_after=$middle"
	one "100 near the end (added_after)" "objects/?limit=100&added_after=$end"
	one "1,000 near the end (added_after)" "objects/?limit=1000&added_after=$end"
	one "one object by id" "objects/$id/"
	one "manifest of 100" "manifest/?limit=100"
	one "manifest of 1,000" "manifest/?limit=1000"
	one "100 of one type (match[type])" "objects/?limit=100&match[type]=indicator"
}

start
have=0
for n in $sizes; do
	echo "ingest to $n in envelopes of 1,000, 4 connections: $($chrt "$build/bench/load_taxii" "$port" /taxii2/api/collections/exchange/objects/ "$auth" $((n - have)) 1000 4 "$have") objects/s"
	have=$n
	ours_at "$n"
	echo "resident: $(resident "$node")"
done
kill "$node"; wait "$node" 2>/dev/null
began=$(date +%s%N)
start
echo "stopped and started again with $have objects: answers after $((($(date +%s%N) - began) / 1000000)) ms; resident then $(resident "$node")"
if [ -n "${BENCH_TAXII_BUNDLE:-}" ]; then
	"$verbale" collection add "$dir/node" --name Bundle --alias bundle --ceiling amber >/dev/null
	"$verbale" import "$dir/node" --collection bundle "$BENCH_TAXII_BUNDLE" | tail -n 1
	url=${url%/*}/bundle
	one "bundle: page of 100" "objects/?limit=100"
	one "bundle: page of 1,000" "objects/?limit=1000"
	one "bundle: 100 of malware" "objects/?limit=100&match[type]=malware"
fi

# ---- the peers, as their READMEs set them up, behind gunicorn; the same client ----

[ "${BENCH_PEERS:-1}" = 1 ] || exit 0
peer_one() { # NAME URL AUTH PID: a page takes long there: at least one answer, at most 20 s
	local t
	t=$(curl -gs -o /dev/null -m 60 -w '%{http_code} %{time_total}' -H "$accept" -H "Authorization: $3" "$2")
	case $t in
	200*) say "$1" "$(echo "$t" | awk '{ printf "%.2f", 1 / $2 }')/s alone" "$(timeout 30 wrk -t1 -c16 -d"${seconds}s" --timeout 20s -H "$accept" -H "Authorization: $3" "$2" | awk '/Requests\/sec/ { print $2 }')/s" "" "" ;;
	*) say "$1" "answered $t" "" "" "" ;;
	esac
}
peer_pages() { # URL AUTH PID
	local id
	id=$(curl -gs -H "$accept" -H "Authorization: $2" "$1/manifest/?limit=1" | grep -o 'indicator--[0-9a-f-]*' | head -n 1)
	peer_one "page of 100" "$1/objects/?limit=100" "$2" "$3"
	peer_one "page of 1,000" "$1/objects/?limit=1000" "$2" "$3"
	peer_one "one object by id" "$1/objects/$id/" "$2" "$3"
	peer_one "manifest of 100" "$1/manifest/?limit=100" "$2" "$3"
	peer_one "100 of one type" "$1/objects/?limit=100&match%5Btype%5D=indicator" "$2" "$3"
}
peer_env() { # NAME FOLDER REQUIREMENT…: a Python environment, made once
	local name=$1 venv=$2
	shift 2
	[ -e "$venv/ready" ] && return
	rm -rf "$venv"
	if python3 -m venv "$venv" && timeout 300 "$venv/bin/pip" install -q --disable-pip-version-check "$@"; then : >"$venv/ready"; return; fi >"$dir/pip" 2>&1
	echo "skip: $name cannot be installed here: $(tail -n 1 "$dir/pip")"
	return 1
}
answering() { # URL
	for _ in $(seq 100); do curl -s -o /dev/null "$1" && return; sleep 0.1; done
	return 1
}

medallion_measured() {
	local mport mauth murl medallion
	# Its pages cost the square of what a collection holds: 500 objects are what it answers in a second.
	mport=$(free_port)
	cat >"$dir/data.json" <<'DATA'
{"/discovery": {"title": "bench", "default": "/api/", "api_roots": ["/api/"]},
 "api": {"information": {"title": "bench", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 67108864}, "status": [],
  "collections": [{"id": "91a7b528-80eb-42ed-a74d-c6fbd5a26116", "title": "bench", "can_read": true, "can_write": true,
   "media_types": ["application/stix+json;version=2.1"], "objects": [], "manifest": [], "responses": {}}]}}
DATA
	cat >"$dir/wsgi.py" <<WSGI
import json, logging
from medallion import application_instance, register_blueprints, set_config
logging.disable(logging.CRITICAL)
conf = {"backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": "$dir/data.json", "force_wsgi": True},
        "users": {"bench": "bench"}, "taxii": {"max_page_size": 1000}}
for part in ("users", "taxii", "backend"):
    set_config(application_instance, part, conf)
register_blueprints(application_instance)
app = application_instance
WSGI
	(cd "$dir" && exec "$build/bench-peers/bin/gunicorn" wsgi:app --bind "127.0.0.1:$mport" --workers 1 --threads 8 >"$dir/medallion" 2>&1) &
	medallion=$!
	pids="$pids $medallion"
	answering "http://127.0.0.1:$mport/taxii2/"
	mauth="Basic $(printf bench:bench | base64)"
	murl=http://127.0.0.1:$mport/api/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116
	echo "medallion 3.0.0 (memory, gunicorn 1 x 8), ingest of 500 in envelopes of 100: $(timeout 60 "$build/bench/load_taxii" "$mport" "${murl#http://*:"$mport"}/objects/" "$mauth" 500 100 1 0) objects/s"
	say "medallion with 500 objects" "one client" "16 clients" "" ""
	peer_pages "$murl" "$mauth" "$medallion"
	kill "$medallion"
}

# On SQLite, with a token of its own: Basic there costs a password hash for every request. A worker of threads keeps connections open.
opentaxii_measured() {
	local oport root id otoken ourl opentaxii bin=$build/bench-opentaxii/bin
	oport=$(free_port)
	cat >"$dir/opentaxii.yml" <<YML
{"domain": "localhost", "support_basic_auth": true, "return_server_error_details": false, "taxii1": null, "hooks": null, "logging": {"opentaxii": "error", "root": "error"},
 "auth_api": {"class": "opentaxii.auth.sqldb.SQLDatabaseAPI", "parameters": {"db_connection": "sqlite:///$dir/opentaxii-auth.db", "create_tables": true, "secret": "a secret of the measurement only"}},
 "taxii2": {"contact": "nobody", "title": "bench", "description": "bench", "max_content_length": 67108864, "public_discovery": true, "allow_custom_properties": true,
  "persistence_api": {"class": "opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI", "parameters": {"db_connection": "sqlite:///$dir/opentaxii-data.db", "create_tables": true}}}}
YML
	export OPENTAXII_CONFIG=$dir/opentaxii.yml
	"$bin/opentaxii-create-account" -u bench -p bench -a >"$dir/opentaxii" 2>&1 && "$bin/opentaxii-add-api-root" -t bench --default >>"$dir/opentaxii" 2>&1
	(cd "$dir" && exec "$bin/gunicorn" opentaxii.http:app --bind "127.0.0.1:$oport" --workers 2 --worker-class gthread --threads 1 >>"$dir/opentaxii" 2>&1) &
	opentaxii=$!
	pids="$pids $opentaxii"
	answering "http://127.0.0.1:$oport/taxii2/" || { echo "OpenTAXII does not answer: $(tail -n 1 "$dir/opentaxii")"; return; }
	root=$(curl -s -u bench:bench -H "$accept" "http://127.0.0.1:$oport/taxii2/" | grep -oE '[0-9a-f]{8}-[0-9a-f-]{27}' | head -n 1)
	"$bin/opentaxii-add-collection" -r "$root" -t bench --public --public-write >>"$dir/opentaxii" 2>&1
	id=$(curl -s -u bench:bench -H "$accept" "http://127.0.0.1:$oport/taxii2/$root/collections/" | grep -oE '"id": ?"[^"]*"' | head -n 1 | cut -d'"' -f4)
	otoken=$(curl -s -d 'username=bench&password=bench' "http://127.0.0.1:$oport/management/auth" | grep -oE '"token": ?"[^"]*"' | cut -d'"' -f4)
	ourl=http://127.0.0.1:$oport/taxii2/$root/collections/$id
	echo "OpenTAXII 0.10.0b1 (SQLite, gunicorn 2), ingest of 500 in envelopes of 100: $(timeout 120 "$build/bench/load_taxii" "$oport" "${ourl#http://*:"$oport"}/objects/" "Bearer $otoken" 500 100 1 0) objects/s"
	say "OpenTAXII with 500 objects" "one client" "16 clients" "" ""
	peer_pages "$ourl" "Bearer $otoken" "$opentaxii"
}

if peer_env medallion "$build/bench-peers" medallion==3.0.0 gunicorn; then medallion_measured; fi
if peer_env OpenTAXII "$build/bench-opentaxii" -r "$(dirname "$0")/../tests/interop/taxii/opentaxii_requirements.txt" gunicorn; then opentaxii_measured; fi

#!/bin/bash
# cli.sh - the command as its users meet it: two nodes made, filled, joined over TLS on the loopback, proven and checked;
# and what it says and returns when something is wrong. Lines "ok …" and "not ok …".
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-${1:-$root/build}}
verbale=${VERBALE:-$build/src/cli/verbale}
work=${WORK:-$(mktemp -d)}
port=${PORT:-$((20000 + $$ % 10000))}
cd "$work" || exit 3
export VERBALE_LANG=en
bad=0
ok() { echo "ok $1"; }
not_ok() { echo "not ok $1: $2"; bad=1; }
v() { timeout -k 2 20 "$verbale" "$@"; }

# gives STATUS 'PATTERN' ARGUMENTS…: exit status, and a line of the output (either stream) that says so; $INPUT is fed.
INPUT=/dev/null
gives() {
	local want=$1 pattern=$2 rc
	shift 2
	v "$@" <"$INPUT" >out 2>err
	rc=$?
	if [ $rc != "$want" ]; then not_ok "verbale $*" "status $rc instead of $want: $(cat out err | tail -n 1)"
	elif ! cat out err | grep -qE -- "$pattern"; then not_ok "verbale $*" "does not say \"$pattern\": $(cat out err | tail -n 1)"
	elif [ $rc != 0 ] && [ "$(wc -l <err)" -gt 40 ]; then not_ok "verbale $*" "$(wc -l <err) lines of complaint"
	else ok "verbale $(echo "$*" | tr '\n' ' ' | cut -c 1-100)"; fi
}
json() { # TITLE: every line of out is JSON
	if [ -s out ] && python3 -c 'import json,sys
for l in sys.stdin: json.loads(l)' <out 2>err; then ok "$1"; else not_ok "$1" "$(head -n 1 out) $(tail -n 1 err)"; fi
}

# ---- help: every verb, in three languages; the manual has them all ----
v --help >help
verbs=$(sed -n 's/^  verbale \([a-z]*\) .*/\1/p' help)
[ "$(echo "$verbs" | wc -l)" -ge 16 ] || not_ok 'help lists the verbs' "$verbs"
man=$root/doc/verbale.1
missing=''
for verb in $verbs; do
	grep -q "^\.It Cm $verb" "$man" || missing="$missing $verb"
	for lang in de ja en; do
		v "$verb" --help --lang $lang >"help.$lang" || not_ok "verbale $verb --help --lang $lang" "status $?"
	done
	if cmp -s help.de help.en || cmp -s help.ja help.en; then not_ok "verbale $verb --help" 'not translated'; fi
	for option in $(sed -n 's/^  \(--[a-z-]*\).*/\1/p' help.en | sort -u); do
		grep -qE "^\.It Fl -${option#--}( |$)" "$man" || missing="$missing $verb:$option"
	done
done
if [ -z "$missing" ]; then ok 'the manual has every verb and option of --help'; else not_ok 'the manual has every verb and option' "missing:$missing"; fi
ok 'every verb has --help in de, ja and en'
if command -v groff >/dev/null; then
	if [ -z "$(groff -mandoc -Tutf8 -ww -z "$man" 2>&1)" ]; then ok 'the manual is clean mdoc'; else not_ok 'the manual is clean mdoc' "$(groff -mandoc -Tutf8 -ww -z "$man" 2>&1 | head -n 1)"; fi
fi
gives 0 '^verbale [0-9]' --version

# ---- wrong use: what and where ----
gives 2 'VERB --help'
gives 2 'no verb "frob"' frob
gives 2 'verbale init DIR' init
gives 2 '--party CODE and --origin NAME' init x
gives 2 'no option --frob' init x --frob
gives 2 '--party: a value is due' init x --party
gives 2 '--party de: 2 to 16' init x --party de --origin x.example/log
gives 2 '--origin a b: a name' init x --party DE --origin 'a b'
gives 2 'listen_http = "999"' init x --party DE --origin x.example/log --listen-http 999
gives 2 'threads = "many"' init x --party DE --origin x.example/log --threads many
gives 2 '--lang: de, ja or en' log x --lang fr
gives 3 'nowhere: no node here' log nowhere
gives 3 'nowhere: no node here' check nowhere
gives 3 'nowhere: no node here' serve nowhere
gives 2 '--key VKEY or --policy FILE' verify x.json
gives 1 '--key: verifier key' verify x.json --key nonsense
if [ -e x ]; then not_ok 'a refused init leaves nothing' "$(ls x)"; else ok 'a refused init leaves nothing'; fi

# ---- two nodes ----
gives 0 'self.peer' init de --party DE --origin de.example/log --listen-http "127.0.0.1:$port" --listen-tls "127.0.0.1:$((port + 1))" --url "https://127.0.0.1:$((port + 1))" --sync-interval 0
gives 0 'verbale-peer/v1' init jp --party JP --origin jp.example/log --listen-http "127.0.0.1:$((port + 2))" --listen-tls "127.0.0.1:$((port + 3))" --url "https://127.0.0.1:$((port + 3))" --sync-interval 0
gives 1 'already exists: de' init de --party DE --origin de.example/log
gives 0 '"peer":' init third --party FR --origin fr.example/log --json
json 'init --json'
if find de/keys -type f ! -name '*.pem' ! -perm 600 ! -perm 400 | grep -q . || [ "$(stat -c %a de)" != 700 ] || [ "$(stat -c %a de/keys)" != 700 ]; then
	not_ok 'keys are readable by their owner only' "$(ls -l de/keys)"
else ok 'keys are readable by their owner only'; fi
gives 0 'Party JP is pinned' peer add de jp/self.peer
INPUT=de/self.peer gives 0 'Party DE is pinned' peer add jp -
gives 0 'Party JP is pinned' peer add de jp/self.peer
gives 2 'this very node' peer add de de/self.peer
timeout 20 "$verbale" init other --party JP --origin jp.example/log >/dev/null
gives 1 'JP is pinned with' peer add de other/self.peer
head -c 100 jp/self.peer >cut.peer
gives 1 'peer text' peer add de cut.peer
gives 1 'longer than' peer add de "$man"
gives 1 'first line' peer add de de/verbale.conf
gives 0 'jp.example/log .*not followed yet' peer list de
gives 2 'no such file' peer add de none.peer

# ---- configuration: default, file, environment, flag ----
gives 0 '^threads += 0 +# default' config de
gives 0 '^origin += de.example/log +# file' config de
VERBALE_THREADS=3 gives 0 '^threads += 3 +# environment' config de
VERBALE_THREADS=3 gives 0 '^threads += 2 +# flag' config de --threads 2
VERBALE_THREADS=x gives 2 'threads = "x"|THREADS' config de
gives 0 '"threads"' config de --json
json 'config --json'
cp de/verbale.conf conf.kept
printf 'thread = 3\n' >>de/verbale.conf
gives 2 'verbale.conf.*line [0-9]+.*thread|verbale.conf:[0-9]+.*thread' config de
cp conf.kept de/verbale.conf

# ---- collection and objects ----
gives 2 'there is no collection yet' add de
gives 2 '--name TEXT' collection add de
gives 1 'ceiling' collection add de --name X --ceiling purple
gives 1 'members' collection add de --name X --members de
gives 0 'recorded 0 verbale-collection--' collection add de --name 'Test' --members DE,JP --ceiling amber --public
gives 0 'in force' collection list de
id() { printf '%s--%08x-0000-4000-8000-000000000001' "$1" "$2"; }
identity() { # NUMBER NAME
	printf '{"type":"identity","spec_version":"2.1","id":"%s","created":"2016-09-09T00:00:00.000Z","modified":"2016-09-09T00:00:00.000Z","name":"%s","identity_class":"group"}' "$(id identity "$1")" "$2"
}
identity 1 one >one.json
printf '[%s,\n%s]' "$(identity 2 two)" "$(identity 3 three)" >list.json
printf '{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000009","objects":[%s,%s]}' "$(identity 4 four)" "$(identity 5 five)" >bundle.json
printf '{"objects":[%s],"more":false}' "$(identity 6 six)" >envelope.json
identity 7 seven >stdin.json
identity 1 changed >conflict.json
printf '{\n "type": "identity",\n "name": "x"\n "id": 3\n}' >broken.json
printf '{"type":"identity","spec_version":"2.1","id":"identity--1","name":"x"}' >badid.json
printf '[%s,%s]' "$(identity 8 eight)" '{"type":"identity","id":"x"}' >half.json
gives 0 '1 recorded' add de one.json
gives 0 '2 recorded' add de list.json
gives 0 '2 recorded' add de bundle.json
gives 0 '1 recorded' add de envelope.json
INPUT=stdin.json gives 0 '1 recorded' add de
INPUT=stdin.json gives 0 '0 recorded, 1 known already' add de -
gives 0 '0 recorded, 2 known already' add de bundle.json
gives 1 'recorded with other content: entry SHA-256 [0-9a-f]{64}, offered [0-9a-f]{64}' add de conflict.json
gives 1 'broken.json.*line 4' add de broken.json
gives 1 'badid.json \(1\): malformed input: .*type--UUID' add de badid.json
gives 1 'rule id' add de half.json --all
v show de "$(id identity 8)" >/dev/null 2>&1 && not_ok 'add --all' 'wrote half'
gives 1 'half.json \(2\): malformed' add de half.json
gives 0 'eight' show de "$(id identity 8)"
gives 2 'no such file' add de none.json
gives 2 'no alias of one' add de --collection 17 one.json
gives 1 'not known, or not accepted' add de --collection 00000000-0000-4000-8000-000000000000 one.json
gives 0 '"result":"duplicate"' add de one.json --json
json 'add --json'
gives 1 '"error":"E_' add de conflict.json --json
json 'an error with --json'
gives 0 'written by +DE, entry 1' show de "$(id identity 1)"
gives 0 'one' show de "$(id identity 1)" --json
json 'show --json'
gives 1 'not in this record' show de "$(id identity 99)"
gives 1 'not in this record' show de "$(id identity 1)" --version 2001-01-01T00:00:00.000Z
gives 0 'identity--00000001' log de
gives 0 'identity--00000001' log de --json
json 'log --json'
if [ "$(v log de --limit 2 | wc -l)" = 2 ]; then ok 'log --limit'; else not_ok 'log --limit' "$(v log de --limit 2)"; fi
gives 2 'take numbers' log de --after x

# ---- users, tokens, grants ----
echo 'a long enough password' >pw
gives 0 '^muster .*DE/BSI .*desk-officer .*password' user add de muster --agency BSI --role desk-officer --password-file pw
gives 1 'already exists: user muster' user add de muster
gives 1 'user name "Muster"' user add de Muster
gives 2 '--party FR: neither' user add de x --party FR
gives 2 '--role king: one of reader, contributor, desk-officer, releaser, administrator, auditor' user add de x --role king
printf short >short.pw
gives 2 'a password of 12 characters' user set de muster --password-file short.pw
gives 0 'releaser .*password, certificate' user set de muster --role head --cert jp/keys/tls.cert.pem
gives 1 'another user signs in with this certificate' user add de other --cert jp/keys/tls.cert.pem
gives 1 'there is no user nobody' user disable de nobody
gives 0 '; disabled$' user disable de muster
gives 0 'releaser +password$' user set de muster --enable --no-cert
gives 0 '"password":true' user list de --json
json 'user list --json'
col=$(v collection list de | cut -d ' ' -f 1)
if v token add de --label siem --collection "$col" --from 192.0.2.0/24,2001:db8::/32 --expires 90 2>err | grep -qxE 'vb_[A-Za-z0-9_-]{43}' && grep -q 'shown this once' err; then
	ok 'token add: the token alone on standard output'
else not_ok 'token add: the token alone on standard output' "$(cat err)"; fi
gives 1 'say --user siem' token add de --label siem
gives 2 'user siem .* may not write' token add de --user siem --write
gives 2 '--user NAME or --label' token add de
gives 1 'unless --user names one: user name' token add de --label 'The SIEM'
gives 1 'bits behind the prefix' token add de --user muster --from 192.0.2.1/24
gives 2 'that is past' token add de --user muster --expires 2001-01-01
gives 1 'not known, or not accepted' token add de --user muster --collection 00000000-0000-4000-8000-000000000000
gives 0 '"token":"vb_' token add de --user muster --read --write --json
json 'token add --json'
gives 0 'siem; *valid; read;|siem +valid; read; .*192.0.2.0/24, 2001:db8::/32; expires' token list de
gives 0 '"user":"siem"' token list de --user siem --json
json 'token list --json'
if v token list de | grep -q vb_ || strings -a de/state.sqlite* | grep -q 'vb_\|long enough'; then not_ok 'secrets are not kept' 'one is'; else ok 'secrets are not kept'; fi
gives 0 'revoked' token revoke de "$(v token list de --user siem | cut -d ' ' -f 1)"
gives 1 'there is no token' token revoke de 0123
gives 0 'user:muster +read, write' grant add de --collection "$col" --to user:muster --read --write
gives 0 'only those named' grant add de --collection "$col" --to agency:BSI
gives 1 'there is no user nobody' grant add de --collection "$col" --to user:nobody
gives 1 'a grant to "x"' grant add de --collection "$col" --to x
gives 0 '"to":"agency:BSI","read":true,"write":false' grant list de --json
json 'grant list --json'
gives 0 'agency:BSI +nothing' grant remove de --collection "$col" --to agency:BSI
gives 0 'user:muster +nothing' grant remove de --collection "$col" --to user:muster
if [ "$(stat -c %a de/state.sqlite)" = 600 ]; then ok 'the local state is readable by its owner only'; else not_ok 'the local state is readable by its owner only' "$(ls -l de)"; fi

# ---- serving, and following over mutual TLS ----
serve() { # NAME: in the background; the pid in $pid
	"$verbale" serve "$1" >"$1.out" 2>"$1.log" &
	pid=$!
	for _ in $(seq 50); do
		if grep -q '^http' "$1.out"; then return; fi
		sleep 0.1
	done
	not_ok "serve $1" "$(tail -n 1 "$1.log")"
}
serve de
de=$pid
serve jp
jp=$pid
trap 'kill $de $jp 2>/dev/null; wait $de $jp 2>/dev/null' EXIT
gives 0 'known already' add de one.json
gives 3 'in use by another process.*[0-9]|in use by another process.*de' rebuild de
gives 0 'identity--00000001' log de
gives 0 'muster' user list de
gives 0 'beside +DE +reader' user add de beside
status() { curl -s -o /dev/null -w '%{http_code}' -H 'Accept: application/taxii+json;version=2.1' -H "$1" "http://127.0.0.1:$port/taxii2/"; }
token=$(v token add de --user beside 2>/dev/null)
if [ "$(status "Authorization: Bearer $token")" = 200 ]; then ok 'a token made beside a running node is known at once'; else not_ok 'a token made beside a running node is known at once' "$(status "Authorization: Bearer $token")"; fi
v token revoke de "$(v token list de --user beside | cut -d ' ' -f 1)" >/dev/null
if [ "$(status "Authorization: Bearer $token")" = 401 ]; then ok 'a revoked token is refused at once'; else not_ok 'a revoked token is refused at once' "$(status "Authorization: Bearer $token")"; fi
if curl -sf "http://127.0.0.1:$port/log/checkpoint" | head -n 1 | grep -qx de.example/log; then ok 'the log is served'; else not_ok 'the log is served' 'no checkpoint'; fi
code=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/log/entry/1.json")
if [ "$code" = 404 ]; then ok 'a stranger gets nothing that is not public'; else not_ok 'a stranger gets nothing that is not public' "$code"; fi
ends() { # NAME PID
	local since rc
	since=$(date +%s%N)
	kill -TERM "$2"
	wait "$2"
	rc=$?
	if [ $rc = 0 ] && [ $((($(date +%s%N) - since) / 1000000)) -lt 3000 ]; then ok "SIGTERM ends serve $1 with status 0"
	else not_ok "SIGTERM ends serve $1" "status $rc after $((($(date +%s%N) - since) / 1000000)) ms"; fi
}
ends jp $jp
gives 0 'followed from 0 to [0-9]+ entries' sync jp
gives 0 '"size":' sync jp --json DE
json 'sync --json'
gives 2 'not every party named is pinned' sync jp FR
gives 0 'offered, not yet accepted' collection list jp
if [ "$(v log jp | wc -l)" = 1 ]; then ok 'before it is accepted nothing but the offer is seen'; else not_ok 'before it is accepted nothing but the offer is seen' "$(v log jp | wc -l) lines"; fi
col=$(v collection list jp | cut -d ' ' -f 1)
gives 2 'agree, object or withdraw' assent jp "$col" perhaps
gives 0 'recorded 0 verbale-assent--' assent jp "$col" agree
gives 0 'in force' collection list jp
gives 0 '"in_force":true' collection list jp --json
json 'collection list --json'
gives 0 'DE +1 ' log jp
gives 0 'identity--00000001' show jp "$(id identity 1)"
sed 's/"modified":"2016/"modified":"2017/' conflict.json >theirs.json
gives 1 'theirs.json \(1\): not allowed: .*belongs to another party' add jp theirs.json
identity 20 twenty >twenty.json
gives 0 '1 recorded' add jp twenty.json
ends de $de
gives 3 'cannot be reached' sync jp
serve jp
jp=$pid
gives 0 'JP: followed from 0' sync de
ends jp $jp
serve de
de=$pid
gives 0 'followed from' sync jp
ends de $de
trap - EXIT
gives 0 'twenty' show de "$(id identity 20)"
gives 0 'mirrored' peer list de
gives 0 '"mirrored":[1-9]' peer list de --json
json 'peer list --json'

# ---- proofs, check, rebuild ----
gives 0 'verbale verify' prove de "$(id identity 20)" --out proof
x=proof/$(id identity 20)
gives 0 'PROVEN' verify "$x.json" --policy "$x.policy.txt"
gives 0 '"proven":true' verify "$x.json" "$x.tlog-proof" --policy "$x.policy.txt" --json
json 'verify --json'
gives 1 'NOT PROVEN' verify "$x.json" --key "$(sed -n 's/^log //p' de/self.peer)"
gives 0 'PROVEN' verify "$x.json" --policy "$x.policy.txt" --key "$(sed -n 's/^log //p' "$x.policy.txt")"
gives 1 'not by the key given' verify "$x.json" --policy "$x.policy.txt" --key "$(sed -n 's/^log //p' de/self.peer)"
gives 2 'no such file' verify proof/none.json --policy "$x.policy.txt"
gives 2 'X.json' verify "$man" --policy "$x.policy.txt"
sed 's/twenty/Twenty/' "$x.json" >proof/other.json
cp "$x.tlog-proof" proof/other.tlog-proof
gives 1 'NOT PROVEN' verify proof/other.json --policy "$x.policy.txt"
gives 1 '1 of 2 not proven' verify "$x.json" proof/other.json --policy "$x.policy.txt"
gives 1 'not in this record' prove de "$(id identity 99)"
for n in de jp; do
	gives 0 ': 0 faults' check $n
	gives 0 '"faults":0' check $n --json
	json 'check --json'
done
gives 0 'anew' rebuild de
cp de/index.sqlite before.sqlite
rm -f de/index.sqlite*
gives 0 'anew' rebuild de
if cmp -s de/index.sqlite before.sqlite; then ok 'rebuild gives equal bytes'; else not_ok 'rebuild gives equal bytes' 'they differ'; fi
gives 0 'twenty' show de "$(id identity 20)"
gives 0 ': 0 faults' check de
segment=$(find jp/journal -type f | sort | head -n 1)
python3 - "$segment" <<'PY'
import sys
b = bytearray(open(sys.argv[1], "rb").read()); i = b.rindex(b"twenty"); b[i] ^= 1; open(sys.argv[1], "wb").write(b)
PY
gives 1 'journal|segment' check jp
gives 1 'journal|segment|damaged' log jp

# ---- import and export: streams, packed or not; MISP events ----
timeout 20 "$verbale" init ex --party DE --origin ex.example/log >/dev/null
timeout 20 "$verbale" collection add ex --name 'Exchange' --members DE --ceiling amber >/dev/null
gives 0 '1 recorded' import ex one.json
gives 0 '2 recorded' import ex list.json
gives 0 '2 recorded, 0 known already' import ex bundle.json
gives 0 '1 recorded' import ex envelope.json
INPUT=stdin.json gives 0 '1 recorded' import ex
INPUT=stdin.json gives 0 '0 recorded, 1 known already' import ex -
python3 - <<'PY'
import gzip, json
o = [{"type": "identity", "spec_version": "2.1", "id": "identity--%08x-0000-4000-8000-000000000002" % i, "created": "2016-09-09T00:00:00.000Z",
      "modified": "2016-09-09T00:00:00.000Z", "name": "n%d" % i} for i in range(3000)]
lines = "".join(json.dumps(x) + "\n" for x in o)
open("many.jsonl", "w").write(lines)
gzip.open("many.gz", "wt").write(lines)
open("cut.gz", "wb").write(open("many.gz", "rb").read()[:-9])
o[1]["name"] = ""; o[7]["id"] = "x"
open("bad.json", "w").write(json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000009", "objects": o}))
open("torn.json", "w").write(json.dumps(o[3000:] + [dict(o[2], id="identity--00001000-0000-4000-8000-000000000002")])[:-1])
event = {"Event": {"uuid": "5a7b1c2d-0001-4000-8000-0000000000aa", "info": "Phishing", "date": "2024-03-01", "timestamp": "1709300000", "published": True,
    "Orgc": {"uuid": "5a7b1c2d-0002-4000-8000-0000000000aa", "name": "CERT"}, "Tag": [{"name": "tlp:green"}], "Attribute": [
    {"uuid": "5a7b1c2d-0003-4000-8000-0000000000a1", "type": "ip-dst", "category": "Network activity", "to_ids": True, "value": "203.0.113.7"},
    {"uuid": "5a7b1c2d-0003-4000-8000-0000000000a2", "type": "btc", "category": "Financial fraud", "to_ids": True, "value": "1A1z"}]}}
json.dump(event, open("event.json", "w")); json.dump({"response": [event]}, open("response.json", "w")); json.dump(event["Event"], open("bare.json", "w"))
PY
gives 0 '3000 recorded, 0 known already' import ex many.jsonl
gives 0 '0 recorded, 3000 known already' import ex many.gz
INPUT=many.gz gives 0 '3000 known already' import ex - --progress
gives 1 'cut.gz: gzip: byte [0-9]+: cut short' import ex cut.gz
gives 1 'refused: bad.json \(2\): conflict with what is recorded: .*identity--00000001' import ex bad.json --refused refused.jsonl
cp refused.jsonl out
json 'import --refused'
if [ "$(wc -l <refused.jsonl)" = 2 ]; then ok 'every refusal is in the file'; else not_ok 'every refusal is in the file' "$(wc -l <refused.jsonl)"; fi
gives 1 '"refused":2' import ex bad.json --json
json 'import --json'
gives 1 'torn.json: line 1, byte [0-9]+: cut short' import ex torn.json
gives 0 'n2' show ex identity--00001000-0000-4000-8000-000000000002
gives 1 'broken.json.*line 4' import ex broken.json
gives 2 'no such file' import ex none.json
INPUT=/dev/null gives 1 'standard input: empty' import ex
gives 0 '4 recorded, 0 known already, 0 refused' import ex event.json
gives 0 'ip-dst +1 mapped, 0 partly, 0 kept raw' import ex response.json
gives 0 'btc +0 mapped, 0 partly, 1 kept raw' import ex bare.json --from-misp
gives 1 'rule type|must be' import ex bare.json
gives 1 'uuid and info' import ex one.json --from-misp
gives 0 'indicator' show ex indicator--5a7b1c2d-0003-4000-8000-0000000000a1
gives 0 'TLP:GREEN' show ex report--5a7b1c2d-0001-4000-8000-0000000000aa
gives 0 'event=export party=DE collection=[0-9a-f-]+ objects=3013' export ex --as lines
json 'export --as lines'
sort out >lines.sorted
gives 0 '3013 objects' export ex --pack gzip --out bundle.gz
if python3 - <<'PY'; then ok 'a bundle exported is the same objects'; else not_ok 'a bundle exported is the same objects' 'they differ'; fi
import gzip, json, sys
b = json.load(gzip.open("bundle.gz")); lines = [json.loads(l) for l in open("lines.sorted")]
sys.exit(not (b["type"] == "bundle" and b["id"][:8] == "bundle--" and sorted(map(str, b["objects"])) == sorted(map(str, lines))))
PY
gives 0 '3013 objects' export ex --as envelope --pack zstd --out envelope.zst
timeout 20 "$verbale" init again --party DE --origin again.example/log >/dev/null
timeout 20 "$verbale" collection add again --name 'Again' --members DE --ceiling amber >/dev/null
gives 1 '3012 recorded, 0 known already, 1 refused' import again envelope.zst
gives 0 '^0 objects' export ex --since 2100-01-01T00:00:00Z --out none.json
if [ "$(v export ex --since 2016-01-01T00:00:00Z --as lines 2>/dev/null | sort | cmp - lines.sorted)" = '' ]; then ok 'export --since'; else not_ok 'export --since' 'another list'; fi
gives 2 '--since yesterday' export ex --since yesterday
gives 2 'bundle, envelope or lines' export ex --as csv
gives 2 'gzip or zstd' export ex --pack xz
gives 3 'nowhere/x' export ex --out nowhere/x
gives 0 ': 0 faults' check ex
exit $bad

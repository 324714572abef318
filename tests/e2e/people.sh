#!/bin/bash
# people.sh - people and rights by command: users and their roles, second factors, sessions, handing over, the audit log;
# beside a running node, which heeds each change with the next request. Lines "ok …" and "not ok …".
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
gives() { # STATUS 'PATTERN' ARGUMENTS…: exit status, and a line of the output (either stream) that says so
	local want=$1 pattern=$2 rc
	shift 2
	v "$@" </dev/null >out 2>err
	rc=$?
	if [ $rc != "$want" ]; then not_ok "verbale $*" "status $rc instead of $want: $(cat out err | tail -n 1)"
	elif [ -n "$pattern" ] && ! cat out err | grep -qE -- "$pattern"; then not_ok "verbale $*" "does not say \"$pattern\": $(cat out err | tail -n 1)"
	else ok "verbale $(echo "$*" | cut -c 1-100)"; fi
}
json() { # TITLE: every line of out is JSON
	if [ -s out ] && python3 -c 'import json,sys
for l in sys.stdin: json.loads(l)' <out 2>err; then ok "$1"; else not_ok "$1" "$(head -n 1 out) $(tail -n 1 err)"; fi
}
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "$2 instead of $3"; fi; }

v init de --party DE --origin de.example/log >/dev/null || not_ok init "$?"
echo 'a long enough password' >pw

# ---- the first administrator, roles ----
gives 0 '^chef +DE/AA +administrator +password$' user add de chef --role administrator --agency AA --password-file pw
for role in reader contributor desk-officer releaser auditor; do gives 0 "^u-$role .* $role +-$" user add de "u-$role" --role "$role"; done
gives 0 ' desk-officer +password$' user add de muster --role editor --agency AA --password-file pw
gives 0 ' releaser +' user set de u-reader --role head
gives 2 'one of reader, contributor, desk-officer' user set de u-reader --role Editor
gives 0 ' reader +' user add de next --agency AA

# ---- a running node: what a change means for the next request ----
"$verbale" serve de --listen-http "127.0.0.1:$port" >serve.out 2>serve.err &
pid=$!
trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null' EXIT
for _ in $(seq 100); do grep -qs http serve.out && break; sleep 0.1; done
status() { curl -s -o /dev/null -w '%{http_code}' --max-time 10 -H 'Accept: application/taxii+json;version=2.1' "$@" "http://127.0.0.1:$port/taxii2/api/collections/"; }
is 'a password signs a program in' "$(status -u 'muster:a long enough password')" 200
is 'a wrong one does not' "$(status -u 'muster:another password')" 401

# ---- second factors ----
gives 0 '^otpauth://totp/Verbale%20DE:muster[?]secret=[A-Z2-7]{32}&issuer=Verbale%20DE&algorithm=SHA1&digits=6&period=30$' user totp de muster --label telephone
if grep -q 'Shown this once' err; then ok 'that it is shown once is said'; else not_ok 'that it is shown once is said' "$(cat err)"; fi
secret=$(sed 's/.*secret=\([A-Z2-7]*\).*/\1/' out)
if grep -qa "$secret" de/state.sqlite*; then not_ok 'the secret is sealed' 'it stands in the file'; else ok 'the secret is sealed'; fi
is 'with a second factor the password alone opens nothing' "$(status -u 'muster:a long enough password')" 401
gives 0 'one-time codes .*telephone' user devices de muster
id=$(cut -d ' ' -f 1 out)
gives 0 '"kind":"totp"' user devices de muster --json
json 'devices --json'
gives 1 'has no factor' user devices de muster --remove 0123456789abcdef
gives 0 '' user devices de muster --remove "$id"
is 'without it, again' "$(status -u 'muster:a long enough password')" 200
gives 0 '^([a-z2-7]{4}-){3}[a-z2-7]{4}$' user codes de muster
is 'ten codes' "$(wc -l <out)" 10
for act in totp codes devices sessions; do gives 1 'there is no user nobody' user $act de nobody; done
gives 0 '' user sessions de muster
gives 0 '' user sessions de muster --end all
gives 1 'has no session' user sessions de muster --end 0123456789abcdef

# ---- handing over ----
token=$(v token add de --user muster --label script 2>/dev/null)
is 'a token signs a program in' "$(status -H "Authorization: Bearer $token")" 200
gives 1 'there is no user' user hand-over de muster nobody
gives 2 'cannot succeed themselves' user hand-over de muster muster
gives 0 'next takes over the work of muster.*Tokens revoked: 1' user hand-over de muster next
is 'the token of who left is refused' "$(status -H "Authorization: Bearer $token")" 401
is 'and the password' "$(status -u 'muster:a long enough password')" 401
gives 1 'is disabled' user hand-over de chef muster
gives 2 'verbale user' user hand-over de muster

# ---- audit ----
gives 0 '^number.time.who.from.act.subject.outcome$' audit de
is 'rows are numbered without gaps' "$(tail -n +2 out | cut -f 1 | paste -sd ' ')" "$(seq -s ' ' "$(tail -n +2 out | wc -l)")"
t=$(printf '\t')
for row in "command$t${t}user add${t}chef${t}done" "DE/AA/muster${t}127.0.0.1${t}program sign-in$t${t}done" "DE/AA/muster${t}127.0.0.1${t}program sign-in$t${t}refused: wrong password" \
	"command$t${t}one-time codes new${t}muster${t}done" "command$t${t}device remove${t}muster${t}done" "command$t${t}recovery codes new${t}muster${t}done" \
	"command$t${t}token add${t}muster${t}done: " "command$t${t}hand over${t}muster${t}done: to next" "command$t${t}take over${t}next${t}done: from muster"; do
	if grep -qF "$row" out; then ok "audit has: $row"; else not_ok "audit has: $row" "$(tail -n 1 out)"; fi
done
if grep -qE "$secret|a long enough|another" out; then not_ok 'no secret in the audit log' "$(grep -E 'long|another' out)"; else ok 'no secret in the audit log'; fi
gives 0 '"act":"hand over"' audit de --format jsonl --user muster
json 'audit --format jsonl'
is 'only what concerns one user' "$(grep -vc muster out)" 0
is 'nothing before it began' "$(v audit de --until 2016-09-09 | wc -l)" 1
gives 2 '--since x: a day' audit de --since x
gives 2 'tsv or jsonl' audit de --format csv

# ---- in German and Japanese ----
VERBALE_LANG=de gives 0 'übernimmt die Arbeit' user hand-over de u-auditor next
VERBALE_LANG=ja gives 0 '業務を引き継ぎます' user hand-over de u-releaser next
exit $bad

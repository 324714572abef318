#!/bin/bash
# home.sh - what stays at home, and the second person, by command beside a running node: asking agencies, contributing,
# merging, the folder; an amber document that waits, is refused to its asker and confirmed by another; handing over;
# and that no word of a national paper stands in any other file, export, log or answer. Lines "ok …" and "not ok …".
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
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "$2 instead of $3"; fi; }
id() { sed -n 's/.*"id":"\([^"]*\)".*/\1/p' out | tail -n 1; }
first() { head -n 1 out | cut -d ' ' -f 1; }
entries() { v log de | wc -l; }
mark=Zuhauseallein

v init de --party DE --origin de.example/log >/dev/null || not_ok init "$?"
for u in 'muster AA desk-officer' 'zweite AA releaser' 'dritte AA releaser' 'kollegin BSI contributor' 'leserin AA reader'; do
	read -r name agency role <<<"$u"
	gives 0 "$role" user add de "$name" --agency "$agency" --role "$role"
done
gives 0 '' collection add de --name Test --members DE,JP --ceiling amber --json
collection=$(id)
"$verbale" serve de --listen-http "127.0.0.1:$port" --log-file serve.log >serve.out 2>serve.err &
pid=$!
trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null' EXIT
for _ in $(seq 100); do grep -qs http serve.out && break; sleep 0.1; done

echo '{"title":{"en":"Test"},"members":["DE","JP"],"noun":"consultation","slug":"test"}' >series.json
gives 0 '' series save de series.json --collection "$collection" --tlp clear --json
series=$(id)
echo "{\"series_ref\":\"$series\",\"title\":{\"en\":\"Test\"},\"start\":\"2016-09-09T00:30:00Z\",\"zone\":\"Asia/Tokyo\",\"venue\":{\"en\":\"Tokyo\"},\"mode\":\"in-person\",\"host\":\"JP\",\"status\":\"held\"}" >round.json
gives 0 '' round save de round.json --collection "$collection" --tlp clear --json
round=$(id)

# ---- at home ----
gives 2 '--as NAME is due' home list de
gives 1 'no user|not found' home list de --as nobody
gives 1 'not allowed.*home-read' home list de --as leserin
gives 0 '' home request de "$round" --item 2 --agency BSI,BMI --until 2016-09-01 --title "$mark" --text "$mark" --as muster
gives 0 '^[0-9a-f]{16} .*BSI.*request' home list de "$round" --open --as kollegin
request=$(first)
is 'a contributor sees what the own agency is asked' "$(grep -c request out)" 1
gives 0 'late' home list de --open --as muster
gives 1 'not found' home contribute de 00000000000000ff --text x --as kollegin
gives 0 'version 1' home contribute de "$request" --text "$mark" --as kollegin
gives 1 'conflict' home contribute de "$request" --text x --as kollegin
gives 1 'nothing|no agency' home merge de "$round" --item 2 --as muster
gives 0 'version 2' home contribute de "$request" --text "$mark 寄与" --state sent --base 1 --as kollegin
gives 1 'not allowed' home merge de "$round" --item 2 --as kollegin
gives 0 'version 1' home merge de "$round" --item 2 --as muster
position=$(first)
gives 0 'version 2' home edit de "$position" --text "$mark edited" --title Haltung --base 1 --as muster
gives 1 'conflict' home edit de "$position" --text 'too late' --base 1 --as muster
gives 0 'version 1' home save de "$round" briefing --item 10 --text "$mark" --points "$mark points" --answers "$mark answers" --as muster
gives 0 'version 1' home save de "$round" minutes --text "$mark" --as muster
gives 0 "$mark points" home print de "$round" --as kollegin
gives 0 "$mark 寄与" home show de "$position" --version 1 --as zweite
gives 0 '"kind":"position".*"title":"Haltung"' home show de "$position" --json --as zweite

# ---- the second person ----
echo "{\"round_ref\":\"$round\",\"kind\":\"minutes\",\"number\":\"T-1\",\"title\":{\"en\":\"Test\"},\"date\":\"2016-09-09T08:30:00Z\",\"authentic\":[\"en\"],\"units\":[{\"number\":\"1\",\"text\":{\"en\":\"${mark}waiting\"},\"state\":\"agreed\"}]}" >document.json
before=$(entries)
gives 1 'not allowed' document save de document.json --collection "$collection" --as leserin
gives 0 'waits until a second person' document save de document.json --collection "$collection" --as muster
is 'what waits is not written' "$(entries)" "$before"
gives 0 '^[0-9a-f]{16} .*muster.*amber' waiting list de --as zweite
wait=$(first)
gives 0 "${mark}waiting" waiting show de "$wait" --as zweite
gives 1 'not allowed' waiting confirm de "$wait" --as muster
gives 1 'not found' waiting confirm de "$wait" --as kollegin
gives 2 'needs a reason' waiting refuse de "$wait" --as zweite
# A successor does not confirm what came with the work.
gives 0 'dritte takes over' user hand-over de muster dritte
gives 1 'second person' waiting confirm de "$wait" --as dritte
gives 1 'disabled' waiting list de --as muster

# ---- no word of it anywhere else ----
v export de --collection "$collection" >export.out 2>&1
v log de --json >log.out 2>&1
v check de >check.out 2>&1
for path in / /en/series /log/checkpoint /taxii2/ "/taxii2/api/collections/$collection/objects/" "/en/series/test"; do curl -s --max-time 10 "http://127.0.0.1:$port$path" >>answers.out; done
found=$(grep -rlaE "$mark|$position" de export.out log.out check.out serve.out serve.err serve.log answers.out 2>/dev/null | grep -v '/home\.sqlite' | grep -v '/state\.sqlite')
is 'no word of a national paper, or of what waits, stands anywhere else' "$found" ''
is 'nor in the local state' "$(grep -laE "$mark" de/state.sqlite* 2>/dev/null)" ''
is 'they are private' "$(stat -c %a de/home.sqlite)" 600

gives 0 '' waiting confirm de "$wait" --as zweite
is 'confirmed, it is written once' "$(entries)" "$((before + 1))"
gives 1 'confirmed by zweite' waiting confirm de "$wait" --as zweite
gives 0 'confirmed' waiting list de --all --as zweite
gives 0 'second person (ask|confirm)' audit de
is 'each step is in the audit log' "$(grep -c 'second person' out)" 3
gives 0 'waits until' document save de document.json --collection "$collection" --as dritte
gives 0 'dritte.*amber' waiting list de --as zweite
gives 0 'refused' waiting refuse de "$(first)" --reason 'not now' --as zweite
is 'what is refused is not written' "$(entries)" "$((before + 1))"
exit $bad

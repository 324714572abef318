#!/bin/bash
# consult.sh - a round and its text by commands alone: what a page's button does, a verb does too. Beside a running node.
# Lines "ok …" and "not ok …".
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
gives() { # STATUS 'PATTERN' ARGUMENTS…
	local want=$1 pattern=$2 rc
	shift 2
	v "$@" >out 2>err </dev/null
	rc=$?
	if [ $rc != "$want" ]; then not_ok "verbale $1 ${2-}" "status $rc instead of $want: $(cat out err | tail -n 1)"
	elif ! cat out err | grep -qE -- "$pattern"; then not_ok "verbale $1 ${2-}" "does not say \"$pattern\": $(cat out err | tail -n 1)"
	else ok "verbale $1 ${2-}: $pattern"; fi
}
id() { sed -n 's/^recorded [0-9]* //p' out; }

gives 0 '' init n --party DE --origin de.example
"$verbale" serve n --listen-http "127.0.0.1:$port" >serve.out 2>&1 &
node=$!
trap 'kill $node 2>/dev/null; wait $node 2>/dev/null' EXIT
for _ in $(seq 50); do grep -q http serve.out && break; sleep 0.1; done
gives 0 'recorded' collection add n --name "Consultations" --members DE --ceiling amber --public
echo '{"title":{"en":"Cyber consultations","ja":"サイバー協議"},"members":["DE"],"noun":"consultation","slug":"de-jp","rhythm_months":12}' >series.json
gives 0 'recorded' series save n series.json
series=$(id)
echo "{\"series_ref\":\"$series\",\"title\":{\"en\":\"First\"},\"start\":\"2016-09-09T00:30:00.000Z\",\"zone\":\"Asia/Tokyo\",\"venue\":{\"en\":\"Tokyo\"},\"mode\":\"in-person\",\"host\":\"DE\",\"status\":\"proposed\"}" >round.json
gives 0 'recorded' round save n round.json --tlp clear
round=$(id)
gives 0 'the next step lies with: DE' round show n "$round"
gives 1 'no date is on the table' round confirm n "$round" --date 2016-09-09T00:30:00.000Z
gives 0 'recorded' round invite n "$round" --date 2016-09-09T00:30:00.000Z/2016-09-10T08:00:00.000Z,2016-10-03T00:30:00.000Z --text '{"de":"Wir laden ein","ja":"招待する"}'
gives 0 'invited' round show n "$round"
gives 0 'recorded' round confirm n "$round" --date 2016-10-03T00:30:00.000Z
gives 0 'date confirmed: 2016-10-03T00:30:00.000Z' round show n "$round"
gives 0 '"state":"date confirmed"' round show n "$round" --json
gives 0 'recorded' round settle n "$round"
gives 0 '"status":"scheduled"' show n "$round"
echo '{"status":"held","start":"2016-10-03T00:30:00.000Z"}' >held.json
gives 0 'recorded' round save n held.json --id "$round"
gives 1 'the round was held' round cancel n "$round"

echo "{\"round_ref\":\"$round\",\"kind\":\"joint-statement\",\"number\":\"T-1\",\"title\":{\"en\":\"Statement\"},\"date\":\"2016-10-03T08:30:00.000Z\",\"authentic\":[\"en\"],\"units\":[{\"number\":\"1\",\"text\":{\"en\":\"Berlin, 2017\"},\"state\":\"agreed\"}]}" >doc.json
gives 0 'recorded' document save n doc.json --tlp clear
doc=$(id)
seen=$(v show n "$doc" | sed -n 's/^version *//p')
echo '{"title":{"en":"Joint statement"}}' >title.json
gives 0 'recorded' document save n title.json --id "$doc" --seen "$seen"
gives 1 'the version seen is of' document save n title.json --id "$doc" --seen "$seen"
gives 0 'recorded' document comment n "$doc" --unit 1 --text 'Good.'
gives 1 'has no unit' document comment n "$doc" --unit 7 --text 'Good.'
gives 1 'the text is not frozen' document silence n "$doc" --at 2099-01-01T00:00:00.000Z
gives 0 'recorded' document freeze n "$doc"
gives 1 'the text is frozen already' document freeze n "$doc"
gives 0 'recorded' document silence n "$doc" --at 2099-01-01T00:00:00.000Z --text 'Until then.'
gives 0 'agreed by silence: 0' tick n
gives 1 'not every member has agreed' commitment take n "$doc" --unit 1 --title 'Second round: Berlin' --owners DE --due 2017
gives 1 'conflict|the version seen' assent n "$doc" agree --seen "$seen"
gives 0 'recorded' assent n "$doc" agree --reason 'ready'
gives 0 'recorded' publish n "$doc"
gives 0 'recorded' commitment take n "$doc" --unit 1 --title 'Second round: Berlin' --owners DE --due 2017 --next-round
promise=$(id)
gives 0 'overdue \(DE\) Second round: Berlin' commitment list n "$series"
gives 0 '\(since 2018-01-01\)' series show n "$series"
gives 0 'the next step lies with: DE' series show n "$series"
gives 0 'recorded' commitment progress n "$promise" carried --due 2021-05-17 --text 'postponed'
gives 0 'carried on, overdue' commitment list n "$round"
gives 0 'recorded' commitment progress n "$promise" done
gives 0 '"state":"done","overdue":false' commitment list n "$series" --json
gives 1 'say in correction' document save n title.json --id "$doc"
gives 0 'recorded' document withdraw n "$doc" --text 'issued by mistake'
gives 2 'verbale round' round frob n "$round"
gives 2 'verbale document' document freeze n "$doc" more
[ $bad = 0 ] && ok 'a round by commands alone'
exit $bad

#!/bin/bash
# run.sh BUILD - the demo's pages as a browser sees them: both nodes run, Chromium visits every page of both in three
# languages, two widths and two themes (shots.mjs says what must hold). Screenshots stay in $WORK.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-${1:-$here/../../build}}
verbale=${VERBALE:-$build/src/cli/verbale}
work=${WORK:-$(mktemp -d)}
port=${PORT:-$((20000 + $$ % 10000))}
missing() { if [ "${CI:-}" = true ]; then echo "not ok browser: $1"; exit 1; else echo "skip browser: $1"; exit 0; fi; }

command -v node >/dev/null || missing 'no node'
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing 'no chromium'
cp "$here/package.json" "$here/package-lock.json" "$here/shots.mjs" "$here/people.mjs" "$here/story.mjs" "$here/story.sh" "$work/"
(cd "$work" && timeout 200 npm ci --silent --no-audit --no-fund >npm.log 2>&1) || missing 'its packages cannot be had'

VERBALE_LANG=en timeout -k 5 1200 "$verbale" demo "$work/demo" --port "$port" >"$work/story" 2>&1 &
demo=$!
trap 'kill $demo 2>/dev/null; wait $demo 2>/dev/null' EXIT
for _ in $(seq 300); do
	if grep -q 'Ctrl-C' "$work/story" || ! kill -0 $demo 2>/dev/null; then break; fi
	sleep 0.2
done
grep -q 'Ctrl-C' "$work/story" || { echo "not ok the demo serves: $(tail -n 1 "$work/story")"; exit 1; }
rc=0
if (cd "$work" && timeout -k 5 400 node shots.mjs "http://127.0.0.1:$port" "$work/shots") >"$work/out" 2>"$work/faults"; then echo "ok Berlin: $(tail -n 1 "$work/out")"
else echo "not ok Berlin: $(head -n 3 "$work/faults" | tr '\n' ' ')"; rc=1; fi
# People of Berlin; passkeys need a name, so the browser comes by localhost.
for row in 'e.muster desk-officer AA' 'f.frei releaser AA' 'a.admin administrator AA' 'l.leser reader BSI' 'p.pruefer auditor BRH'; do
	read -r name role agency <<<"$row"
	echo 'korrekt pferd batterie' | "$verbale" user add "$work/demo/berlin" "$name" --role "$role" --agency "$agency" --password-file - >>"$work/story" 2>&1 || { echo "not ok user $name"; rc=1; }
done
if (cd "$work" && timeout -k 5 600 node people.mjs "http://localhost:$port" "$work/shots-people") >"$work/out" 2>"$work/faults"; then echo "ok people: $(tail -n 1 "$work/out")"
else echo "not ok people: $(head -n 3 "$work/faults" | tr '\n' ' ')"; rc=1; fi
# Two nodes, two languages: the consultation of 2016 from the series to what became of the promise.
mkdir -p "$work/story-nodes"
if timeout -k 10 600 bash "$work/story.sh" "$(realpath "$verbale")" "$work/story-nodes" $((port + 10)) >"$work/out" 2>"$work/faults"; then echo "ok story: $(tail -n 1 "$work/out")"
else echo "not ok story: $(head -n 3 "$work/faults" | tr '\n' ' ')"; rc=1; fi
n=$(find "$work/shots" -name '*.png' -size +10k | wc -l)
if [ "$n" -ge 100 ]; then echo "ok $n screenshots"; else echo "not ok $n screenshots"; rc=1; fi
exit $rc

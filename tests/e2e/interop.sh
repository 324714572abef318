#!/bin/bash
# interop.sh - a real node's log, while it serves, before programs that are none of ours; and our own verifier before
# damage of every kind. Two nodes run the demo; nothing leaves this machine's loopback.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-${1:-$root/build}}
verbale=${VERBALE:-$build/src/cli/verbale}
work=${WORK:-$(mktemp -d)}
port=${PORT:-$((20000 + $$ % 10000))}
url=http://127.0.0.1:$((port + 2))/log
bad=0
ok() { echo "ok $1"; }
not_ok() { echo "not ok $1: $2"; bad=1; }
is() { # TITLE COMMAND…
	local title=$1
	shift
	if "$@" >"$work/out" 2>&1; then ok "$title"; else not_ok "$title" "$(tail -n 1 "$work/out" | cut -c 1-200)"; fi
}

export VERBALE_LANG=en
timeout -k 5 500 "$verbale" demo "$work/demo" --port "$port" >"$work/story" 2>&1 &
demo=$!
trap 'kill $demo 2>/dev/null; wait $demo 2>/dev/null' EXIT
for _ in $(seq 300); do
	if grep -q 'Ctrl-C' "$work/story" || ! kill -0 $demo 2>/dev/null; then break; fi
	sleep 0.2
done
if ! grep -q 'Ctrl-C' "$work/story"; then
	not_ok 'the demo tells its story and serves on' "$(tail -n 1 "$work/story")"
	exit 1
fi
ok 'the demo tells its story and serves on'

# The log as a static folder, fetched as any mirror would, with the proofs of what Tokyo wrote.
dir=$work/log
mkdir -p "$dir/tile/0" "$dir/tile/entries" "$work/proofs"
curl -sf "$url/checkpoint" >"$dir/checkpoint"
size=$(sed -n 2p "$dir/checkpoint")
mkdir -p "$dir/tile/0/000.p" "$dir/tile/entries/000.p"
curl -sf "$url/tile/0/000.p/$size" >"$dir/tile/0/000.p/$size" && curl -sf "$url/tile/entries/000.p/$size" >"$dir/tile/entries/000.p/$size" ||
	not_ok 'tiles are served' "size $size"
tr -d '\n' <"$work/demo/proof/log.vkey" >"$dir/vkey"
"$verbale" log "$work/demo/tokyo" --json | python3 -c '
import json, sys
for l in sys.stdin:
    o = json.loads(l)
    if o["party"] == "JP": print(o["id"], o["modified"])' >"$work/ids"
while read -r id modified; do
	"$verbale" prove "$work/demo/tokyo" "$id" --version "$modified" --out "$work/proofs" >/dev/null || not_ok "prove $id" 'failed'
	mv "$work/proofs/$id.policy.txt" "$work/policy"
	for e in json tlog-proof; do mv "$work/proofs/$id.$e" "$dir/$id-${modified//:/}.$e"; done
done <"$work/ids"
# The other side must have confirmed: that is what the demo promises.
{ grep -vE '^(quorum|group) ' "$work/policy"; printf 'group confirming all DE\nquorum confirming\n'; } >"$dir/policy"
n=$(find "$dir" -name '*.tlog-proof' | wc -l)
if [ "$n" -eq "$size" ]; then ok "every one of $size entries has a proof"; else not_ok 'every entry has a proof' "$n of $size"; fi

# ---- strangers ----
sh "$root/tests/interop/run.sh" "$build" -l "$dir" -u "$url/" >"$work/strangers" 2>&1
grep -E '^(ok|not ok|skip) ' "$work/strangers"
grep -q '^not ok' "$work/strangers" && { bad=1; sed 's/^/# /' "$work/strangers" >&2; }
stem=$(find "$work/demo/proof" -name 'verbale-document--*.json' | head -n 1)
stem=${stem%.json}
is 'tools/demo-check.sh confirms the demo' env BUILD="$build" "$root/tools/demo-check.sh" "$stem" "$url" "$work/demo/proof/log.vkey"
grep -q sha256sum "$work/out" || not_ok 'tools/demo-check.sh asks sha256sum' "$(cat "$work/out")"
for what in json tlog-proof; do
	rm -rf "$work/spoilt"
	mkdir "$work/spoilt"
	cp "$stem.json" "$work/spoilt/x.json"
	cp "$stem.tlog-proof" "$work/spoilt/x.tlog-proof"
	python3 - "$work/spoilt/x.$what" <<-'PY'
		import sys
		p = sys.argv[1]; b = bytearray(open(p, "rb").read()); b[len(b) // 5] ^= 1; open(p, "wb").write(b)
	PY
	if env BUILD="$build" "$root/tools/demo-check.sh" "$work/spoilt/x" "$url" "$work/demo/proof/log.vkey" >"$work/out" 2>&1; then
		not_ok "tools/demo-check.sh rejects a flipped bit in the $what" 'confirmed'
	else
		ok "tools/demo-check.sh rejects a flipped bit in the $what"
	fi
done

# ---- our own verifier ----
is 'verbale verify proves all, with the other side as witness' "$verbale" verify "$dir"/*.json --policy "$dir/policy"
is 'verbale verify proves all, with the key alone' "$verbale" verify "$dir"/*.json --key "$(cat "$dir/vkey")"
for kind in entry salt path index root size origin signature cosignature truncated forked; do
	rm -rf "$work/bad"
	cp -r "$dir" "$work/bad"
	if ! "$build/tests/interop/spoil" $kind "$work/bad" >"$work/out" 2>&1; then
		not_ok "damage: $kind" "$(cat "$work/out")"
		continue
	fi
	proven=0 most=0
	if [ $kind = forked ]; then most=1; fi
	for f in "$work/bad"/*.json; do "$verbale" verify "$f" --policy "$dir/policy" >"$work/out" 2>&1 && proven=$((proven + 1)); done
	# The leaf that a fork replaces stands in every path but its own: the old entry is still proven, under the old head.
	if [ $proven -le $most ]; then ok "verbale verify rejects: $kind"; else not_ok "verbale verify rejects: $kind" "$proven proven"; fi
done

# One flipped bit at every byte of a proof file, and at every fifth of the text: never another statement.
mkdir "$work/flip"
python3 - "$stem" "$work/flip" <<'PY'
import shutil, sys
stem, to = sys.argv[1:]
text = open(stem + ".json", "rb").read(); proof = open(stem + ".tlog-proof", "rb").read()
def put(name, t, p):
    open(f"{to}/{name}.json", "wb").write(t); open(f"{to}/{name}.tlog-proof", "wb").write(p)
put("original", text, proof)
for i in range(len(proof)):
    b = bytearray(proof); b[i] ^= 1 << i % 8; put("p%05d" % i, text, b)
for i in range(0, len(text), 5):
    b = bytearray(text); b[i] ^= 1 << i % 8; put("t%05d" % i, b, proof)
PY
flips() { # TITLE OPTION VALUE KEEPS: pairs proven must state what the original states; KEEPS: lines that may be flipped
	find "$work/flip" -name '*.json' -print0 | sort -z | xargs -0 "$verbale" verify --json "$2" "$3" >"$work/verdicts" 2>"$work/err"
	python3 - "$work/verdicts" "$work/flip" "$4" <<-'PY' >"$work/out" 2>&1 && ok "$1: $(cat "$work/out")" || not_ok "$1" "$(tail -n 1 "$work/out")"
		import json, os, sys
		rows = [json.loads(l) for l in open(sys.argv[1])]
		rows = {os.path.basename(r.pop("file"))[:-5]: r for r in rows if "file" in r}
		all_ = {f[:-5] for f in os.listdir(sys.argv[2]) if f.endswith(".json")}
		want = rows.get("original")
		assert want and want["proven"], "the original is not proven: %r" % want
		assert set(rows) == all_, "%d of %d judged" % (len(rows), len(all_))
		proof = open(sys.argv[2] + "/original.tlog-proof", "rb").read()
		free = proof.index(sys.argv[3].encode()) if sys.argv[3] else len(proof)
		same = 0
		for name, r in rows.items():
		    if name == "original" or not r["proven"]: continue
		    assert r == want, "%s states %r" % (name, r)
		    assert name[0] == "p" and int(name[1:]) >= free, "%s is proven" % name
		    same += 1
		print("%d flips, %d in lines nobody was asked about" % (len(rows) - 1, same))
	PY
}
flips 'a flipped bit never proves, by the key alone' --key "$(cat "$dir/vkey")" '— berlin'
flips 'a flipped bit never proves, with the witness required' --policy "$dir/policy" ''

# ---- the end ----
kill -TERM $demo
for _ in $(seq 30); do
	if ! kill -0 $demo 2>/dev/null; then break; fi
	sleep 0.1
done
if kill -0 $demo 2>/dev/null; then not_ok 'the demo ends on SIGTERM' 'still there after 3 seconds'; else ok 'the demo ends on SIGTERM'; fi
if pgrep -f "$work/demo" >/dev/null; then not_ok 'no process is left' "$(pgrep -af "$work/demo" | head -n 1)"; else ok 'no process is left'; fi
for p in berlin tokyo; do is "verbale check finds nothing in $p" "$verbale" check "$work/demo/$p"; done
exit $bad

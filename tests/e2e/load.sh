#!/bin/bash
# All sorts of TAXII clients at once against one server, for LOAD_SECONDS: no answer may be a fault of the server's own, its
# memory stays below LOAD_MIB (what takes part: load.c). Ten minutes by hand: LOAD_SECONDS=600 tests/e2e/load.sh
set -u
: "${VERBALE:?}" "${BUILD:=${1:-}}" "${WORK:?}"
: "${LOAD_SECONDS:=20}" "${LOAD_MIB:=768}"
load=$BUILD/tests/e2e/load
cd "$WORK" || exit 3
pid=
trap '[ -z "$pid" ] || kill -9 "$pid"' EXIT

no() { # WHY
	echo "not ok load: $*"
	exit 1
}

[ -x "$load" ] || no "$load is not built"
ulimit -n 4096 2>/dev/null
"$VERBALE" init de --party DE --name Berlin --origin de.example/log >/dev/null 2>err || no "init: $(cat err)"
for name in A B; do
	"$VERBALE" collection add de --name $name --members DE --ceiling amber >/dev/null 2>err || no "collection: $(cat err)"
done
mapfile -t col < <("$VERBALE" collection list de | cut -d ' ' -f 1)
"$VERBALE" user add de muster --role editor >/dev/null 2>err || no "user: $(cat err)"
write=$("$VERBALE" token add de --user muster --read --write 2>err) || no "token: $(cat err)"
read=$("$VERBALE" token add de --user muster --read 2>err) || no "token: $(cat err)"
port=$((20000 + RANDOM % 20000))
"$VERBALE" serve de --listen-http 127.0.0.1:$port --rate-limit 0 >serve.out 2>&1 &
pid=$!
tries=0
until { : <>/dev/tcp/127.0.0.1/$port; } 2>/dev/null; do
	if [ $((tries += 1)) -gt 200 ]; then no "no server at port $port"; fi
	kill -0 $pid 2>/dev/null || no "the server ended: $(tail -n 3 serve.out)"
	sleep 0.05
done
"$load" $port $pid "$write" "$read" "${col[0]#*--}" "${col[1]#*--}" "$LOAD_SECONDS" "$LOAD_MIB" >load.out 2>load.err
status=$?
cat load.out
kill $pid
wait $pid || no "the server ended with $?: $(tail -n 3 serve.out)"
pid=
if [ $status != 0 ]; then no "$(head -n 3 load.err | cut -c 1-1500)"; fi
"$VERBALE" check de >check.out 2>&1 || no "check: $(tail -n 3 check.out)"
echo "ok load, $LOAD_SECONDS seconds"

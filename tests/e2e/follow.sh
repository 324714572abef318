#!/bin/bash
# Readers follow two collections by added_after and by next, with pages of many sizes, while four writers post; the server
# is killed (SIGKILL) and started again in the middle. Each reader must get every acknowledged object once, all in one
# order. OBJECTS and KILLS set how much.
set -u
: "${VERBALE:?}" "${BUILD:=${1:-}}" "${WORK:?}"
: "${OBJECTS:=150000}" "${KILLS:=2}"
follow=$BUILD/tests/e2e/follow
cd "$WORK" || exit 3
pid=
reader=
trap '[ -z "$pid" ] || kill -9 "$pid"; [ -z "$reader" ] || kill -9 "$reader"' EXIT

no() { # WHY
	echo "not ok followed beside writers: $*"
	exit 1
}

serve() {
	local tries=0
	"$VERBALE" serve de --listen-http 127.0.0.1:$port --rate-limit 0 --threads 2 >>serve.out 2>&1 &
	pid=$!
	until { : <>/dev/tcp/127.0.0.1/$port; } 2>/dev/null; do
		if [ $((tries += 1)) -gt 200 ]; then no "no server at port $port"; fi
		kill -0 $pid 2>/dev/null || no "the server ended: $(tail -n 3 serve.out)"
		sleep 0.05
	done
}

[ -x "$follow" ] || no "$follow is not built"
"$VERBALE" init de --party DE --name Berlin --origin de.example/log >/dev/null 2>err || no "init: $(cat err)"
for name in A B; do
	"$VERBALE" collection add de --name $name --members DE --ceiling amber >/dev/null 2>err || no "collection: $(cat err)"
done
mapfile -t col < <("$VERBALE" collection list de | cut -d ' ' -f 1)
"$VERBALE" user add de muster --role editor >/dev/null 2>err || no "user: $(cat err)"
write=$("$VERBALE" token add de --user muster --read --write 2>err) || no "token: $(cat err)"
read=$("$VERBALE" token add de --user muster --read 2>err) || no "token: $(cat err)"
port=$((20000 + RANDOM % 20000))
serve
"$follow" $port "$write" "$read" "${col[0]#*--}" "${col[1]#*--}" "$OBJECTS" >follow.out 2>&1 &
reader=$!
for ((i = 0; i < KILLS; i++)); do
	sleep $((1 + RANDOM % 2)).$((RANDOM % 10))
	kill -0 $reader 2>/dev/null || no "done before kill $((i + 1)): more OBJECTS are due: $(cat follow.out)"
	kill -9 $pid
	wait $pid 2>/dev/null
	sleep 0.3
	serve
done
wait $reader || { reader=; no "$(tail -n 3 follow.out | cut -c 1-1500)"; }
reader=
kill $pid
wait $pid
pid=
"$VERBALE" check de >check.out 2>&1 || no "check: $(tail -n 3 check.out)"
echo "ok followed beside writers, $KILLS kills: $(cat follow.out)"

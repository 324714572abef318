#!/bin/bash
# A serving node is killed (SIGKILL) while large envelopes are received, waiting and being written. What a client was told
# is accepted must be there at the end, and its status must say so; what was malformed or broken off must not.
# SEED repeats a row of delays; KILLS sets how many.
set -u
: "${VERBALE:?}" "${WORK:?}"
: "${KILLS:=25}" "${SEED:=$((RANDOM * 32768 + RANDOM))}"
RANDOM=$((SEED % 32768))
port=${PORT:-$((20000 + $$ % 10000))}
cd "$WORK" || exit 3
export VERBALE_LANG=en
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null' EXIT
if ! command -v curl >/dev/null; then
	echo 'skip spool: no curl'
	exit 0
fi
type='application/taxii+json;version=2.1'
objects=11000 # beyond what is written before it is answered

no() { # WHY
	echo "not ok spool: $1 (SEED=$SEED)"
	exit 1
}

envelope() { # NUMBER TAIL: a body; its objects are named after the number
	awk -v e="$1" -v n=$objects -v tail="$2" 'BEGIN {
		printf "{\"objects\":[";
		for (i = 0; i < n; i++)
			printf "%s{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--%08x-%04x-4000-8000-000000000001\",\"created\":\"2016-09-01T08:00:00.000Z\",\"modified\":\"2016-09-01T08:00:00.000Z\",\"pattern\":\"[ipv4-addr:value = '"'198.51.100.3'"']\",\"pattern_type\":\"stix\",\"valid_from\":\"2016-09-01T08:00:00Z\"}", i ? "," : "", i, e;
		printf "%s", tail;
	}'
}

serve() {
	"$VERBALE" serve node >serve.out 2>serve.err &
	pid=$!
	for _ in $(seq 500); do
		curl -s -o /dev/null "http://127.0.0.1:$port/taxii2/" && return
		kill -0 "$pid" 2>/dev/null || no "serve ended: $(tail -n 1 serve.err)"
		sleep 0.02
	done
	no 'serve does not answer'
}

end() {
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	pid=
}

post() { # FILE ANSWER: the status goes to ANSWER.code
	curl -s -o "$2" -w '%{http_code}' -H "Authorization: Bearer $token" -H "Content-Type: $type" -H "Accept: $type" \
		--data-binary "@$1" "$root/collections/$collection/objects/" >"$2.code" 2>/dev/null
}

member() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$1"; } # FILE NAME

"$VERBALE" init node --party DE --name Berlin --origin de.example/log >/dev/null 2>err || no "init: $(cat err)"
printf 'listen_http = 127.0.0.1:%s\nlisten_tls =\n' "$port" >>node/verbale.conf
collection=$("$VERBALE" collection add node --name Test --members DE --ceiling amber 2>err | grep -oE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' | head -n 1)
[ -n "$collection" ] || no "collection: $(cat err)"
token=$("$VERBALE" token add node --label test --read --write 2>err | grep -oE 'vb_[A-Za-z0-9_-]{43}')
[ -n "$token" ] || no "token: $(cat err)"
root=http://127.0.0.1:$port/taxii2/api

: >accepted
for ((k = 1; k <= KILLS; k++)); do
	envelope "$k" ']}' >good
	envelope $((k + 4096)) ']},' >bad
	serve
	post good "good.$k" &
	a=$!
	post bad "bad.$k" &
	b=$!
	printf -v delay '0.%03d' $((20 + RANDOM % 400))
	sleep "$delay"
	end
	wait "$a" "$b"
	timeout 60 "$VERBALE" check node >check.out 2>&1 || no "check after kill $k: $(tr '\n' ' ' <check.out)"
	if [ "$(cat "good.$k.code")" = 202 ]; then
		echo "$k $(member "good.$k" id)" >>accepted
	else
		case "$(cat "good.$k.code")" in 000 | 100) ;; *) no "kill $k: $(cat "good.$k.code") $(cat "good.$k")" ;; esac
	fi
	case "$(cat "bad.$k.code")" in 000 | 100 | 400) ;; *) no "malformed: $(cat "bad.$k.code")" ;; esac
done

serve
[ -s accepted ] || no 'nothing was accepted before a kill: nothing was tried'
while read -r k id; do
	for _ in $(seq 600); do
		curl -s -o status -H "Authorization: Bearer $token" -H "Accept: $type" "$root/status/$id/"
		[ "$(member status status)" != pending ] && break
		sleep 0.1
	done
	[ "$(member status status) $(member status success_count) $(member status failure_count)" = "complete $objects 0" ] || no "envelope $k: $(cut -c 1-300 status)"
done <accepted
kill "$pid"
wait "$pid"
pid=
[ -z "$(ls node/spool)" ] || no "left behind: $(ls node/spool)"
"$VERBALE" export node --collection "$collection" --as lines 2>err | grep -oE '"id":"indicator--[0-9a-f]{8}-[0-9a-f]{4}-4' | sort -u >there || no "export: $(cat err)"
while read -r k _; do
	printf -v want '%04x' "$k"
	[ "$(grep -c -- "-$want-4\$" there)" = $objects ] || no "envelope $k is not whole"
done <accepted
if grep -qE -- '-1[0-9a-f]{3}-4$' there; then no 'objects of a malformed envelope are there'; fi
timeout 60 "$VERBALE" check node >check.out 2>&1 || no "check: $(tr '\n' ' ' <check.out)"
echo "ok spool: $KILLS kills, $(wc -l <accepted) envelopes of $objects objects accepted and all there"

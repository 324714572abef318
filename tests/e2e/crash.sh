#!/bin/bash
# A node is killed (SIGKILL) at random moments, again and again on the same growing folder, alone and while a second
# node follows it. After each kill `verbale check` must find nothing; every acknowledged entry must be in its place at
# the next start, and all of them at the end; the index made anew must be clean as well. Then two processes at once.
# SEED repeats a row of delays; KILLS sets how many.
set -u
: "${VERBALE:?}" "${BUILD:=${1:-}}" "${WORK:?}"
: "${KILLS:=204}" "${SEED:=$((RANDOM * 32768 + RANDOM))}"
writer=$BUILD/tests/e2e/crash_writer
RANDOM=$((SEED % 32768)) # one row of delays from here on
cd "$WORK" || exit 3
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null' EXIT

if [ ! -x "$writer" ]; then
	echo "not ok crash: $writer is not built"
	exit 1
fi

no() { # NAME WHY
	echo "not ok $1: $2 (SEED=$SEED)"
	exit 1
}

clean() { # NAME DIR…: nothing found in any of them
	local name=$1 dir
	shift
	for dir in "$@"; do
		timeout 60 "$VERBALE" check "$dir" >check.out 2>&1 || no "$name" "check of $dir: $(tr '\n' ' ' <check.out)"
	done
}

start() { # ARGUMENTS…: a writer in the background
	"$writer" run "$@" >writer.out 2>writer.err &
	pid=$!
}

await_ready() {
	local i
	for i in $(seq 1000); do
		if grep -q ready writer.out 2>/dev/null; then return 0; fi
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.01
	done
	return 1
}

end() { # NAME: kill it; it must not have ended before
	local status
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	status=$?
	pid=
	if [ "$status" != 137 ]; then no "$1" "the writer ended by itself with $status: $(cat writer.err)"; fi
}

make() { # NAME DIR [PEER]
	"$VERBALE" init "$2" --party DE --name Berlin --origin de.example/log >/dev/null 2>init.err &&
		if [ $# = 3 ]; then "$VERBALE" init "$3" --party JP --name Tokyo --origin jp.example/log >/dev/null 2>init.err; fi &&
		"$writer" init "${@:2}" 2>init.err || no "$1" "init: $(cat init.err)"
}

# chain NAME KILLS DIR [PEER]: every second kill is counted from the start of the process, the others from its first write.
chain() {
	local name=$1 kills=$2 dir=$3 i delay
	shift 2
	local peer=("${@:2}")
	make "$name" "$@"
	for ((i = 1; i <= kills; i++)); do
		start "$dir" "$dir.acks" "${peer[@]}"
		if ((i % 2)); then await_ready || no "$name" "not ready: $(cat writer.err)"; fi
		printf -v delay '0.%03d' $((5 + RANDOM % 116))
		sleep "$delay"
		end "$name"
		clean "$name" "$@"
	done
	timeout 60 "$writer" verify "$dir" "$dir.acks" "${peer[@]}" >found 2>&1 || no "$name" "after kill $i: $(cat found)"
	clean "$name" "$@"
	for i in "$@"; do "$VERBALE" rebuild "$i" >/dev/null 2>rebuild.err || no "$name" "rebuild $i: $(cat rebuild.err)"; done
	clean "$name" "$@"
	timeout 60 "$writer" verify "$dir" "$dir.acks" "${peer[@]}" >found 2>&1 || no "$name" "after rebuild: $(cat found)"
	if [ "$(wc -l <"$dir.acks")" -lt $((kills * 5)) ]; then no "$name" "only $(wc -l <"$dir.acks") acknowledgements: nothing was tried"; fi
	echo "ok $name: $kills kills, $(cat found)"
}

chain 'killed while writing' $((KILLS / 3)) one
chain 'killed while writing, once more' $((KILLS / 3)) two
chain 'killed while writing and followed' $((KILLS - 2 * (KILLS / 3))) three four

# ---- two processes ----

make 'a second writer' five
export REST=20000
start five five.acks
await_ready || no 'a second writer' "not ready: $(cat writer.err)"
"$VERBALE" add five --collection 0b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9a01 /dev/null >second.out 2>&1
status=$?
if [ $status != 3 ]; then no 'a second writer' "status $status instead of 3: $(cat second.out)"; fi
grep -q "opened for writing by process $pid" second.out || no 'a second writer' "unclear: $(cat second.out)"
"$VERBALE" rebuild five >second.out 2>&1
status=$?
if [ $status != 3 ]; then no 'a second writer' "rebuild: status $status instead of 3: $(cat second.out)"; fi
echo 'ok a second writer is told who holds the folder'

for ((i = 1; i <= 50; i++)); do
	clean 'check and show beside a writer' five
	"$VERBALE" show five "verbale-collection--0b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9a01" >show.out 2>&1 ||
		no 'check and show beside a writer' "show: $(cat show.out)"
	"$VERBALE" show five "$(tail -n 2 five.acks | head -n 1 | cut -d' ' -f2)" >show.out 2>&1 ||
		no 'check and show beside a writer' "show of the newest: $(cat show.out)"
done
kill -0 "$pid" 2>/dev/null || no 'check and show beside a writer' "the writer ended: $(cat writer.err)"
end 'check and show beside a writer'
clean 'check and show beside a writer' five
echo 'ok check and show beside a writer, 50 times'

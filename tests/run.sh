#!/bin/bash
# tests/run.sh [LAYER…] - everything `make check` checks. One line per test, at the end "N passed, N failed".
# Layers: tools gcc san tsan e2e interop browser fuzz; none named = all, in that order. What the tests need is
# tools/setup.sh's matter. Logs are kept in build-check-logs/.
#
# A script (tests/e2e/*.sh, tests/interop/run.sh, tests/browser/run.sh) prints lines "ok NAME", "not ok NAME: why",
# "skip NAME: why". It finds the binary under test in $VERBALE, the build's folder in $BUILD and as its argument, and
# a folder of its own to write in, $WORK.
set -u
cd "$(dirname "$0")/.." || exit 3
root=$PWD
logs=$root/build-check-logs
gcc=$root/build-check-gcc san=$root/build-check-clang-san tsan=$root/build-check-clang-tsan fuzz=$root/build-check-fuzz
: "${FUZZ_SECONDS:=10}" # per harness
rm -rf "$logs"
mkdir -p "$logs"
results=$logs/results
: >"$results"

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0
# Once per process, inside the library; the same in tests/unit/pdf.
export LSAN_OPTIONS=suppressions=$root/tests/lsan.txt:print_suppressions=0
# fontconfig and Pango keep their own locks, which the sanitizer does not see.
export TSAN_OPTIONS=suppressions=$root/tests/tsan.txt
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export PYTHONDONTWRITEBYTECODE=1
for d in /usr/lib/go-*/bin; do # where Debian puts versioned Go
	if [ -x "$d/go" ]; then PATH=$PATH:$d; fi
done

# result {ok|not ok|skip} NAME [COUNT]: print it and keep it for the sum.
result() {
	printf '%-7s%s\n' "$1" "$2"
	printf '%s\t%s\t%s\n' "$1" "${3:-1}" "$2" >>"$results"
}

log_of() { echo "$logs/$(echo "$1" | tr -c 'A-Za-z0-9_.\n-' '_').log"; }

tail_of() { # show the end of a log, set in, without ninja's progress
	grep -vE '^\[[0-9]+/[0-9]+\] [A-Z]|DEPRECATION' "$1" | tail -n "${2:-40}" | sed 's/^/       | /'
}

# step NAME SECONDS COMMAND…: one test, passed if the command succeeds in time.
step() {
	local name=$1 seconds=$2 log
	log=$(log_of "$name")
	shift 2
	timeout -k 10 "$seconds" "$@" >"$log" 2>&1 </dev/null
	local rc=$?
	if [ $rc = 0 ]; then
		result ok "$name"
		return 0
	fi
	result 'not ok' "$name"
	if [ $rc = 124 ] || [ $rc = 137 ]; then echo "       not done after $seconds seconds"; fi
	tail_of "$log"
	return 1
}

# lines NAME SECONDS COMMAND…: a command that reports its tests itself, one a line.
lines() {
	local name=$1 seconds=$2 log rc kind rest
	log=$(log_of "$name")
	shift 2
	timeout -k 10 "$seconds" "$@" >"$log" 2>"$log.err" </dev/null
	rc=$?
	while read -r kind rest; do
		case $kind in
		ok | skip) result "$kind" "$name: $rest" ;;
		not) result 'not ok' "$name: ${rest#ok }" ;;
		esac
	done < <(grep -E '^(ok|not ok|skip)( |$)' "$log" | sed -E 's/^(ok|skip|not ok) +([0-9]+ )?(- )?/\1 /')
	if [ $rc = 124 ] || [ $rc = 137 ]; then
		result 'not ok' "$name: not done after $seconds seconds"
	elif ! grep -qE '^(ok|not ok|skip)( |$)' "$log"; then
		result 'not ok' "$name: reported no test (status $rc)"
	elif [ $rc != 0 ] && ! grep -q '^not ok' "$log"; then
		result 'not ok' "$name: ended with status $rc"
	fi
	if [ $rc != 0 ] || grep -q '^not ok' "$log"; then
		tail_of "$log" 20
		tail_of "$log.err" 20
	fi
}

# configured FOLDER MESON-ARGUMENTS…: once.
configured() {
	local dir=$1
	shift
	if [ ! -f "$dir/build.ninja" ]; then step "$(basename "$dir"): configured" 300 meson setup "$@" "$dir"; fi
}

# variant FOLDER MESON-ARGUMENTS…: configure and build all. The build is a test of its own: no warning anywhere.
variant() { configured "$@" && step "$(basename "$1"): builds without a warning" 1500 ninja -C "$1"; }

# meson_tests FOLDER [TEST…]: all unit, sim and replay tests of that build, or the named ones. (The interop suite runs
# as a layer, once.)
meson_tests() {
	local log kind count name dir=$1
	shift
	set -- "$dir" --no-rebuild --no-suite interop --timeout-multiplier 4 "$@"
	log=$(log_of "$(basename "$1") meson")
	rm -f "$1/meson-logs/testlog.json"
	timeout -k 10 1500 meson test -C "$@" >"$log" 2>&1 </dev/null
	while IFS=$'\t' read -r kind count name; do
		result "$kind" "$(basename "$1"): $name" "$count"
	done < <(python3 tests/meson_results.py "$1/meson-logs/testlog.json" "$logs/$(basename "$1")")
	if ! grep -q "	$(basename "$1"): .* s)$" "$results"; then
		result 'not ok' "$(basename "$1"): no test ran"
		tail_of "$log"
	fi
	for log in "$logs/$(basename "$1")"/*.log; do
		if [ -f "$log" ]; then echo "       $log"; tail_of "$log"; fi
	done
}

layer_tools() {
	for t in layers sizes calls tree messages; do
		if [ -f tools/$t.sh ]; then step "tools: $t" 60 sh tools/$t.sh; fi
	done
	lines 'checks' 120 sh tests/tools/run.sh
}

layer_gcc() {
	variant "$gcc" -Dwerror=true -Dtests=enabled && meson_tests "$gcc"
}

layer_san() {
	CC=clang variant "$san" -Dwerror=true -Dtests=enabled -Db_sanitize=address,undefined -Db_lundef=false && meson_tests "$san"
}

# Where threads meet: the event log, the write path, the server, signing in.
layer_tsan() {
	CC=clang variant "$tsan" -Dwerror=true -Dtests=enabled -Db_sanitize=thread -Db_lundef=false || return
	local names
	mapfile -t names < <(meson test -C "$tsan" --list 2>/dev/null | sed -n 's|^[^/]* / ||; /^\(base\|store\|record\|http\|access\|taxii\|peer\|web\)_/p')
	meson_tests "$tsan" "${names[@]}"
}

# scripts LAYER SECONDS FILE…: each in a fresh folder, with the gcc build.
scripts() {
	local layer=$1 seconds=$2 f name
	shift 2
	for f in "$@"; do
		if [ ! -f "$f" ]; then continue; fi
		if [ ! -x "$gcc/src/cli/verbale" ]; then variant "$gcc" -Dwerror=true -Dtests=enabled || return 1; fi
		name=${f#tests/"$layer"/}
		if [ "$name" = run.sh ]; then name=$f; fi
		WORK=$(mktemp -d)
		export WORK VERBALE=$gcc/src/cli/verbale BUILD=$gcc
		if [ "$name" = "$f" ]; then name=$layer; else name="$layer: ${name%.sh}"; fi
		if [ -x "$f" ]; then lines "$name" "$seconds" "$f" "$BUILD"
		else lines "$name" "$seconds" bash "$f" "$BUILD"; fi
		rm -rf "$WORK"
	done
}

layer_e2e() { scripts e2e 600 tests/e2e/*.sh; }
layer_interop() { INTEROP_REQUIRED=${CI:+1} scripts interop 1200 tests/interop/run.sh tests/interop/vectors.sh tests/interop/stix.sh tests/interop/taxii.sh tests/interop/pdf.sh tests/interop/papers.sh; }
layer_browser() { scripts browser 1800 tests/browser/run.sh; }

# Short runs; `make fuzz` gives them longer. New inputs stay in the log folder, a crash is kept there too.
layer_fuzz() {
	local name
	CC=clang configured "$fuzz" -Dfuzz=true -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false || return
	ninja -C "$fuzz" -t targets all | sed -n 's|^tests/fuzz/fuzz_\([a-z0-9_]*\):.*|\1|p' >"$logs/fuzz-names"
	# shellcheck disable=SC2046 # target names
	step "fuzz: harnesses build" 900 ninja -C "$fuzz" $(sed 's|^|tests/fuzz/fuzz_|' "$logs/fuzz-names") || return
	while read -r name; do mkdir -p "$logs/fuzz/$name"; done <"$logs/fuzz-names"
	xargs -a "$logs/fuzz-names" -P 2 -I '{}' sh -c 'timeout -k 10 $(($2 + 60)) "$1/tests/fuzz/fuzz_$3" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix="$4/fuzz/$3-" -print_final_stats=1 "$4/fuzz/$3" "tests/fuzz/corpus/$3" >"$4/fuzz-$3.log" 2>&1 && : >"$4/fuzz-$3.ok"' sh "$fuzz" "$FUZZ_SECONDS" '{}' "$logs"
	while read -r name; do
		if [ -e "$logs/fuzz-$name.ok" ]; then result ok "fuzz: $name for $FUZZ_SECONDS seconds"
		else result 'not ok' "fuzz: $name"; tail_of "$logs/fuzz-$name.log"; fi
	done <"$logs/fuzz-names"
}

started=$(date +%s)
for layer in ${*:-tools gcc san tsan e2e interop browser fuzz}; do
	if [ "$(type -t "layer_$layer")" != function ]; then
		echo "tests/run.sh: no layer \"$layer\"" >&2
		exit 2
	fi
	since=$(date +%s)
	"layer_$layer"
	echo "       $layer: $(($(date +%s) - since)) seconds"
done
# In a fresh clone, whatever lies about now was left by a build or a test.
if [ $# = 0 ] && [ -n "${CI:-}" ]; then step 'nothing lies about after all that' 60 sh tools/tree.sh --clean; fi

echo
grep '^not ok' "$results" | cut -f3 | sed 's/^/failed: /'
echo "$(($(date +%s) - started)) seconds"
awk -F'\t' '{ n[$1] += $2 } END {
	printf "%d passed, %d failed", n["ok"], n["not ok"]
	if (n["skip"]) printf ", %d skipped", n["skip"]
	printf "\n"
	exit n["not ok"] > 0 || n["ok"] == 0
}' "$results"

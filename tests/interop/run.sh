#!/bin/sh
# run.sh BUILD [-l LOG [-s SEEN] [-u URL]] - programs nobody here wrote check our logs.
#
# Without -l: logs made by BUILD/tests/interop/mklog. With -l: the static log in LOG, as a node serves it
# (checkpoint, tile/…, vkey, policy, X.json with X.tlog-proof); SEEN is an older checkpoint of it, URL where the
# same log is served. Each stranger must accept the log and reject it after each kind of damage it can see.
# One line per check: "ok …", "not ok …", "skip …". Exit: 0 all ok, 1 something is not, 77 nothing could run.
# INTEROP_REQUIRED=1: a missing tool is a failure.
set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
build=$(cd "$1" && pwd) || exit 2
shift
log='' seen='' url=''
while getopts l:s:u: option; do
	case $option in
	l) log=$(cd "$OPTARG" && pwd) || exit 2 ;;
	s) seen=$OPTARG ;;
	u) url=$OPTARG ;;
	*) exit 2 ;;
	esac
done
programs=$build/tests/interop
tools=$build/interop-tools
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
mkdir -p "$tools" || exit 3
done_=0 failed=0 skipped=0

ok() { echo "ok $*"; done_=$((done_ + 1)); }
not_ok() { echo "not ok $*"; cut -c 1-200 "$tmp/out" | sed 's/^/    /'; failed=$((failed + 1)); }
skip() { echo "skip $*"; skipped=$((skipped + 1)); }

# accepts TITLE COMMAND… / rejects TITLE COMMAND…: status 0, or a plain failure (a crash or a usage error is neither)
accepts() {
	title=$1
	shift
	if "$@" >"$tmp/out" 2>&1; then ok "$title"; else not_ok "$title"; fi
}
rejects() {
	title=$1
	shift
	"$@" >"$tmp/out" 2>&1
	[ $? -eq 1 ] && ok "$title" || not_ok "$title"
}

# ---- the strangers: name, what it sees, how it is called (check NAME DIR) ----

# The released fsck exits 0 whatever it finds: its verdict is the sentence it ends with.
fsck() {
	"$tools/fsck" --storage_url="$1" --public_key="$2" --ui=false >"$tmp/fsck" 2>&1 || { cat "$tmp/fsck"; return 3; }
	cat "$tmp/fsck"
	grep -q 'fsck failed: ' "$tmp/fsck" && return 1
	grep -q "Successfully fsck'd log with size " "$tmp/fsck" || return 3
}

with_go='' with_openssl='' with_sigstore=''
check() {
	case $1 in
	go-x-mod) "$tools/stranger" xmod "$2" ;;
	go-torchwood) "$tools/stranger" torchwood "$2" ;;
	go-merkle) "$tools/stranger" merkle "$2" ;;
	tessera-fsck) fsck "file://$2/" "$2/vkey" ;;
	openssl) "$here/openssl.sh" "$2" ;;
	sigstore) NODE_PATH="$tools/node_modules" node "$here/sigstore/check.js" "$2" ;;
	esac
}
sees() {
	case $1 in
	go-x-mod) echo entry salt path index tile bundle root size origin signature cosignature truncated forked ;;
	go-torchwood) echo entry salt path index root size origin signature cosignature truncated forked ;;
	go-merkle) echo entry salt path index truncated forked ;;
	tessera-fsck) echo tile bundle root size origin signature truncated forked ;;
	openssl) echo root size origin signature cosignature ;;
	sigstore) echo entry salt path index root size origin signature truncated forked ;;
	esac
}

find_go() {
	command -v go >/dev/null 2>&1 || { skip "go strangers: go is not installed"; return; }
	if ! (cd "$here/go" && go build -o "$tools/" ./stranger ./golden github.com/transparency-dev/tessera/cmd/fsck) >"$tmp/out" 2>&1; then
		skip "go strangers: they do not build here: $(tail -n 1 "$tmp/out")"
		return
	fi
	with_go='go-x-mod go-torchwood go-merkle tessera-fsck'
}

find_openssl() {
	command -v openssl >/dev/null 2>&1 || { skip "openssl: not installed"; return; }
	with_openssl=openssl
}

find_sigstore() {
	command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 || { skip "sigstore: node or npm is not installed"; return; }
	if ! cmp -s "$here/sigstore/package-lock.json" "$tools/package-lock.json" || [ ! -d "$tools/node_modules" ]; then
		rm -f "$tools/package-lock.json"
		cp "$here/sigstore/package.json" "$tools/" && cp "$here/sigstore/package-lock.json" "$tmp/lock" || exit 3
		cp "$tmp/lock" "$tools/package-lock.json"
		if ! (cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund) >"$tmp/out" 2>&1; then
			rm -f "$tools/package-lock.json"
			skip "sigstore: cannot be installed here: $(tail -n 1 "$tmp/out")"
			return
		fi
	fi
	with_sigstore=sigstore
}

# ---- the checks ----

try_log() { # DIR WORDS: everyone accepts it
	for s in $with_go $with_openssl $with_sigstore; do
		accepts "$s accepts $2" check "$s" "$1"
	done
}

try_damage() { # DIR: each kind of damage, once, before everyone who can see it
	for kind in entry salt path index tile bundle root size origin signature cosignature truncated forked; do
		rm -rf "$tmp/bad"
		cp -r "$1" "$tmp/bad"
		if ! "$programs/spoil" $kind "$tmp/bad" >"$tmp/out" 2>&1; then
			not_ok "damage: $kind"
			continue
		fi
		for s in $with_go $with_openssl $with_sigstore; do
			case " $(sees "$s") " in
			*" $kind "*) rejects "$s rejects: $kind" check "$s" "$tmp/bad" ;;
			esac
		done
	done
}

# What one reader has seen of a log binds it: x/mod's consistency check between two signed heads.
try_history() {
	[ -n "$with_go" ] || return 0
	"$programs/mklog" "$tmp/seen" 467
	"$programs/mklog" "$tmp/fork" 700 350
	"$programs/mklog" "$tmp/rolled" 400
	accepts "go-x-mod accepts a log grown from 467 to 700" "$tools/stranger" xmod "$tmp/700" "$tmp/seen/checkpoint"
	accepts "go-x-mod accepts the fork by itself" "$tools/stranger" xmod "$tmp/fork"
	rejects "go-x-mod rejects the fork, well signed, after having seen 467" "$tools/stranger" xmod "$tmp/fork" "$tmp/seen/checkpoint"
	rejects "go-x-mod rejects a log rolled back from 467 to 400" "$tools/stranger" xmod "$tmp/rolled" "$tmp/seen/checkpoint"
}

# The other direction: what others made, judged by us.
try_judgement() {
	[ -n "$with_go" ] || return 0
	"$tools/stranger" claims 1 5000 >"$tmp/claims" 2>"$tmp/out" || not_ok "claims of go-merkle"
	accepts "our verdict on 25,000 claims about paths is go-merkle's" sh -c '"$0" paths <"$1"' "$programs/judge" "$tmp/claims"
	tessera=$(cd "$here/go" && go list -m -f '{{.Dir}}' github.com/transparency-dev/tessera)/testdata/log
	accepts "we accept the 16 heads of Tessera's test log" "$programs/judge" log "$tessera" \
		"example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
	mkdir -p "$tmp/golden"
	"$tools/golden" "$tmp/golden" >"$tmp/out" 2>&1 || not_ok "golden vectors"
	cp "$here/../golden/tlog/SOURCE" "$tmp/golden/"
	accepts "tests/golden/tlog is what x/mod and torchwood compute" diff -r "$tmp/golden" "$here/../golden/tlog"
}

find_go
find_openssl
find_sigstore
if [ -n "$log" ]; then
	try_log "$log" "the log"
	[ -z "$with_go" ] || [ -z "$seen" ] || accepts "go-x-mod accepts the log as grown from an older head" "$tools/stranger" xmod "$log" "$seen"
	[ -z "$with_go" ] || [ -z "$url" ] || accepts "tessera-fsck accepts the log over HTTP" fsck "$url" "$log/vkey"
	try_damage "$log"
else
	for size in 1 2 256 700 66000; do
		"$programs/mklog" "$tmp/$size" $size || exit 3
		try_log "$tmp/$size" "a log of $size"
	done
	try_damage "$tmp/700"
	try_history
	try_judgement
fi
echo "# $done_ ok, $failed not ok, $skipped skipped"
[ "$failed" -eq 0 ] || exit 1
[ "${INTEROP_REQUIRED:-0}" = 0 ] || [ "$skipped" -eq 0 ] || exit 1
[ "$done_" -gt 0 ] || exit 77

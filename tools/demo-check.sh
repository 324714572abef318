#!/bin/sh
# demo-check.sh STEM LOGURL VKEYFILE - checks the demo's proof with programs that are none of ours.
#
# STEM.json and STEM.tlog-proof: the entry and its proof; LOGURL: where the log it stands in is served; VKEYFILE: that
# log's public key. openssl checks the signature on the log's head; sha256sum (with base64, basenc and od of coreutils)
# recomputes the leaf from the text and its salt, and the path up to the signed root (RFC 6962 §2.1, doc/FORMAT.md
# "Leaf"); Tessera's fsck, where Go is installed to build it, hashes the whole log anew over HTTP.
# Exit: 0 every check that could run passed, 1 one did not, 2 wrong use, 3 nothing could run.
set -u
[ $# -eq 3 ] || { sed -n '2s/^# //p' "$0" >&2; exit 2; }
stem=$1 url=$2 vkeyfile=$3
root=$(cd "$(dirname "$0")/.." && pwd) || exit 3
build=${BUILD:-build}
case $build in /*) ;; *) build=$root/$build ;; esac
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
ran=0 bad=0

yes_() { printf '      %-10s %s\n' "$1" "$2"; ran=$((ran + 1)); }
no() { printf '      %-10s %s\n' "$1" "NOT CONFIRMED: $2"; ran=$((ran + 1)) bad=1; }
cannot() { printf '      %-10s %s\n' "$1" "$2"; }
has() { command -v "$1" >/dev/null 2>&1; }
for f in "$stem.json" "$stem.tlog-proof" "$vkeyfile"; do
	[ -r "$f" ] || { echo "demo-check.sh: $f cannot be read" >&2; exit 2; }
done

# The proof: lines up to the first empty one are the path, what follows is the signed head (C2SP tlog-proof).
sed '/^$/,$d' "$stem.tlog-proof" >"$tmp/head"
sed '1,/^$/d' "$stem.tlog-proof" >"$tmp/note"
sed '/^$/,$d' "$tmp/note" >"$tmp/text"
origin=$(sed -n 1p "$tmp/text") size=$(sed -n 2p "$tmp/text") signed=$(sed -n 3p "$tmp/text")
vkey=$(cat "$vkeyfile")

signature() { # the log's own line: key id (4 bytes), Ed25519 signature over the text (C2SP signed-note)
	name=${vkey%%+*} rest=${vkey#*+}
	[ "$name" = "$origin" ] || return 1
	# SubjectPublicKeyInfo of an Ed25519 key is this prefix and the 32 bytes (RFC 8410 §4)
	{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; printf %s "${rest#*+}" | base64 -d | tail -c 32; } >"$tmp/pk.der"
	sed '1,/^$/d' "$tmp/note" | grep -F -- "— $name " | head -n 1 | cut -d ' ' -f 3 | base64 -d >"$tmp/line" 2>/dev/null
	[ "$(head -c 4 "$tmp/line" | od -An -tx1 | tr -d ' \n')" = "${rest%%+*}" ] || return 1
	tail -c +5 "$tmp/line" >"$tmp/sig"
	openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/pk.der" -rawin -in "$tmp/text" -sigfile "$tmp/sig" >/dev/null 2>&1
}

sum() { sha256sum | cut -d ' ' -f 1 | tr 'a-f' 'A-F' | tr -d '\n' | basenc --base16 -d; } # as bytes
node() { # LEFT RIGHT: the node above both
	{ printf '\001'; cat "$1" "$2"; } | sum >"$tmp/above" && mv "$tmp/above" "$tmp/r"
}

path() { # RFC 9162 §2.1.3.2
	index=$(sed -n 's/^index \([0-9]\{1,18\}\)$/\1/p' "$tmp/head")
	case $index,$size in ,* | *, | *[!0-9,]*) return 1 ;; esac
	[ "$index" -lt "$size" ] || return 1
	sed -n 's/^extra //p' "$tmp/head" | base64 -d >"$tmp/salt" && [ "$(wc -c <"$tmp/salt")" -eq 32 ] || return 1
	sum <"$stem.json" >"$tmp/content"
	{ printf '\001'; { printf 'verbale/leaf/v1\n'; cat "$tmp/salt" "$tmp/content"; } | sum; } >"$tmp/leaf"
	{ printf '\000'; cat "$tmp/leaf"; } | sum >"$tmp/r"
	fn=$index sn=$((size - 1))
	sed '1,/^index /d' "$tmp/head" >"$tmp/path"
	while read -r line; do
		[ "$sn" -gt 0 ] && printf %s "$line" | base64 -d >"$tmp/p" 2>/dev/null && [ "$(wc -c <"$tmp/p")" -eq 32 ] || return 1
		if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
			node "$tmp/p" "$tmp/r"
			while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do fn=$((fn / 2)) sn=$((sn / 2)); done
		else
			node "$tmp/r" "$tmp/p"
		fi
		fn=$((fn / 2)) sn=$((sn / 2))
	done <"$tmp/path"
	[ "$sn" -eq 0 ] && [ "$(base64 -w 0 <"$tmp/r")" = "$signed" ]
}

if has openssl; then
	if signature; then yes_ openssl "the head of $size entries is signed by $origin"
	else no openssl "the signature on the log's head"; fi
else
	cannot openssl "is not installed: the signature was not checked"
fi
if has sha256sum && has basenc; then
	if path; then yes_ sha256sum "text and salt give leaf $index; its path leads to the signed root"
	else no sha256sum "text and salt do not lead to the signed root"; fi
else
	cannot sha256sum "sha256sum and basenc are not installed: the path was not checked"
fi

# Debian puts versioned Go where no PATH leads.
for d in /usr/lib/go-*/bin /usr/local/go/bin; do if [ -x "$d/go" ]; then PATH=$PATH:$d; fi; done
fsck=''
find_fsck() {
	for d in "$build/interop-tools" "$root/build-check-gcc/interop-tools"; do
		if [ -x "$d/fsck" ]; then fsck=$d/fsck; return; fi
	done
	has go || { cannot tessera "Go is not installed: its fsck was not asked"; return; }
	minor=$(go version | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p')
	if [ -z "$minor" ] || [ "$minor" -lt 21 ]; then cannot tessera "Go 1.21 or later is not installed: its fsck was not asked"; return; fi
	d=$build/interop-tools
	mkdir -p "$d" 2>/dev/null && [ -w "$d" ] || d=$tmp
	if (cd "$root/tests/interop/go" && timeout -k 5 300 go build -o "$d/fsck" github.com/transparency-dev/tessera/cmd/fsck) >"$tmp/out" 2>&1; then
		fsck=$d/fsck
	else
		cannot tessera "its fsck does not build here (no network?): it was not asked"
	fi
}
find_fsck
if [ -n "$fsck" ]; then
	# It exits 0 whatever it finds: its verdict is the sentence it ends with.
	timeout -k 5 300 "$fsck" --storage_url="${url%/}/" --public_key="$vkeyfile" --ui=false >"$tmp/out" 2>&1
	n=$(sed -n "s/.*Successfully fsck'd log with size \([0-9]*\).*/\1/p" "$tmp/out" | head -n 1)
	if [ -n "$n" ] && ! grep -q 'fsck failed: ' "$tmp/out" && [ "$n" -ge "${size:-0}" ] 2>/dev/null; then
		yes_ tessera "hashed the whole log anew as the node serves it: $n entries"
	else
		no tessera "$(tail -n 1 "$tmp/out" | cut -c 1-160)"
	fi
fi
[ "$ran" -gt 0 ] || exit 3
exit "$bad"

#!/bin/sh
# openssl.sh DIR - checks the signatures of a log's checkpoint and proofs with openssl and coreutils alone.
# Needs: DIR/vkey; DIR/policy for the witnesses. Each must have signed.
set -u
dir=$1
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
bad() { echo "openssl: $*" >&2; exit 1; }

# key VKEY: the name to $name, the id to $id, the public key as DER to $tmp/pk.der
key() {
	name=${1%%+*}
	rest=${1#*+}
	id=${rest%%+*}
	# SubjectPublicKeyInfo of an Ed25519 key is this prefix and the 32 bytes (RFC 8410 §4)
	{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; printf %s "${rest#*+}" | base64 -d | tail -c 32; } >"$tmp/pk.der"
}

# blob NOTE: the bytes behind the signature line of $name to $tmp/blob
blob() {
	sed '1,/^$/d' "$1" | grep -F -- "— $name " | head -n 1 | cut -d ' ' -f 3 | base64 -d >"$tmp/blob" 2>/dev/null
	[ "$(head -c 4 "$tmp/blob" | od -An -tx1 | tr -d ' \n')" = "$id" ] || bad "$1: no line of $name"
}

verify() { openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/pk.der" -rawin -in "$1" -sigfile "$tmp/sig" >/dev/null 2>&1; }

# note NOTE: the log's signature over the text, each witness's over time and text
note() {
	sed '/^$/,$d' "$1" >"$tmp/text"
	key "$(cat "$dir/vkey")"
	[ "$(head -n 1 "$tmp/text")" = "$name" ] || bad "$1: another origin"
	blob "$1"
	tail -c +5 "$tmp/blob" >"$tmp/sig"
	verify "$tmp/text" || bad "$1: the log's signature is not valid"
	for vkey in $(sed -n 's/^[[:space:]]*witness[[:space:]]\{1,\}[^[:space:]]*[[:space:]]\{1,\}\([^[:space:]]*\).*/\1/p' "$dir/policy"); do
		key "$vkey"
		blob "$1"
		tail -c +13 "$tmp/blob" >"$tmp/sig"
		{ printf 'cosignature/v1\ntime %d\n' "0x$(tail -c +5 "$tmp/blob" | head -c 8 | od -An -tx1 | tr -d ' \n')"; cat "$tmp/text"; } >"$tmp/cosigned"
		verify "$tmp/cosigned" || bad "$1: the cosignature of $name is not valid"
	done
}

note "$dir/checkpoint"
for proof in "$dir"/*.tlog-proof; do
	sed '1,/^$/d' "$proof" >"$tmp/note"
	note "$tmp/note"
done

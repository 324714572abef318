#!/bin/sh
# tools/calls.sh [ROOT] - calls that have one home, or none. Comments and strings are not looked at.
set -eu
cd "${1:-$(dirname "$0")/..}"

# function  the only files that may call it (prefixes, with commas between); "-" is nobody
table() {
	cat <<-'ROWS'
	malloc        src/base/mem.c
	calloc        src/base/mem.c
	realloc       src/base/mem.c
	free          src/base/mem.c
	strdup        -
	asprintf      -
	time          -
	gettimeofday  -
	clock_gettime src/base/clock.c
	getrandom     src/base/rng.c
	arc4random    -
	rand          -
	random        -
	srand         -
	rename        src/base/fs.c,src/store/index.c
	exit          src/cli/
	_exit         src/cli/,src/record/signer.c
	abort         src/crypto/ed25519.c
	system        -
	popen         -
	strcpy        -
	strcat        -
	strncpy       -
	sprintf       -
	vsprintf      -
	gets          -
	atoi          -
	atol          -
	strtok        -
	setlocale     src/cli/
	ROWS
}

# shellcheck disable=SC2046 # file names are ours, without spaces
table | awk '
	function code_of(s,   out, i, c, q) { # without comments, with strings and characters emptied
		out = ""
		for (i = 1; i <= length(s); i++) {
			c = substr(s, i, 1)
			if (inside) { if (substr(s, i, 2) == "*/") { inside = 0; i++ } continue }
			if (q != "") { if (c == "\\") i++; else if (c == q) q = ""; continue }
			if (substr(s, i, 2) == "/*") { inside = 1; i++; continue }
			if (substr(s, i, 2) == "//") break
			if (c == "\"" || c == "\047") { q = c; out = out c; continue }
			out = out c
		}
		return out
	}
	function allowed(list,   i, n, at) {
		n = split(list, at, ",")
		for (i = 1; i <= n; i++) if (index(FILENAME, at[i]) == 1) return 1
		return 0
	}
	FILENAME == "-" { home[$1] = $2; next }
	FNR == 1 { inside = 0; files++ }
	{
		rest = code_of($0)
		while (match(rest, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
			name = substr(rest, RSTART, RLENGTH - 1); sub(/[ \t]+$/, "", name)
			before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : ""
			rest = substr(rest, RSTART + RLENGTH)
			if (!(name in home) || before == "." || before == ">") continue # members of tables are ours
			if (!allowed(home[name])) {
				printf "%s:%d: %s() %s\n", FILENAME, FNR, name, home[name] == "-" ? "is not used here" : "belongs to " home[name]; bad++
			}
		}
	}
	END { if (bad) exit 1; printf "calls: %d files\n", files }' - $(find src -name '*.[ch]' | sort)

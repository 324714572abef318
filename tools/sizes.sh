#!/bin/sh
# tools/sizes.sh [ROOT] - functions of at most 100 lines, files of at most 800 (generated files and *.def
# tables are not counted). Prints how long functions are. A function is what stands between { and } in column 0
# behind a line that ends in ")": our style puts them nowhere else.
set -eu
cd "${1:-$(dirname "$0")/..}"
max_function=100
max_file=800

# shellcheck disable=SC2046 # file names are ours, without spaces
awk -v maxf="$max_function" -v maxl="$max_file" '
	function say(file, line, why) { printf "%s:%d: %s\n", file, line, why; bad++ }
	function end_of_file() { if (lines > maxl) say(file, lines, lines " lines in one file, at most " maxl) }
	FNR == 1 { end_of_file(); file = FILENAME; start = 0; at = 0; files++ }
	{ lines = FNR }
	# The signature may take several lines: it begins at the first line in column 0 after a blank or a closing one.
	/^[A-Za-z_]/ && !start { if (!at) at = FNR }
	!start && (/^$/ || /^#/ || /^\/[\/*]/ || /^ \*/ || /;[ \t]*$/) { at = 0 }
	/^\{/ && previous ~ /\)$/ { start = at ? at : FNR }
	/^\}/ && start {
		n = FNR - start + 1; len[++count] = n
		if (n > maxf) say(FILENAME, start, n " lines in one function, at most " maxf)
		start = 0; at = 0
	}
	/^\}/ { at = 0 }
	{ previous = $0 }
	END {
		end_of_file()
		for (i = 1; i <= count; i++) hist[len[i]]++
		for (n = 1; n <= 100000 && seen < count; n++) {
			seen += hist[n]
			if (!median && seen * 2 >= count) median = n
			if (!p90 && seen * 10 >= count * 9) p90 = n
			if (hist[n]) longest = n
		}
		printf "sizes: %d files, %d functions, median %d lines, 90 %% up to %d, longest %d\n", files, count, median, p90, longest
		exit bad > 0
	}' $(find src tests tools bench -name '*.[ch]' 2>/dev/null | sort)

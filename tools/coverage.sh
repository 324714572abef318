#!/bin/sh
# tools/coverage.sh - which lines of src/ the unit, sim and replay tests reach, by module and file.
# Needs tools/setup.sh build check coverage. The detailed pages are in build-check-coverage/html/.
set -eu
cd "$(dirname "$0")/.."
dir=build-check-coverage
[ -f $dir/build.ninja ] || meson setup -Db_coverage=true -Dtests=enabled -Doptimization=g $dir
ninja -C $dir --quiet
find $dir -name '*.gcda' -delete
meson test -C $dir --no-rebuild --no-suite interop --timeout-multiplier 10 || echo "coverage: not all tests passed; what follows is what they reached" >&2
mkdir -p $dir/html
gcovr --root . --object-directory $dir --filter src/ --exclude-unreachable-branches --html-details $dir/html/index.html --csv $dir/coverage.csv 2>$dir/gcovr.log
awk -F, 'NR > 1 { split($1, p, "/"); m = p[2]; if (!(m in lines)) order[++n] = m; lines[m] += $2; hit[m] += $3; all += $2; allhit += $3 }
	END { for (i = 1; i <= n; i++) printf "%-10s %5.1f %% of %5d lines\n", order[i], 100 * hit[order[i]] / lines[order[i]], lines[order[i]]
		printf "%-10s %5.1f %% of %5d lines\n", "all", 100 * allhit / all, all }' $dir/coverage.csv

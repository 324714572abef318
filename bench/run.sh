#!/bin/sh
# bench/run.sh BUILD - every measurement, one after another: some minutes. doc/BENCH.md says what each number means.
# BENCH_N: objects (200000); BENCH_ROUNDS; BENCH_DIR: where the folders go (BUILD); BENCH_BUNDLE: a STIX bundle to add, whole path.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-build}" && pwd)
export BENCH_DIR="${BENCH_DIR:-$build}"
bundle_collection=0b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9a01

bundle() {
	dir=$(mktemp -d "$BENCH_DIR/verbale-bench-bundle-XXXXXX")
	trap 'rm -rf "$dir"' EXIT
	verbale=$build/src/cli/verbale
	"$verbale" init "$dir/node" --party DE --origin de.example/log >/dev/null
	"$verbale" collection add "$dir/node" --id $bundle_collection --name Bundle --ceiling amber >/dev/null
	echo "$1"
	start=$(date +%s%N)
	"$verbale" add "$dir/node" --collection $bundle_collection "$1" | tail -n 1
	end=$(date +%s%N)
	echo "added in $(((end - start) / 1000000)) ms"
	"$verbale" check "$dir/node"
}

echo "== append"
"$build/bench/bench_append"
echo "== tree"
"$build/bench/bench_tree"
echo "== page"
"$build/bench/bench_page"
echo "== pages"
"$build/bench/bench_pages"
echo "== check"
"$build/bench/bench_check"
echo "== sync"
BENCH_N=${BENCH_SYNC_N:-100000} "$build/bench/bench_sync"
if [ -n "${BENCH_BUNDLE:-}" ]; then
	echo "== bundle"
	bundle "$BENCH_BUNDLE"
fi
echo "== taxii"
"$here/taxii.sh" "$build"

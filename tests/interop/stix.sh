#!/bin/sh
# stix.sh BUILD - OASIS's own stix2-patterns and stix2-validator judge what stix_pattern_check and stix_check judge: the
# lists of their packages, generated patterns and objects, and broken ones. Every difference is a row of
# stix_differences.tsv with the paragraph that decides it, or fails.
#   STIX_CASES  how many are generated of each (default 4,000: half a minute)    STIX_SEED  which (default 1)
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd) || exit 2
venv=$build/interop-stix
log=$(mktemp) || exit 3
trap 'rm -f "$log"' EXIT

if [ ! -f "$venv/ready" ]; then
	if ! { rm -rf "$venv" && python3 -m venv "$venv" &&
		timeout 180 "$venv/bin/pip" install --quiet --disable-pip-version-check --no-input -r "$here/stix_requirements.txt"; } >"$log" 2>&1; then
		if [ "${INTEROP_REQUIRED:-}" = 1 ]; then echo "not ok stix2-patterns and stix2-validator: cannot be installed here"; tail -n 5 "$log" >&2; exit 1; fi
		echo "skip stix2-patterns and stix2-validator: cannot be installed here: $(tail -n 1 "$log")"
		exit 0
	fi
	: >"$venv/ready"
fi
status=0
for what in patterns objects; do
	PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$here/stix_oracles.py" "$build/tests/interop/stixjudge" $what "${STIX_CASES:-4000}" "${STIX_SEED:-1}" >"$log" || { status=1; echo "not ok $what: the comparison ended with an error"; }
	cat "$log"
	if grep -q '^not ok' "$log"; then status=1; fi
done
exit $status

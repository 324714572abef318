#!/bin/sh
# taxii.sh BUILD - programs of others use our TAXII server, and `verbale pull` uses theirs: taxii2-client, medallion's
# own tests, schemathesis, what OpenCTI and MISP send; medallion and OpenTAXII as servers. Each of taxii/*.py says more.
#   TAXII_OPENAPI_SECONDS, TAXII_OPENAPI_SEED  how long schemathesis tries (default 60), and which cases (default 1)
#   MEDALLION  a source tree of medallion 3.0.0: its tests are in no package, so without it they are skipped
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd) || exit 2
: "${VERBALE:=$build/src/cli/verbale}"
venv=$build/interop-taxii
if [ -z "${WORK:-}" ]; then
	WORK=$(mktemp -d) || exit 3
	trap 'rm -rf "$WORK"' EXIT
fi
export WORK VERBALE PYTHONDONTWRITEBYTECODE=1
status=0

missing() { # NAME WHY
	if [ "${INTEROP_REQUIRED:-}" = 1 ]; then status=1; echo "not ok $1: $2"; else echo "skip $1: $2"; fi
}
installed() { # FOLDER REQUIREMENTS: a Python environment, made once for these requirements
	if cmp -s "$2" "$1/ready"; then return 0; fi
	rm -rf "$1"
	if python3 -m venv "$1" && timeout 200 "$1/bin/pip" install --quiet --disable-pip-version-check --no-input -r "$2" && cp "$2" "$1/ready"; then return 0; fi
	return 1
}
part() { # SECONDS FILE ARGUMENTS…: its lines, and the end of its log when one is "not ok"
	seconds=$1 file=$2 log=$WORK/$2.log
	shift 2
	timeout -k 5 "$seconds" "$venv/bin/python" "$here/taxii/$file" "$@" >"$log.out" 2>"$log"
	rc=$?
	cat "$log.out"
	if [ $rc = 124 ] || [ $rc = 137 ]; then echo "not ok $file: not done after $seconds seconds"; rc=1
	elif [ $rc != 0 ] && ! grep -q '^not ok' "$log.out"; then echo "not ok $file: ended with status $rc"; fi
	if [ $rc != 0 ]; then status=1; tail -n 30 "$log" >&2; fi
}

if ! installed "$venv" "$here/taxii/requirements.txt" >"$WORK/pip.log" 2>&1; then
	missing 'taxii2-client, medallion, schemathesis' "cannot be installed here: $(tail -n 1 "$WORK/pip.log")"
	exit $status
fi
part 90 client.py
part 60 cases.py
part 60 replays.py
if installed "$build/interop-opentaxii" "$here/taxii/opentaxii_requirements.txt" >"$WORK/pip.log" 2>&1; then part 100 pulls.py "$build/interop-opentaxii"
else
	missing 'a pull from OpenTAXII' "cannot be installed here: $(tail -n 1 "$WORK/pip.log")"
	part 100 pulls.py
fi
part 150 openapi.py "${TAXII_OPENAPI_SECONDS:-60}" "${TAXII_OPENAPI_SEED:-1}"

if [ -f "${MEDALLION:-}/medallion/test/test_backends.py" ]; then
	(cd "$MEDALLION" && RESULTS=$WORK/medallion PYTHONPATH=$MEDALLION:$here/taxii timeout -k 5 90 "$venv/bin/python" -m pytest -q -p medallion_tests \
		-p no:cacheprovider --backends memory medallion/test/test_backends.py) >"$WORK/pytest.log" 2>&1
	cat "$WORK/medallion" 2>/dev/null || echo "not ok medallion's own tests: $(tail -n 1 "$WORK/pytest.log")"
	if ! grep -q '^ok' "$WORK/medallion" || grep -q '^not ok' "$WORK/medallion"; then status=1; fi
else
	echo "skip medallion's own tests: no package has them; name a source tree of 3.0.0 in MEDALLION"
fi
exit $status

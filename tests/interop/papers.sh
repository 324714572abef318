#!/bin/sh
# papers.sh BUILD - a calendar and a feed of ours, read by programs nobody here wrote: icalendar, feedparser, xmllint.
# One line per check: "ok …", "not ok …", "skip …". Exit: 0 all ok, 1 something is not.
# INTEROP_REQUIRED=1: a missing tool is a failure.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd) || exit 2
venv=$build/interop-papers
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
failed=0

is() { title=$1; shift; if "$@" >"$tmp/out" 2>&1; then echo "ok $title"; else echo "not ok $title"; sed 's/^/    /' "$tmp/out"; failed=1; fi; }
lacks() { echo "skip $1: $2 is missing"; [ -z "${INTEROP_REQUIRED:-}" ] || failed=1; }
installed() {
	[ -f "$venv/ready" ] && return
	rm -rf "$venv" && python3 -m venv "$venv" &&
		timeout 180 "$venv/bin/pip" install --quiet --disable-pip-version-check --no-input -r "$here/papers_requirements.txt" && : >"$venv/ready"
}

is 'papers: written' "$build/tests/interop/makepapers" "$tmp"
if installed >"$tmp/pip" 2>&1; then
	export PYTHONDONTWRITEBYTECODE=1
	is 'calendar: icalendar reads it' "$venv/bin/python" "$here/papers.py" calendar "$tmp/calendar.ics"
	is 'feed: feedparser reads it' "$venv/bin/python" "$here/papers.py" feed "$tmp/feed.atom"
else
	lacks 'calendar, feed' 'icalendar or feedparser'
fi
if command -v xmllint >/dev/null; then is 'feed: well-formed for xmllint' xmllint --noout "$tmp/feed.atom"; else lacks feed xmllint; fi
exit $failed

#!/bin/sh
# papers.sh BUILD - a calendar and a feed of ours, read by programs nobody here wrote: icalendar, an XML parser, xmllint.
# One line per check: "ok …", "not ok …", "skip …". Exit: 0 all ok, 1 something is not.
# INTEROP_REQUIRED=1: a missing tool is a failure.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
failed=0

is() { title=$1; shift; if "$@" >"$tmp/out" 2>&1; then echo "ok $title"; else echo "not ok $title"; sed 's/^/    /' "$tmp/out"; failed=1; fi; }
lacks() { echo "skip $1: $2 is missing"; [ -z "${INTEROP_REQUIRED:-}" ] || failed=1; }

is 'papers: written' "$1/tests/interop/makepapers" "$tmp"
if python3 -c 'import icalendar' 2>/dev/null; then is 'calendar: icalendar reads it' python3 "$here/papers.py" calendar "$tmp/calendar.ics"; else lacks calendar icalendar; fi
is 'feed: an XML parser reads it' python3 "$here/papers.py" feed "$tmp/feed.atom"
if command -v xmllint >/dev/null; then is 'feed: well-formed for xmllint' xmllint --noout "$tmp/feed.atom"; else lacks feed xmllint; fi
exit $failed

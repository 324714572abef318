#!/bin/sh
# tools/messages.sh - every visible string has a German and a Japanese translation.
# Collects the message ids of src/ (C, tables, templates) and fails naming each id that po/de.po or po/ja.po lacks,
# leaves empty or fuzzy, or translates with other printf placeholders. Needs gettext's tools (for this check only).
set -eu
cd "$(dirname "$0")/.."
for tool in xgettext msgmerge msgattrib msgfmt; do
	command -v "$tool" >/dev/null || { echo "messages: $tool is missing (package gettext)" >&2; exit 3; }
done
tmp=$(mktemp -d)
mkdir "$tmp/src"
trap 'rm -rf "$tmp"' EXIT

# Templates: keep what stands in {{…}}, as C that xgettext understands; lines stay where they were.
find src -name '*.html' -path '*/tmpl/*' | sort | while read -r f; do
	mkdir -p "$tmp/$(dirname "$f")"
	awk '{
		out = ""; s = $0
		while ((i = index(s, "{{")) > 0) {
			s = substr(s, i + 2); j = index(s, "}}"); if (j == 0) break
			e = substr(s, 1, j - 1); s = substr(s, j + 2)
			if (e ~ /^ *#/) continue
			if (e ~ /^_n /) e = "trn(0, " substr(e, 4) ")"
			else if (e ~ /^_ /) e = "tr(0, " substr(e, 3) ")"
			out = out e "; "
		}
		print out
	}' "$f" > "$tmp/$f"
done
find src \( -name '*.c' -o -name '*.h' -o -name '*.def' \) | sort > "$tmp/files"
(cd "$tmp" && find src -name '*.html' | sort) > "$tmp/templates"
common="-L C --from-code=UTF-8 --no-wrap -k -k_ -kN_ -ktr:2 -ktrn:2,3"
# shellcheck disable=SC2086 # the words are meant to split
xgettext $common -o "$tmp/c.pot" -f "$tmp/files"
if [ -s "$tmp/templates" ]; then
	# shellcheck disable=SC2086
	xgettext $common -D "$tmp" -o "$tmp/t.pot" -f "$tmp/templates"
fi
sed -i 's/charset=CHARSET/charset=UTF-8/' "$tmp"/*.pot
msgcat --use-first -o "$tmp/all.pot" "$tmp"/*.pot

bad=0
for l in de ja; do
	msguniq --use-first -o "$tmp/$l.uniq" "po/$l.po" || { bad=1; continue; }
	msgmerge -q --no-fuzzy-matching --no-wrap -o "$tmp/$l.po" "$tmp/$l.uniq" "$tmp/all.pot" 2>/dev/null || { echo "po/$l.po cannot be read" >&2; bad=1; continue; }
	# msgmerge takes the placeholder flags from the sources, so msgfmt compares the placeholders.
	msgfmt -c -o /dev/null "$tmp/$l.po" 2> "$tmp/err" || { sed "s|^$tmp/||" "$tmp/err" >&2; bad=1; }
	for what in untranslated only-fuzzy; do
		msgattrib --no-obsolete --no-wrap --$what "$tmp/$l.po" | awk -v l="$l" -v what="$what" '
			/^#: / { where = $2 }
			/^msgid "./ || (more && /^"/) { sub(/^msgid /, ""); id = id $0; more = 1; next }
			/^msgid ""/ { more = 1; next }
			/^msgstr|^msgid_plural/ { if (more && id != "" && id != "\"\"") { printf "po/%s.po: %s: %s (%s)\n", l, what == "untranslated" ? "missing" : "fuzzy", id, where; n++ } more = 0; id = "" }
			END { exit n > 0 }' >&2 || bad=1
	done
done
n=$(grep -c '^msgid "' "$tmp/all.pot")
[ "$bad" -eq 0 ] && echo "messages: $((n - 1)) ids, all in de and ja"
exit "$bad"

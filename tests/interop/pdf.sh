#!/bin/sh
# pdf.sh BUILD - programs nobody here wrote read our PDFs: qpdf and poppler.
# One line per check: "ok …", "not ok …", "skip …". Exit: 0 all ok, 1 something is not, 77 nothing could run.
# INTEROP_REQUIRED=1: a missing tool is a failure.
set -u
make=$1/tests/unit/pdf/makepdf
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
failed=0

ok() { echo "ok $*"; }
not_ok() { echo "not ok $*"; failed=1; }
is() { title=$1; shift; if "$@" >"$tmp/out" 2>&1; then ok "$title"; else not_ok "$title"; head -n 30 "$tmp/out" | cut -c 1-200 | sed 's/^/    /'; fi; }

for tool in qpdf pdffonts pdfinfo pdftotext; do
	command -v $tool >/dev/null && continue
	echo "skip pdf: $tool is missing"
	[ -n "${INTEROP_REQUIRED:-}" ] && exit 1
	exit 77
done

fonts() { # every font embedded, TrueType, with its characters
	pdffonts "$1" | tail -n +3 >"$tmp/fonts"
	cat "$tmp/fonts"
	[ -s "$tmp/fonts" ] && ! grep -vE '^[A-Z]{6}\+[^ ]+ +(CID )?TrueType +[^ ]+ +yes yes yes ' "$tmp/fonts"
}
text() { # what a person reads is there to be copied
	pdftotext -layout "$1" "$tmp/text"
	cat "$tmp/text"
	for words in 'Infrastruktur' '日独サイバー協議' '国際法の適用' 'Völkerrecht' 'DJ-2016-0007'; do
		grep -q "$words" "$tmp/text" || { echo "lacks $words"; return 1; }
	done
}
structure() {
	pdfinfo "$1" | grep -q '^Tagged: *yes' || return 1
	pdfinfo -struct-text "$1" >"$tmp/structure" 2>"$tmp/complaints"
	cat "$tmp/structure" "$tmp/complaints"
	[ ! -s "$tmp/complaints" ] && grep -q '^Document' "$tmp/structure" && grep -q '^  H1' "$tmp/structure" && grep -q '^  H2' "$tmp/structure" &&
		grep -q '^    Link' "$tmp/structure" && grep -q '"1 第1回日独サイバー協議は' "$tmp/structure" && grep -q 'in Tokyo statt' "$tmp/structure"
}
whole() { qpdf --check "$1" && ! qpdf --check "$1" 2>&1 | grep -q WARNING; }
a4() { [ "$(pdfinfo "$1" | grep -c '^Page size: .*A4')" = 1 ]; }
languages() { # of the document, and of what is Japanese in it
	qpdf --qdf "$1" "$tmp/plain" && grep -aq '/Lang (de)' "$tmp/plain" && grep -aq '/Lang (ja)' "$tmp/plain"
}
foot() { # every page has its number and the record line
	n=$(pdfinfo "$1" | sed -n 's/^Pages: *//p') i=0
	while [ $((i += 1)) -le "$n" ]; do
		pdftotext -f $i -l $i -layout "$1" - | grep 'DJ-2016-0007 · Register de.example/verbale' | grep -q " $i */ *$n\$" || { echo "page $i of $n"; return 1; }
	done
}

for form in '3 2' '60 2' '60 3' '5 1'; do
	# shellcheck disable=SC2086 # two words
	is "pdf $form: written" "$make" "$tmp/a.pdf" $form || continue
	# shellcheck disable=SC2086
	is "pdf $form: the same bytes from another process" sh -c "'$make' '$tmp/b.pdf' $form && cmp '$tmp/a.pdf' '$tmp/b.pdf'"
	is "pdf $form: no fault for qpdf" whole "$tmp/a.pdf"
	is "pdf $form: A4" a4 "$tmp/a.pdf"
	is "pdf $form: fonts embedded, TrueType" fonts "$tmp/a.pdf"
	is "pdf $form: foot of each page" foot "$tmp/a.pdf"
	[ "${form#* }" = 1 ] && continue
	is "pdf $form: text" text "$tmp/a.pdf"
	is "pdf $form: structure" structure "$tmp/a.pdf"
	is "pdf $form: languages" languages "$tmp/a.pdf"
done
exit $failed

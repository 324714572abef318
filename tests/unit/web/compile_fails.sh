#!/bin/sh
# compile_fails.sh TMPLC CC SRC FOLDER: a plain string as an address, and markup as an attribute, must not compile.
set -eu
tmplc=$1 cc=$2 src=$3 dir=$4
try() { # name, template body, expected: yes or no
	printf '{{define t(const char *s, struct url u, struct safe m)}}%s{{end}}\n' "$2" > "$dir/fails.html"
	"$tmplc" "$dir/fails.c" "$dir/fails.h" "$dir/fails.html"
	if "$cc" -std=gnu17 -D_GNU_SOURCE -I"$src" -I"$dir" -fsyntax-only "$dir/fails.c" 2> "$dir/fails.err"; then ok=yes; else ok=no; fi
	if [ "$ok" != "$3" ]; then echo "$1: compiled: $ok, expected: $3"; cat "$dir/fails.err"; exit 1; fi
	if [ "$3" = no ] && ! grep -q 'fails.html:1' "$dir/fails.err"; then echo "$1: the error does not name the template"; cat "$dir/fails.err"; exit 1; fi
}
try 'address'           '<a href="{{u}}">{{s}}{{m}}</a>' yes
try 'string as address' '<a href="{{s}}">x</a>' no
try 'markup as address' '<img src="{{m}}">' no
try 'markup in attribute' '<p title="{{m}}">x</p>' no
try 'struct as text'    '<p>{{*&(struct out){0}}}</p>' no

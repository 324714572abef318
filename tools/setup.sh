#!/bin/sh
# tools/setup.sh STAGE… - have what `make STAGE` needs, or say what is missing. Stages: build check coverage.
# Asks for capabilities (pkg-config, commands, files), so it fits any system and is quick when all is there.
# Only root on Debian gets packages installed; everyone else gets their names and exit status 3.
set -eu

# stage  probe  what is asked for  Debian packages; @name is a function below
table() {
	cat <<-'ROWS'
	build cmd  gcc                    gcc libc6-dev
	build cmd  meson                  meson
	build cmd  ninja                  ninja-build
	build cmd  pkg-config             pkg-config
	build lib  libmicrohttpd          libmicrohttpd-dev
	build lib  gnutls                 libgnutls28-dev
	build lib  libcurl                libcurl4-gnutls-dev
	build lib  sqlite3                libsqlite3-dev
	build lib  libsodium              libsodium-dev
	build lib  libfido2               libfido2-dev
	build lib  nettle                 nettle-dev
	build lib  yyjson                 @yyjson
	build lib  libzstd                libzstd-dev
	build lib  libisal                libisal-dev
	build lib  libqrencode            libqrencode-dev
	build cmd  bison                  bison
	build cmd  flex                   flex
	build cmd  openssl                openssl
	check lib  cmocka                 libcmocka-dev
	check cmd  clang                  clang llvm g++
	check file /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a|/usr/lib*/clang/*/lib/*/libclang_rt.fuzzer*.a @clang_rt
	check cmd  xgettext               gettext
	check cmd  git                    git
	check cmd  curl                   curl ca-certificates
	check cmd  python3                python3
	check py   ensurepip              python3-venv
	check go   1.25                   @go
	check cmd  node                   nodejs
	check cmd  npm                    npm
	check cmd  chromium|chromium-browser|google-chrome chromium
	check file /usr/share/fonts/*/noto*/NotoSansCJK-Regular.ttc fonts-noto-cjk
	coverage cmd gcovr                gcovr
	ROWS
}

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$@"; exit 3; }

have_cmd() { # one of the |-separated commands
	for c in $(echo "$1" | tr '|' ' '); do
		if command -v "$c" >/dev/null 2>&1; then return 0; fi
	done
	return 1
}

have_file() { # one of the |-separated patterns
	for f in $(echo "$1" | tr '|' ' '); do
		if [ -e "$f" ]; then return 0; fi
	done
	return 1
}

have_go() { # Go of at least version $1, on the PATH or where Debian puts its versioned ones
	for g in go /usr/lib/go-*/bin/go; do
		v=$(GOTOOLCHAIN=local "$g" env GOVERSION 2>/dev/null || true)
		if [ "$(printf 'go%s\n%s\n' "$1" "$v" | sort -V | head -n 1)" = "go$1" ]; then return 0; fi
	done
	return 1
}

have() {
	case $1 in
	cmd) have_cmd "$2" ;;
	lib) pkg-config --exists "$2" 2>/dev/null ;;
	file) have_file "$2" ;;
	py) python3 -c "import $2" 2>/dev/null ;;
	go) have_go "$2" ;;
	esac
}

missing() { # packages of the rows of stages $* whose probe fails
	table | while read -r stage probe what packages; do
		case " $* " in *" $stage "*) ;; *) continue ;; esac
		if ! have "$probe" "$what"; then printf '%s ' "$packages"; fi
	done
}

apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o Acquire::Languages=none "$@"
}

quiet() { # run; show the end of what it said only if it fails
	if "$@" >"$tmp/log" 2>&1; then return 0; fi
	tail -n 20 "$tmp/log" >&2
	die "failed: $*"
}

install() { quiet apt install -y --no-install-recommends "$@"; }
offers() { LC_ALL=C apt-cache policy "$1" | grep -q 'Candidate: [0-9]'; }

# borrow SUITE PACKAGE…: packages from a later Debian suite than this system's. Lists and source entry live
# in a folder of their own, so the system's sources stay as they are; mirror and proxy are the system's.
borrow() {
	mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Identifier: Packages' |
		sed -n "s/^$VERSION_CODENAME //p" | head -n 1)
	[ -n "$mirror" ] || die "no mirror for $VERSION_CODENAME in this system's apt sources"
	at=$tmp/$1
	mkdir -p "$at/lists/partial" "$at/cache/archives/partial"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" >"$at/list"
	shift
	private() {
		apt -o "Dir::Etc::SourceList=$at/list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$at/lists" \
			-o "Dir::Cache=$at/cache" -o APT::Sandbox::User=root "$@"
	}
	quiet private update
	cd "$at"
	quiet private download "$@"
	cd - >/dev/null
	install "$at"/*.deb
}

# yyjson came with Debian 13; its packages install cleanly on 12.
pkg_yyjson() { if offers libyyjson-dev; then install libyyjson-dev; else borrow trixie libyyjson0 libyyjson-dev; fi; }

# The sanitizer and fuzzer runtimes are packaged per clang version.
pkg_clang_rt() { install "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"; }

# Verifiers by others, which the tests run, want a newer Go than Debian 12 and 13 have.
pkg_go() {
	version=golang-1.26
	if offers $version-go; then install $version-go
	else borrow trixie-backports $version-go $version-src; fi
}

# What a package list looks like to a person: the special ones by their names.
names() { echo "$*" | sed 's/@yyjson/libyyjson-dev/; s/@clang_rt/libclang-rt-dev/; s/@go/golang-1.26-go/; s/ *$//'; }

[ $# -gt 0 ] || { echo "usage: tools/setup.sh {build|check|coverage}…" >&2; exit 2; }
wanted=$(missing "$@")
[ -n "$wanted" ] || exit 0

ID=unknown VERSION_CODENAME=unknown
if [ -r /etc/os-release ]; then . /etc/os-release; fi
if [ "$ID" != debian ]; then
	die "missing here; these are the Debian names: $(names "$wanted")"
elif [ "$(id -u)" != 0 ]; then
	die "missing: $(names "$wanted"). Run this once as root: tools/setup.sh $*"
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
say "installing, once: $(names "$wanted")"
quiet apt update
ordinary=$(echo "$wanted" | tr ' ' '\n' | sed '/^@/d')
# shellcheck disable=SC2086 # one word per package
if [ -n "$ordinary" ]; then install $ordinary; fi
for special in $(echo "$wanted" | tr ' ' '\n' | sed -n 's/^@//p'); do
	"pkg_$special"
done
wanted=$(missing "$@")
[ -z "$wanted" ] || die "installed, but still not found: $(names "$wanted")"
say "done"

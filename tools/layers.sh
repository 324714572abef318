#!/bin/sh
# tools/layers.sh [ROOT] - a module includes only itself and modules above it; others' private headers stay
# private; a foreign library's headers stay in their home. Fails naming file, line and rule.
set -eu
cd "${1:-$(dirname "$0")/..}"

# Order of modules, as in doc/ARCHITECTURE.md and meson.build.
modules='base json crypto pack stix policy tlog store record http access taxii peer consult pdf web cli'

# Headers a module offers besides MODULE/MODULE.h. All of base is for everyone.
public='crypto/passkey.h policy/rights.h store/journal.h store/index.h store/people.h store/home.h store/state.h http/form.h json/split.h record/page.h
access/people.h peer/pull.h peer/fetch.h consult/acts.h consult/desk.h consult/paper.h consult/diff.h consult/glossary.h consult/words.h consult/ics.h
consult/releases.h store/search.h consult/find.h web/homes.h web/subs.h'

# Headers for some modules only: what stays at home is not even in reach of what sends or records.
only='store/home.h=consult,web,cli consult/desk.h=web,cli consult/find.h=web,cli'

# Foreign headers (prefixes) and the only module that may include them.
homes='yyjson.h=json zstd=pack isa-l.h=pack isa-l/=pack nettle/=crypto sodium=crypto fido.h=crypto fido/=crypto sqlite3.h=store libpq-fe.h=store
microhttpd.h=http gnutls/=http curl/=peer cairo=pdf pango/=pdf fontconfig/=pdf qrencode.h=web'

# Headers of the C library and the kernel that anyone may include. A header in neither list fails:
# a new library is a decision, not an #include.
libc='arpa/inet.h assert.h ctype.h dirent.h errno.h fcntl.h float.h getopt.h immintrin.h inttypes.h limits.h locale.h math.h
net/if.h netdb.h netinet/in.h netinet/tcp.h poll.h pthread.h signal.h spawn.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h
stdlib.h string.h strings.h sys/epoll.h sys/eventfd.h sys/file.h sys/mman.h sys/random.h sys/resource.h sys/select.h sys/signalfd.h sys/socket.h sys/stat.h
sys/statvfs.h sys/syscall.h sys/time.h sys/timerfd.h sys/types.h sys/uio.h sys/un.h sys/wait.h termios.h time.h unistd.h cpuid.h linux/landlock.h linux/seccomp.h
sys/prctl.h sys/ioctl.h langinfo.h sys/capability.h endian.h'

# shellcheck disable=SC2046 # file names are ours, without spaces
awk -v modules="$modules" -v public="$public" -v only="$only" -v homes="$homes" -v libc="$libc" '
	function say(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; bad++ }
	BEGIN {
		n = split(modules, m, /[ \n]+/); for (i = 1; i <= n; i++) { rank[m[i]] = i; open[m[i] "/" m[i] ".h"] = 1 }
		n = split(public, p, /[ \n]+/); for (i = 1; i <= n; i++) open[p[i]] = 1
		nh = split(homes, h, /[ \n]+/); for (i = 1; i <= nh; i++) { split(h[i], kv, "="); prefix[i] = kv[1]; home[i] = kv[2] }
		n = split(only, o, /[ \n]+/); for (i = 1; i <= n; i++) { split(o[i], kv, "="); circle[kv[1]] = "," kv[2] "," }
		n = split(libc, l, /[ \n]+/); for (i = 1; i <= n; i++) system_header[l[i]] = 1
	}
	FNR == 1 {
		split(FILENAME, part, "/"); me = part[2]; files++
		if (!(me in rank)) say("module \"" me "\" is not in the order")
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, q, "\""); target = q[2]; split(target, part, "/"); other = part[1]; includes++
		if (target !~ /^[a-z]+\/[a-z0-9_]+\.(h|def)$/ || !(other in rank)) { say("\"" target "\" is not module/file.h"); next }
		if (other == me || !(me in rank)) next
		if (rank[other] > rank[me]) say(me " stands above " other " and may not include \"" target "\"")
		else if (other != "base" && !(target in open)) say("\"" target "\" is private to " other)
		else if (target in circle && index(circle[target], "," me ",") == 0) say("\"" target "\" stays at home: not for " me)
		next
	}
	/^[ \t]*#[ \t]*include[ \t]*</ {
		split($0, q, /[<>]/); target = q[2]; known = target in system_header
		for (i = 1; i <= nh; i++)
			if (index(target, prefix[i]) == 1) { known = 1; if (me != home[i]) say("<" target "> belongs to " home[i]) }
		if (!known) say("<" target "> is in no list of tools/layers.sh")
		next
	}
	/^[ \t]*#[ \t]*include/ { say("include of something computed") }
	END { if (bad) exit 1; printf "layers: %d files, %d includes of our own, all downward\n", files, includes }' \
	$(find src -name '*.[ch]' -o -name '*.def' | sort)

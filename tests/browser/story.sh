#!/bin/bash
# story.sh VERBALE DIR PORT - Berlin's and Tokyo's nodes as commands make them: keys exchanged, a collection that Tokyo
# proposes and Berlin assents to, people with each role on each side. Serves both from PORT on and carries the
# consultation of 2016 through them in two browsers (story.mjs, which is the line between them: PORT+4 and PORT+5).
set -u
here=$(cd "$(dirname "$0")" && pwd)
verbale=$1
cd "$2" || exit 3
port=$3
export VERBALE_LANG=en
pids=()
trap '[ ${#pids[@]} = 0 ] || { kill "${pids[@]}"; wait "${pids[@]}"; } 2>/dev/null' EXIT
die() { echo "story: $1: $(tail -n 1 out)" >&2; exit 1; }
v() { timeout -k 2 60 "$verbale" "$@" >>out 2>&1 </dev/null || die "verbale $1 $2"; }

v init berlin --party DE --name 'Auswärtiges Amt' --origin de.example/log --url "https://127.0.0.1:$((port + 4))" --listen-http "127.0.0.1:$port" --listen-tls "127.0.0.1:$((port + 1))" --sync-interval 1
v init tokyo --party JP --name '日本国外務省' --origin jp.example/log --url "https://127.0.0.1:$((port + 5))" --listen-http "127.0.0.1:$((port + 2))" --listen-tls "127.0.0.1:$((port + 3))" --sync-interval 1
v peer add berlin tokyo/self.peer
v peer add tokyo berlin/self.peer
v collection add tokyo --name 'Cyber consultations' --members DE,JP --ceiling clear --public
collection=$(grep -o 'verbale-collection--[0-9a-f-]*' out | head -n 1)
echo 'korrekt pferd batterie' >password
while read -r node name role agency; do v user add "$node" "$name" --role "$role" --agency "$agency" --password-file password; done <<'P'
berlin e.muster desk-officer AA
berlin f.frei releaser AA
berlin a.admin administrator AA
berlin p.pruefer auditor BRH
tokyo t.suzuki desk-officer MOFA
tokyo k.tanaka releaser MOFA
tokyo a.kanri administrator MOFA
tokyo s.kansa auditor BOA
P
for node in berlin tokyo; do
	"$verbale" serve $node >$node.out 2>$node.log &
	pids+=($!)
done
for node in berlin tokyo; do
	for _ in $(seq 200); do grep -q TLS $node.out && break; sleep 0.1; done
done
LINES="$((port + 4)):$((port + 1)),$((port + 5)):$((port + 3))" ASSENT="$verbale assent berlin $collection agree" timeout -k 5 540 node "$here/story.mjs" "http://localhost:$port" "http://localhost:$((port + 2))" shots

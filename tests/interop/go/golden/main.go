// Command golden writes the vectors under tests/golden/tlog with code that is not ours: golang.org/x/mod for
// trees, tiles, notes and keys, torchwood for the proof file and the cosigner's key text.
// The leaf is computed here a second time, from its description in doc/FORMAT.md.
//
//	go run ./golden DIR
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	size    = 300
	proven  = 137
	origin  = "log.example/verbale"
	witness = "witness.example/w"
	seconds = 1473379200
)

type hashes []tlog.Hash

func (h hashes) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = h[n]
	}
	return out, nil
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func entry(i int) []byte { return fmt.Appendf(nil, "entry %d\n", i) }

func salt(i int) []byte {
	s := sha256.Sum256(fmt.Appendf(nil, "salt %d", i))
	return s[:]
}

func leaf(i int) []byte {
	p := sha256.Sum256(entry(i))
	c := sha256.Sum256(append(append([]byte("verbale/leaf/v1\n"), salt(i)...), p[:]...))
	return append([]byte{1}, c[:]...)
}

func write(dir, name string, p []byte) { check(os.WriteFile(filepath.Join(dir, name), p, 0o644)) }

// cosigner is a note.Signer for cosignature/v1 at a fixed time.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PrivateKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Sign(msg []byte) ([]byte, error) {
	text := append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", seconds), msg...)
	return append(binary.BigEndian.AppendUint64(nil, seconds), ed25519.Sign(c.key, text)...), nil
}

func seed(b byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(b)), ed25519.SeedSize)))
}

func line(b *strings.Builder, word string, a, n int64, hs []tlog.Hash) {
	fmt.Fprintf(b, "%s %d %d", word, a, n)
	for _, h := range hs {
		fmt.Fprintf(b, " %s", hex.EncodeToString(h[:]))
	}
	b.WriteString("\n")
}

func tree() (hashes, string) {
	var stored hashes
	var b strings.Builder
	for i := range int64(size) {
		add, err := tlog.StoredHashes(i, leaf(int(i)), stored)
		check(err)
		stored = append(stored, add...)
	}
	for n := range int64(size + 1) {
		root, err := tlog.TreeHash(n, stored)
		check(err)
		line(&b, "root", n, n, []tlog.Hash{root})
	}
	for _, n := range []int64{1, 2, 3, 5, 7, 8, 64, 100, 255, 256, 257, 258, 299, 300} {
		for _, i := range []int64{0, 1, 2, n / 3, n / 2, 200, 255, 256, n - 2, n - 1} {
			if i >= 0 && i < n {
				p, err := tlog.ProveRecord(n, i, stored)
				check(err)
				line(&b, "inclusion", i, n, p)
			}
			if i > 0 && i <= n {
				p, err := tlog.ProveTree(n, i, stored)
				check(err)
				line(&b, "consistency", i, n, p)
			}
		}
	}
	for _, t := range tlog.NewTiles(8, 0, size) {
		data, err := tlog.ReadTileData(t, stored)
		check(err)
		sum := sha256.Sum256(data)
		fmt.Fprintf(&b, "tile %s %s\n", strings.Replace(t.Path(), "tile/8/", "tile/", 1), hex.EncodeToString(sum[:]))
	}
	for _, t := range []tlog.Tile{{H: 8, L: 0, N: 0, W: 256}, {H: 8, L: 1, N: 999, W: 256}, {H: 8, L: 2, N: 1000, W: 255}, {H: 8, L: 5, N: 1234067, W: 1}} {
		fmt.Fprintf(&b, "path %d %d %d %s\n", t.L, t.N, t.W, strings.Replace(t.Path(), "tile/8/", "tile/", 1))
	}
	return stored, b.String()
}

func main() {
	dir := os.Args[1]
	stored, text := tree()
	write(dir, "tree.txt", []byte(text))

	logKey, witnessKey := seed(1), seed(2)
	vkey, err := note.NewEd25519VerifierKey(origin, logKey.Public().(ed25519.PublicKey))
	check(err)
	verifier, err := note.NewVerifier(vkey)
	check(err)
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, verifier.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{1}, logKey.Seed()...)))
	signer, err := note.NewSigner(skey)
	check(err)
	w, err := torchwood.NewCosignatureSigner(witness, witnessKey)
	check(err)
	write(dir, "log.vkey", []byte(vkey))
	write(dir, "witness.vkey", []byte(w.Verifier().String()))

	root, err := tlog.TreeHash(size, stored)
	check(err)
	body := fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)
	signed, err := note.Sign(&note.Note{Text: body}, signer)
	check(err)
	write(dir, "checkpoint", signed)
	cosigned, err := note.Sign(&note.Note{Text: body}, signer, cosigner{witness, w.KeyHash(), witnessKey})
	check(err)
	_, err = note.Open(cosigned, note.VerifierList(verifier, w.Verifier()))
	check(err)
	write(dir, "checkpoint.cosigned", cosigned)

	p, err := tlog.ProveRecord(size, proven, stored)
	check(err)
	proof := torchwood.FormatProofWithExtraData(proven, salt(proven), p, cosigned)
	policy := fmt.Sprintf("log %s\nwitness w %s\nquorum w\n", vkey, w.Verifier())
	rule, err := torchwood.ParsePolicy([]byte(policy))
	check(err)
	check(torchwood.VerifyProof(rule, tlog.RecordHash(leaf(proven)), proof))
	write(dir, "entry", entry(proven))
	write(dir, "entry.tlog-proof", proof)
	write(dir, "policy", []byte(policy))
}

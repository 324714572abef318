// Command stranger reads a static log as a Verbale node serves it and checks it with code of others.
//
//	stranger xmod DIR [SEEN]   golang.org/x/mod: signatures, every tile, bundle and proof; consistency with
//	                           the checkpoint file SEEN, which this reader is assumed to hold already
//	stranger torchwood DIR     filippo.io/torchwood: policy, checkpoint and each proof file
//	stranger merkle DIR        transparency-dev/merkle: each proof's path
//	stranger claims SEED N     claims about paths with transparency-dev/merkle's verdict, for `judge paths`
//
// DIR holds checkpoint, tile/, vkey, policy, and pairs X.json and X.tlog-proof.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// witness checks cosignature/v1 lines, which x/mod leaves to the caller.
type witness struct {
	name string
	hash uint32
	pk   ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	text := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(w.pk, []byte(text), sig[8:])
}

func newWitness(vkey string) (witness, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, b64, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || len(key) != 33 || key[0] != 4 {
		return witness{}, errors.New("not a cosigner's key: " + vkey)
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	if fmt.Sprintf("%x", sum[:4]) != id {
		return witness{}, errors.New("wrong key id: " + vkey)
	}
	return witness{name, binary.BigEndian.Uint32(sum[:4]), key[1:]}, nil
}

// log is one static log and whom its reader trusts.
type log struct {
	dir       string
	verifier  note.Verifier
	witnesses []note.Verifier
}

func (l *log) read(name string) ([]byte, error) { return os.ReadFile(filepath.Join(l.dir, name)) }

func openLog(dir string) (*log, error) {
	l := &log{dir: dir}
	vkey, err := l.read("vkey")
	if err != nil {
		return nil, err
	}
	if l.verifier, err = note.NewVerifier(strings.TrimSpace(string(vkey))); err != nil {
		return nil, err
	}
	policy, err := l.read("policy")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(policy)) {
		if f := strings.Fields(line); len(f) >= 3 && f[0] == "witness" {
			w, err := newWitness(f[2])
			if err != nil {
				return nil, err
			}
			l.witnesses = append(l.witnesses, w)
		}
	}
	return l, nil
}

// head opens a checkpoint: the log and every witness of the policy must have signed it.
func (l *log) head(msg []byte) (tlog.Tree, error) {
	n, err := note.Open(msg, note.VerifierList(append([]note.Verifier{l.verifier}, l.witnesses...)...))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(n.Sigs) != 1+len(l.witnesses) {
		return tlog.Tree{}, fmt.Errorf("%d of %d trusted signatures", len(n.Sigs), 1+len(l.witnesses))
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != l.verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of " + l.verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// Height, ReadTiles and SaveTiles make log a tlog.TileReader; C2SP paths lack x/mod's height.
func (l *log) Height() int { return 8 }
func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		p, err := l.read(strings.Replace(t.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}
func (l *log) SaveTiles([]tlog.Tile, [][]byte) {}

// bundles compares every entry of the log with its leaf hash in the authenticated tree.
func (l *log) bundles(tree tlog.Tree, r tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += 256 {
		t := tlog.Tile{H: 8, L: -1, N: first / 256, W: int(min(256, tree.N-first))}
		p, err := l.read(strings.Replace(t.Path(), "tile/8/data/", "tile/entries/", 1))
		if err != nil {
			return err
		}
		for i := first; i < first+int64(t.W); i++ {
			if len(p) < 2 || len(p) < 2+int(binary.BigEndian.Uint16(p)) {
				return fmt.Errorf("bundle %d ends early", t.N)
			}
			n := int(binary.BigEndian.Uint16(p))
			want, err := r.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
			if err != nil {
				return err
			}
			if tlog.RecordHash(p[2:2+n]) != want[0] {
				return fmt.Errorf("entry %d is not the one in the tree", i)
			}
			p = p[2+n:]
		}
		if len(p) != 0 {
			return fmt.Errorf("bundle %d is too long", t.N)
		}
	}
	return nil
}

// proofFile is a .tlog-proof taken apart, with the leaf its entry and salt make.
type proofFile struct {
	name  string
	index int64
	path  tlog.RecordProof
	note  []byte
	raw   []byte
	leaf  []byte
}

func parseProof(raw, entry []byte) (*proofFile, error) {
	head, signed, ok := bytes.Cut(raw, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return nil, errors.New("not a proof file")
	}
	salt, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return nil, err
	}
	p := &proofFile{note: signed, raw: raw}
	if p.index, err = strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64); err != nil {
		return nil, err
	}
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		p.path = append(p.path, h)
	}
	sum := sha256.Sum256(entry)
	c := sha256.Sum256(append(append([]byte("verbale/leaf/v1\n"), salt...), sum[:]...))
	p.leaf = append([]byte{1}, c[:]...)
	return p, nil
}

func (l *log) proofs() ([]*proofFile, error) {
	names, err := filepath.Glob(filepath.Join(l.dir, "*.tlog-proof"))
	if err != nil || len(names) == 0 {
		return nil, errors.New("no proof files")
	}
	var out []*proofFile
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		entry, err := os.ReadFile(strings.TrimSuffix(name, ".tlog-proof") + ".json")
		if err != nil {
			return nil, err
		}
		p, err := parseProof(raw, entry)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p.name = name
		out = append(out, p)
	}
	return out, nil
}

// extends checks that the tree of `now` begins with that of `old`.
func extends(old, now tlog.Tree, r tlog.HashReader) error {
	if old.N > now.N {
		return fmt.Errorf("the log shrank from %d to %d", old.N, now.N)
	}
	if old.N == 0 {
		return nil
	}
	p, err := tlog.ProveTree(now.N, old.N, r)
	if err != nil {
		return err
	}
	return tlog.CheckTree(p, now.N, now.Hash, old.N, old.Hash)
}

func xmod(dir, seen string) error {
	l, err := openLog(dir)
	if err != nil {
		return err
	}
	msg, err := l.read("checkpoint")
	if err != nil {
		return err
	}
	tree, err := l.head(msg)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	r := tlog.TileHashReader(tree, l)
	root, err := tlog.TreeHash(tree.N, r)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the tiles have another root")
	}
	if err := l.bundles(tree, r); err != nil {
		return err
	}
	proofs, err := l.proofs()
	if err != nil {
		return err
	}
	for _, p := range proofs {
		head, err := l.head(p.note)
		if err == nil {
			err = tlog.CheckRecord(p.path, head.N, head.Hash, p.index, tlog.RecordHash(p.leaf))
		}
		if err == nil {
			err = extends(head, tree, r)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if seen == "" {
		return nil
	}
	if msg, err = os.ReadFile(seen); err != nil {
		return err
	}
	old, err := l.head(msg)
	if err != nil {
		return fmt.Errorf("%s: %w", seen, err)
	}
	return extends(old, tree, r)
}

func withTorchwood(dir string) error {
	l, err := openLog(dir)
	if err != nil {
		return err
	}
	text, err := l.read("policy")
	if err != nil {
		return err
	}
	policy, err := torchwood.ParsePolicy(text)
	if err != nil {
		return err
	}
	msg, err := l.read("checkpoint")
	if err != nil {
		return err
	}
	if _, _, err := torchwood.VerifyCheckpoint(msg, policy); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	proofs, err := l.proofs()
	if err != nil {
		return err
	}
	for _, p := range proofs {
		if err := torchwood.VerifyProof(policy, tlog.RecordHash(p.leaf), p.raw); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func withMerkle(dir string) error {
	l, err := openLog(dir)
	if err != nil {
		return err
	}
	proofs, err := l.proofs()
	if err != nil {
		return err
	}
	for _, p := range proofs {
		head, err := l.head(p.note)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		var path [][]byte
		for i := range p.path {
			path = append(path, p.path[i][:])
		}
		err = proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(p.index), uint64(head.N), rfc6962.DefaultHasher.HashLeaf(p.leaf), path, head.Hash[:])
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "xmod":
		return xmod(args[1], "")
	case len(args) == 3 && args[0] == "xmod":
		return xmod(args[1], args[2])
	case len(args) == 2 && args[0] == "torchwood":
		return withTorchwood(args[1])
	case len(args) == 2 && args[0] == "merkle":
		return withMerkle(args[1])
	case len(args) == 3 && args[0] == "claims":
		return claims(args[1], args[2])
	}
	return errors.New("usage: stranger xmod DIR [SEEN] | torchwood DIR | merkle DIR | claims SEED N")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "stranger:", err)
		os.Exit(1)
	}
}

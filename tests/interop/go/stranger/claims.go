package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"strconv"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

// claim is an inclusion (first is the leaf hash, a its index) or a consistency (first is the root at size a).
type claim struct {
	inclusion   bool
	a, size     uint64
	first, root []byte
	path        [][]byte
}

func (c claim) holds() bool {
	if c.inclusion {
		return proof.VerifyInclusion(rfc6962.DefaultHasher, c.a, c.size, c.first, c.path, c.root) == nil
	}
	return proof.VerifyConsistency(rfc6962.DefaultHasher, c.a, c.size, c.path, c.first, c.root) == nil
}

func (c claim) write(w *bufio.Writer) {
	word, verdict := "consistency", "bad"
	if c.inclusion {
		word = "inclusion"
	}
	if c.holds() {
		verdict = "ok"
	}
	fmt.Fprintf(w, "%s %d %d %s %s %s", word, c.a, c.size, hex.EncodeToString(c.first), hex.EncodeToString(c.root), verdict)
	for _, h := range c.path {
		fmt.Fprintf(w, " %s", hex.EncodeToString(h))
	}
	fmt.Fprintln(w)
}

type source struct{ *rand.Rand }

func (s source) hash() []byte {
	h := make([]byte, 32)
	for i := range h {
		h[i] = byte(s.Uint32())
	}
	return h
}

func (s source) hashes(n int) (out [][]byte) {
	for range n {
		out = append(out, s.hash())
	}
	return out
}

// below gives small and huge numbers alike, 0 <= n < limit.
func (s source) below(limit uint64) uint64 {
	return s.Uint64N(limit) >> s.IntN(bits.Len64(limit))
}

// inclusion makes up a path; the root it leads to makes the claim true, in trees nobody could hold.
func (s source) inclusion() claim {
	c := claim{inclusion: true, size: 1 + s.below(1<<62), first: s.hash()}
	c.a = s.below(c.size)
	inner := bits.Len64(c.a ^ (c.size - 1))
	c.path = s.hashes(inner + bits.OnesCount64(c.a>>inner))
	root, err := proof.RootFromInclusionProof(rfc6962.DefaultHasher, c.a, c.size, c.first, c.path)
	if err != nil {
		panic(err)
	}
	c.root = root
	return c
}

func pair(l, r []byte) []byte { return rfc6962.DefaultHasher.HashChildren(l, r) }

// consistency builds both roots along the shape of the trees (RFC 6962 §2.1.2), with made-up hashes at its ends.
func (s source) consistency() claim {
	c := claim{size: 2 + s.below(1<<62)}
	c.a = 1 + s.below(c.size-1)
	var down func(m, n uint64, whole bool) (old, now []byte)
	down = func(m, n uint64, whole bool) (old, now []byte) {
		if m == n {
			h := s.hash()
			if !whole {
				c.path = append(c.path, h)
			}
			return h, h
		}
		k := uint64(1) << (bits.Len64(n-1) - 1)
		side := s.hash()
		if m <= k {
			old, now = down(m, k, whole)
			now = pair(now, side)
		} else {
			old, now = down(m-k, n-k, false)
			old, now = pair(side, old), pair(side, now)
		}
		c.path = append(c.path, side)
		return old, now
	}
	c.first, c.root = down(c.a, c.size, true)
	return c
}

func flipped(h []byte, bit int) []byte {
	out := append([]byte(nil), h...)
	out[bit/8] ^= 1 << (bit % 8)
	return out
}

// spoiled is the claim with one thing changed; some changes leave it true, and then both must say so.
func (s source) spoiled(c claim) claim {
	c.path = append([][]byte(nil), c.path...)
	at := 0
	if len(c.path) > 0 {
		at = s.IntN(len(c.path))
	}
	switch s.IntN(10) {
	case 0:
		c.a ^= 1 << s.IntN(62)
	case 1:
		c.size ^= 1 << s.IntN(62)
	case 2:
		c.first = flipped(c.first, s.IntN(256))
	case 3:
		c.root = flipped(c.root, s.IntN(256))
	case 4:
		if len(c.path) > 0 {
			c.path[at] = flipped(c.path[at], s.IntN(256))
		}
	case 5:
		c.path = append(c.path[:at], append([][]byte{s.hash()}, c.path[at:]...)...)
	case 6:
		if len(c.path) > 0 {
			c.path = append(c.path[:at], c.path[at+1:]...)
		}
	case 7:
		c.path = append(c.path, c.root)
	case 8:
		c.first, c.root = c.root, c.first
	case 9:
		c.path = nil
	}
	return c
}

func claims(seed, count string) error {
	s, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	src := source{rand.New(rand.NewPCG(s, 6962))}
	w := bufio.NewWriter(os.Stdout)
	for i := range n {
		c := src.consistency()
		if i%2 == 0 {
			c = src.inclusion()
		}
		if !c.holds() {
			return fmt.Errorf("claim %d does not hold", i)
		}
		c.write(w)
		for range 4 {
			// An old size of 0 is refused as useless by merkle and is trivially true here.
			if b := src.spoiled(c); b.inclusion || b.a > 0 {
				b.write(w)
			}
		}
	}
	return w.Flush()
}

"""Makes edges.json: signatures at the edges of what Ed25519 verification may accept.

Run: python3 make-edges.py > edges.json      (standard library only, same bytes each time)

Written from RFC 8032 with plain integers; it shares nothing with the code it tests. Every vector
satisfies the equation multiplied by the cofactor, so a lax verifier takes many of them. Ours takes
one only if A and R are canonical and not of low order, S < L, and the equation holds without it.
"""
import hashlib
import json

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P)


def mul(n, a):
    r = (0, 1)
    while n:
        if n & 1:
            r = add(r, a)
        a = add(a, a)
        n >>= 1
    return r


def decode(y, sign):
    """Point with this y (taken mod P) and sign of x, or None."""
    y %= P
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * I % P
    if (x * x - xx) % P:
        return None
    return ((P - x) % P if x & 1 != sign else x, y)


def encode(a):
    return (a[1] | (a[0] & 1) << 255).to_bytes(32, 'little')


B = decode(4 * pow(5, P - 2, P), 0)


def generator_of_torsion():
    y = 2
    while True:
        q = decode(y, 0)
        t = mul(L, q) if q else (0, 1)
        if mul(4, t) != (0, 1):
            return t
        y += 1


T = generator_of_torsion()
TORSION = [mul(i, T) for i in range(8)]
SECRET = {'A': 2**251 + 20160909, 'R': 2**250 + 20210517}


def encodings():
    """(why, bytes, prime part?, torsion part 0..7, canonical?)"""
    for i, t in enumerate(TORSION):
        yield 'low order', encode(t), False, i, True
    for y in list(range(P, 2**255)) + [1, P - 1]:
        for sign in (0, 1):
            q = decode(y, sign)
            if q is None or mul(8, q) != (0, 1):
                continue
            raw = (y | sign << 255).to_bytes(32, 'little')
            if raw != encode(q):
                yield 'low order, not canonical', raw, False, TORSION.index(q), False


def points(which):
    for why, raw, prime, i, canonical in encodings():
        yield why, raw, prime, i, canonical
    base = mul(SECRET[which], B)
    for i, t in enumerate(TORSION):
        yield ('mixed order' if i else 'prime order'), encode(add(base, t)), True, i, True


def vectors():
    for awhy, a, aprime, ai, acanon in points('A'):
        for rwhy, r, rprime, ri, rcanon in points('R'):
            seen = set()
            for number in range(40):
                msg = 'edge %d' % number
                k = int.from_bytes(hashlib.sha512(r + a + msg.encode()).digest(), 'little') % L
                exact = (ri + k * ai) % 8 == 0
                if exact in seen or len(seen) == 2:
                    continue
                seen.add(exact)
                s = ((SECRET['R'] if rprime else 0) + k * (SECRET['A'] if aprime else 0)) % L
                good = exact and acanon and rcanon and aprime and rprime
                why = 'A %s; R %s; %s' % (awhy, rwhy, 'exact' if exact else 'only with cofactor')
                yield a, r, s, msg, good, why
                if good:
                    for extra, text in ((L, 'S + L'), (2 * L, 'S + 2L')):
                        yield a, r, s + extra, msg, False, why + '; ' + text
                    yield a, r, (s + 1) % L, msg, False, why + '; S + 1'
                    yield a, r, s, msg + '!', False, why + '; other message'


rows = [json.dumps({'key': a.hex(), 'sig': (r + s.to_bytes(32, 'little')).hex(), 'msg': m, 'accept': g, 'why': w})
        for a, r, s, m, g, w in vectors()]
print('[\n' + ',\n'.join(rows) + '\n]')

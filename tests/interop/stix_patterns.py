"""Patterns: random ones after the grammar, and broken ones. The same seed gives the same patterns."""

TYPES = {
    "file": ["name", "size", "created", "magic_number_hex", "mime_type", "hashes.MD5", "hashes.'SHA-256'", "hashes.'SHA-1'",
             "parent_directory_ref.path", "extensions.'windows-pebinary-ext'.sections[*].entropy", "contains_refs[0].name"],
    "ipv4-addr": ["value", "belongs_to_refs[*].number"],
    "ipv6-addr": ["value"],
    "domain-name": ["value", "resolves_to_refs[*].value"],
    "url": ["value"],
    "email-message": ["subject", "from_ref.value", "is_multipart", "body_multipart[*].body_raw_ref.name", "additional_header_fields.Reply-To"],
    "network-traffic": ["src_port", "dst_ref.value", "protocols[0]", "is_active", "extensions.'tcp-ext'.src_flags_hex"],
    "process": ["command_line", "pid", "created_time", "environment_variables.PATH"],
    "windows-registry-key": ["key", "values[*].name"],
    "x509-certificate": ["issuer", "validity_not_after", "hashes.'SHA-512'"],
    "user-account": ["user_id", "is_disabled"],
    "artifact": ["payload_bin", "mime_type"],
    "x-usb-device": ["usbdrive.serial_number", "name"],
}
DIGITS = {"MD5": 32, "'SHA-1'": 40, "'SHA-256'": 64, "'SHA-512'": 128}
TEXTS = ["", "a", "foo.dll", "%evil%", "C:\\\\Windows\\\\System32", "it\\'s", "ü 東京", "^[a-z]+\\\\.example$", "[x] AND [y]", "/* no comment */", "a\nb"]
TIMES = ["1601-01-01T00:00:00Z", "2016-09-09T00:30:00Z", "2016-09-09T00:30:00.5Z", "2024-02-29T23:59:59.123456Z"]
SPACES = ["", " ", " ", " ", "  ", "\n", "\t", "\u00a0", "\u2003", " /* why */ ", " // so\n"]
ADDRESSES = ["198.51.100.0/24", "198.51.100.7", "2001:db8::/32", "2001:0db8:dead:beef:0000:0000:0000:0000/64", "::1", "::ffff:192.0.2.1/128"]


class Maker:
    def __init__(self, rnd):
        self.rnd = rnd

    def one(self, *choices):
        return self.rnd.choice(choices)

    def hexits(self, n):
        return "".join(self.rnd.choice("0123456789abcdef") for _ in range(n))

    def number(self):
        r = self.rnd
        return self.one(str(r.randrange(1000)), str(r.randrange(1 << 53)), "-%d" % r.randrange(1 << 40), "%d.%d" % (r.randrange(99), r.randrange(99)), ".5", "-0.25", "0")

    def text(self):
        return "'%s'" % self.rnd.choice(TEXTS)

    def ordered(self):
        return self.one(self.number, self.text, lambda: "h'%s'" % self.hexits(2 * self.rnd.randrange(5)),
                        lambda: self.one("b'dGhpcyBpcyBhIHRlc3Q='", "b'AA=='", "b'/+Az'"), lambda: "t'%s'" % self.rnd.choice(TIMES))()

    def path(self):
        t = self.rnd.choice(list(TYPES))
        p = self.rnd.choice(TYPES[t])
        return ["%s" % t, ":"] + self.steps(p)

    def steps(self, p):
        out, word = [], ""
        quoted = False
        for c in p:
            if c == "'":
                quoted = not quoted
            if c in ".[]" and not quoted:
                out += [word] if word else []
                out, word = out + [c], ""
            else:
                word += c
        out += [word] if word else []
        return ["'%s'" % w if "-" in w and not w.startswith("'") else w for w in out]

    def digest(self, path):
        return "'%s'" % self.hexits(DIGITS[path[-1]]) if len(path) > 2 and path[-1] in DIGITS else None

    def test(self, depth):
        r = self.rnd.random()
        path = self.path()
        digest = self.digest(path)
        if depth > 0 and r < 0.12:
            return ["("] + self.any(depth - 1) + [")"]
        if r < 0.2:
            return self.one([], ["NOT"]) + ["EXISTS"] + path
        no = self.one([], [], [], ["NOT"])
        if r < 0.55 or digest:
            return path + no + [self.one("=", "=", "!=", "==", "<>"), digest or self.one(self.ordered, lambda: self.one("true", "false"))()]
        if r < 0.65:
            return path + no + [self.one("<", "<=", ">", ">="), self.ordered()]
        if r < 0.78:
            kind = self.one(self.number, self.text, lambda: "h'%s'" % self.hexits(4), lambda: self.one("true", "false"))
            out = ["IN", "("]
            for i in range(self.rnd.randrange(1, 5)):
                out += ([","] if i else []) + [kind()]
            return path + no + out + [")"]
        if r < 0.92:
            return path + no + [self.one("LIKE", "MATCHES"), self.text()]
        return [self.one("ipv4-addr", "ipv6-addr"), ":", "value"] + no + [self.one("ISSUBSET", "ISSUPERSET"), "'%s'" % self.rnd.choice(ADDRESSES)]

    def joined(self, make, words, more):
        out = make()
        while self.rnd.random() < more:
            out += [self.rnd.choice(words)] + make()
        return out

    def any(self, depth):
        return self.joined(lambda: self.test(depth), ["AND", "OR"], 0.3)

    def observation(self, depth):
        if depth > 0 and self.rnd.random() < 0.25:
            out = ["("] + self.sequence(depth - 1) + [")"]
        else:
            out = ["["] + self.any(depth) + ["]"]
        kinds = self.rnd.sample(range(3), self.one(0, 0, 0, 1, 1, 2, 3))
        for k in kinds:
            a, b = sorted(self.rnd.sample(TIMES, 2), key=TIMES.index)
            out += [["START", "t'%s'" % a, "STOP", "t'%s'" % b], ["WITHIN", self.one("5", "0.5", "300"), "SECONDS"], ["REPEATS", self.one("2", "12"), "TIMES"]][k]
        return out

    def sequence(self, depth):
        return self.joined(lambda: self.observation(depth), ["AND", "OR", "FOLLOWEDBY"], 0.25)

    def tokens(self):
        return self.sequence(self.one(0, 1, 2, 3))

    def write(self, tokens):
        """Between words there must be white space; elsewhere any, also none."""
        out = ""
        for t in tokens:
            space = self.rnd.choice(SPACES)
            if not space and out and (out[-1].isalnum() or out[-1] in "_'") and (t[0].isalnum() or t[0] in "_'-."):
                space = " "
            if t in ":.[" or (out and out[-1] in ":."):  # inside a path
                space = "" if self.rnd.random() < 0.95 else space
            out += space + t
        return out

    def broken(self, tokens):
        """One or two changes: to words, or to characters."""
        r, t = self.rnd, list(tokens)
        words = ["AND", "OR", "NOT", "FOLLOWEDBY", "IN", "LIKE", "MATCHES", "ISSUBSET", "EXISTS", "START", "STOP", "WITHIN", "SECONDS", "REPEATS", "TIMES", "LAST",
                 "[", "]", "(", ")", ":", ".", ",", "*", "=", "!=", "<", "true", "a", "x_y", "a-b", "file", "'t'", "''", "h'ff'", "h'FF'", "h'f'", "b''", "b'AAA'",
                 "b'AA\nAA'", "b'===='", "t'2016-09-09T00:30:00Z'", "t'2016-02-30T00:30:00Z'", "t'2016-13-01T00:30:00Z'", "t'2016-12-31T23:59:60Z'", "'2016-09-09T00:30:00Z'",
                 "0", "-0", "1", "-1", "+1", "007", "1.5", "+1.5", "1e5", "1.", "9007199254740992", "-5", "and", "within", "/", "^", "-", "?", "ü", "\u200b", "/*", "//"]
        for _ in range(self.one(1, 1, 1, 2)):
            i = r.randrange(len(t)) if t else 0
            what = r.randrange(7)
            if what == 0 and t:
                del t[i]
            elif what == 1 and t:
                t.insert(i, t[i])
            elif what == 2:
                t.insert(i, r.choice(words))
            elif what == 3 and t:
                t[i] = r.choice(words)
            elif what == 4 and len(t) > 1:
                k = r.randrange(len(t))
                t[i], t[k] = t[k], t[i]
            elif what == 5 and t:
                t[i] = t[i].swapcase()
            elif t:
                k = r.randrange(len(t[i]) + 1)
                t[i] = t[i][:k] + r.choice(["", "'", "\\", "-", "+", "0", ".", " ", "_", "Z", "ü", "\0", "\u3000", '"']) + t[i][k + r.randrange(2):]
                if not t[i]:
                    del t[i]
        return t


def special():
    """What the standard or the grammar has a sentence about."""
    times = ["t'2016-09-09T00:30:00Z'", "t'2016-09-09T00:30:00.5Z'", "'2016-09-09T00:30:00Z'"]
    for a in times:
        for b in times:
            yield "[file:size = 1] START %s STOP %s" % (a, b)
    for q in ["WITHIN 0 SECONDS", "WITHIN 0.0 SECONDS", "WITHIN 1 SECONDS WITHIN 2 SECONDS", "REPEATS 0 TIMES", "REPEATS 1.5 TIMES", "REPEATS 2 TIMES REPEATS 2 TIMES", "WITHIN 5 MINUTES"]:
        yield "[file:size = 1] " + q
        yield "([file:size = 1] AND [file:size = 2]) " + q
        yield "([file:size = 1] WITHIN 5 SECONDS REPEATS 2 TIMES) " + q
    for c in ["+1", "+1.5", "-1", "007", "1e5", "9007199254740991", "9007199254740992", "-9007199254740992", "h'FF'", "h'f'", "h''", "b''", "b'A'", "b'AA\nAA'", "b'AA\r\nAA'", "b'AB=='",
              "t'2023-02-29T00:00:00Z'", "t'2016-12-31T23:59:60Z'", "t'0000-01-01T00:00:00Z'", "t'2016-09-09T00:30:00+00:00'", "'a\\n'", "'a\0b'", "'a\nb'", "True", "null", "\"a\""]:
        yield "[file:size = %s]" % c
        yield "[file:size IN (%s)]" % c
        yield "[file:size IN (1, %s)]" % c
    for p in ["File:size", "x:size", "x_y:size", "file:Size", "file:s", "file:'size'", "file:'si-ze'", "file:si-ze", "file:size[-1]", "file:size[+1]", "file:size[01]", "file:size[*]", "file:a1b.'C-d'",
              "a" * 251 + ":size", "a--b:size", "file:" + "a" * 251, "-ab:size", "ab-:size", "file :size", "file: size", "file:size [0]", "true:size", "file:true"]:
        yield "[%s = 1]" % p
    for v in ["'f00'", "'%s'" % ("a" * 32), "'%s'" % ("A" * 32), "'%s'" % ("g" * 32), "h'%s'" % ("a" * 32), "5", "true"]:
        for op in ["=", "!=", ">", "LIKE", "MATCHES"]:
            for name in ["MD5", "md5", "'MD5'", "'x-own'"]:
                yield "[file:hashes.%s %s %s]" % (name, op, v)
        yield "[file:hashes.MD5 IN (%s)]" % v
        yield "[file:hashes[*] = %s]" % v
    for v in ["x", "198.51.100.0/33", "2001:db8::/129", "198.51.100.0/", "198.51.100.0/024", "198.51.100", ""]:
        yield "[ipv4-addr:value ISSUBSET '%s']" % v
    for n in [10, 64, 65]:
        yield "(" * n + "[file:size = 1]" + ")" * n
        yield "[" + "(" * n + "file:size = 1" + ")" * n + "]"


def cases(rnd, count):
    yield from special()
    maker = Maker(rnd)
    for i in range(count):
        tokens = maker.tokens()
        yield maker.write(tokens if i % 3 == 0 else maker.broken(tokens))

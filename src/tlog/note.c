/* Signed notes (C2SP signed-note). */
#include <string.h>

#include "base/enc.h"
#include "tlog/inside.h"

static const char dash[] = "\xe2\x80\x94 "; /* em dash and space open a signature line */
#define DASH_LEN (sizeof(dash) - 1)
#define CHUNK 104 /* base64 characters decoded at once: at least a whole blob of ours */

bool line_next(const char **p, size_t *n, const char **ret_line, size_t *ret_n)
{
	const char *lf = *n > 0 ? memchr(*p, '\n', *n) : NULL;

	if (lf == NULL)
		return false;
	*ret_line = *p;
	*ret_n = (size_t)(lf - *p);
	*n -= *ret_n + 1;
	*p = lf + 1;
	return true;
}

/* Does a space of Unicode (White_Space beyond ASCII) start at s? The text is valid UTF-8 and NUL is excluded. */
static bool wide_space(const char *s, size_t n)
{
	static const char *const spaces[] = {"\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
	    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
	    "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

	for (size_t i = 0; i < ARRAY_LEN(spaces); i++)
		if (strlen(spaces[i]) <= n && memcmp(s, spaces[i], strlen(spaces[i])) == 0)
			return true;
	return false;
}

/* Names of keys we do not know follow the specification, not our tighter origin_ok. */
static bool name_ok(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == '+' || ((unsigned char)s[i] >= 0x80 && wide_space(s + i, n - i)))
			return false;
	return n > 0;
}

/* Decode piecewise: a signature of a type we do not know may be long, and only its exactness matters. */
static bool blob_parse(const char *s, size_t n, struct note_sig *ret)
{
	uint8_t piece[CHUNK / 4 * 3];
	size_t got = 0;

	ret->blob_n = 0;
	for (size_t at = 0; at < n; at += CHUNK) {
		const size_t len = n - at < CHUNK ? n - at : CHUNK;

		if (!base64_decode(s + at, len, piece, sizeof(piece), &got) || (at + len < n && got != sizeof(piece)))
			return false;
		if (at == 0)
			memcpy(ret->blob, piece, got < sizeof(ret->blob) ? got : sizeof(ret->blob));
		ret->blob_n += got;
	}
	if (ret->blob_n <= 4)
		return false;
	ret->id = (uint32_t)be_get(ret->blob, 4);
	return true;
}

bool note_sig_parse(const char *line, size_t n, struct note_sig *ret)
{
	struct note_sig s = {.line = line, .line_n = n + 1};
	const char *space;

	if (n < DASH_LEN || memcmp(line, dash, DASH_LEN) != 0)
		return false;
	s.name = line + DASH_LEN;
	if ((space = memchr(s.name, ' ', n - DASH_LEN)) == NULL)
		return false;
	s.name_n = (size_t)(space - s.name);
	if (!name_ok(s.name, s.name_n) || !blob_parse(space + 1, (size_t)(line + n - space - 1), &s))
		return false;
	*ret = s;
	return true;
}

bool note_sig_same(const struct note_sig *a, const struct note_sig *b)
{
	return a->id == b->id && a->name_n == b->name_n && memcmp(a->name, b->name, a->name_n) == 0;
}

bool note_sig_by(const struct note_sig *s, const struct note_key *k)
{
	return s->id == k->id && s->name_n == strlen(k->name) && memcmp(s->name, k->name, s->name_n) == 0;
}

int note_split(const char *p, size_t n, size_t *ret_text_n, struct err *e)
{
	size_t at;

	if (n > LIMIT_NOTE_BYTES)
		return fail(e, E_LIMIT, "note: longer than %d bytes", LIMIT_NOTE_BYTES);
	if ((at = utf8_check(p, n)) < n)
		return fail(e, E_FORMAT, "note: not UTF-8 at byte %zu", at);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < 0x20 && p[i] != '\n')
			return fail(e, E_FORMAT, "note: control byte 0x%02x at byte %zu", (unsigned)(unsigned char)p[i], i);
	if (n == 0 || p[n - 1] != '\n')
		return fail(e, E_FORMAT, "note: the last line does not end");
	for (at = n - 1; at > 0; at--)
		if (p[at] == '\n' && p[at - 1] == '\n')
			break;
	if (at == 0 || at == n - 1)
		return fail(e, E_FORMAT, "note: no blank line with signatures behind it");
	*ret_text_n = at;
	return 0;
}

int note_parse(const char *p, size_t n, struct note *ret, struct err *e)
{
	size_t text_n, left, len, sigs = 0;
	const char *at, *line;
	int r;

	if ((r = note_split(p, n, &text_n, e)) < 0)
		return r;
	at = p + text_n + 1;
	left = n - text_n - 1;
	while (line_next(&at, &left, &line, &len)) {
		if (sigs == LIMIT_NOTE_SIGS)
			return fail(e, E_LIMIT, "note: more than %d signatures", LIMIT_NOTE_SIGS);
		if (!note_sig_parse(line, len, &ret->sig[sigs]))
			return fail(e, E_FORMAT, "note: signature line %zu is malformed", sigs + 1);
		sigs++;
	}
	ret->text = p;
	ret->text_n = text_n;
	ret->sigs = sigs;
	return 0;
}

void note_put_sig(struct buf *out, const char *name, uint32_t id, const void *sig, size_t n)
{
	uint8_t blob[4 + 8 + ED25519_SIG];

	if (n > sizeof(blob) - 4) { /* no caller of ours; keep the bound with the array */
		out->err = E_LIMIT;
		return;
	}
	be_put(blob, id, 4);
	memcpy(blob + 4, sig, n);
	buf_put(out, dash, DASH_LEN);
	buf_puts(out, name);
	buf_putc(out, ' ');
	base64_put(out, blob, 4 + n);
	buf_putc(out, '\n');
}

static bool has_sig(const struct note *t, size_t upto, const struct note_sig *s)
{
	for (size_t i = 0; i < upto; i++)
		if (note_sig_same(&t->sig[i], s))
			return true;
	return false;
}

/* Add the signatures of the second note that are new to `t`, which then points into both. */
static int merge_into(struct note *t, const char *from, size_t from_n, struct err *e)
{
	size_t text_n, left, len;
	const char *at, *line;
	struct note_sig s;
	int r;

	if ((r = note_split(from, from_n, &text_n, e)) < 0)
		return r;
	if (text_n != t->text_n || memcmp(from, t->text, text_n) != 0)
		return fail(e, E_CONFLICT, "notes with different texts cannot be merged");
	at = from + text_n + 1;
	left = from_n - text_n - 1;
	for (size_t i = 1; line_next(&at, &left, &line, &len); i++) {
		if (!note_sig_parse(line, len, &s))
			return fail(e, E_FORMAT, "note: signature line %zu is malformed", i);
		if (has_sig(t, t->sigs, &s))
			continue;
		if (t->sigs == LIMIT_NOTE_SIGS)
			return fail(e, E_LIMIT, "merged note: more than %d signatures", LIMIT_NOTE_SIGS);
		t->sig[t->sigs++] = s;
	}
	return 0;
}

int note_merge(const char *to, size_t to_n, const char *from, size_t from_n, struct buf *out, struct err *e)
{
	struct note t;
	int r;

	if ((r = note_parse(to, to_n, &t, e)) < 0 || (r = merge_into(&t, from, from_n, e)) < 0)
		return r;
	buf_put(out, t.text, t.text_n);
	buf_putc(out, '\n');
	for (size_t i = 0; i < t.sigs; i++)
		if (!has_sig(&t, i, &t.sig[i]))
			buf_put(out, t.sig[i].line, t.sig[i].line_n);
	return buf_err(out, e, "merged note");
}

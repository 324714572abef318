/* Proof files (C2SP tlog-proof@v1). */
#include <string.h>

#include "base/enc.h"
#include "tlog/inside.h"

static const char headline[] = "c2sp.org/tlog-proof@v1";

void proof_put(const struct proof *p, struct buf *out)
{
	buf_printf(out, "%s\n", headline);
	if (p->has_extra) {
		buf_puts(out, "extra ");
		base64_put(out, p->extra, SALT_LEN);
		buf_putc(out, '\n');
	}
	buf_printf(out, "index %llu\n", (unsigned long long)p->index);
	for (size_t i = 0; i < p->n; i++) {
		base64_put(out, p->path[i].b, HASH_LEN);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
	buf_put(out, p->note, p->note_n);
}

/* Value of a line "word value". */
static bool line_value(const char *line, size_t n, const char *word, const char **ret, size_t *ret_n)
{
	const size_t w = strlen(word);

	if (n <= w || memcmp(line, word, w) != 0)
		return false;
	*ret = line + w;
	*ret_n = n - w;
	return true;
}

/* The lines up to the index line. */
static int head_parse(const char **p, size_t *n, struct proof *ret, struct err *e)
{
	const char *line, *value;
	size_t len, value_n, got;

	if (!line_next(p, n, &line, &len) || len != sizeof(headline) - 1 || memcmp(line, headline, len) != 0)
		return fail(e, E_FORMAT, "proof: line 1 is not %s", headline);
	if (!line_next(p, n, &line, &len))
		return fail(e, E_FORMAT, "proof: ends after line 1");
	if (line_value(line, len, "extra ", &value, &value_n)) {
		if (!base64_decode(value, value_n, ret->extra, SALT_LEN, &got) || got != SALT_LEN)
			return fail(e, E_FORMAT, "proof: the extra line is not the base64 of a salt of %d bytes", SALT_LEN);
		ret->has_extra = true;
		if (!line_next(p, n, &line, &len))
			return fail(e, E_FORMAT, "proof: ends after the extra line");
	}
	if (!line_value(line, len, "index ", &value, &value_n) || !dec_parse(value, value_n, LIMIT_LOG_SIZE - 2, &ret->index))
		return fail(e, E_FORMAT, "proof: no index line where it belongs");
	return 0;
}

int proof_parse(const char *p, size_t n, struct proof *ret, struct err *e)
{
	struct proof t = {.n = 0};
	const char *line;
	size_t len;
	int r;

	if (n > LIMIT_PROOF_BYTES)
		return fail(e, E_LIMIT, "proof: longer than %d bytes", LIMIT_PROOF_BYTES);
	if ((r = head_parse(&p, &n, &t, e)) < 0)
		return r;
	for (;;) {
		if (!line_next(&p, &n, &line, &len))
			return fail(e, E_FORMAT, "proof: ends within the path");
		if (len == 0)
			break;
		if (t.n == LIMIT_PROOF_HASHES)
			return fail(e, E_LIMIT, "proof: more than %d hashes", LIMIT_PROOF_HASHES);
		if (!hash_parse(line, len, &t.path[t.n++]))
			return fail(e, E_FORMAT, "proof: hash %zu is not the base64 of 32 bytes", t.n);
	}
	if (n == 0)
		return fail(e, E_FORMAT, "proof: the checkpoint is missing");
	t.note = p;
	t.note_n = n;
	*ret = t;
	return 0;
}

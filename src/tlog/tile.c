#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "tlog/inside.h"

#define TILE_LEVEL_MAX 63 /* tlog-tiles: <L> is 0..63 */
#define TILE_PATH_MAX 64  /* bytes; entries/x281/x474/x976/x710/655.p/255 is the longest */

void tile_path(const struct tile_name *t, struct buf *out)
{
	char groups[TILE_PATH_MAX];
	size_t at = sizeof(groups);
	uint64_t n = t->n;

	/* Groups of three digits from the right; all but the last carry an x. */
	for (bool last = true; last || n > 0; last = false) {
		char three[8];
		const int len = snprintf(three, sizeof(three), last ? "%03u" : "x%03u/", (unsigned)(n % 1000));

		at -= (size_t)len;
		memcpy(groups + at, three, (size_t)len);
		n /= 1000;
	}
	if (t->entries)
		buf_puts(out, "tile/entries/");
	else
		buf_printf(out, "tile/%u/", t->level);
	buf_put(out, groups + at, sizeof(groups) - at);
	if (t->width < TILE_WIDTH)
		buf_printf(out, ".p/%u", t->width);
}

/* "<level>/": *s goes behind the slash. */
static bool level_parse(const char **s, const char *stop, uint64_t *ret)
{
	const char *slash = *s < stop ? memchr(*s, '/', (size_t)(stop - *s)) : NULL;

	if (slash == NULL || !dec_parse(*s, (size_t)(slash - *s), TILE_LEVEL_MAX, ret))
		return false;
	*s = slash + 1;
	return true;
}

/* x001/x234/067: three digits each, the first group of several not 000. */
static bool index_parse(const char **s, const char *stop, uint64_t *ret)
{
	const char *p = *s;
	uint64_t n = 0;
	bool more = true;

	for (unsigned group = 0; more; group++) {
		more = p < stop && *p == 'x';
		p += more ? 1 : 0;
		if (stop - p < 3)
			return false;
		for (int i = 0; i < 3; i++, p++) {
			if (*p < '0' || *p > '9' || n >= LIMIT_LOG_SIZE)
				return false;
			n = n * 10 + (uint64_t)(*p - '0');
		}
		if (more && (p == stop || *p++ != '/' || (group == 0 && n == 0)))
			return false;
	}
	*s = p;
	*ret = n;
	return n < LIMIT_LOG_SIZE;
}

bool tile_path_parse(const char *s, size_t n, struct tile_name *ret)
{
	static const char entries[] = "entries/", partial[] = ".p/";
	const char *const stop = s + n;
	struct tile_name t = {.width = TILE_WIDTH};
	uint64_t v = 0;

	if (n > TILE_PATH_MAX)
		return false;
	if (n >= sizeof(entries) - 1 && memcmp(s, entries, sizeof(entries) - 1) == 0) {
		t.entries = true;
		s += sizeof(entries) - 1;
	} else if (!level_parse(&s, stop, &v)) {
		return false;
	}
	t.level = (unsigned)v;
	if (!index_parse(&s, stop, &t.n))
		return false;
	if (s < stop) {
		if ((size_t)(stop - s) < sizeof(partial) - 1 || memcmp(s, partial, sizeof(partial) - 1) != 0)
			return false;
		s += sizeof(partial) - 1;
		if (!dec_parse(s, (size_t)(stop - s), TILE_WIDTH - 1, &v) || v == 0)
			return false;
		t.width = (unsigned)v;
	}
	*ret = t;
	return true;
}

bool tile_exists(const struct tile_name *t, uint64_t size)
{
	const unsigned level = t->entries ? 0 : t->level;
	const uint64_t have = level * TILE_HEIGHT < 64 ? size >> (TILE_HEIGHT * level) : 0;

	if (t->width == TILE_WIDTH)
		return t->n < have / TILE_WIDTH;
	return t->width > 0 && t->width < TILE_WIDTH && t->n == have / TILE_WIDTH && t->width <= have % TILE_WIDTH;
}

void bundle_put(struct buf *out, const uint8_t (*leaves)[LEAF_LEN], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_put_be(out, LEAF_LEN, 2);
		buf_put(out, leaves[i], LEAF_LEN);
	}
}

int bundle_parse(const void *p, size_t n, size_t count, uint8_t (*ret_leaves)[LEAF_LEN], struct err *e)
{
	const uint8_t *from = p;

	if (count > TILE_WIDTH || n != count * (2 + LEAF_LEN))
		return fail(e, E_FORMAT, "entry bundle: %zu bytes for %zu leaves", n, count);
	for (size_t i = 0; i < count; i++)
		if (be_get(from + i * (2 + LEAF_LEN), 2) != LEAF_LEN)
			return fail(e, E_FORMAT, "entry bundle: leaf %zu is not %d bytes long", i, LEAF_LEN);
	for (size_t i = 0; i < count; i++)
		memcpy(ret_leaves[i], from + i * (2 + LEAF_LEN) + 2, LEAF_LEN);
	return 0;
}

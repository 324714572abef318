#include "peer/page.h"

#include <string.h>

#include "base/enc.h"
#include "base/mem.h"

#define HEAD "{\"entry\":"
#define INDEX ",\"index\":"
#define SALT ",\"salt\":\""
#define TAIL "\"}"
#define NEXT "{\"next\":"
#define SALT_TEXT BASE64_LEN(SALT_LEN)

void page_put_entry(struct buf *out, uint64_t index, const uint8_t salt[SALT_LEN], const void *p, size_t n)
{
	buf_puts(out, HEAD);
	buf_put(out, p, n);
	buf_printf(out, INDEX "%llu" SALT, (unsigned long long)index);
	base64_put(out, salt, SALT_LEN);
	buf_puts(out, TAIL "\n");
}

void page_put_next(struct buf *out, uint64_t next) { buf_printf(out, NEXT "%llu}\n", (unsigned long long)next); }

static bool ends_with(const char *p, size_t n, const char *s)
{
	const size_t k = strlen(s);

	return n >= k && memcmp(p + n - k, s, k) == 0;
}

/*
 * From the end: what stands behind P has a form of its own, whatever P holds. A line that only looks right
 * is found out when P and salt do not give the leaf.
 */
static bool parse_line(const char *p, size_t n, struct peer_entry *ret)
{
	size_t salt_n = 0, digits;

	if (!ends_with(p, n, TAIL) || (n -= strlen(TAIL)) < SALT_TEXT)
		return false;
	n -= SALT_TEXT;
	if (!base64_decode(p + n, SALT_TEXT, ret->salt, SALT_LEN, &salt_n) || salt_n != SALT_LEN || !ends_with(p, n, SALT))
		return false;
	n -= strlen(SALT);
	for (digits = 0; digits < n && digits < 20 && p[n - 1 - digits] >= '0' && p[n - 1 - digits] <= '9'; digits++)
		;
	n -= digits;
	if (!dec_parse(p + n, digits, LIMIT_LOG_SIZE, &ret->index) || !ends_with(p, n, INDEX))
		return false;
	n -= strlen(INDEX);
	if (n <= strlen(HEAD) || memcmp(p, HEAD, strlen(HEAD)) != 0)
		return false;
	ret->p = p + strlen(HEAD);
	ret->n = n - strlen(HEAD);
	return true;
}

static bool parse_next(const char *p, size_t n, uint64_t *ret)
{
	const size_t head = strlen(NEXT);

	return n > head + 1 && memcmp(p, NEXT, head) == 0 && p[n - 1] == '}' && dec_parse(p + head, n - head - 1, LIMIT_LOG_SIZE, ret);
}

static int parse(const char *p, size_t n, uint64_t from, struct page *pg, struct err *e)
{
	const char *eol;
	size_t len;

	for (size_t line = 1; (eol = memchr(p, '\n', n)) != NULL; line++, p += len, n -= len) {
		struct peer_entry *const en = &pg->entry[pg->n];

		len = (size_t)(eol - p) + 1;
		if (len == n)
			return parse_next(p, len - 1, &pg->next) ? 0 : fail(e, E_FORMAT, "entries: line %zu is not {\"next\":N}", line);
		if (pg->n == LIMIT_ENTRIES_PAGE)
			return fail(e, E_LIMIT, "entries: more than %d on a page", LIMIT_ENTRIES_PAGE);
		if (!parse_line(p, len - 1, en))
			return fail(e, E_FORMAT, "entries: line %zu is malformed", line);
		if (en->index < (pg->n > 0 ? pg->entry[pg->n - 1].index + 1 : from))
			return fail(e, E_FORMAT, "entries: line %zu: index %llu is out of order", line, (unsigned long long)en->index);
		pg->n++;
	}
	return fail(e, E_FORMAT, "entries: cut off before the last line");
}

int page_parse(const char *p, size_t n, uint64_t from, struct page *ret, struct err *e)
{
	struct page pg = {.entry = mem_array(LIMIT_ENTRIES_PAGE + 1, sizeof(*pg.entry))};
	int rc = pg.entry == NULL ? fail(e, E_NOMEM, "entries") : parse(p, n, from, &pg, e);

	if (rc == 0 && (pg.next < from || (pg.n > 0 && pg.entry[pg.n - 1].index >= pg.next)))
		rc = fail(e, E_FORMAT, "entries: next is %llu, below what the page holds", (unsigned long long)pg.next);
	if (rc != 0) {
		page_free(&pg);
		return rc;
	}
	*ret = pg;
	return 0;
}

void page_free(struct page *pg)
{
	if (pg == NULL)
		return;
	mem_free(pg->entry);
	*pg = (struct page){0};
}

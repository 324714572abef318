#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "http/priv.h"

/* In order of preference. */
static const struct coding { const char *name; enum pack pack; } codings[] = {
	{"zstd", PACK_ZSTD},
	{"gzip", PACK_GZIP},
	{"x-gzip", PACK_GZIP}, /* RFC 9110 §8.4.1.3 */
	{"identity", PACK_NONE},
};

/* Weights by coding; -1: not named. */
struct wish { int weight[PACKS_], other; };

static void wish_add(struct wish *w, const char *name, size_t n, int weight)
{
	if (n == 1 && *name == '*')
		w->other = weight;
	for (size_t i = 0; i < ARRAY_LEN(codings); i++)
		if (strlen(codings[i].name) == n && strncasecmp(codings[i].name, name, n) == 0 && weight > w->weight[codings[i].pack])
			w->weight[codings[i].pack] = weight;
}

enum pack http_coding(const char *s, bool *ret_must)
{
	struct wish w = {.weight = {-1, -1, -1}, .other = -1};
	enum pack best = PACK_NONE;
	int best_w = 0;
	size_t n;

	*ret_must = false;
	for (; s != NULL && *s != '\0'; s += n + (s[n] == ',')) {
		s += strspn(s, " \t");
		n = strcspn(s, ",");
		wish_add(&w, s, strcspn(s, ",; \t"), (int)http_weight(s, n));
	}
	for (size_t i = 0; i < ARRAY_LEN(codings); i++) {
		const enum pack p = codings[i].pack;
		const int weight = w.weight[p] >= 0 ? w.weight[p] : w.other;

		if (p != PACK_NONE && weight > best_w) {
			best = p;
			best_w = weight;
		}
	}
	/* Identity that is not named is welcome, but anything named is preferred. */
	if (w.weight[PACK_NONE] > best_w)
		return PACK_NONE;
	*ret_must = w.weight[PACK_NONE] == 0 || (w.weight[PACK_NONE] < 0 && w.other == 0);
	return best;
}

enum pack http_tag_listed(const char *list, const char *tag)
{
	const size_t n = strlen(tag);

	while (*list != '\0') {
		list += strspn(list, " \t,");
		if (*list == '*')
			return PACK_NONE;
		if (list[0] == 'W' && list[1] == '/')
			list += 2;
		if (list[0] == '"' && strncmp(list + 1, tag, n) == 0) {
			const char *const end = list + 1 + n;

			if (*end == '"')
				return PACK_NONE;
			if (strncmp(end, "-gzip\"", 6) == 0)
				return PACK_GZIP;
			if (strncmp(end, "-zstd\"", 6) == 0)
				return PACK_ZSTD;
		}
		list += strcspn(list, ",");
	}
	return PACKS_;
}

/* Bytes that differ must not carry the same strong tag: RFC 9110 §8.8.3.3. */
static bool retag(struct http_resp *r, const char *coding)
{
	struct http_param *h = NULL;
	char *tag;
	size_t n;

	for (size_t i = 0; i < r->headers; i++)
		if (strcmp(r->header[i].name, "ETag") == 0)
			h = &r->header[i];
	if (h == NULL)
		return true;
	n = strlen(h->value);
	if (n < 2 || (tag = mem_printf("%.*s-%s\"", (int)(n - 1), h->value, coding)) == NULL)
		return false;
	r->owned[r->owned_n++] = tag;
	h->value = tag;
	return true;
}

static bool pack_body(struct packer **packer, enum pack p, bool must, struct http_resp *r)
{
	const void *const in = r->fixed != NULL ? r->fixed : r->body.p;
	const size_t n = r->fixed != NULL ? r->fixed_n : r->body.n;
	CLEANUP_BUF struct buf out = {0};

	if (r->headers == ARRAY_LEN(r->header) || r->owned_n == ARRAY_LEN(r->owned))
		return false;
	if (packer == NULL || (*packer == NULL && (*packer = packer_new()) == NULL))
		return false;
	if (pack_all(*packer, p, in, n, &out, NULL) != 0 || out.err != 0 || (out.n >= n && !must))
		return false;
	if (!retag(r, pack_name(p)))
		return false;
	r->header[r->headers++] = (struct http_param){"Content-Encoding", pack_name(p)};
	buf_free(&r->body);
	r->body = out;
	out = (struct buf){0};
	r->fixed = NULL;
	r->fixed_n = 0;
	return true;
}

void http_pack(struct packer **packer, const struct http_req *q, struct http_resp *r)
{
	const size_t n = r->fixed != NULL ? r->fixed_n : r->body.n;
	bool must;
	const enum pack p = http_coding(http_req_header(q, "Accept-Encoding"), &must);

	if (r->headers == ARRAY_LEN(r->header))
		return;
	/* Said first: without it a cache would hand one client's coding to another. */
	r->header[r->headers++] = (struct http_param){"Vary", "Accept-Encoding"};
	if (p == PACK_NONE)
		return;
	if (n == 0 || r->body.err != 0 || r->status == 204 || r->status == 304 || (n < LIMIT_PACK_FROM && !must))
		return;
	IGNORE(!pack_body(packer, p, must, r), "the plain body is right too");
}

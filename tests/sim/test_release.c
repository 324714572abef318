/*
 * test_release.c [SEED [RUNS]] - nothing hidden leaks.
 *
 * For random records and random readers: every route of peer_routes() and web_routes() is asked for everything that is
 * there, hidden, misnamed and unknown. Whoever may not read an object meets no word, id, salt or hash of it in any byte of
 * any answer; hidden and unknown are one answer, byte for byte; and what may be read is there, byte for byte. Who may read
 * what is said by expect() in release.c, not by the code under test. A route without a generator here fails the test.
 * Beside DE's record lies a home full of marked words: nobody here is signed in to pages, so nobody meets any of them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/enc.h"
#include "base/mem.h"
#include "peer/peer.h"
#include "tour.h"

#define RUNS 25  /* seeds */
#define RECORDS 8 /* per seed, one after the other in the same nodes */

static uint64_t seed;
static unsigned faults;
struct sums sum;

void fault(const char *path, const char *what, const char *who)
{
	if (++faults <= 20)
		fprintf(stderr, "seed %llu: %s, asked by %s: %s\n", (unsigned long long)seed, path, who, what);
}

/* ---- what must not appear: found at any byte by its first twelve ---- */

#define SLOTS 16384
#define PREFIX 12
struct token { char text[96]; size_t n; int obj; const char *what; bool whole, loose; };
static struct token token[SLOTS / 2];
static size_t tokens;
static uint16_t slot[SLOTS];   /* index + 1 */
static uint8_t begins[65536];  /* by the first two bytes */

static size_t hash_of(const void *p)
{
	uint64_t a;
	uint32_t b;

	memcpy(&a, p, 8);
	memcpy(&b, (const char *)p + 8, 4);
	a = (a ^ b * 0x9e3779b97f4a7c15ULL) * 0xff51afd7ed558ccdULL;
	return (a >> 40) % SLOTS;
}

static unsigned two(const void *p)
{
	const uint8_t *b = p;

	return (unsigned)b[0] << 8 | b[1];
}

/* Also a shortened id or hash counts; versions begin alike, they must be there whole. */
static struct token *find_token(const void *p, size_t n)
{
	if (!begins[two(p)])
		return NULL;
	for (size_t h = hash_of(p); slot[h] != 0; h = (h + 1) % SLOTS) {
		struct token *t = &token[slot[h] - 1];
		const size_t need = t->whole ? t->n : PREFIX;

		if (need <= n && memcmp(t->text, p, need) == 0)
			return t;
	}
	return NULL;
}

static void add_token(int obj, const char *what, const void *p, size_t n)
{
	size_t h;

	if (n < PREFIX || find_token(p, n) != NULL)
		return;
	if (tokens == ARRAY_LEN(token))
		abort();
	token[tokens] = (struct token){.n = n < 96 ? n : 96, .obj = obj, .what = what, .whole = strcmp(what, "version") == 0};
	memcpy(token[tokens].text, p, token[tokens].n);
	for (h = hash_of(p); slot[h] != 0; h = (h + 1) % SLOTS)
		;
	slot[h] = (uint16_t)++tokens;
	begins[two(p)] = 1;
}

static void add_hash(int obj, const char *what, const uint8_t h[32])
{
	char hex[HEX_LEN(32) + 1], b64[BASE64_LEN(32) + 1];

	hex_encode(h, 32, hex);
	base64_encode(h, 32, b64);
	add_token(obj, what, h, 32);
	add_token(obj, what, hex, 64);
	add_token(obj, what, b64, 43);
}

/* Of no object: nobody may. */
#define AT_HOME (-1)
static struct { const char *what; char text[96]; size_t n; } home_word[64];
static size_t home_words;

static void add_home(const char *what, const void *p, size_t n) { add_token(AT_HOME, what, p, n); }

static void note_home(const char *what, const void *p, size_t n)
{
	if (home_words == ARRAY_LEN(home_word) || n > sizeof(home_word[0].text))
		abort();
	home_word[home_words].what = what;
	memcpy(home_word[home_words].text, p, n);
	home_word[home_words++].n = n;
}

static void make_tokens(const struct rec *m)
{
	memset(slot, 0, sizeof(slot));
	memset(begins, 0, sizeof(begins));
	tokens = 0;
	for (int i = 0; i < m->objs; i++) {
		const struct obj *o = &m->obj[i];
		uint8_t h[32];

		if (!o->held)
			continue;
		add_token(i, "text", o->marker, strlen(o->marker));
		add_token(i, "number or slug", o->name, strlen(o->name));
		add_token(i, "id", strstr(o->id, "--") + 2, 36);
		add_token(i, "version", o->modified, strlen(o->modified));
		add_hash(i, "salt", o->salt);
		sha256(o->p, o->n, h);
		add_hash(i, "hash of the entry", h);
		if (hex_decode(o->sha, 64, h, 32))
			add_hash(i, "hash of the object", h);
	}
	for (size_t i = 0; i < home_words; i++)
		add_home(home_word[i].what, home_word[i].text, home_word[i].n);
	sum.tokens += tokens;
}

void scan(const struct scan *s, const void *p, size_t n)
{
	for (size_t i = 0; i + PREFIX <= n; i++) {
		const struct token *t = find_token((const char *)p + i, n - i);
		char what[200];

		if (t == NULL || (t->obj != AT_HOME && (t->loose || s->may[t->obj])))
			continue;
		if (t->obj == AT_HOME)
			(void)snprintf(what, sizeof(what), "the %s of a paper that stays at home", t->what);
		else
			(void)snprintf(what, sizeof(what), "the %s of %s %d, which is hidden", t->what, s->m->obj[t->obj].type, t->obj);
		fault(s->path, what, s->who);
		return;
	}
}

/* An id or a hash that stands in an object the reader may have is the word of that object's writer. */
void loosen(const struct rec *m, const bool *may)
{
	for (size_t i = 0; i < tokens; i++)
		token[i].loose = false;
	for (int k = 0; k < m->objs; k++)
		for (size_t i = 0; may[k] && i + PREFIX <= m->obj[k].n; i++) {
			struct token *t = find_token(m->obj[k].p + i, m->obj[k].n - i);

			if (t != NULL && strcmp(t->what, "text") != 0 && strcmp(t->what, "salt") != 0)
				t->loose = true;
		}
}

/* ---- asking ---- */

/* As a client gets it: status, type, headers in order, body. */
void flatten(const struct http_resp *r, struct buf *out)
{
	buf_printf(out, "%d\n%s\n", r->status, r->type != NULL ? r->type : "");
	for (size_t i = 0; i < r->headers; i++)
		buf_printf(out, "%s: %s\n", r->header[i].name, r->header[i].value);
	buf_putc(out, '\n');
	buf_put(out, r->fixed != NULL ? r->fixed : r->body.p, r->fixed != NULL ? r->fixed_n : r->body.n);
	if (out->err != 0)
		abort();
}

static const char *cookie_header(const struct http_req *q, const char *name) { return strcmp(name, "Cookie") == 0 ? q->impl : NULL; }

static enum lang lang_of_path(const char *path)
{
	return strlen(path) > 3 && path[3] == '/' ? lang_parse(path + 1, 2, LANG_EN) : LANG_EN;
}

/* Everything that is refused is one answer. */
static void compare_refusal(struct tour *t, const char *path, const struct buf *got)
{
	struct buf *want = &t->none[t->on_web][t->on_web ? lang_of_path(path) : LANG_EN];

	if (want->n == 0)
		buf_put(want, got->p, got->n);
	else if (want->n != got->n || memcmp(want->p, got->p, got->n) != 0)
		fault(path, "the answer for what is hidden or unknown differs", t->asker.name);
}

int ask(struct tour *t, const char *path, const char *version, struct buf *ret_body)
{
	struct http_req q = {.method = HTTP_GET, .path = path, .rest = "", .addr = "memory", .client_spki = t->asker.spki, .tls = t->asker.spki != NULL};
	const struct scan s = {t->m, t->may, path, t->asker.name};
	CLEANUP_BUF struct buf flat = BUF_INIT(8UL << 20);
	struct http_resp r;
	int status;

	if (version != NULL)
		q.param[q.params++] = strncmp(version, "q=", 2) == 0 ? (struct http_param){"q", version + 2} : (struct http_param){"v", version};
	if (t->on_web && t->signed_in) {
		q.header = cookie_header;
		q.impl = (void *)(uintptr_t)t->user->cookie;
	}
	http_dispatch(&t->conf, t->m->node[DE].rd, &q, &r);
	status = r.status;
	flatten(&r, &flat);
	if (t->on_web && t->signed_in)
		mask_session(&flat);
	sum.answers++;
	sum.bytes += flat.n;
	scan(&s, flat.p, flat.n);
	if (status == 404)
		compare_refusal(t, path, &flat);
	else if (status != 200 && status != 303 && !(t->signed_in && status == 403))
		fault(path, "neither shown nor refused", t->asker.name);
	if (ret_body != NULL)
		buf_put(ret_body, r.body.p, r.body.n);
	http_resp_free(&r);
	return status;
}

void must_none(struct tour *t, const char *path, const char *version)
{
	sum.hidden++;
	if (ask(t, path, version, NULL) != 404)
		fault(path, "what is hidden or unknown is answered", t->asker.name);
}

/* Exactly these bytes (NULL: any) if `may`, else nothing. */
static void must_be(struct tour *t, bool may, const char *path, const char *version, const struct obj *o)
{
	CLEANUP_BUF struct buf body = BUF_INIT(8UL << 20);

	if (!may) {
		must_none(t, path, version);
		return;
	}
	sum.shown++;
	if (ask(t, path, version, &body) != 200)
		fault(path, "what may be read is not there", t->asker.name);
	else if (o != NULL && (body.n != o->n || memcmp(body.p, o->p, o->n) != 0))
		fault(path, "other bytes than recorded", t->asker.name);
}

/* Of much that is alike, some: other records ask for the rest. */
bool some(struct tour *t, unsigned percent) { return chance(t->m, percent / 2); }

#define ASK(...) (make(path, __VA_ARGS__), path)
__attribute__((format(printf, 2, 3))) static void make(char path[400], const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	(void)vsnprintf(path, 400, form, ap);
	va_end(ap);
}

/* ---- the routes of peer/ ---- */

static void do_checkpoint(struct tour *t, const char *pattern)
{
	if (ask(t, pattern, NULL, NULL) != 200)
		fault(pattern, "no head", t->asker.name);
}

static uint64_t size_of_log(const struct rec *m)
{
	struct index_log log;
	struct err e = {0};

	return index_get_log(record_index(m->node[DE].rd), 0, &log, &e) == 0 ? log.size : 0;
}

static void do_tiles(struct tour *t, const char *pattern)
{
	static const char *const odd[] = {"0/001", "entries/x", "data/000", "7/000", "0/000.p/0", "entries/999.p/3"};
	const uint64_t n = size_of_log(t->m);
	char path[400];

	(void)pattern;
	for (unsigned long long k = 0; k < n / TILE_WIDTH; k++) {
		if (ask(t, ASK("/log/tile/0/%03llu", k), NULL, NULL) != 200 || ask(t, ASK("/log/tile/entries/%03llu", k), NULL, NULL) != 200)
			fault(path, "no full tile", t->asker.name);
	}
	for (unsigned long long w = 1, last = n / TILE_WIDTH; w <= n % TILE_WIDTH; w += 1 + w / 2)
		if (ask(t, ASK("/log/tile/entries/%03llu.p/%llu", last, w), NULL, NULL) != 200 || ask(t, ASK("/log/tile/0/%03llu.p/%llu", last, w), NULL, NULL) != 200)
			fault(path, "no leaves", t->asker.name);
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		must_none(t, ASK("/log/tile/%s", odd[i]), NULL);
}

static void do_entry(struct tour *t, const char *pattern)
{
	static const char *const odd[] = {"x.json", "-1.json", "01.json", "1e1.json", "999999.json", "999999.tlog-proof", "281474976710656.json", "0", "0.txt", "0.json.json"};
	char path[400];

	(void)pattern;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		must_none(t, ASK("/log/entry/%s", odd[i]), NULL);
	for (int i = 0; i < t->m->objs; i++) {
		const struct obj *o = &t->m->obj[i];

		if (o->writer != DE || !some(t, 120))
			continue;
		must_be(t, t->may[i], ASK("/log/entry/%llu.json", (unsigned long long)o->index), NULL, o);
		must_be(t, t->may[i], ASK("/log/entry/%llu.tlog-proof", (unsigned long long)o->index), NULL, NULL);
	}
	for (uint64_t k = 0; k < 3; k++)
		must_none(t, ASK("/log/entry/%llu.json", (unsigned long long)(size_of_log(t->m) + k)), NULL);
}

static const char *line_of(const struct obj *o, char salt[48])
{
	base64_encode(o->salt, 32, salt);
	return salt;
}

/* The pages of entries hold exactly what may be read, in order, with the salts. */
static void do_entries(struct tour *t, const char *pattern)
{
	CLEANUP_BUF struct buf want = BUF_INIT(8UL << 20), got = BUF_INIT(8UL << 20);
	const unsigned long long n = size_of_log(t->m);
	char path[400], salt[48];

	(void)pattern;
	for (int i = 0; i < t->m->objs; i++) {
		const struct obj *o = &t->m->obj[i];

		if (o->writer == DE && t->may[i])
			buf_printf(&want, "{\"entry\":%s,\"index\":%llu,\"salt\":\"%s\"}\n", o->p, (unsigned long long)o->index, line_of(o, salt));
	}
	buf_printf(&want, "{\"next\":%llu}\n", n);
	make(path, "/log/entries/%llu", (unsigned long long)t->m->base);
	if (ask(t, path, NULL, &got) != 200 || want.n != got.n || memcmp(want.p, got.p, got.n) != 0)
		fault(path, "not exactly what may be read", t->asker.name);
	for (unsigned long long k = 1; k <= n; k += 1 + n / 5)
		IGNORE(ask(t, ASK("/log/entries/%llu", k), NULL, NULL), "scanned");
	must_none(t, ASK("/log/entries/%llu", n + 1), NULL);
	must_none(t, "/log/entries/x", NULL);
}

static void do_witness(struct tour *t, const char *pattern)
{
	char path[400], hex[65];
	uint8_t h[32];

	(void)pattern;
	for (int p = 0; p < PARTIES; p++) {
		const char *origin = record_self(t->m->node[p].r)->origin;

		sha256(origin, strlen(origin), h);
		hex_encode(h, 32, hex);
		IGNORE(ask(t, ASK("/witness/%s/checkpoint", hex), NULL, NULL), "scanned");
	}
	for (int i = 0; i < 3; i++) {
		sha256(&i, sizeof(i), h);
		hex_encode(h, 32, hex);
		must_none(t, ASK("/witness/%s/checkpoint", hex), NULL);
	}
	must_none(t, "/witness/xyz/checkpoint", NULL);
}

/* ---- the routes of web/ ---- */

static void do_plain(struct tour *t, const char *pattern)
{
	char path[400];

	if (pattern[1] == '\0') {
		IGNORE(ask(t, pattern, NULL, NULL), "scanned");
		return;
	}
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if (ask(t, ASK("/%s%s", lang_code((enum lang)k), pattern + 3), NULL, NULL) != 200)
			fault(path, "no page", t->asker.name);
	must_none(t, ASK("/fr%s", pattern + 3), NULL);
}

/* Is this the only object of its name, so that nothing else may stand under its address? */
static bool first_of_id(const struct rec *m, int no)
{
	for (int i = 0; i < no; i++)
		if (strcmp(m->obj[i].id, m->obj[no].id) == 0)
			return false;
	return true;
}

bool sees_version(const struct tour *t, int no)
{
	for (int i = 0; i < t->m->objs; i++)
		if (t->may[i] && strcmp(t->m->obj[i].id, t->m->obj[no].id) == 0)
			return true;
	return false;
}

static const char *const endings[] = {"", ".json", ".tlog-proof", ".policy.txt"};
static const char unknown_id[] = "verbale-document--00000000-0000-4000-8000-000000000000";

static void do_permanent(struct tour *t, const char *pattern)
{
	char path[400];

	(void)pattern;
	for (size_t k = 0; k < ARRAY_LEN(endings); k++) {
		must_none(t, ASK("/r/%s%s", unknown_id, endings[k]), NULL);
		must_none(t, ASK("/r/nm-unknown%s", endings[k]), NULL);
		for (int i = 0; i < t->m->objs; i++) {
			const struct obj *o = &t->m->obj[i];
			const bool may = sees_version(t, i);

			if (!first_of_id(t->m, i) || o->modified[0] == '\0' || !some(t, 12))
				continue;
			if (!may || (k > 0 && o->held))
				must_be(t, may, ASK("/r/%s%s", o->id, endings[k]), NULL, NULL);
			else
				IGNORE(ask(t, ASK("/r/%s%s", o->id, endings[k]), NULL, NULL), "scanned");
			if (o->what == DOCUMENT && !may)
				must_none(t, ASK("/r/%s%s", o->name, endings[k]), NULL);
			else
				IGNORE(ask(t, ASK("/r/%s%s", o->name, endings[k]), NULL, NULL), "scanned");
		}
	}
}

static void do_version(struct tour *t, const char *pattern)
{
	char path[400];

	(void)pattern;
	for (size_t k = 0; k < ARRAY_LEN(endings); k++)
		for (int i = 0; i < t->m->objs; i++) {
			const struct obj *o = &t->m->obj[i];

			if (o->modified[0] == '\0' || !some(t, k == 1 ? 40 : 10))
				continue;
			if (some(t, 10))
				must_none(t, ASK("/r/%s/v/%s%s", unknown_id, o->modified, endings[k]), NULL);
			if (some(t, 10))
				must_none(t, ASK("/r/%s/v/2001-01-01T00:00:00.000Z%s", o->id, endings[k]), NULL);
			if (!t->may[i] || k > 0)
				must_be(t, t->may[i], ASK("/r/%s/v/%s%s", o->id, o->modified, endings[k]), NULL, k == 1 ? o : NULL);
			else
				IGNORE(ask(t, ASK("/r/%s/v/%s%s", o->id, o->modified, endings[k]), NULL, NULL), "scanned");
			if (o->what == DOCUMENT && !t->may[i])
				must_none(t, ASK("/r/%s/v/%s%s", o->name, o->modified, endings[k]), NULL);
		}
}

/* Pages below a series: everything of it that may be seen, and every name that may not. */
static void do_pages(struct tour *t, const char *pattern)
{
	const char *below = strstr(pattern, "rounds/{}"), *under = strstr(pattern, "documents/{}");
	char path[400], series[400];

	for (int s = 0; s < t->m->objs; s++) {
		const enum lang lang = (enum lang)(sum.pages++ % LANG_COUNT);
		const struct obj *o = &t->m->obj[s];
		const bool may = t->may[s];

		if (strcmp(o->type, "verbale-series") != 0)
			continue;
		make(series, "/%s/series/%s", lang_code(lang), o->name);
		if (below == NULL) {
			must_be(t, may, series, NULL, NULL);
			must_none(t, ASK("/%s/series/nm-unknown", lang_code(lang)), NULL);
			continue;
		}
		must_none(t, ASK("%s/rounds/99", series), NULL);
		for (int k = 0; k < t->m->objs; k++) {
			const struct obj *x = &t->m->obj[k];
			const bool is_round = strcmp(x->type, "verbale-round") == 0, doc = strstr(pattern, "documents") != NULL;

			if (x->col != o->col || (!is_round && x->what != DOCUMENT))
				continue;
			for (unsigned r = 1; r <= 2; r++) {
				if (x->what == DOCUMENT && doc)
					make(path, "%s/rounds/%u/documents/%s%s", series, r, x->name, under != NULL ? under + strlen("documents/{}") : "");
				else if (is_round && !doc)
					make(path, "%s/rounds/%u%s", series, r, below + 9);
				else
					continue;
				if (!some(t, 25))
					continue;
				if (!may || (doc && !sees_version(t, k)))
					must_none(t, path, NULL);
				else
					IGNORE(ask(t, path, NULL, NULL), "scanned");
			}
			if (is_round && !doc && !t->may[k])
				must_none(t, ASK("%s/rounds/%s%s", series, strstr(x->id, "--") + 2, below + 9), NULL);
		}
	}
}

static void do_proof(struct tour *t, const char *pattern)
{
	char path[400];

	(void)pattern;
	must_none(t, ASK("/ja/record/%s", unknown_id), NULL);
	must_none(t, ASK("/de/record/nm-unknown"), NULL);
	for (int i = 0; i < t->m->objs; i++) {
		const struct obj *o = &t->m->obj[i];
		const char *lang = lang_code((enum lang)(i % LANG_COUNT));

		if (o->modified[0] == '\0' || !some(t, 25))
			continue;
		if (!t->may[i]) {
			must_none(t, ASK("/%s/record/%s", lang, o->id), o->modified);
			if (o->what == DOCUMENT)
				must_none(t, ASK("/%s/record/%s", lang, o->name), o->modified);
		} else {
			IGNORE(ask(t, ASK("/%s/record/%s", lang, o->id), o->modified, NULL), "scanned");
		}
		if (!sees_version(t, i))
			must_none(t, ASK("/%s/record/%s", lang, o->id), NULL);
		else
			IGNORE(ask(t, ASK("/%s/record/%s", lang, o->what == DOCUMENT ? o->name : o->id), NULL, NULL), "scanned");
	}
}

/* One row for every route there is. */
static const struct { const char *pattern; void (*run)(struct tour *t, const char *pattern); } generators[] = {
	{"/log/checkpoint", do_checkpoint},
	{"/log/tile/*", do_tiles},
	{"/log/entry/{}", do_entry},
	{"/log/entries/{}", do_entries},
	{"/witness/{}/checkpoint", do_witness},
	{"/", do_plain},
	{"/a/{}/{}", do_asset},
	{"/r/{}", do_permanent},
	{"/r/{}/v/{}", do_version},
	{"/{}/", do_plain},
	{"/{}/series", do_plain},
	{"/{}/record", do_plain},
	{"/{}/sign-in", do_plain},
	{"/{}/sign-out", do_plain},
	{"/{}/help", do_plain},
	{"/{}/accessibility", do_plain},
	{"/{}/privacy", do_plain},
	{"/{}/settings", do_people},
	{"/{}/settings/users", do_people},
	{"/{}/settings/users/{}", do_people},
	{"/{}/settings/audit", do_people},
	{"/{}/settings/audit.tsv", do_people},
	{"/{}/settings/audit.jsonl", do_people},
	{"/{}/series/{}", do_pages},
	{"/{}/series/{}/rounds/{}", do_pages},
	{"/{}/series/{}/rounds/{}/statement", do_pages},
	{"/{}/series/{}/rounds/{}/agenda", do_pages},
	{"/{}/series/{}/rounds/{}/documents/{}", do_pages},
	{"/{}/series/{}/rounds/{}/delegations", do_pages},
	{"/{}/series/new", do_shut},
	{"/{}/series/{}/edit", do_shut},
	{"/{}/series/{}/rounds/new", do_shut},
	{"/{}/series/{}/rounds/{}/edit", do_shut},
	{"/{}/series/{}/rounds/{}/dates", do_shut},
	{"/{}/series/{}/rounds/{}/agenda/edit", do_shut},
	{"/{}/series/{}/rounds/{}/delegations/plates", do_shut},
	{"/{}/series/{}/rounds/{}/delegations/edit", do_shut},
	{"/{}/series/{}/rounds/{}/home", do_shut},
	{"/{}/series/{}/rounds/{}/home/ask", do_shut},
	{"/{}/series/{}/rounds/{}/home/folder", do_shut},
	{"/{}/series/{}/rounds/{}/home/new", do_shut},
	{"/{}/series/{}/rounds/{}/home/answers/{}", do_shut},
	{"/{}/series/{}/rounds/{}/home/papers/{}", do_shut},
	{"/{}/waiting", do_shut},
	{"/{}/waiting/{}", do_shut},
	{"/{}/series/{}/rounds/{}/documents", do_text},
	{"/{}/series/{}/rounds/{}/documents/new", do_text},
	{"/{}/series/{}/rounds/{}/documents/{}/draft", do_text},
	{"/{}/series/{}/rounds/{}/documents/{}/edit", do_text},
	{"/{}/series/{}/rounds/{}/documents/{}/propose", do_text},
	{"/{}/series/{}/rounds/{}/documents/{}/review", do_text},
	{"/{}/series/{}/rounds/{}/documents/{}/compare", do_pages},
	{"/{}/series/{}/rounds/{}/documents/{}/pdf", do_pages},
	{"/{}/series/{}/rounds/{}/documents/{}/txt", do_pages},
	{"/{}/series/{}/rounds/{}/compare-releases", do_pages},
	{"/{}/glossary", do_plain},
	{"/{}/search", do_search},
	{"/{}/go/{}", do_id},
	{"/{}/commitments", do_plain},
	{"/{}/commitments/new", do_shut},
	{"/{}/commitments/{}", do_id},
	{"/{}/commitments/{}/progress", do_shut},
	{"/{}/feed.atom", do_plain},
	{"/{}/series/{}/feed.atom", do_of_series},
	{"/{}/series/{}/series.ics", do_of_series},
	{"/{}/calendar", do_people},
	{"/{}/calendar/{}", do_id},
	{"/{}/record/{}", do_proof},
	{"/taxii2/", do_taxii_open},
	{"/taxii2/openapi.json", do_taxii_open},
	{"/taxii2/api/", do_taxii_root},
	{"/taxii2/api/status/{}/", do_taxii_status},
	{"/taxii2/api/collections/", do_taxii_collections},
	{"/taxii2/api/collections/{}/", do_taxii_collection},
	{"/taxii2/api/collections/{}/manifest/", do_taxii_pages},
	{"/taxii2/api/collections/{}/objects/", do_taxii_pages},
	{"/taxii2/api/collections/{}/objects/{}/", do_taxii_object},
	{"/taxii2/api/collections/{}/objects/{}/versions/", do_taxii_object},
	{"/taxii2", do_taxii_slash},
	{"/taxii2/api", do_taxii_slash},
	{"/taxii2/api/status/{}", do_taxii_slash},
	{"/taxii2/api/collections", do_taxii_slash},
	{"/taxii2/api/collections/{}", do_taxii_slash},
	{"/taxii2/api/collections/{}/manifest", do_taxii_slash},
	{"/taxii2/api/collections/{}/objects", do_taxii_slash},
	{"/taxii2/api/collections/{}/objects/{}", do_taxii_slash},
	{"/taxii2/api/collections/{}/objects/{}/versions", do_taxii_slash},
};

static void route_all(struct tour *t)
{
	for (size_t r = 0; r < t->conf.routes; r++) {
		const char *pattern = t->conf.route[r].pattern;
		size_t g;

		for (g = 0; g < ARRAY_LEN(generators) && strcmp(generators[g].pattern, pattern) != 0; g++)
			;
		if (g == ARRAY_LEN(generators)) {
			fault(pattern, "this route has no generator in tests/sim/test_release.c", "the test");
			continue;
		}
		/* A pattern's further methods are asked where it comes first. Pages are for readers who are signed out, whoever holds the certificate, or signed in by a session. */
		if ((t->conf.route[r].methods & HTTP_GET) == 0)
			continue;
		t->on_web = r >= t->webs;
		if (t->on_web && t->asker.party != NOBODY && !t->signed_in && pick(t->m, 8) != 0)
			continue;
		memcpy(t->may, t->on_web && !t->signed_in ? t->anyone : t->on_web ? t->person : r >= t->peers ? t->person : t->entitled, sizeof(t->may));
		loosen(t->m, t->may);
		generators[g].run(t, pattern);
	}
}

/* ---- a record, its readers, now and a day later ---- */

static void add_routes(struct tour *t, const struct http_route *row, size_t n, void *ctx)
{
	if (t->conf.routes + n > ARRAY_LEN(t->route))
		abort();
	for (size_t i = 0; i < n; i++) {
		t->route[t->conf.routes] = row[i];
		t->route[t->conf.routes++].ctx = ctx;
	}
}

static void security_headers(void *ctx, const struct http_req *q, struct http_resp *r) { web_security_headers(ctx, q, r); }

static void error_page(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status)
{
	if (taxii_owns(q->path))
		taxii_error(NULL, thread, q, r, status);
	else
		web_error_page(ctx, thread, q, r, status);
}

static void tour_open(struct tour *t, struct rec *m)
{
	const struct http_route *row;
	size_t n;

	*t = (struct tour){.m = m, .web = {.record = m->node[DE].r, .base_url = "https://record.example"}};
	taxii_people(t);
	t->web.access = t->access;
	tour_search(t);
	t->conf = (struct http_conf){.route = t->route, .route_ctx = &t->web, .security_headers = security_headers, .error_page = error_page};
	n = peer_routes(&row);
	add_routes(t, row, n, NULL);
	t->peers = t->conf.routes;
	n = taxii_routes(&row);
	add_routes(t, row, n, t->taxii);
	t->webs = t->conf.routes;
	n = web_routes(&row);
	add_routes(t, row, n, &t->web);
}

static void as_reader(struct tour *t, const struct asker *who)
{
	t->asker = *who;
	taxii_person(t);
	t->signed_in = t->user != NULL && pick(t->m, 3) == 0;
	if (t->signed_in)
		taxii_session(t);
	for (unsigned k = 0; k < LANG_COUNT; k++)
		buf_clear(&t->none[1][k]);
	for (int i = 0; i < t->m->objs; i++) {
		const struct obj *o = &t->m->obj[i];

		t->anyone[i] = o->held && expect(t->m, NOBODY, o, t->m->lab.now);
		t->entitled[i] = o->held && expect(t->m, who->party, o, t->m->lab.now);
		t->person[i] = t->anyone[i] || (o->held && t->user != NULL && expect_person(t->m, who->party, t->user->agency, t->user->name, o, t->m->lab.now));
		sum.out += t->anyone[i] && o->what == DOCUMENT && who->party == NOBODY;
	}
	route_all(t);
}

static void one_record(struct rec *m, struct tour *t)
{
	uint8_t stranger[32];

	rec_fill(m);
	make_tokens(m);
	for (int i = 0; i < m->objs; i++)
		sum.objects += m->obj[i].held;
	memset(stranger, 0x5a, sizeof(stranger));
	for (int day = 0; day < 2; day++, m->lab.now += 48 * 3600 * NS_PER_S) {
		const struct asker askers[] = {
			{"nobody", NOBODY, NULL}, {"a stranger", NOBODY, stranger},
			{"DE", DE, record_self(m->node[DE].r)->tls_spki}, {"JP", JP, record_self(m->node[JP].r)->tls_spki},
			{"FR", FR, record_self(m->node[FR].r)->tls_spki}, {"BR", BR, record_self(m->node[BR].r)->tls_spki},
		};

		as_reader(t, &askers[0]);
		for (size_t a = 1; a < ARRAY_LEN(askers); a++)
			if (pick(m, day == 0 ? 4 : 10) == 0)
				as_reader(t, &askers[a]);
	}
	taxii_unchanged(t);
}

/* All of the record lies there, and nothing of the home. */
static void look_at_disks(const struct rec *m, struct tour *t)
{
	memset(t->may, true, sizeof(t->may));
	for (int w = 0; w < WRITERS; w++)
		home_files(m, m->node[w].dir, t->may);
}

static void one_run(void)
{
	struct rec *m = calloc(1, sizeof(*m));
	struct tour *t = calloc(1, sizeof(*t));

	if (m == NULL || t == NULL)
		abort();
	rec_open(m, seed);
	home_words = 0;
	home_fill(m, note_home);
	tour_open(t, m);
	for (unsigned i = 0; i < RECORDS; i++)
		one_record(m, t);
	tour_search_end(t);
	for (unsigned k = 0; k < 2 * LANG_COUNT; k++)
		buf_free(&t->none[k / LANG_COUNT][k % LANG_COUNT]);
	taxii_people_close(t);
	look_at_disks(m, t);
	rec_close(m);
	free(t);
	free(m);
}

int main(int argc, char **argv)
{
	const uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)time(NULL) * 1000;
	const unsigned runs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : argc > 1 ? 1 : RUNS;

	printf("# seeds %llu to %llu; one again: test_release SEED\n", (unsigned long long)first, (unsigned long long)(first + runs - 1));
	fflush(stdout);
	for (unsigned i = 0; i < runs && faults < 20; i++) {
		seed = first + i;
		one_run();
	}
	printf("# %u records, %lu objects, %lu things to look for; %lu answers, %lu MB; %lu shown, %lu refused; %lu documents out\n", runs * RECORDS, sum.objects, sum.tokens,
	    sum.answers, sum.bytes >> 20, sum.shown, sum.hidden, sum.out);
	/* A test in which everything is hidden, or nothing, shows nothing. */
	if (runs >= RUNS && (sum.shown < 3000 || sum.hidden < 20000 || sum.out < 20)) {
		printf("not ok nothing hidden leaks: too little was asked\n");
		return 1;
	}
	if (faults > 0)
		printf("not ok nothing hidden leaks: %u faults\n", faults);
	else
		printf("ok nothing hidden leaks\n");
	return faults != 0;
}

#include "web/keep.h"

#include <pthread.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "crypto/crypto.h"

#define SLOTS 256
#define KEY_MAX 512

struct slot { pthread_mutex_t lock; char key[KEY_MAX]; uint64_t head; int64_t second; char tag[33]; const char *type; struct buf body; };
struct keep { struct slot slot[SLOTS]; };

int keep_new(struct keep **ret, struct err *e)
{
	struct keep *k = mem_zalloc(sizeof(*k));

	if (k == NULL)
		return fail(e, E_NOMEM, "pages");
	for (size_t i = 0; i < SLOTS; i++) {
		pthread_mutex_init(&k->slot[i].lock, NULL);
		k->slot[i].body = (struct buf)BUF_INIT(LIMIT_WEB_KEPT);
	}
	*ret = k;
	return 0;
}

void keep_free(struct keep *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++) {
		pthread_mutex_destroy(&k->slot[i].lock);
		buf_free(&k->slot[i].body);
	}
	mem_free(k);
}

/* Whoever shows who he might be gets a page of his own; and what is no part of the navigation may depend on more than the record. */
static bool anonymous(const struct http_req *q, const struct web_page *page)
{
	return q->method == HTTP_GET && page->need == NEED_ANYONE && page->nav != NAV_NONE && q->client_spki == NULL && http_req_header(q, "Cookie") == NULL && http_req_header(q, "Authorization") == NULL;
}

/* False: too long to be kept. */
static bool key_of(const struct http_req *q, char to[KEY_MAX])
{
	size_t n = 0, len;

	for (size_t i = 0; i <= 2 * q->params; i++, n += len + 1) {
		const char *s = i == 0 ? q->path : i % 2 == 1 ? q->param[i / 2].name : q->param[i / 2 - 1].value;

		len = s != NULL ? strlen(s) : 0;
		if (n + len + 2 > KEY_MAX)
			return false;
		memcpy(to + n, s != NULL ? s : "", len);
		to[n + len] = '\n';
	}
	to[n] = '\0';
	return true;
}

static struct slot *slot_of(struct keep *k, const char *key)
{
	uint32_t h = 2166136261u;

	for (; *key != '\0'; key++)
		h = (h ^ (unsigned char)*key) * 16777619u;
	return &k->slot[h % SLOTS];
}

static int head_line(struct http_resp *r)
{
	const int rc = http_header(r, "Cache-Control", "no-cache", NULL);

	return rc != 0 ? rc : http_header(r, "Vary", "Cookie", NULL);
}

/* True: answered. */
static bool answer(struct slot *s, const char *key, uint64_t head, int64_t second, const struct http_req *q, struct http_resp *r)
{
	bool done = false;

	pthread_mutex_lock(&s->lock);
	if (s->head == head && s->second == second && strcmp(s->key, key) == 0 && head_line(r) == 0) {
		done = true;
		if (!http_etag(q, r, s->tag)) {
			r->status = 200;
			r->type = s->type;
			r->body = (struct buf)BUF_INIT(0);
			buf_put(&r->body, s->body.p, s->body.n);
			done = buf_err(&r->body, NULL, "page") == 0;
		}
	}
	pthread_mutex_unlock(&s->lock);
	if (!done)
		http_resp_free(r);
	return done;
}

/* A page and nothing beside it: no redirect, no cookie. */
static bool plain(const struct http_resp *r)
{
	for (size_t i = 0; i < r->headers; i++)
		if (strcmp(r->header[i].name, "Cache-Control") != 0 && strcmp(r->header[i].name, "Vary") != 0)
			return false;
	return r->status == 200 && r->fixed == NULL && r->body.n > 0 && r->body.n <= LIMIT_WEB_KEPT && r->type != NULL;
}

static void remember(struct slot *s, const char *key, uint64_t head, int64_t second, const struct http_req *q, struct http_resp *r)
{
	uint8_t sum[SHA256_LEN];
	char tag[33];

	sha256(r->body.p, r->body.n, sum);
	hex_encode(sum, 16, tag);
	pthread_mutex_lock(&s->lock);
	buf_clear(&s->body);
	buf_put(&s->body, r->body.p, r->body.n);
	s->head = 0;
	if (buf_err(&s->body, NULL, "page") == 0) {
		memcpy(s->key, key, strlen(key) + 1);
		memcpy(s->tag, tag, sizeof(tag));
		s->type = r->type;
		s->head = head;
		s->second = second;
	} else {
		buf_free(&s->body);
		s->body = (struct buf)BUF_INIT(LIMIT_WEB_KEPT);
	}
	pthread_mutex_unlock(&s->lock);
	if (http_etag(q, r, tag))
		buf_clear(&r->body);
}

void keep_visit(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, const struct web_page *page)
{
	const struct web *w = ctx;
	char key[KEY_MAX];
	uint64_t head = 0;
	int64_t second;
	struct slot *s;

	if (w->keep == NULL || !anonymous(q, page) || !key_of(q, key) || index_reader_head(record_index(thread), &head, NULL) != 0 || head == 0) {
		visit(ctx, thread, q, r, page);
		return;
	}
	second = clock_now(&record_world(w->record)->clock) / NS_PER_S;
	s = slot_of(w->keep, key);
	if (answer(s, key, head, second, q, r))
		return;
	visit(ctx, thread, q, r, page);
	if (plain(r))
		remember(s, key, head, second, q, r);
}

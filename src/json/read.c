#include "json/impl.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

#define INT_MAX_EXACT ((1ULL << 53) - 1)
#define POOL_SLOTS 4
#define POOL_KEEP (8UL * 1024 * 1024) /* bytes; a larger block goes back at once, one big text must not stay for ever */

struct json_doc {
	yyjson_doc *yy;
	struct json_pool *pool;   /* NULL: this struct and all behind it are from mem_alloc */
};

struct slot { void *p; size_t cap; bool used; };

struct json_pool {
	struct json_doc doc;
	bool busy;
	struct slot slot[POOL_SLOTS];
};

/* --- memory for yyjson: plain --- */

static void *plain_malloc(void *ctx, size_t n)
{
	(void)ctx;
	return mem_alloc(n);
}

static void *plain_realloc(void *ctx, void *p, size_t old, size_t n)
{
	(void)ctx;
	(void)old;
	return mem_realloc(p, n);
}

static void plain_free(void *ctx, void *p)
{
	(void)ctx;
	mem_free(p);
}

/* --- and from the pool: few blocks, each kept and grown to what the largest text so far needed --- */

static void *pool_malloc(void *ctx, size_t n)
{
	struct json_pool *pool = ctx;
	struct slot *best = NULL;

	for (struct slot *s = pool->slot; s < pool->slot + POOL_SLOTS; s++) {
		if (s->used)
			continue;
		if (best == NULL || (best->cap < n ? s->cap > best->cap : s->cap >= n && s->cap < best->cap))
			best = s;
	}
	if (best == NULL)
		return NULL;
	if (best->cap < n) {
		mem_free(best->p);
		best->p = mem_alloc(n);
		best->cap = best->p != NULL ? n : 0;
	}
	best->used = best->p != NULL;
	return best->p;
}

static struct slot *slot_of(struct json_pool *pool, const void *p)
{
	size_t i = 0;

	while (i < POOL_SLOTS - 1 && pool->slot[i].p != p)
		i++;
	assert(pool->slot[i].p == p && pool->slot[i].used);
	return &pool->slot[i];
}

static void *pool_realloc(void *ctx, void *p, size_t old, size_t n)
{
	struct slot *s = slot_of(ctx, p);
	void *q;

	(void)old;
	if (n <= s->cap)
		return p;
	if ((q = mem_realloc(p, n)) == NULL)
		return NULL;
	s->p = q;
	s->cap = n;
	return q;
}

static void pool_free(void *ctx, void *p)
{
	struct slot *s = slot_of(ctx, p);

	if (s->cap > POOL_KEEP) {
		mem_free(s->p);
		*s = (struct slot){.p = NULL};
	}
	s->used = false;
}

struct json_pool *json_pool_new(void) { return mem_zalloc(sizeof(struct json_pool)); }

void json_pool_free(struct json_pool *p)
{
	if (p == NULL)
		return;
	assert(!p->busy);
	for (size_t i = 0; i < POOL_SLOTS; i++)
		mem_free(p->slot[i].p);
	mem_free(p);
}

/* --- what yyjson lets through and we do not --- */

struct fault {
	yyjson_val *at;
	int code;            /* 0: none */
	const char *text;
	bool big;            /* a double from 1e21: fine as 1e30, refused when written as an integer */
};

static void check_number(yyjson_val *v, struct fault *f)
{
	bool bad = false;

	switch (unsafe_yyjson_get_subtype(v)) {
	case YYJSON_SUBTYPE_UINT:
		bad = unsafe_yyjson_get_uint(v) > INT_MAX_EXACT;
		break;
	case YYJSON_SUBTYPE_SINT:
		bad = unsafe_yyjson_get_sint(v) < -(int64_t)INT_MAX_EXACT;
		break;
	default:
		/*
		 * Up to 1e21 the canonical form has no exponent: 1e20 would go out as an integer that no
		 * strict reader takes back. Above, the text decides, and is looked at only then.
		 */
		bad = fabs(unsafe_yyjson_get_real(v)) >= 0x1p53 && fabs(unsafe_yyjson_get_real(v)) < 1e21;
		f->big = f->big || fabs(unsafe_yyjson_get_real(v)) >= 1e21;
		break;
	}
	if (bad)
		*f = (struct fault){.at = v, .code = E_FORMAT, .text = "integer outside -(2^53-1)..2^53-1"};
}

/* Pairwise: for few names cheaper than sorting; different lengths settle most pairs. */
static yyjson_val *duplicate_of_few(yyjson_val *obj, size_t n)
{
	yyjson_val *keys[JSON_FEW], *key = obj + 1;

	for (size_t i = 0; i < n; i++, key = json_next_key(key)) {
		const size_t len = unsafe_yyjson_get_len(key);

		for (size_t j = 0; j < i; j++)
			if (unsafe_yyjson_get_len(keys[j]) == len &&
			    memcmp(unsafe_yyjson_get_str(keys[j]), unsafe_yyjson_get_str(key), len) == 0)
				return key;
		keys[i] = key;
	}
	return NULL;
}

static bool same_name(yyjson_val *a, yyjson_val *b)
{
	const size_t n = unsafe_yyjson_get_len(a);

	return n == unsafe_yyjson_get_len(b) && memcmp(unsafe_yyjson_get_str(a), unsafe_yyjson_get_str(b), n) == 0;
}

static void check_many_names(yyjson_val *obj, size_t n, const yyjson_alc *alc, struct fault *f)
{
	yyjson_val **keys = alc->malloc(alc->ctx, 2 * n * sizeof(yyjson_val *)), *key = obj + 1;

	if (keys == NULL) {
		*f = (struct fault){.at = obj, .code = E_NOMEM, .text = "out of memory"};
		return;
	}
	for (size_t i = 0; i < n; i++, key = json_next_key(key))
		keys[i] = key;
	json_sort_names(keys, keys + n, n);
	for (size_t i = 1; i < n && f->code == 0; i++)
		if (same_name(keys[i - 1], keys[i])) /* the sort is stable: keys[i] stands later in the text */
			*f = (struct fault){.at = keys[i], .code = E_FORMAT, .text = "duplicate member name"};
	alc->free(alc->ctx, keys);
}

static void check_names(yyjson_val *obj, const yyjson_alc *alc, struct fault *f)
{
	const size_t n = unsafe_yyjson_get_len(obj);
	yyjson_val *twin;

	if (n < 2 || json_names_ascend(obj))
		return;
	if (n > JSON_FEW)
		check_many_names(obj, n, alc, f);
	else if ((twin = duplicate_of_few(obj, n)) != NULL)
		*f = (struct fault){.at = twin, .code = E_FORMAT, .text = "duplicate member name"};
}

/* yyjson lays the values of a document out behind one another in order of the text: one loop, no recursion. */
static void check(yyjson_val *root, unsigned max_depth, const yyjson_alc *alc, struct fault *f)
{
	yyjson_val *const end = unsafe_yyjson_get_next(root);
	yyjson_val *ends[LIMIT_JSON_DEPTH];
	unsigned depth = 0;

	for (yyjson_val *v = root; v < end && f->code == 0; v++) {
		while (depth > 0 && v == ends[depth - 1])
			depth--;
		switch (unsafe_yyjson_get_type(v)) {
		case YYJSON_TYPE_NUM:
			check_number(v, f);
			break;
		case YYJSON_TYPE_ARR:
		case YYJSON_TYPE_OBJ:
			if (depth == max_depth) {
				*f = (struct fault){.at = v, .code = E_LIMIT, .text = "nested too deep"};
				break;
			}
			ends[depth++] = unsafe_yyjson_get_next(v);
			if (unsafe_yyjson_is_obj(v))
				check_names(v, alc, f);
			break;
		default:
			break;
		}
	}
}

/* --- reading --- */

struct input {
	const char *p;
	size_t n;
	const char *what;
};

static int fail_at(struct err *e, int code, const struct input *in, enum json_goal goal, size_t n, const char *text)
{
	struct json_spot spot;

	if (!json_locate(in->p, in->n, goal, n, &spot))
		return fail(e, code, "%s: %s", in->what, text);
	return fail(e, code, "%s: line %zu, byte %zu, %s: %s", in->what, spot.line, spot.byte, spot.path, text);
}

static int check_all(const struct input *in, const yyjson_doc *doc, unsigned max_depth, const yyjson_alc *alc, struct err *e)
{
	struct fault f = {.code = 0};
	struct json_spot spot;

	check(doc->root, max_depth, alc, &f);
	if (f.code == E_NOMEM)
		return fail(e, E_NOMEM, "%s: %s", in->what, f.text);
	if (f.code != 0)
		return fail_at(e, f.code, in, JSON_AT_VALUE, (size_t)(f.at - doc->root), f.text);
	if (f.big && json_locate(in->p, in->n, JSON_AT_INTEGER, 0, &spot))
		return fail_at(e, E_FORMAT, in, JSON_AT_INTEGER, 0, "integer outside -(2^53-1)..2^53-1");
	return 0;
}

static int parse(const struct input *in, unsigned max_depth, const yyjson_alc *alc, yyjson_doc **ret, struct err *e)
{
	yyjson_read_err why;
	/* Without YYJSON_READ_INSITU the text is only read; the parameter lacks the const. */
	yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)in->p, in->n, YYJSON_READ_NOFLAG, alc, &why);
	int rc;

	if (doc == NULL && why.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
		return fail(e, E_NOMEM, "%s: out of memory", in->what);
	if (doc == NULL)
		return fail_at(e, E_FORMAT, in, JSON_AT_OFFSET, why.pos, why.msg);
	if ((rc = check_all(in, doc, max_depth, alc, e)) != 0)
		yyjson_doc_free(doc);
	else
		*ret = doc;
	return rc;
}

static int read_input(const struct input *in, unsigned max_depth, struct json_pool *pool, struct json_doc **ret, struct err *e)
{
	const yyjson_alc plain = {plain_malloc, plain_realloc, plain_free, NULL};
	const yyjson_alc pooled = {pool_malloc, pool_realloc, pool_free, pool};
	struct json_doc *d = pool != NULL ? &pool->doc : mem_alloc(sizeof(*d));
	yyjson_doc *yy = NULL;
	int rc;

	if (d == NULL)
		return fail(e, E_NOMEM, "%s: out of memory", in->what);
	if ((rc = parse(in, max_depth, pool != NULL ? &pooled : &plain, &yy, e)) != 0) {
		if (pool == NULL)
			mem_free(d);
		return rc;
	}
	*d = (struct json_doc){yy, pool};
	if (pool != NULL)
		pool->busy = true;
	*ret = d;
	return 0;
}

int json_read(const void *p, size_t n, const struct json_read_opt *opt, struct json_doc **ret, struct err *e)
{
	static const struct json_read_opt none = {.what = NULL};
	const struct json_read_opt *o = opt != NULL ? opt : &none;
	const struct input in = {p, n, o->what != NULL ? o->what : "JSON"};
	const size_t max_bytes = o->max_bytes != 0 ? o->max_bytes : LIMIT_JSON_BYTES;
	const unsigned max_depth = o->max_depth != 0 && o->max_depth < LIMIT_JSON_DEPTH ? o->max_depth : LIMIT_JSON_DEPTH;

	if (n > max_bytes)
		return fail(e, E_LIMIT, "%s: %zu bytes, at most %zu allowed", in.what, n, max_bytes);
	if (n == 0)
		return fail(e, E_FORMAT, "%s: empty", in.what);
	/* A pool holds one document; a second one meanwhile gets memory of its own. */
	return read_input(&in, max_depth, o->pool != NULL && !o->pool->busy ? o->pool : NULL, ret, e);
}

void json_free(struct json_doc *d)
{
	if (d == NULL)
		return;
	yyjson_doc_free(d->yy);
	if (d->pool != NULL)
		d->pool->busy = false;
	else
		mem_free(d);
}

const struct json_val *json_root(const struct json_doc *d) { return json_wrap(d->yy->root); }

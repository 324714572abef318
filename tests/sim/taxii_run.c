/* Chance, what the record holds more after a request, and the asking itself. */
#include <stdio.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "taxii_run.h"

/* ---- chance ---- */

uint64_t chance;
struct model_sums sum;

uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

unsigned below(unsigned n) { return (unsigned)(mix(chance += 0x9e3779b97f4a7c15ULL) % n); }
bool percent(unsigned p) { return below(100) < p; }

void wrong(const struct run *r, const char *file, int line)
{
	const unsigned long from = r->k - r->k % PER_NODE;

	print_error("\nsequence %lu, after:\n%s", r->k, r->did.p);
	for (size_t i = 0; i < r->m->n; i++)
		print_error("  %zu %s %s %s added %lld marking %d%s%s%s%s%s%s\n", i, r->m->v[i].id, r->m->v[i].version, r->m->v[i].v20 ? "2.0" : "2.1", (long long)r->m->v[i].added,
		    r->m->v[i].marking, r->m->v[i].gone ? " gone" : "", r->m->v[i].narrowed ? " to" : "", r->m->v[i].name[0] != NULL ? " " : "",
		    r->m->v[i].name[0] != NULL ? r->m->v[i].name[0] : "", r->m->v[i].name[1] != NULL ? " " : "", r->m->v[i].name[1] != NULL ? r->m->v[i].name[1] : "");
	fail_msg("%s:%d: again by TAXII_MODEL=%llu/%lu/%lu", file, line, (unsigned long long)args.seed, r->k + 1 - from, from);
}

/* ---- what came in: its place and date, from the record itself ---- */

struct news { struct run *r; const struct m_version *due; size_t n, at; };

int64_t time_of(const char *s)
{
	int64_t ns = 0;

	assert_true(time_parse(s, strlen(s), &ns));
	return ns;
}

char *canon(const char *s, size_t n)
{
	struct buf b = {0};
	struct err e = {0};

	if (json_canon_text(s, n, &b, &e) != 0)
		fail_msg("%s\n%.400s", e.msg, s);
	buf_puts(&b, "");
	assert_int_equal(b.err, 0);
	return b.p;
}

char *canon_val(const struct json_val *v)
{
	struct buf b = {0};

	json_canon(v, &b);
	buf_puts(&b, "");
	assert_int_equal(b.err, 0);
	return b.p;
}

static int look_at_news(void *ctx, const struct index_entry *row, struct err *e)
{
	struct news *const a = ctx;
	struct run *const r = a->r;
	struct m_version v;
	struct entry en;

	if (a->at == a->n)
		differs(r, "%s was added, nothing more is due", row->id);
	v = a->due[a->at++];
	assert_int_equal(record_read(r->x.de.rd, row, &en, e), 0);
	if (row->added <= r->added)
		differs(r, "%s: date_added %lld is not later than %lld", row->id, (long long)row->added, (long long)r->added);
	if (v.id[0] == '\0') { /* a withdrawal: only its writer knows its id and time */
		const char *const to = json_get_str(en.object.val, "object_ref"), *const at = json_get_str(en.object.val, "object_modified");

		if (strcmp(en.object.id, row->id) != 0 || to == NULL || strcmp(to, v.of) != 0 || (at != NULL) != v.of_dated || (at != NULL && time_of(at) != v.of_ns))
			differs(r, "%s takes back %s of %s, not what was deleted", row->id, at != NULL ? at : "", to != NULL ? to : "");
		(void)snprintf(v.id, sizeof(v.id), "%.95s", row->id);
		(void)snprintf(v.text, sizeof(v.text), "%s", json_get_str(en.object.val, "modified"));
		v.json = canon_val(en.object.val);
	}
	if (strcmp(v.id, row->id) != 0)
		differs(r, "%s was added, %s is due", row->id, v.id);
	v.added = r->added = row->added;
	if (v.text[0] == '\0')
		time_format(row->added * 1000, 6, v.version, sizeof(v.version));
	else
		(void)snprintf(v.version, sizeof(v.version), "%s", v.text);
	v.ns = time_of(v.version);
	r->frame = row->frame;
	entry_free(&en);
	m_put(r->m, &v);
	return 0;
}

void learn(struct run *r, const struct m_version *due, size_t n)
{
	struct news a = {r, due, n, 0};
	uint8_t uuid[16];
	struct err e = {0};

	assert_true(uuid_parse(r->uuid, 36, uuid));
	assert_int_equal(index_page(record_index(r->x.de.rd), r->frame, uuid, NULL, 1000, look_at_news, &a, &e), 0);
	if (a.at != n)
		differs(r, "%zu entries were added, %zu are due", a.at, n);
}

/* ---- asking ---- */

static const char *bearer(const struct http_req *q, const char *name)
{
	const char *const *const h = q->impl;

	return strcasecmp(name, "Authorization") == 0 ? h[0] : strcasecmp(name, "Content-Type") == 0 ? h[1] : strcasecmp(name, "If-None-Match") == 0 ? h[2] : NULL;
}

void send_to(struct run *r, const char *method, unsigned who, const char *type, const char *known, const char *body, const char *target, struct answer *ret)
{
	char token[128] = "";
	const char *h[] = {NULL, type, known};
	struct http_target t;
	struct http_req q = {.header = bearer, .impl = h, .addr = "192.0.2.1", .rest = "", .body = body, .body_n = body != NULL ? strlen(body) : 0};
	struct err e = {0};

	if (r->who[who].token != NULL) {
		(void)snprintf(token, sizeof(token), "Bearer %s", r->who[who].token);
		h[0] = token;
	}
	buf_printf(&r->did, "  %s: %s %s %s\n", r->who[who].name, method, target, body != NULL ? body : "");
	memset(ret, 0, sizeof(*ret));
	if (http_target_parse(target, strlen(target), &t, &e) != 0)
		fail_msg("%s: %s", target, e.msg);
	q.method = http_method_parse(method, &q.head);
	q.path = t.path;
	memcpy(q.param, t.param, t.params * sizeof(q.param[0]));
	q.params = t.params;
	http_dispatch(&r->x.conf, r->x.de.rd, &q, &ret->r);
	sum.requests++;
	if (ret->r.body.n > 0 && json_read(ret->r.body.p, ret->r.body.n, &(struct json_read_opt){.max_bytes = LIMIT_JSON_BULK}, &ret->doc, &e) != 0)
		differs(r, "%s: %s\n%.300s", target, e.msg, ret->r.body.p);
	if (ret->r.body.n > 0 && strcmp(ret->r.type, TAXII_TYPE) != 0)
		differs(r, "Content-Type %s", ret->r.type);
}

bool has_status(struct run *r, const struct answer *a, int due)
{
	char text[16];

	if (a->r.status != due)
		differs(r, "%d, %d is due: %s", a->r.status, due, a->r.body.p != NULL ? a->r.body.p : "");
	if (due < 400)
		return false;
	sum.refused++;
	(void)snprintf(text, sizeof(text), "%d", due);
	if (json_get_str(answer_root(a), "title") == NULL || !json_str_is(json_get(answer_root(a), "http_status"), text))
		differs(r, "no error resource: %s", a->r.body.p != NULL ? a->r.body.p : "");
	if ((due == 401) != (answer_header(a, "WWW-Authenticate") != NULL))
		differs(r, "%d and WWW-Authenticate", due);
	return true;
}

int refusal(const struct run *r, unsigned who, bool read, bool write)
{
	const struct who *const w = &r->who[who];
	const bool seen = m_sees(r->m, &w->r, &r->m->v[0]) && (who != NOBODY || r->m->col.open);
	const bool may_read = w->read && (who != NOBODY || r->m->col.open);

	if (!seen)
		return 404;
	if ((!read || may_read) && (!write || w->write))
		return 0;
	return may_read || w->write ? 403 : 404;
}

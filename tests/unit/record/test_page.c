/* Pages against the words of record/page.h, read row by row the slow way; and the time entries arrive. */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/page.h"
#include "support.h"

#define ROWS 700
#define READERS 8

/* ---- a record with everything in it ---- */

struct known { struct index_entry row; char *object; const char *text; int64_t ns; bool gone, may[READERS]; char type[LIMIT_STIX_TYPE + 1]; };
struct ground { struct lab l; struct node de, jp; uint64_t seed; struct known k[ROWS]; size_t n; };

static const struct reader readers[READERS] = {
	{.role = ROLE_NONE},
	{.party = "DE", .role = ROLE_NODE, .via = VIA_SYNC},
	{.party = "JP", .role = ROLE_NODE, .via = VIA_SYNC},
	{.party = "JP", .role = ROLE_READER, .via = VIA_TAXII},
	{.party = "JP", .agency = "NPA", .person = "sato", .role = ROLE_DESK, .via = VIA_TAXII},
	{.party = "DE", .agency = "BSI", .person = "muster", .role = ROLE_READER, .via = VIA_TAXII},
	{.party = "FR", .role = ROLE_READER, .via = VIA_TAXII},
	{.party = "DE", .role = ROLE_READER, .via = VIA_WEB},
};

static unsigned dice(struct ground *g, unsigned n)
{
	g->seed = g->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)((g->seed >> 33) % n);
}

static int published(void *ctx, struct record_reader *rd, const struct index_entry *row, const struct stix_object *o, int64_t at, bool *ret, struct err *e)
{
	const struct stix_type *t = stix_type(o->kind);

	(void)ctx;
	(void)rd;
	(void)at;
	(void)e;
	*ret = t == NULL || !t->own || row->index % 2 == 0;
	return 0;
}

static const char *const times[] = {"2016-09-01T08:00:00.000Z", "2016-09-01T08:00:00.001Z", "2016-09-01T08:00:00.000001Z", "2016-09-02T08:00:00.100Z",
	"2016-09-02T08:00:00.1000Z", "2016-09-03T00:00:00.000000001Z", "2016-09-03T00:00:00.0000000015Z", "2016-10-01T00:00:00.000Z"};
#define STATEMENT "marking-definition--3f2b8f0e-9d11-4c5e-8b1c-2f1f0d3c9a77"
#define NOBODYS "marking-definition--4f2b8f0e-9d11-4c5e-8b1c-2f1f0d3c9a78"

static void put_marking(struct ground *g, struct buf *b)
{
	static const enum tlp tlp[] = {TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT};
	const unsigned k = dice(g, 12);

	if (k < 4)
		buf_printf(b, ",\"object_marking_refs\":[\"%s\"]", tlp_marking_id(tlp[k]));
	else if (k == 4)
		buf_printf(b, ",\"object_marking_refs\":[\"%s\",\"%s\"]", tlp_marking_id(TLP_GREEN), STATEMENT);
	else if (k == 5)
		buf_puts(b, ",\"object_marking_refs\":[\"" NOBODYS "\"]");
	else if (k == 6)
		buf_puts(b, ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[\"JP/NPA\"]}}");
	else if (k == 7)
		buf_puts(b, ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[\"DE\",\"FR\"]}}");
}

static char *make_object(struct ground *g, bool *ret_v20)
{
	struct buf b = BUF_INIT(LIMIT_FRAME);
	const unsigned kind = dice(g, 6), id = dice(g, 40);

	*ret_v20 = false;
	if (kind == 0) {
		buf_printf(&b, "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"ipv4-addr--%08x-0000-5000-8000-000000000001\",\"value\":\"198.51.100.%u\"", id, id);
	} else if (kind == 1) {
		buf_printf(&b, "{\"type\":\"x-thing\",\"spec_version\":\"2.1\",\"id\":\"x-thing--%08x-0000-4000-8000-000000000001\",\"created\":\"%s\",\"modified\":\"%s\"",
		    id, times[0], times[dice(g, ARRAY_LEN(times))]);
	} else {
		*ret_v20 = dice(g, 4) == 0;
		buf_printf(&b, "{\"type\":\"indicator\"%s,\"id\":\"indicator--%08x-0000-4000-8000-000000000001\",\"created\":\"%s\",\"modified\":\"%s\","
		    "\"name\":\"Anzeichen 兆候\",\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"valid_from\":\"2016-09-01T08:00:00Z\"%s",
		    *ret_v20 ? "" : ",\"spec_version\":\"2.1\",\"pattern_type\":\"stix\"", id, times[0], times[dice(g, ARRAY_LEN(times))],
		    *ret_v20 ? ",\"labels\":[\"malicious-activity\"]" : "");
	}
	put_marking(g, &b);
	buf_putc(&b, '}');
	return buf_take(&b, NULL);
}

static void add(struct ground *g, struct node *n, const char *json)
{
	struct add_opt opt = {.strict = STIX_LENIENT, .v20 = true, .role = ROLE_NODE};
	const struct add_item item = {json, strlen(json)};
	struct add_result res;
	struct err e = {0};

	(void)g;
	collection_uuid(opt.collection);
	assert_int_equal(record_add(n->r, &opt, &item, 1, &res, &e), 0);
	if (res.what == ADDED_REFUSED && res.err.code != E_CONFLICT && res.err.code != E_DENIED)
		fail_msg("%s\n%s", res.err.msg, json);
}

static char *withdrawal_json(struct ground *g, struct node *n, const struct entry *en)
{
	char hex[65], modified[LIMIT_TIMESTAMP + 30] = "", *text;
	uint8_t sum[32];
	struct err e;

	assert_int_equal(entry_object_sha256(en, sum, &e), 0);
	hex_encode(sum, 32, hex);
	if (en->row.modified[0] != '\0')
		(void)snprintf(modified, sizeof(modified), ",\"object_modified\":\"%s\"", en->row.modified);
	text = mem_printf("{\"type\":\"verbale-withdrawal\",\"spec_version\":\"2.1\",\"id\":\"verbale-withdrawal--%08x-0000-4000-8000-%012x\",\"created\":\"%s\","
	    "\"modified\":\"%s\",\"created_by_ref\":\"%s\",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}},"
	    "\"object_ref\":\"%s\",\"object_sha256\":\"%s\"%s}", dice(g, 1u << 31), dice(g, 1u << 31), times[0], times[0], record_self(n->r)->identity,
	    en->row.id, hex, modified);
	return text;
}

/* Take back any own version, also twice, also a withdrawal. */
static void withdraw(struct ground *g, struct node *n)
{
	struct index_log log;
	struct entry en;
	struct err e;
	char *json;

	assert_int_equal(index_get_log(record_index(n->rd), 0, &log, &e), 0);
	if (log.size < 3)
		return;
	assert_int_equal(record_read_at(n->rd, 0, log.size - 1 - dice(g, log.size < 60 ? (unsigned)log.size - 1 : 60), &en, &e), 0);
	if (en.object.kind != STIX_COLLECTION && en.object.kind != STIX_ASSENT) {
		json = withdrawal_json(g, n, &en);
		add(g, n, json);
		mem_free(json);
	}
	entry_free(&en);
}

static void grow(struct ground *g, struct node *n, unsigned count)
{
	bool v20;

	for (unsigned i = 0; i < count; i++) {
		char *json = make_object(g, &v20);

		add(g, n, json);
		mem_free(json);
		if (dice(g, 9) == 0)
			withdraw(g, n);
	}
}

static void ground_make(struct ground *g, uint64_t seed)
{
	struct entry en;
	struct err e = {0};
	char *json;

	g->seed = seed;
	lab_open(&g->l, seed);
	node_make(&g->l, &g->de, "DE");
	node_make(&g->l, &g->jp, "JP");
	node_pin(&g->de, &g->jp);
	node_pin(&g->jp, &g->de);
	found_collection(&g->de, "\"DE\",\"JP\"", "amber");
	add_ok(&g->de, "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" STATEMENT "\",\"created\":\"2016-09-01T08:00:00.000Z\","
	    "\"definition_type\":\"statement\",\"definition\":{\"statement\":\"(c)\"}}");
	assert_int_equal(follow_direct(&g->jp, &g->de, &e), 0);
	assert_int_equal(record_newest(g->jp.rd, "verbale-collection--" COLLECTION, NULL, &en, &e), 0);
	json = assent_json(&g->jp, &en, "agree");
	add_ok(&g->jp, json);
	mem_free(json);
	entry_free(&en);
	for (unsigned i = 0; i < 4; i++) {
		grow(g, &g->de, 30 + dice(g, 40));
		grow(g, &g->jp, 10 + dice(g, 30));
		assert_int_equal(follow_direct(&g->de, &g->jp, &e), 0);
	}
	record_set_rules(g->de.r, NULL, published, NULL);
}

static void forget(struct ground *g)
{
	for (size_t i = 0; i < g->n; i++)
		mem_free(g->k[i].object);
	g->n = 0;
}

static void ground_end(struct ground *g)
{
	forget(g);
	node_free(&g->de);
	node_free(&g->jp);
	lab_close(&g->l);
}

/* ---- what is there, the slow way ---- */

static void note_withdrawal(struct ground *g, const struct entry *en)
{
	const char *id = json_get_str(en->object.val, "object_ref"), *mod = json_get_str(en->object.val, "object_modified");

	for (size_t i = 0; i < g->n; i++) {
		struct known *k = &g->k[i];

		if (k->row.log == en->row.log && memcmp(k->row.collection, en->row.collection, 16) == 0 && strcmp(k->row.id, id) == 0 &&
		    strcmp(k->row.modified, mod != NULL ? mod : "") == 0)
			k->gone = true;
	}
}

static int note_row(void *ctx, const struct index_entry *row, struct err *e)
{
	struct ground *g = ctx;
	struct known *k = &g->k[g->n];
	struct buf b = BUF_INIT(LIMIT_FRAME);
	struct entry en;
	const char *text;

	assert_true(g->n < ROWS);
	assert_int_equal(record_read(g->de.rd, row, &en, e), 0);
	*k = (struct known){.row = *row};
	json_canon(en.object.val, &b);
	k->object = buf_take(&b, NULL);
	assert_int_equal(row->size, strlen(k->object));
	memcpy(k->type, row->id, strlen(row->id) - 38);
	text = en.object.modified != NULL ? en.object.modified : en.object.created;
	k->ns = row->added * 1000;
	assert_true(text == NULL || time_parse(text, strlen(text), &k->ns));
	for (size_t i = 0; i < READERS; i++)
		k->may[i] = record_may_read(g->de.rd, &readers[i], &en, NULL) == 0;
	if (en.object.kind == STIX_WITHDRAWAL)
		note_withdrawal(g, &en);
	entry_free(&en);
	g->n++;
	return 0;
}

static void look(struct ground *g)
{
	struct err e;
	size_t gone = 0;

	forget(g);
	assert_int_equal(index_page(record_index(g->de.rd), 0, NULL, NULL, ROWS, note_row, g, &e), 0);
	for (size_t i = 0; i < g->n; i++)
		gone += g->k[i].gone;
	print_message("%zu rows, %zu withdrawn\n", g->n, gone);
}

/* ---- the contract ---- */

static bool among(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], s) == 0)
			return true;
	return n == 0;
}

static bool wants(const struct page_query *q, enum version_pick p)
{
	for (size_t i = 0; i < q->versions; i++)
		if (q->version[i].pick == p)
			return true;
	return q->versions == 0 && p == VERSION_LAST;
}

/* What is left before `version` picks. */
static bool left(const struct ground *g, const struct page_query *q, size_t who, size_t i)
{
	const struct known *k = &g->k[i];

	if (k->gone || !k->may[who] || memcmp(k->row.collection, q->collection, 16) != 0 || k->row.added <= q->after_added ||
	    !among(q->id, q->ids, k->row.id) || !among(q->type, q->types, k->type))
		return false;
	if (q->specs != 0)
		return (q->specs & (k->row.v20 ? SPEC_20 : SPEC_21)) != 0;
	for (size_t o = 0; k->row.v20 && o < g->n; o++)
		if (!g->k[o].gone && g->k[o].may[who] && !g->k[o].row.v20 && strcmp(g->k[o].row.id, k->row.id) == 0 &&
		    memcmp(g->k[o].row.collection, q->collection, 16) == 0 && g->k[o].row.added > q->after_added)
			return false;
	return true;
}

static bool in_page(const struct ground *g, const struct page_query *q, size_t who, size_t i)
{
	const struct known *k = &g->k[i];
	bool last = true, first = true, at = false;

	if (!left(g, q, who, i))
		return false;
	for (size_t o = 0; o < g->n; o++) {
		const struct known *x = &g->k[o];

		if (o == i || strcmp(x->row.id, k->row.id) != 0 || !left(g, q, who, o))
			continue;
		last = last && !(x->ns > k->ns || (x->ns == k->ns && o < i));
		first = first && !(x->ns < k->ns || (x->ns == k->ns && o < i));
	}
	for (size_t v = 0; v < q->versions; v++)
		at = at || (q->version[v].pick == VERSION_AT && q->version[v].ns == k->ns);
	return wants(q, VERSION_ALL) || (last && wants(q, VERSION_LAST)) || (first && wants(q, VERSION_FIRST)) || at;
}

static void compare_row(struct ground *g, const struct page *p, size_t n, const struct known *k)
{
	const struct page_row *row = &p->row[n];
	struct buf b = BUF_INIT(LIMIT_FRAME);
	char text[LIMIT_STIX_ID + 1], added[ADDED_TEXT + 1];
	const char *version = k->row.modified;
	struct json_doc *doc = NULL;
	struct err e = {0};

	assert_int_equal(row->frame, k->row.frame);
	assert_int_equal(row->at, k->row.at);
	assert_int_equal(row->added, k->row.added);
	assert_int_equal(row->version_ns, k->ns);
	assert_int_equal(row->v20, k->row.v20);
	assert_string_equal(row->type, k->type);
	page_row_id(row, text);
	assert_string_equal(text, k->row.id);
	assert_int_equal(record_page_objects(g->de.rd, p, n, n + 1, &b, &e), 0);
	assert_int_equal(b.n, row->size);
	assert_string_equal(b.p, k->object);
	assert_int_equal(json_read(b.p, b.n, &(struct json_read_opt){.what = "object"}, &doc, &e), 0);
	added_text(k->row.added, added);
	if (version[0] == '\0' && (version = json_get_str(json_root(doc), "created")) == NULL)
		version = added;
	assert_int_equal(record_page_version(g->de.rd, row, &(struct page_day){.known = false}, text, &e), 0);
	assert_string_equal(text, version);
	json_free(doc);
	buf_free(&b);
}

static void compare(struct ground *g, const struct page_query *q, size_t who)
{
	struct buf all = BUF_INIT(0), want = BUF_INIT(0);
	struct page p;
	struct err e = {0};
	size_t n = 0;
	bool more = false;

	assert_int_equal(record_page(g->de.rd, q, &p, &e), 0);
	assert_int_equal(record_page_objects(g->de.rd, &p, 0, p.n, &all, &e), 0);
	for (size_t i = 0; i < g->n && !more; i++) {
		if (g->k[i].row.frame <= q->after_frame || !in_page(g, q, who, i))
			continue;
		if (n == q->limit) {
			more = true;
			break;
		}
		assert_true(n < p.n);
		if (dice(g, 5) == 0)
			compare_row(g, &p, n, &g->k[i]);
		assert_int_equal(p.row[n].frame, g->k[i].row.frame);
		buf_printf(&want, "%s%s", n > 0 ? "," : "", g->k[i].object);
		n++;
	}
	assert_int_equal(p.n, n);
	assert_int_equal(p.more, more);
	assert_int_equal(all.n, want.n);
	assert_true(n == 0 || memcmp(all.p, want.p, all.n) == 0);
	buf_free(&all);
	buf_free(&want);
}

static void ask(struct ground *g)
{
	static const char *const types[] = {"indicator", "ipv4-addr", "x-thing", "verbale-withdrawal", "x-never", "marking-definition"};
	struct page_version v[3];
	const char *id[6], *type[6];
	const size_t who = dice(g, READERS);
	struct page_query q = {.who = &readers[who], .after_added = INT64_MIN, .limit = 1 + dice(g, dice(g, 2) == 0 ? 12 : 500), .id = id, .type = type, .version = v};

	collection_uuid(q.collection);
	if (dice(g, 40) == 0)
		q.collection[3] ^= 1;
	if (dice(g, 2) == 0)
		q.after_frame = g->k[dice(g, (unsigned)g->n)].row.frame - dice(g, 2);
	if (dice(g, 2) == 0)
		q.after_added = g->k[dice(g, (unsigned)g->n)].row.added - (int64_t)dice(g, 2);
	for (q.ids = dice(g, 3) == 0 ? 1 + dice(g, ARRAY_LEN(id)) : 0, q.types = 0; q.types < q.ids; q.types++)
		id[q.types] = dice(g, 9) == 0 ? "x-thing--00000000-0000-4000-8000-00000000ffff" : g->k[dice(g, (unsigned)g->n)].row.id;
	for (q.types = 0; q.types < ARRAY_LEN(type) && dice(g, 3) == 0; q.types++)
		type[q.types] = types[dice(g, ARRAY_LEN(types))];
	for (; q.versions < ARRAY_LEN(v) && dice(g, 2) == 0; q.versions++)
		v[q.versions] = (struct page_version){(enum version_pick)dice(g, 4), g->k[dice(g, (unsigned)g->n)].ns};
	q.specs = dice(g, 4);
	compare(g, &q, who);
}

static uint64_t seed_of_day(void)
{
	const char *s = getenv("SEED");
	const uint64_t seed = s != NULL ? strtoull(s, NULL, 10) : 20160909;

	print_message("seed %llu\n", (unsigned long long)seed);
	return seed;
}

static void count_fault(void *ctx, const char *text)
{
	print_message("fault: %s\n", text);
	++*(unsigned *)ctx;
}

static void pages_are_what_the_contract_says(void **state)
{
	struct ground *g = calloc(1, sizeof(*g));
	struct check_report rep;
	uint8_t live[32], rebuilt[32];
	unsigned faults = 0;
	struct err e = {0};

	(void)state;
	ground_make(g, seed_of_day());
	look(g);
	for (unsigned i = 0; i < 1500; i++)
		ask(g);
	grow(g, &g->de, 20); /* what was kept from the last state must not stay */
	look(g);
	for (unsigned i = 0; i < 300; i++)
		ask(g);
	assert_int_equal(record_check(&g->l.w, g->de.dir, NULL, count_fault, &faults, &rep, &e), 0);
	assert_int_equal(index_digest(record_index(g->de.rd), live, &e), 0);
	node_close(&g->de);
	assert_int_equal(record_rebuild(&g->l.w, g->de.dir, NULL, &e), 0);
	node_open(&g->l, &g->de, false); /* a process beside the writer, too */
	record_set_rules(g->de.r, NULL, published, NULL);
	assert_int_equal(index_digest(record_index(g->de.rd), rebuilt, &e), 0);
	assert_memory_equal(live, rebuilt, 32);
	for (unsigned i = 0; i < 300; i++)
		ask(g);
	ground_end(g);
	free(g);
}

static void limits_are_kept(void **state)
{
	struct page_query q = {.after_added = INT64_MIN};
	struct page p = {0};
	struct lab l;
	struct node n;
	struct err e;

	(void)state;
	lab_open(&l, 11);
	node_make(&l, &n, "DE");
	collection_uuid(q.collection);
	assert_int_equal(record_page(n.rd, &q, &p, &e), E_LIMIT);
	q.limit = LIMIT_PAGE_ROWS + 1;
	assert_int_equal(record_page(n.rd, &q, &p, &e), E_LIMIT);
	q.limit = LIMIT_PAGE_ROWS;
	assert_int_equal(record_page(n.rd, &q, &p, &e), 0); /* nobody knows the collection */
	assert_int_equal(p.n, 0);
	q.after_frame = UINT64_MAX;
	assert_int_equal(record_page(n.rd, &q, &p, &e), 0);
	node_free(&n);
	lab_close(&l);
}

/* ---- time of arrival ---- */

static int64_t last_added(struct node *n)
{
	struct page_query q = {.who = &readers[1], .after_added = INT64_MIN, .limit = LIMIT_PAGE_ROWS};
	struct page p;
	struct err e;

	collection_uuid(q.collection);
	assert_int_equal(record_page(n->rd, &q, &p, &e), 0);
	for (size_t i = 1; i < p.n; i++)
		assert_true(p.row[i].added > p.row[i - 1].added && p.row[i].frame > p.row[i - 1].frame);
	return p.n > 0 ? p.row[p.n - 1].added : INT64_MIN;
}

static void times_only_grow(void **state)
{
	struct lab l;
	struct node n;
	int64_t before, now;
	char *json;
	struct add_result res, again;

	(void)state;
	lab_open(&l, 12);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	add_many(&n, 0, 300);
	before = last_added(&n);
	l.now -= 3600 * NS_PER_S; /* the clock is set back */
	add_many(&n, 1000, 300);
	now = last_added(&n);
	assert_true(now > before && now < before + 300 * 60); /* on by small random steps */
	node_close(&n);
	l.now -= 3600 * NS_PER_S;
	node_open(&l, &n, true);
	json = indicator_json(5000, NULL, "one");
	res = add_one(&n, json);
	again = add_one(&n, json);
	assert_true(res.what == ADDED_NEW && res.added > now);
	assert_true(again.what == ADDED_DUPLICATE && again.added == res.added && again.frame == res.frame);
	mem_free(json);
	l.now += 86400 * NS_PER_S;
	add_many(&n, 6000, 2);
	assert_true(last_added(&n) >= l.now / 1000 - 1000000); /* and with the clock again */
	node_free(&n);
	lab_close(&l);
}

/* Two of one batch that say the same: both answers tell when the first arrived. */
static void twins_tell_the_same(void **state)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE};
	struct add_item item[3];
	struct add_result res[3];
	struct lab l;
	struct node n;
	struct err e;
	char *a, *b;

	(void)state;
	lab_open(&l, 13);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	a = indicator_json(1, NULL, "a");
	b = indicator_json(2, NULL, "b");
	item[0] = (struct add_item){a, strlen(a)};
	item[1] = (struct add_item){b, strlen(b)};
	item[2] = item[0];
	collection_uuid(opt.collection);
	assert_int_equal(record_add(n.r, &opt, item, 3, res, &e), 0);
	assert_int_equal(res[2].what, ADDED_DUPLICATE);
	assert_true(res[2].frame == res[0].frame && res[2].added == res[0].added && res[1].added > res[0].added);
	mem_free(a);
	mem_free(b);
	node_free(&n);
	lab_close(&l);
}

/* What was withdrawn may be said again, and is there again. */
static void said_again(void **state)
{
	struct ground *g = calloc(1, sizeof(*g));
	struct page_query q = {.who = &readers[1], .after_added = INT64_MIN, .limit = 10, .ids = 1};
	struct add_result first, second;
	struct entry en;
	struct page p;
	struct err e;
	char *json, *back;

	(void)state;
	g->seed = 5;
	lab_open(&g->l, 14);
	node_make(&g->l, &g->de, "DE");
	found_collection(&g->de, "\"DE\"", "amber");
	json = indicator_json(1, NULL, "a");
	first = add_one(&g->de, json);
	assert_int_equal(record_read_at(g->de.rd, 0, first.index, &en, &e), 0);
	back = withdrawal_json(g, &g->de, &en);
	collection_uuid(q.collection);
	q.id = (const char *const[]){en.row.id};
	assert_int_equal(record_page(g->de.rd, &q, &p, &e), 0);
	assert_int_equal(p.n, 1);
	add_ok(&g->de, back);
	assert_int_equal(record_page(g->de.rd, &q, &p, &e), 0);
	assert_int_equal(p.n, 0);
	second = add_one(&g->de, json);
	assert_int_equal(second.what, ADDED_NEW);
	assert_int_equal(record_page(g->de.rd, &q, &p, &e), 0);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.row[0].frame, second.frame);
	entry_free(&en);
	mem_free(json);
	mem_free(back);
	node_free(&g->de);
	lab_close(&g->l);
	free(g);
}

static void old_folders_are_refused(void **state)
{
	struct lab l;
	struct node n;
	struct record *r = NULL;
	char *path;
	FILE *f;
	struct err e;

	(void)state;
	lab_open(&l, 15);
	node_make(&l, &n, "DE");
	node_close(&n);
	path = mem_printf("%s/journal/00000000.seg", n.dir);
	f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fwrite("verbale-journal/1\n", 1, 18, f), 18);
	fclose(f);
	assert_int_equal(record_open(&l.w, n.dir, true, &r, &e), E_CORRUPT);
	assert_non_null(strstr(e.msg, "version 1"));
	mem_free(path);
	node_free(&n);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_what_the_contract_says), cmocka_unit_test(limits_are_kept), cmocka_unit_test(times_only_grow),
		cmocka_unit_test(twins_tell_the_same), cmocka_unit_test(said_again), cmocka_unit_test(old_folders_are_refused),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}

#include "pair.h"

#include <ftw.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/enc.h"

static char folder[64];
static uint64_t state;
static _Atomic int64_t now_ns;

uint64_t lab_random(uint64_t below)
{
	state += 0x9e3779b97f4a7c15ULL; /* splitmix64 */
	uint64_t z = state;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (z ^ (z >> 31)) % below;
}

static int fill(void *ctx, void *p, size_t n)
{
	unsigned char *to = p;

	(void)ctx;
	while (n-- > 0)
		*to++ = (unsigned char)lab_random(256);
	return 0;
}

static int64_t now(void *ctx)
{
	(void)ctx;
	return atomic_fetch_add(&now_ns, NS_PER_S / 1000);
}

static struct world world(void)
{
	struct world w = world_system();

	w.rng = (struct rng){.fill = fill};
	w.clock = (struct clock){.now = now};
	return w;
}

static void ok(int rc, const struct err *e, const char *what)
{
	if (rc != 0)
		fail_msg("%s: %s (%s)", what, e->msg, err_name(rc));
}

const char *lab_dir(void) { return folder; }

void lab_begin(uint64_t seed)
{
	struct err e = {0};

	state = seed;
	atomic_store(&now_ns, 1790000000LL * NS_PER_S);
	memcpy(folder, "/tmp/verbale-peer-XXXXXX", 25);
	assert_non_null(mkdtemp(folder));
	ok(crypto_init(&e), &e, "crypto");
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

void lab_end(void) { assert_int_equal(nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS), 0); }

static int published(void *ctx, struct record_reader *rd, const struct index_entry *row, const struct stix_object *o, int64_t at, bool *ret, struct err *e)
{
	(void)ctx;
	(void)rd;
	(void)row;
	(void)o;
	(void)at;
	(void)e;
	*ret = true;
	return 0;
}

void node_open(struct node *n)
{
	const struct world w = world();
	struct err e = {0};

	ok(record_open(&w, n->dir, true, &n->r, &e), &e, "open");
	record_set_rules(n->r, NULL, published, NULL);
	ok(record_reader_new(n->r, &n->rd, &e), &e, "reader");
	n->conf = (struct http_conf){.listeners = 1};
	n->conf.routes = peer_routes(&n->conf.route);
}

void node_close(struct node *n)
{
	record_reader_free(n->rd);
	record_close(n->r);
	n->rd = NULL;
	n->r = NULL;
}

static void uuid_of(uint8_t uuid[16])
{
	memset(uuid, 0x11, 16);
	uuid[6] = 0x41;
	uuid[8] = 0x81;
}

static void add_texts(struct node *n, const struct add_item *item, size_t count)
{
	struct add_result *res = calloc(count, sizeof(*res));
	struct add_opt opt = {.strict = STIX_LENIENT, .all_or_nothing = true, .role = ROLE_NODE};
	struct err e = {0};

	assert_non_null(res);
	uuid_of(opt.collection);
	ok(record_add(n->r, &opt, item, count, res, &e), &e, "add");
	for (size_t i = 0; i < count; i++)
		assert_int_equal(res[i].what, ADDED_NEW);
	free(res);
}

static void add_collection(struct node *n)
{
	char text[1000];
	struct add_item item = {.p = text};

	item.n = (size_t)snprintf(text, sizeof(text), "{\"type\":\"verbale-collection\",\"spec_version\":\"2.1\",\"id\":\"" COLLECTION "\",\"created_by_ref\":\"%s\","
	    "\"created\":\"2016-01-01T00:00:00.000Z\",\"modified\":\"2016-01-01T00:00:00.000Z\",\"name\":{\"en\":\"test\"},\"members\":[\"DE\",\"JP\"],"
	    "\"ceiling\":\"amber\",\"public\":true,\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}}}", record_self(n->r)->identity);
	add_texts(n, &item, 1);
}

static void save(const struct node *n, const char *name, const struct buf *b)
{
	const struct fs fs = fs_system();
	char path[200];
	struct err e = {0};

	snprintf(path, sizeof(path), "%s.%s", n->dir, name);
	ok(fs_replace_file(&fs, path, b->p, b->n, 0600, &e), &e, name);
}

static void make_tls(const struct node *n, const char *name, uint8_t spki[32])
{
	const struct rng rng = {.fill = fill};
	CLEANUP_BUF struct buf key = {0};
	CLEANUP_BUF struct buf cert = {0};
	struct err e = {0};

	ok(tls_identity_make(name, &rng, now(NULL), &key, &cert, spki, &e), &e, "TLS identity");
	save(n, "key", &key);
	save(n, "pem", &cert);
}

void node_make(struct node *n, const char *name, const char *party)
{
	const struct world w = world();
	char origin[100];
	struct record_init in = {.party = party, .origin = origin, .url = "https://127.0.0.1:1"};
	struct err e = {0};

	snprintf(n->dir, sizeof(n->dir), "%s/%s", folder, name);
	snprintf(origin, sizeof(origin), "%s.example/verbale", name);
	make_tls(n, name, in.tls_spki);
	ok(record_create(&w, n->dir, &in, &e), &e, "create");
	node_open(n);
	if (strcmp(party, "DE") == 0)
		add_collection(n);
}

void node_copy(struct node *n, const struct node *from, const char *name)
{
	char cmd[400];

	snprintf(n->dir, sizeof(n->dir), "%s/%s", folder, name);
	snprintf(cmd, sizeof(cmd), "cp -r %s %s", from->dir, n->dir);
	assert_int_equal(system(cmd), 0);
	node_open(n);
}

void node_meet(struct node *a, struct node *b)
{
	struct err e = {0};

	ok(record_peer_add(a->r, record_self(b->r), &e), &e, "peer");
	ok(record_peer_add(b->r, record_self(a->r), &e), &e, "peer");
}

bool hidden_from_jp(uint64_t index) { return index % 3 == 1; }
bool is_clear(uint64_t index) { return index % 5 == 2 && !hidden_from_jp(index); }

static int object_text(char *to, size_t n, uint64_t index, const char *text)
{
	return snprintf(to, n, "{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"identity--%08llx-0000-4000-8000-000000000000\","
	    "\"created\":\"2016-09-09T00:00:00.000Z\",\"modified\":\"2016-09-09T00:00:00.000Z\",\"name\":\"%s %llu\",\"identity_class\":\"group\"%s%s}",
	    (unsigned long long)index, text, (unsigned long long)index,
	    hidden_from_jp(index) ? ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[\"DE\"]}}" : "",
	    is_clear(index) ? ",\"object_marking_refs\":[\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\"]" : "");
}

void node_add(struct node *n, unsigned from, unsigned count, const char *text)
{
	char *all = malloc((size_t)count * 600);
	struct add_item *item = calloc(count, sizeof(*item));

	assert_non_null(all);
	assert_non_null(item);
	for (unsigned i = 0; i < count; i++) {
		item[i].p = all + (size_t)i * 600;
		item[i].n = (size_t)object_text(all + (size_t)i * 600, 600, from + i, text);
		assert_true(item[i].n < 600);
	}
	add_texts(n, item, count);
	free(item);
	free(all);
}

int node_ask(struct node *n, const char *party, const char *path, struct http_resp *ret)
{
	const struct party_keys *const k = party[0] != '\0' ? record_peer(n->r, party) : NULL;
	struct http_req q = {.method = HTTP_GET, .path = path, .rest = "", .addr = "memory", .client_spki = k != NULL ? k->tls_spki : NULL};

	http_dispatch(&n->conf, n->rd, &q, ret);
	return ret->status;
}

const char *resp_header(const struct http_resp *r, const char *name)
{
	for (size_t i = 0; i < r->headers; i++)
		if (strcmp(r->header[i].name, name) == 0)
			return r->header[i].value;
	return NULL;
}

int node_sync(struct node *a, struct node *b, unsigned stop, meddler *m, void *ctx, struct sync_report *ret, struct err *e)
{
	const char *const me = record_self(a->r)->party;
	struct sync *s = NULL;
	struct sync_request q;
	int rc = sync_new(a->r, a->rd, record_peer(a->r, record_self(b->r)->party), &s, e);

	for (unsigned no = 0; rc == 0 && sync_next(s, &q); no++) {
		struct http_resp r;
		int status;

		if (no == stop) {
			rc = 1;
			break;
		}
		assert_true(no < 10000);
		status = node_ask(b, me, q.path, &r);
		if (m != NULL)
			m(ctx, no, &q, &status, &r.body);
		rc = sync_answer(s, status, r.body.p, r.body.n, e);
		http_resp_free(&r);
	}
	if (ret != NULL && s != NULL)
		*ret = *sync_result(s);
	sync_free(s);
	return rc;
}

void assert_mirrored(struct node *a, struct node *b, uint64_t size, uint64_t asked_to)
{
	struct peer_state st;
	struct err e = {0};
	struct hash mine, theirs;

	ok(record_peer_state(a->rd, record_self(b->r), &st, &e), &e, "state");
	assert_int_equal(st.log.size, size);
	assert_int_equal(st.log.entries_to, asked_to);
	if (size == 0)
		return;
	ok(record_root(a->rd, st.log.log, size, &mine, &e), &e, "root");
	ok(record_root(b->rd, 0, size, &theirs, &e), &e, "root");
	assert_memory_equal(&mine, &theirs, sizeof(mine));
	for (uint64_t i = 0; i < size; i++) {
		struct entry here = {0}, there = {0};
		const int rc = record_read_at(a->rd, st.log.log, i, &here, &e);

		if (i >= asked_to || (i > 0 && hidden_from_jp(i))) {
			assert_int_equal(rc, E_NOTFOUND);
			continue;
		}
		ok(rc, &e, "entry");
		ok(record_read_at(b->rd, 0, i, &there, &e), &e, "entry");
		assert_int_equal(here.bytes.n, there.bytes.n);
		assert_memory_equal(here.bytes.p, there.bytes.p, here.bytes.n);
		assert_memory_equal(here.salt, there.salt, SALT_LEN);
		entry_free(&here);
		entry_free(&there);
	}
}

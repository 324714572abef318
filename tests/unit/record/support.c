#include "support.h"

#include <assert.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/mem.h"
#include "json/json.h"

/* A failed set-up is a failed test: say where and stop. */
#define must(x) do { if (!(x)) { fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)

static int64_t lab_now(void *ctx)
{
	struct lab *l = ctx;

	return __atomic_add_fetch(&l->now, 1000000, __ATOMIC_RELAXED); /* one millisecond a look; threads look too */
}

static pthread_mutex_t filling = PTHREAD_MUTEX_INITIALIZER;

static int lab_fill(void *ctx, void *p, size_t n)
{
	struct lab *l = ctx;
	unsigned char *to = p;

	pthread_mutex_lock(&filling);
	for (size_t i = 0; i < n; i++) {
		l->seed = l->seed * 6364136223846793005ULL + 1442695040888963407ULL;
		to[i] = (unsigned char)(l->seed >> 33);
	}
	pthread_mutex_unlock(&filling);
	return 0;
}

void lab_open(struct lab *l, uint64_t seed)
{
	const char *tmp;

	memset(l, 0, sizeof(*l));
	tmp = getenv("TMPDIR");
	(void)snprintf(l->dir, sizeof(l->dir), "%s/verbale-test-XXXXXX", tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp");
	must(mkdtemp(l->dir) != NULL);
	l->now = 1473379200LL * NS_PER_S; /* 2016-09-09 */
	l->seed = seed;
	l->w = world_system();
	l->w.clock = (struct clock){lab_now, l};
	l->w.rng = (struct rng){lab_fill, l};
}

void remove_tree(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *x;

	while (d != NULL && (x = readdir(d)) != NULL) {
		char *sub;

		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		must((sub = mem_printf("%s/%s", path, x->d_name)) != NULL);
		if (unlink(sub) != 0)
			remove_tree(sub);
		mem_free(sub);
	}
	if (d != NULL)
		closedir(d);
	(void)rmdir(path);
}

static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	struct stat st;
	char b[8192];
	size_t n;

	must(in != NULL && out != NULL);
	while ((n = fread(b, 1, sizeof(b), in)) > 0)
		must(fwrite(b, 1, n, out) == n);
	must(fstat(fileno(in), &st) == 0 && fchmod(fileno(out), st.st_mode) == 0);
	fclose(in);
	must(fclose(out) == 0);
}

void copy_tree(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *x;

	must(d != NULL);
	must(mkdir(to, 0700) == 0);
	while ((x = readdir(d)) != NULL) {
		char *a = NULL, *b = NULL;
		struct stat st;

		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		must((a = mem_printf("%s/%s", from, x->d_name)) != NULL && (b = mem_printf("%s/%s", to, x->d_name)) != NULL);
		must(stat(a, &st) == 0);
		if (S_ISDIR(st.st_mode))
			copy_tree(a, b);
		else
			copy_file(a, b);
		mem_free(a);
		mem_free(b);
	}
	closedir(d);
}

void lab_close(struct lab *l) { remove_tree(l->dir); }

char *lab_path(struct lab *l, const char *name)
{
	char *p = mem_printf("%s/%s", l->dir, name);

	must(p != NULL);
	return p;
}

void node_make(struct lab *l, struct node *n, const char *party)
{
	char origin[64];
	struct record_init in = {.party = party, .origin = origin, .url = ""};
	struct err e;

	(void)snprintf(origin, sizeof(origin), "%c%c.example/log", party[0] | 32, party[1] | 32);
	must(rng_fill(&l->w.rng, in.tls_spki, sizeof(in.tls_spki)) == 0);
	must(crypto_init(&e) == 0);
	n->dir = lab_path(l, party);
	if (record_create(&l->w, n->dir, &in, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
		abort();
	}
	node_open(l, n, true);
}

void node_open(struct lab *l, struct node *n, bool writable)
{
	struct err e;

	if (record_open(&l->w, n->dir, writable, &n->r, &e) != 0 || record_reader_new(n->r, &n->rd, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
		abort();
	}
}

void node_close(struct node *n)
{
	record_reader_free(n->rd);
	record_close(n->r);
	n->rd = NULL;
	n->r = NULL;
}

void node_free(struct node *n)
{
	node_close(n);
	mem_free(n->dir);
	n->dir = NULL;
}

void node_pin(struct node *a, const struct node *b)
{
	struct err e;

	must(record_peer_add(a->r, record_self(b->r), &e) == 0);
}

void collection_uuid(uint8_t to[16]) { must(uuid_parse(COLLECTION, strlen(COLLECTION), to)); }

#define HEAD "\"spec_version\":\"2.1\",\"created\":\"2016-09-01T08:00:00.000Z\","

char *collection_json(struct node *n, const char *members, const char *ceiling, const char *modified)
{
	return mem_printf("{\"type\":\"verbale-collection\"," HEAD "\"id\":\"verbale-collection--" COLLECTION "\",\"modified\":\"%s\",\"created_by_ref\":\"%s\","
	    "\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}},\"name\":{\"en\":\"Test\"},\"members\":[%s],\"ceiling\":\"%s\",\"public\":true}",
	    modified, record_self(n->r)->identity, members, ceiling);
}

char *indicator_json(unsigned k, const char *marking, const char *name)
{
	return mem_printf("{\"type\":\"indicator\"," HEAD "\"id\":\"indicator--%08x-0000-4000-8000-000000000001\",\"modified\":\"2016-09-01T08:00:00.000Z\","
	    "\"name\":\"%s\",\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"pattern_type\":\"stix\",\"valid_from\":\"2016-09-01T08:00:00Z\"%s%s%s}",
	    k, name, marking != NULL ? ",\"object_marking_refs\":[\"" : "", marking != NULL ? marking : "", marking != NULL ? "\"]" : "");
}

char *assent_json(struct node *n, const struct entry *subject, const char *verb)
{
	struct buf b = BUF_INIT(LIMIT_FRAME);
	uint8_t sum[32], random[16], uuid[16];
	char hex[65], id[37], *text;

	json_canon(subject->object.val, &b);
	must(b.err == 0);
	sha256(b.p, b.n, sum);
	hex_encode(sum, 32, hex);
	must(rng_fill(&record_world(n->r)->rng, random, 16) == 0);
	uuid_v4(random, uuid);
	uuid_format(uuid, id);
	text = mem_printf("{\"type\":\"verbale-assent\"," HEAD "\"id\":\"verbale-assent--%s\",\"modified\":\"2016-09-01T08:00:00.000Z\",\"created_by_ref\":\"%s\","
	    "\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}},\"object_ref\":\"%s\",\"object_modified\":\"%s\",\"object_sha256\":\"%s\",\"verb\":\"%s\"}",
	    id, record_self(n->r)->identity, subject->row.id, subject->row.modified, hex, verb);
	buf_free(&b);
	return text;
}

enum role as_role = ROLE_NODE;

struct add_result add_one(struct node *n, const char *json)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = as_role};
	const struct add_item item = {json, strlen(json)};
	struct add_result res;
	struct err e = {0};

	collection_uuid(opt.collection);
	if (record_add(n->r, &opt, &item, 1, &res, &e) != 0) {
		res.what = ADDED_REFUSED;
		res.err = e;
	}
	return res;
}

void add_ok(struct node *n, const char *json)
{
	const struct add_result res = add_one(n, json);

	if (res.what != ADDED_NEW) {
		fprintf(stderr, "not added: %s\n%s\n", res.err.msg, json);
		abort();
	}
}

void found_collection(struct node *n, const char *members, const char *ceiling)
{
	char *json = collection_json(n, members, ceiling, "2016-09-01T08:00:00.000Z");

	add_ok(n, json);
	mem_free(json);
}

void add_many(struct node *n, unsigned first, unsigned count)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE};
	struct add_item *item = mem_array(count, sizeof(*item));
	struct add_result *res = mem_array(count, sizeof(*res));
	struct err e = {0};

	must(item != NULL && res != NULL);
	collection_uuid(opt.collection);
	for (unsigned i = 0; i < count; i++) {
		char *json = indicator_json(first + i, NULL, "many");

		item[i] = (struct add_item){json, strlen(json)};
	}
	if (record_add(n->r, &opt, item, count, res, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
		abort();
	}
	for (unsigned i = 0; i < count; i++) {
		must(res[i].what == ADDED_NEW);
		mem_free((void *)(uintptr_t)item[i].p);
	}
	mem_free(item);
	mem_free(res);
}

/* ---- following without a network ---- */

struct fetched { struct node *a; const char *party; struct peer_entry pe[4096]; struct entry en[4096]; size_t n; };

static int fetch_entry(void *ctx, const struct index_entry *row, struct err *e)
{
	struct fetched *f = ctx;
	const struct reader who = {.party = f->party, .role = ROLE_NODE, .via = VIA_SYNC};
	struct entry *en = &f->en[f->n];
	int rc = record_read(f->a->rd, row, en, e);

	if (rc != 0)
		return rc;
	if (record_may_read(f->a->rd, &who, en, NULL) != 0) {
		entry_free(en);
		return 0;
	}
	f->pe[f->n] = (struct peer_entry){.index = row->index, .p = en->bytes.p, .n = en->bytes.n};
	memcpy(f->pe[f->n].salt, en->salt, SALT_LEN);
	f->n++;
	must(f->n < 4096);
	return 0;
}

static uint8_t (*all_leaves(struct node *a, uint64_t from, uint64_t to))[LEAF_LEN]
{
	uint8_t (*leaf)[LEAF_LEN] = mem_array(to - from + 1, LEAF_LEN), bundle[TILE_WIDTH][LEAF_LEN];
	struct err e;

	must(leaf != NULL);
	for (uint64_t i = from; i < to; i++) {
		const uint64_t b = i / TILE_WIDTH, left = to - b * TILE_WIDTH;

		must(index_get_bundle(record_index(a->rd), 0, b, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH, bundle, &e) == 0);
		memcpy(leaf[i - from], bundle[i % TILE_WIDTH], LEAF_LEN);
	}
	return leaf;
}

int follow_direct(struct node *b, struct node *a, struct err *e)
{
	struct buf note = BUF_INIT(LIMIT_NOTE_BYTES), line = BUF_INIT(LIMIT_NOTE_BYTES);
	struct fetched *f = mem_zalloc(sizeof(*f));
	struct peer_state st;
	struct index_log own;
	uint8_t (*leaf)[LEAF_LEN];
	size_t fresh = 0;
	int rc;

	must(f != NULL);
	f->a = a;
	f->party = record_self(b->r)->party;
	must(record_checkpoint(a->rd, 0, &note, e) == 0);
	must(index_get_log(record_index(a->rd), 0, &own, e) == 0);
	must(record_peer_state(b->rd, record_self(a->r), &st, e) == 0);
	leaf = all_leaves(a, st.log.size < own.size ? st.log.size : own.size, own.size);
	rc = record_follow(b->r, record_self(a->r), note.p, note.n, (const uint8_t (*)[LEAF_LEN])leaf, st.log.size < own.size ? own.size - st.log.size : 0, &line, e);
	if (rc == E_PROOF) {
		mem_free(leaf);
		leaf = all_leaves(a, 0, own.size);
		rc = record_audit(b->r, record_self(a->r), note.p, note.n, (const uint8_t (*)[LEAF_LEN])leaf, own.size, e);
	}
	if (rc == 0)
		rc = index_log_page(record_index(a->rd), 0, st.log.entries_to, 4000, fetch_entry, f, e);
	if (rc == 0)
		rc = record_add_peer_entries(b->r, record_self(a->r), f->pe, f->n, own.size, &fresh, e);
	for (size_t i = 0; i < f->n; i++)
		entry_free(&f->en[i]);
	mem_free(f);
	mem_free(leaf);
	buf_free(&note);
	buf_free(&line);
	return rc;
}

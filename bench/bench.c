#include "bench.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/mem.h"

void must(int rc, const struct err *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "%s: %s\n", err_name(rc), e->msg);
	exit(1);
}

static double read_clock(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double seconds(void) { return read_clock(CLOCK_MONOTONIC); }
double processor_seconds(void) { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

size_t setting(const char *name, size_t otherwise)
{
	const char *s = getenv(name);

	return s != NULL && *s != '\0' ? (size_t)strtoul(s, NULL, 10) : otherwise;
}

void apart(bench_work *work, void *ctx, double out[4], double *ret_mb)
{
	double *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct rusage use;
	int status = 0;
	pid_t pid;

	if (shared == MAP_FAILED)
		abort();
	fflush(stdout);
	if ((pid = fork()) == 0) {
		work(ctx, shared);
		exit(0);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		exit(1);
	memcpy(out, shared, 4 * sizeof(*out));
	*ret_mb = (double)use.ru_maxrss / 1024;
	munmap(shared, 4096);
}

/* ---- folders ---- */

void folder_make(char path[300], const char *name)
{
	const char *root = getenv("BENCH_DIR");

	(void)snprintf(path, 300, "%s/verbale-bench-%s-XXXXXX", root != NULL && *root != '\0' ? root : ".", name);
	if (mkdtemp(path) == NULL) {
		perror(path);
		exit(1);
	}
}

static void each_file(const char *path, void (*each)(const char *file, const struct stat *st, void *ctx), void *ctx)
{
	DIR *d = opendir(path);
	struct dirent *x;
	struct stat st;
	char file[600];

	while (d != NULL && (x = readdir(d)) != NULL) {
		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		(void)snprintf(file, sizeof(file), "%s/%s", path, x->d_name);
		if (lstat(file, &st) == 0)
			each(file, &st, ctx);
	}
	if (d != NULL)
		closedir(d);
}

static void remove_one(const char *file, const struct stat *st, void *ctx)
{
	(void)ctx;
	if (S_ISDIR(st->st_mode))
		folder_remove(file);
	else
		unlink(file);
}

void folder_remove(const char *path)
{
	each_file(path, remove_one, NULL);
	rmdir(path);
}

static void add_size(const char *file, const struct stat *st, void *ctx)
{
	(void)file;
	*(uint64_t *)ctx += S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0;
}

uint64_t folder_bytes(const char *path)
{
	uint64_t n = 0;

	each_file(path, add_size, &n);
	return n;
}

/* ---- nodes ---- */

static void found_collection(struct record *r, const char *members)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE};
	struct add_result res;
	struct err e = {0};
	char *json = mem_printf("{\"type\":\"verbale-collection\",\"spec_version\":\"2.1\",\"created\":\"2016-09-01T08:00:00.000Z\","
	    "\"modified\":\"2016-09-01T08:00:00.000Z\",\"id\":\"verbale-collection--" BENCH_COLLECTION "\",\"created_by_ref\":\"%s\","
	    "\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}},\"name\":{\"en\":\"Bench\"},\"members\":[%s],"
	    "\"ceiling\":\"amber\",\"public\":false}", record_self(r)->identity, members);
	const struct add_item item = {json, strlen(json)};

	if (json == NULL || !uuid_parse(BENCH_COLLECTION, 36, opt.collection))
		abort();
	must(record_add(r, &opt, &item, 1, &res, &e), &e);
	must(res.what == ADDED_NEW ? 0 : res.err.code, &res.err);
	mem_free(json);
}

struct record *node_open(const char *dir, bool writable)
{
	const struct world w = world_system();
	struct record *r = NULL;
	struct err e = {0};

	must(crypto_init(&e), &e);
	must(record_open(&w, dir, writable, &r, &e), &e);
	return r;
}

struct record *node_make(const char *dir, const char *party, const uint8_t spki[32], const char *url, const char *members)
{
	const struct world w = world_system();
	struct record_init in = {.party = party, .origin = mem_printf("%s.example/log", party), .url = url};
	struct err e = {0};
	struct record *r;

	memcpy(in.tls_spki, spki, 32);
	must(crypto_init(&e), &e);
	must(record_create(&w, dir, &in, &e), &e);
	mem_free((void *)(uintptr_t)in.origin);
	r = node_open(dir, true);
	if (members != NULL)
		found_collection(r, members);
	return r;
}

/* ---- objects ---- */

static const char object_head[] = "{\"confidence\":70,\"created\":\"2016-09-09T00:30:00.000Z\",\"created_by_ref\":\"identity--27f2b7b2-3f29-4c3f-8a3d-9d1c6f4b6d11\","
    "\"description\":\"";
static const char object_middle[] = "\",\"external_references\":[{\"description\":\"Weekly report of the response team\",\"source_name\":\"CSIRT\","
    "\"url\":\"https://csirt.example/reports/2016-36\"}],\"id\":\"indicator--";
static const char object_tail[] = "\",\"indicator_types\":[\"malicious-activity\"],\"kill_chain_phases\":[{\"kill_chain_name\":\"lockheed-martin-cyber-kill-chain\","
    "\"phase_name\":\"command-and-control\"}],\"labels\":[\"command-and-control\",\"energy\"],\"modified\":\"2016-09-09T00:30:00.000Z\","
    "\"name\":\"Address of a control server\",\"object_marking_refs\":[\"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb\"],"
    "\"pattern\":\"[ipv4-addr:value = '198.51.100.3' OR domain-name:value = 'update.example.net']\",\"pattern_type\":\"stix\","
    "\"spec_version\":\"2.1\",\"type\":\"indicator\",\"valid_from\":\"2016-09-09T00:00:00Z\"}";
#define UUID_TEXT 36
#define FILL (OBJECT_BYTES - (sizeof(object_head) - 1) - (sizeof(object_middle) - 1) - UUID_TEXT - (sizeof(object_tail) - 1))
#define UUID_AT (sizeof(object_head) - 1 + FILL + sizeof(object_middle) - 1)

static uint64_t mix(uint64_t v)
{
	v = (v ^ (v >> 33)) * 0xff51afd7ed558ccdu;
	v = (v ^ (v >> 33)) * 0xc4ceb9fe1a85ec53u;
	return v ^ (v >> 33);
}

void object_uuid(uint64_t number, uint8_t uuid[16])
{
	be_put(uuid, mix(number * 2 + 1), 8);
	be_put(uuid + 8, mix(number * 2 + 2), 8);
	uuid[6] = (uint8_t)(0x40 | (uuid[6] & 0x0f));
	uuid[8] = (uint8_t)(0x80 | (uuid[8] & 0x3f));
}

static void write_object(char *p)
{
	static const char words[] = "Seen in traffic of an operator of energy networks; the address answers on port 443. ";

	memcpy(p, object_head, sizeof(object_head) - 1);
	p += sizeof(object_head) - 1;
	for (size_t i = 0; i < FILL; i++)
		*p++ = words[i % (sizeof(words) - 1)];
	memcpy(p, object_middle, sizeof(object_middle) - 1);
	p += sizeof(object_middle) - 1 + UUID_TEXT;
	memcpy(p, object_tail, sizeof(object_tail) - 1);
}

void batch_make(struct batch *b, size_t count)
{
	_Static_assert(FILL > 0 && FILL < OBJECT_BYTES, "the parts fit");
	*b = (struct batch){.text = mem_alloc(count * OBJECT_BYTES), .item = mem_array(count, sizeof(*b->item)),
	    .res = mem_array(count, sizeof(*b->res)), .count = count};
	if (b->text == NULL || b->item == NULL || b->res == NULL)
		abort();
	for (size_t i = 0; i < count; i++) {
		write_object(b->text + i * OBJECT_BYTES);
		b->item[i] = (struct add_item){b->text + i * OBJECT_BYTES, OBJECT_BYTES};
	}
}

void batch_number(struct batch *b, uint64_t first)
{
	uint8_t uuid[16];
	char text[37];

	for (size_t i = 0; i < b->count; i++) {
		object_uuid(first + i, uuid);
		uuid_format(uuid, text);
		memcpy(b->text + i * OBJECT_BYTES + UUID_AT, text, UUID_TEXT);
	}
}

void batch_free(struct batch *b)
{
	mem_free(b->text);
	mem_free(b->item);
	mem_free(b->res);
}

void batch_add(struct record *r, struct batch *b)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE};
	struct err e = {0};

	if (!uuid_parse(BENCH_COLLECTION, UUID_TEXT, opt.collection))
		abort();
	must(record_add(r, &opt, b->item, b->count, b->res, &e), &e);
	for (size_t i = 0; i < b->count; i++)
		if (b->res[i].what != ADDED_NEW)
			must(b->res[i].what == ADDED_REFUSED ? b->res[i].err.code : E_EXISTS, &b->res[i].err);
}

struct writers { struct record *r; uint64_t first; size_t batches, batch; atomic_size_t next; };

static void *writer(void *ctx)
{
	struct writers *w = ctx;
	struct batch b;
	size_t k;

	batch_make(&b, w->batch);
	while ((k = atomic_fetch_add(&w->next, 1)) < w->batches) {
		batch_number(&b, w->first + k * w->batch);
		batch_add(w->r, &b);
	}
	batch_free(&b);
	return NULL;
}

void add_numbers(struct record *r, uint64_t first, size_t n, size_t batch, size_t threads)
{
	struct writers w = {.r = r, .first = first, .batches = n / batch, .batch = batch};
	pthread_t t[16];

	for (size_t i = 0; i < threads && i < 16; i++)
		if (pthread_create(&t[i], NULL, writer, &w) != 0)
			abort();
	for (size_t i = 0; i < threads && i < 16; i++)
		pthread_join(t[i], NULL);
}

/*
 * tests/e2e/crash_writer.c - writes to a record as fast as it can until it is killed (crash.sh). Each acknowledged
 * entry goes to a file, but only after record_add returned; each start looks up every line added since the last one.
 *
 *   crash_writer init DIR [PEER-DIR]       founds a collection in a new node; the other one is to follow it
 *   crash_writer run DIR ACKS [PEER-DIR]   "ready", then writes until killed; each thread rests up to $REST µs between batches
 *   crash_writer verify DIR ACKS [PEER-DIR]  looks up all lines from the first on
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/mem.h"
#include "support.h"

#define THREADS 3
#define BATCH 40

static struct lab lab;       /* its world only: the system's */
static struct node node, peer;
static int acks = -1;
static uint32_t rest = 3000; /* µs; the folder is to stay small enough for a check after each kill */

static void die(const char *what, const char *why)
{
	fprintf(stderr, "crash_writer: %s: %s\n", what, why);
	exit(9);
}

static uint32_t chance(uint32_t n)
{
	uint32_t r = 0;

	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
		die("getrandom", strerror(errno));
	return r % n;
}

/* ---- acknowledged ---- */

/* One write per batch: a line is there whole, or is the last one. */
static void acknowledge(const char *text, size_t n)
{
	if (write(acks, text, n) != (ssize_t)n)
		die("acknowledging", strerror(errno));
}

static void look_up(const char *line)
{
	char id[LIMIT_STIX_ID + 1];
	uint64_t index = 0, from = 0, to = 0;
	struct index_entry row;
	struct peer_state st;
	struct err e = {0};

	if (sscanf(line, "followed %" SCNu64 " %" SCNu64, &from, &to) == 2) {
		if (record_peer_state(peer.rd, record_self(node.r), &st, &e) != 0 || st.log.size < from || st.log.entries_to < to)
			die("LOST what was followed", line);
		return;
	}
	if (sscanf(line, "%" SCNu64 " %288s", &index, id) != 2)
		die("not an acknowledgement", line);
	if (index_get_entry(record_index(node.rd), 0, index, &row, &e) != 0 || strcmp(row.id, id) != 0)
		die("LOST", line);
}

/* All lines from `from` on; returns behind the last one. */
static long look_up_all(const char *path, long from, unsigned long *ret_lines)
{
	FILE *f = fopen(path, "r");
	char line[400];

	if (f == NULL)
		return 0;
	if (fseek(f, from, SEEK_SET) != 0)
		die(path, strerror(errno));
	while (fgets(line, sizeof(line), f) != NULL && strchr(line, '\n') != NULL) {
		*strchr(line, '\n') = '\0';
		look_up(line);
		from = ftell(f);
		++*ret_lines;
	}
	fclose(f);
	return from;
}

/* Where the last look ended is kept beside the lines. */
static void look_up_new(const char *path)
{
	char *mark = mem_printf("%s.mark", path), *fresh = mem_printf("%s.mark.new", path);
	unsigned long lines = 0;
	long from = 0;
	FILE *f = fopen(mark, "r");

	if (f != NULL) {
		if (fscanf(f, "%ld", &from) != 1)
			from = 0;
		fclose(f);
	}
	from = look_up_all(path, from, &lines);
	if (truncate(path, from) != 0 && errno != ENOENT) /* half a line was never said */
		die(path, strerror(errno));
	if ((f = fopen(fresh, "w")) == NULL)
		die(fresh, strerror(errno));
	fprintf(f, "%ld\n", from);
	if (fclose(f) != 0 || rename(fresh, mark) != 0)
		die(mark, strerror(errno));
	mem_free(mark);
	mem_free(fresh);
}

/* ---- writing ---- */

static void add_batch(unsigned count)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE};
	struct add_item item[BATCH];
	struct add_result *res = mem_array(BATCH, sizeof(*res));
	char *json[BATCH];
	struct buf said = BUF_INIT(1 << 20);
	struct err e = {0};

	collection_uuid(opt.collection);
	for (unsigned i = 0; i < count; i++) {
		char *at;

		/* 32 random bits and these would meet soon: the last twelve digits are random too */
		json[i] = indicator_json(chance(UINT32_MAX), NULL, "until killed");
		if ((at = strstr(json[i], "-000000000001\"")) == NULL)
			die("indicator", json[i]);
		(void)snprintf(at, 14, "-%012x", chance(UINT32_MAX));
		at[13] = '"';
		item[i] = (struct add_item){json[i], strlen(json[i])};
	}
	if (record_add(node.r, &opt, item, count, res, &e) != 0)
		die("add", e.msg);
	for (unsigned i = 0; i < count; i++) {
		if (res[i].what != ADDED_NEW)
			die("add", res[i].err.msg);
		buf_printf(&said, "%" PRIu64 " %s\n", res[i].index, res[i].id);
		mem_free(json[i]);
	}
	acknowledge(said.p, said.n);
	buf_free(&said);
	mem_free(res);
}

static void *write_on(void *ctx)
{
	(void)ctx;
	for (;;) {
		add_batch(chance(4) == 0 ? 1 + chance(BATCH) : 1 + chance(3));
		usleep(chance(rest));
	}
	return NULL;
}

static void *follow_on(void *ctx)
{
	char line[80];
	struct peer_state st;
	struct node own = node; /* with a reader of this thread */
	struct err e = {0};

	(void)ctx;
	if (record_reader_new(node.r, &own.rd, &e) != 0)
		die("reader", e.msg);
	for (;;) {
		if (index_snapshot(record_index(own.rd), &e) != 0 || follow_direct(&peer, &own, &e) != 0)
			die("follow", e.msg);
		index_release(record_index(own.rd));
		if (record_peer_state(peer.rd, record_self(node.r), &st, &e) != 0)
			die("follow", e.msg);
		(void)snprintf(line, sizeof(line), "followed %" PRIu64 " %" PRIu64 "\n", st.log.size, st.log.entries_to);
		acknowledge(line, strlen(line));
		usleep(chance(20000));
	}
	return NULL;
}

/* A signer that was being started when its node was killed holds the lock for some instructions more. */
static void open_node(struct node *n, const char *dir)
{
	struct err e = {0};
	int rc = E_BUSY;

	n->dir = mem_strdup(dir);
	for (int i = 0; rc == E_BUSY && i < 100; i++) {
		if (i > 0)
			usleep(10000);
		rc = record_open(&lab.w, dir, true, &n->r, &e);
	}
	if (rc != 0 || (rc = record_reader_new(n->r, &n->rd, &e)) != 0)
		die(dir, e.msg);
}

static int run(const char *path)
{
	pthread_t t[THREADS + 1];

	look_up_new(path);
	if ((acks = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0)
		die(path, strerror(errno));
	printf("ready\n");
	fflush(stdout);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&t[i], NULL, write_on, NULL) != 0)
			die("thread", "");
	if (peer.r != NULL && pthread_create(&t[THREADS], NULL, follow_on, NULL) != 0)
		die("thread", "");
	pthread_join(t[0], NULL);
	return 0;
}

/* DIR and PEER-DIR were made by `verbale init`. */
static int init(int argc, char **argv)
{
	open_node(&node, argv[2]);
	found_collection(&node, "\"DE\",\"JP\"", "amber");
	if (argc > 3) {
		open_node(&peer, argv[3]);
		node_pin(&peer, &node);
		node_free(&peer);
	}
	node_free(&node);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long lines = 0;

	lab.w = world_system();
	if (argc >= 3 && strcmp(argv[1], "init") == 0)
		return init(argc, argv);
	if (getenv("REST") != NULL)
		rest = (uint32_t)strtoul(getenv("REST"), NULL, 10) + 1;
	if (argc < 4)
		return 2;
	open_node(&node, argv[2]);
	if (argc > 4)
		open_node(&peer, argv[4]);
	if (strcmp(argv[1], "run") == 0)
		return run(argv[3]);
	(void)look_up_all(argv[3], 0, &lines);
	printf("%lu acknowledgements found\n", lines);
	node_free(&node);
	node_free(&peer);
	return 0;
}

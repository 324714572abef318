/*
 * bench_sync - one node follows another over loopback with mutual TLS, as `verbale sync` and `verbale serve` do: leaves,
 * checkpoint, then every entry asked for, checked against its leaf and stored. $BENCH_N entries of 1 KB (100,000).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "bench.h"
#include "http/http.h"
#include "peer/peer.h"

struct place { char dir[300], de[320], jp[320], de_key[340], de_cert[340], jp_key[340], jp_cert[340]; };
static struct place at;
static size_t n;

static void write_file(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(b->p, 1, b->n, f) != b->n || fclose(f) != 0)
		abort();
}

static void identity(const char *key, const char *cert, uint8_t spki[32])
{
	const struct world w = world_system();
	struct buf k = BUF_INIT(65536), c = BUF_INIT(65536);
	struct err e = {0};

	must(tls_identity_make("node", &w.rng, clock_now(&w.clock), &k, &c, spki, &e), &e);
	write_file(key, &k);
	write_file(cert, &c);
	buf_free(&k);
	buf_free(&c);
}

static void read_text(const char *path, struct buf *b)
{
	const struct fs fs = fs_system();
	struct err e = {0};

	must(fs_read_file(&fs, path, 65536, b, &e), &e);
}

/* ---- the node that is followed ---- */

static void *thread_new(void *ctx, struct err *e)
{
	struct record_reader *rd = NULL;

	return record_reader_new(ctx, &rd, e) == 0 ? rd : NULL;
}

static void thread_free(void *thread) { record_reader_free(thread); }

struct told { uint16_t port; struct party_keys keys; };

static void serve(struct record *r, int tell, int until)
{
	struct buf key = BUF_INIT(65536), cert = BUF_INIT(65536);
	struct http_conf c = {.app = {r, thread_new, thread_free}, .threads = 2, .clock = record_world(r)->clock};
	struct http_server *s = NULL;
	struct told told = {.keys = *record_self(r)};
	struct err e = {0};
	char byte;

	read_text(at.de_key, &key);
	read_text(at.de_cert, &cert);
	c.tls_key = key.p;
	c.tls_cert = cert.p;
	c.routes = peer_routes(&c.route);
	c.listen[c.listeners++] = (struct http_listen){.addr = "127.0.0.1", .tls = true};
	must(http_start(&c, &s, &e), &e);
	told.port = http_port(s, 0);
	if (write(tell, &told, sizeof(told)) != sizeof(told))
		abort();
	while (read(until, &byte, 1) > 0)
		;
	http_stop(s);
	buf_free(&key);
	buf_free(&cert);
}

static void server(const struct party_keys *jp, const uint8_t spki[32], int tell, int until)
{
	struct record *r = node_make(at.de, "DE", spki, "", "\"DE\",\"JP\"");
	struct err e = {0};

	must(record_peer_add(r, jp, &e), &e);
	add_numbers(r, 0, n, n < 1000 ? n : 1000, 2);
	serve(r, tell, until);
	record_close(r);
}

/* ---- the one that follows ---- */

static void follow(void *ctx, double out[4])
{
	const struct told *told = ctx;
	const struct peer_client_conf conf = {.tls_key_path = at.jp_key, .tls_cert_path = at.jp_cert};
	struct record *r = node_open(at.jp, true);
	struct party_keys de = told->keys;
	struct record_reader *rd = NULL;
	struct sync_report rep;
	struct err e = {0};
	double t, cpu;

	(void)snprintf(de.url, sizeof(de.url), "https://127.0.0.1:%u", told->port);
	must(record_peer_add(r, &de, &e), &e);
	must(record_reader_new(r, &rd, &e), &e);
	t = seconds();
	cpu = processor_seconds();
	must(peer_sync(r, rd, record_peer(r, "DE"), &conf, NULL, &rep, &e), &e);
	out[0] = seconds() - t;
	out[1] = processor_seconds() - cpu;
	out[2] = (double)rep.entries_new;
	t = seconds();
	out[3] = (double)rep.requests;
	must(peer_sync(r, rd, record_peer(r, "DE"), &conf, NULL, &rep, &e), &e);
	printf("%zu entries of 1 KB; nothing new: %.1f ms, %llu requests\n", n, 1000 * (seconds() - t), (unsigned long long)rep.requests);
	record_reader_free(rd);
	record_close(r);
}

static void name_files(void)
{
	folder_make(at.dir, "sync");
	(void)snprintf(at.de, sizeof(at.de), "%s/de", at.dir);
	(void)snprintf(at.jp, sizeof(at.jp), "%s/jp", at.dir);
	(void)snprintf(at.de_key, sizeof(at.de_key), "%s/de.key", at.dir);
	(void)snprintf(at.de_cert, sizeof(at.de_cert), "%s/de.cert", at.dir);
	(void)snprintf(at.jp_key, sizeof(at.jp_key), "%s/jp.key", at.dir);
	(void)snprintf(at.jp_cert, sizeof(at.jp_cert), "%s/jp.cert", at.dir);
}

int main(void)
{
	int tell[2], until[2], status = 0;
	uint8_t de_spki[32], jp_spki[32];
	struct party_keys jp;
	struct record *r;
	struct told told;
	double out[4], mb;
	pid_t pid;

	n = setting("BENCH_N", 100000);
	n = n < 1000 ? n : n / 1000 * 1000;
	name_files();
	identity(at.de_key, at.de_cert, de_spki);
	identity(at.jp_key, at.jp_cert, jp_spki);
	r = node_make(at.jp, "JP", jp_spki, "", NULL);
	jp = *record_self(r);
	record_close(r);
	if (pipe(tell) != 0 || pipe(until) != 0 || (pid = fork()) < 0)
		abort();
	if (pid == 0) {
		close(until[1]);
		server(&jp, de_spki, tell[1], until[0]);
		return 0;
	}
	close(tell[1]);
	if (read(tell[0], &told, sizeof(told)) != sizeof(told))
		return 1;
	apart(follow, &told, out, &mb);
	printf("first sync: %.2f s, %.0f entries/s checked and stored; %.2f s CPU, %.0f requests; resident %.0f MB\n", out[0], out[2] / out[0],
	    out[1], out[3], mb);
	close(until[1]);
	waitpid(pid, &status, 0);
	folder_remove(at.dir);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

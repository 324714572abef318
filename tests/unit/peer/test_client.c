#include "pair.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct server { struct http_server *s; struct buf key, cert; };
static struct node de;
static struct server server;
static atomic_uint hostile_asked;

static void *thread_new(void *ctx, struct err *e)
{
	struct record_reader *rd = NULL;

	return record_reader_new(ctx, &rd, e) == 0 ? rd : NULL;
}

static void thread_free(void *t) { record_reader_free(t); }

static void read_pem(const char *suffix, struct buf *out)
{
	const struct fs fs = fs_system();
	char path[200];

	snprintf(path, sizeof(path), "%s.%s", de.dir, suffix);
	assert_int_equal(fs_read_file(&fs, path, 100000, out, NULL), 0);
}

static void start(struct server *sv, const struct http_route *route, size_t routes)
{
	struct http_conf c = {.listen = {{.addr = "127.0.0.1", .tls = true}}, .listeners = 1, .route = route, .routes = routes, .threads = 2,
		.app = {.ctx = de.r, .thread_new = thread_new, .thread_free = thread_free}};
	struct err e = {0};

	read_pem("key", &sv->key);
	read_pem("pem", &sv->cert);
	c.tls_key = sv->key.p;
	c.tls_cert = sv->cert.p;
	if (http_start(&c, &sv->s, &e) != 0)
		fail_msg("%s", e.msg);
}

static void stop(struct server *sv)
{
	http_stop(sv->s);
	buf_free(&sv->key);
	buf_free(&sv->cert);
}

/* Berlin as Tokyo knows it, at the port it listens on. */
static struct party_keys berlin_at(const struct server *sv)
{
	struct party_keys k = *record_self(de.r);

	snprintf(k.url, sizeof(k.url), "https://127.0.0.1:%u/", (unsigned)http_port(sv->s, 0));
	return k;
}

struct client { struct node n; char key[200], cert[200]; struct peer_client_conf conf; };

static void client_make(struct client *c, const char *name)
{
	struct err e = {0};

	node_make(&c->n, name, "JP");
	snprintf(c->key, sizeof(c->key), "%s.key", c->n.dir);
	snprintf(c->cert, sizeof(c->cert), "%s.pem", c->n.dir);
	c->conf = (struct peer_client_conf){.tls_key_path = c->key, .tls_cert_path = c->cert, .timeout_s = 10};
	assert_int_equal(record_peer_add(c->n.r, record_self(de.r), &e), 0);
}

static void test_over_tls(void **state)
{
	const struct party_keys berlin = berlin_at(&server);
	struct sync_report rep = {0};
	struct client jp;
	struct err e = {0};

	(void)state;
	client_make(&jp, "tls-jp");
	assert_int_equal(record_peer_add(de.r, record_self(jp.n.r), &e), 0);
	if (peer_sync(jp.n.r, jp.n.rd, &berlin, &jp.conf, NULL, &rep, &e) != 0)
		fail_msg("%s", e.msg);
	assert_mirrored(&jp.n, &de, 300, 300);
	assert_int_equal(rep.size, 300);
	assert_true(rep.bytes > 300 * 35);
	if (peer_sync(jp.n.r, jp.n.rd, &berlin, &jp.conf, NULL, &rep, &e) != 0)
		fail_msg("%s", e.msg);
	assert_true(rep.nothing_new);
	node_close(&jp.n);
}

/* Who shows no key gets the log and what is public; so does who shows one that nobody pinned. */
static void test_strangers(void **state)
{
	const struct party_keys berlin = berlin_at(&server);
	unsigned clear = 0;

	(void)state;
	for (unsigned i = 1; i < 300; i++)
		clear += is_clear(i);
	for (int with = 0; with < 2; with++) {
		struct sync_report rep = {0};
		struct client c;
		struct err e = {0};

		client_make(&c, with != 0 ? "strange-key" : "no-key");
		if (with == 0)
			c.conf.tls_cert_path = c.conf.tls_key_path = NULL;
		if (peer_sync(c.n.r, c.n.rd, &berlin, &c.conf, NULL, &rep, &e) != 0)
			fail_msg("%s", e.msg);
		assert_int_equal(rep.size, 300);
		assert_int_equal(rep.entries_new, clear);
		node_close(&c.n);
	}
}

static void hostile(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	char *p;

	(void)ctx;
	(void)thread;
	(void)q;
	if (atomic_fetch_add(&hostile_asked, 1) % 2 == 0) {
		p = buf_grow(&r->body, 2000000);
		assert_non_null(p);
		memset(p, 'x', 2000000);
		return;
	}
	r->status = 302;
	assert_int_equal(http_header(r, "Location", "https://127.0.0.1:1/elsewhere", NULL), 0);
}

static void test_refusals(void **state)
{
	static const struct http_route bad[] = {{.pattern = "/log/checkpoint", .methods = HTTP_GET, .handler = hostile}};
	struct party_keys k = berlin_at(&server);
	struct sync_report rep = {0};
	struct server other = {0};
	struct client jp;
	struct err e = {0};

	(void)state;
	client_make(&jp, "refused-jp");
	start(&other, bad, 1);
	/* another key than the one exchanged: nothing is asked, nothing believed */
	k.tls_spki[31] ^= 1;
	assert_int_equal(peer_sync(jp.n.r, jp.n.rd, &k, &jp.conf, NULL, &rep, &e), E_DENIED);
	assert_non_null(strstr(e.msg, "another TLS key"));
	/* more bytes than an answer may have */
	k = berlin_at(&other);
	assert_int_equal(peer_sync(jp.n.r, jp.n.rd, &k, &jp.conf, NULL, &rep, &e), E_LIMIT);
	/* a redirection leads nowhere */
	assert_int_equal(peer_sync(jp.n.r, jp.n.rd, &k, &jp.conf, NULL, &rep, &e), E_NET);
	assert_non_null(strstr(e.msg, "302"));
	assert_int_equal(hostile_asked, 2);
	/* nobody there */
	stop(&other);
	assert_int_equal(peer_sync(jp.n.r, jp.n.rd, &k, &jp.conf, NULL, &rep, &e), E_NET);
	/* no address, or one without TLS */
	snprintf(k.url, sizeof(k.url), "http://127.0.0.1:1");
	assert_int_equal(peer_sync(jp.n.r, jp.n.rd, &k, &jp.conf, NULL, &rep, &e), E_USAGE);
	k.url[0] = '\0';
	assert_int_equal(peer_sync(jp.n.r, jp.n.rd, &k, &jp.conf, NULL, &rep, &e), E_USAGE);
	/* our own key cannot be read */
	k = berlin_at(&server);
	jp.conf.tls_key_path = "/nonexistent/key";
	assert_true(peer_sync(jp.n.r, jp.n.rd, &k, &jp.conf, NULL, &rep, &e) < 0);
	node_close(&jp.n);
}

static int setup(void **state)
{
	const struct http_route *route;
	const size_t routes = peer_routes(&route);

	(void)state;
	lab_begin(7);
	node_make(&de, "client-de", "DE");
	node_add(&de, 1, 299, "entry");
	start(&server, route, routes);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stop(&server);
	node_close(&de);
	lab_end();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_over_tls), cmocka_unit_test(test_strangers), cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

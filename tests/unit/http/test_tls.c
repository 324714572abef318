#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/enc.h"
#include "http/priv.h"

struct id { struct buf key, cert; uint8_t spki[32]; char hex[65]; };

static void who(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	char hex[65];

	(void)ctx;
	(void)thread;
	r->type = "text/plain";
	if (q->client_spki != NULL)
		hex_encode(q->client_spki, 32, hex);
	buf_puts(&r->body, q->client_spki != NULL ? hex : "nobody");
	buf_puts(&r->body, q->tls ? " tls" : " plain");
}

static const struct http_route table[] = {{.pattern = "/who", .methods = HTTP_GET, .handler = who, .tls_only = true}};

struct fixture { struct http_server *s; uint16_t port, plain; struct id server, client, other; char dir[64]; };

static int64_t fixed_now(void *ctx)
{
	(void)ctx;
	return 1790000000LL * NS_PER_S;
}

static void make(struct id *i, const char *name)
{
	const struct rng rng = rng_system();

	assert_int_equal(tls_identity_make(name, &rng, fixed_now(NULL), &i->key, &i->cert, i->spki, NULL), 0);
	hex_encode(i->spki, 32, i->hex);
}

static void write_file(const char *dir, const char *name, const struct buf *b)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(b->p, 1, b->n, f), b->n);
	fclose(f);
}

static int setup(void **state)
{
	static struct fixture f;
	struct http_conf c = {.listen = {{.addr = "127.0.0.1", .tls = true}, {.addr = "127.0.0.1"}}, .listeners = 2, .route = table, .routes = ARRAY_LEN(table), .threads = 1};
	struct err e = {0};

	make(&f.server, "Berlin");
	make(&f.client, "Tokyo, 外務省");
	make(&f.other, "somebody else with a name that is longer than any certificate wants it to be, 外務省外務省");
	memcpy(f.dir, "/tmp/verbale-tls-XXXXXX", 24);
	if (mkdtemp(f.dir) == NULL)
		return -1;
	write_file(f.dir, "client.key", &f.client.key);
	write_file(f.dir, "client.pem", &f.client.cert);
	c.tls_key = f.server.key.p;
	c.tls_cert = f.server.cert.p;
	if (http_start(&c, &f.s, &e) != 0) {
		print_error("%s\n", e.msg);
		return -1;
	}
	f.port = http_port(f.s, 0);
	f.plain = http_port(f.s, 1);
	*state = &f;
	return 0;
}

static void id_free(struct id *i)
{
	buf_free(&i->key);
	buf_free(&i->cert);
}

static int teardown(void **state)
{
	struct fixture *const f = *state;
	char path[128];

	http_stop(f->s);
	snprintf(path, sizeof(path), "%s/client.key", f->dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/client.pem", f->dir);
	unlink(path);
	rmdir(f->dir);
	id_free(&f->server);
	id_free(&f->client);
	id_free(&f->other);
	return 0;
}

/* One GET /who as a GnuTLS client; "" if the handshake or the answer failed. */
struct ask { const char *priorities; const struct id *cert, *key; /* may differ: a stolen certificate */ };
struct presented { gnutls_pcert_st pcert; gnutls_privkey_t key; };

static int present(gnutls_session_t s, const gnutls_datum_t *req, int n, const gnutls_pk_algorithm_t *pk, int pk_n, gnutls_pcert_st **pcert, unsigned *pcert_n, gnutls_privkey_t *key)
{
	struct presented *const p = gnutls_session_get_ptr(s);

	(void)req;
	(void)n;
	(void)pk;
	(void)pk_n;
	*pcert = &p->pcert;
	*pcert_n = 1;
	*key = p->key;
	return 0;
}

static gnutls_datum_t datum(const struct buf *b) { return (gnutls_datum_t){(unsigned char *)b->p, (unsigned)b->n}; }

static int dial(uint16_t port)
{
	const struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval t = {.tv_sec = 10};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)(const void *)&a, sizeof(a)), 0);
	return fd;
}

static void talk(gnutls_session_t s, char *ret, size_t n)
{
	static const char request[] = "GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	char all[4096];
	size_t have = 0;
	ssize_t got;
	const char *p;

	ret[0] = '\0';
	if (gnutls_handshake(s) < 0 || gnutls_record_send(s, request, sizeof(request) - 1) < 0)
		return;
	while ((got = gnutls_record_recv(s, all + have, sizeof(all) - 1 - have)) > 0)
		have += (size_t)got;
	all[have] = '\0';
	if ((p = strstr(all, "\r\n\r\n")) != NULL)
		snprintf(ret, n, "%s", p + 4);
}

static void ask(uint16_t port, const struct ask *a, char *ret, size_t n)
{
	gnutls_certificate_credentials_t cred;
	struct presented p = {0};
	gnutls_session_t s;
	gnutls_datum_t d;
	const int fd = dial(port);

	assert_int_equal(gnutls_certificate_allocate_credentials(&cred), 0);
	assert_int_equal(gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL), 0);
	gnutls_session_set_ptr(s, &p);
	if (a->cert != NULL) {
		d = datum(&a->cert->cert);
		assert_int_equal(gnutls_pcert_import_x509_raw(&p.pcert, &d, GNUTLS_X509_FMT_PEM, 0), 0);
		d = datum(&a->key->key);
		assert_int_equal(gnutls_privkey_init(&p.key), 0);
		assert_int_equal(gnutls_privkey_import_x509_raw(p.key, &d, GNUTLS_X509_FMT_PEM, NULL, 0), 0);
		gnutls_certificate_set_retrieve_function2(cred, present);
	}
	assert_int_equal(gnutls_priority_set_direct(s, a->priorities, NULL), 0);
	assert_int_equal(gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, cred), 0);
	gnutls_transport_set_int(s, fd);
	talk(s, ret, n);
	gnutls_deinit(s);
	gnutls_certificate_free_credentials(cred);
	if (a->cert != NULL) {
		gnutls_pcert_deinit(&p.pcert);
		gnutls_privkey_deinit(p.key);
	}
	close(fd);
}

#define TLS13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"

static void test_with_and_without(void **state)
{
	const struct fixture *const f = *state;
	char got[200], want[200];

	ask(f->port, &(struct ask){.priorities = TLS13}, got, sizeof(got));
	assert_string_equal(got, "nobody tls");
	for (int i = 0; i < 2; i++) {
		const struct id *const id = i == 0 ? &f->client : &f->other;

		ask(f->port, &(struct ask){TLS13, id, id}, got, sizeof(got));
		snprintf(want, sizeof(want), "%s tls", id->hex);
		assert_string_equal(got, want);
	}
}

/* The pin is worth nothing if a certificate, which anybody may see, is enough. */
static void test_certificate_without_its_key(void **state)
{
	const struct fixture *const f = *state;
	char got[200];

	ask(f->port, &(struct ask){TLS13, &f->client, &f->other}, got, sizeof(got));
	assert_string_equal(got, "");
}

/* TAXII 2.1 §8.2.2: TLS 1.2 is there, and no way into it that RFC 9325 warns of. */
static void test_H19_tls12(void **state)
{
	static const char *const good[] = {TLS12, TLS12 ":-CIPHER-ALL:+AES-128-GCM", TLS12 ":-CIPHER-ALL:+AES-256-GCM", TLS12 ":-CIPHER-ALL:+CHACHA20-POLY1305"};
	static const char *const bad[] = {
		TLS12 ":-CIPHER-ALL:+AES-128-CBC:+AES-256-CBC", TLS12 ":-CIPHER-ALL:+AES-128-CCM:+AES-256-CCM", TLS12 ":-KX-ALL:+RSA", TLS12 ":-KX-ALL:+DHE-RSA",
		TLS12 ":-KX-ALL:+ANON-ECDH", TLS12 ":-GROUP-ALL:+GROUP-FFDHE2048", "NORMAL:-VERS-ALL:+VERS-TLS1.1", "NORMAL:-VERS-ALL:+VERS-TLS1.0",
	};
	const struct fixture *const f = *state;
	char got[200], want[200];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		ask(f->port, &(struct ask){.priorities = good[i]}, got, sizeof(got));
		assert_string_equal(got, "nobody tls");
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ask(f->port, &(struct ask){.priorities = bad[i]}, got, sizeof(got));
		if (got[0] != '\0')
			fail_msg("%s is spoken", bad[i]);
	}
	ask(f->port, &(struct ask){TLS12, &f->client, &f->client}, got, sizeof(got));
	snprintf(want, sizeof(want), "%s tls", f->client.hex);
	assert_string_equal(got, want);
	ask(f->port, &(struct ask){TLS12, &f->client, &f->other}, got, sizeof(got));
	assert_string_equal(got, "");
}

/* A second handshake could put another client's certificate behind a first one's request. */
static void test_no_renegotiation(void **state)
{
	const struct fixture *const f = *state;
	gnutls_certificate_credentials_t cred;
	gnutls_session_t s;
	const int fd = dial(f->port);

	assert_int_equal(gnutls_certificate_allocate_credentials(&cred), 0);
	assert_int_equal(gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL), 0);
	assert_int_equal(gnutls_priority_set_direct(s, TLS12, NULL), 0);
	assert_int_equal(gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, cred), 0);
	gnutls_transport_set_int(s, fd);
	assert_true(gnutls_handshake(s) >= 0);
	assert_true(gnutls_handshake(s) < 0);
	gnutls_deinit(s);
	gnutls_certificate_free_credentials(cred);
	close(fd);
}

/* One address cannot take all connections. On plain listeners, where everybody is loopback, this does not hold. */
static void test_connections_per_address(void **state)
{
	const struct fixture *const f = *state;
	int fd[LIMIT_HTTP_PER_ADDR + 1];
	char c;

	for (size_t i = 0; i < LIMIT_HTTP_PER_ADDR + 1; i++)
		fd[i] = dial(f->port);
	assert_true(recv(fd[LIMIT_HTTP_PER_ADDR], &c, 1, 0) <= 0);
	assert_int_equal(recv(fd[0], &c, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	for (size_t i = 0; i < LIMIT_HTTP_PER_ADDR + 1; i++)
		close(fd[i]);
}

/* What a key is pinned by, computed by nobody's code of ours: openssl's DER of the public key. */
static void test_identity(void **state)
{
	const struct fixture *const f = *state;
	gnutls_x509_crt_t crt;
	gnutls_datum_t d = datum(&f->other.cert);
	uint8_t spki[32], id[32];
	size_t n = sizeof(id);
	char cn[200];
	size_t cn_n = sizeof(cn);

	assert_int_equal(tls_identity_spki(f->other.cert.p, f->other.cert.n, spki, NULL), 0);
	assert_memory_equal(spki, f->other.spki, 32);
	assert_memory_not_equal(f->client.spki, f->other.spki, 32);
	assert_int_equal(gnutls_x509_crt_init(&crt), 0);
	assert_int_equal(gnutls_x509_crt_import(crt, &d, GNUTLS_X509_FMT_PEM), 0);
	assert_int_equal(gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, id, &n), 0);
	assert_memory_equal(spki, id, 32);
	assert_int_equal(gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, cn, &cn_n), 0);
	assert_in_range(strlen(cn), 60, 64);
	assert_int_equal(utf8_check(cn, strlen(cn)), strlen(cn));
	assert_true(gnutls_x509_crt_get_expiration_time(crt) > 1790000000 + 19L * 366 * 86400);
	gnutls_x509_crt_deinit(crt);
	assert_int_equal(tls_identity_spki("garbage", 7, spki, NULL), E_FORMAT);
	assert_int_equal(tls_identity_check(f->client.key.p, f->client.cert.p, NULL), 0);
	assert_int_equal(tls_identity_check(f->client.key.p, f->other.cert.p, NULL), E_FORMAT);
}

static void run(const char *cmd, char *ret, size_t n)
{
	FILE *const p = popen(cmd, "r");
	size_t got;

	assert_non_null(p);
	got = fread(ret, 1, n - 1, p);
	ret[got] = '\0';
	pclose(p);
}

static void test_curl(void **state)
{
	const struct fixture *const f = *state;
	char cmd[1000], got[200], want[200], pin[BASE64_LEN(32) + 1];

	if (CURL[0] == '\0')
		skip();
	base64_encode(f->server.spki, 32, pin);
	snprintf(cmd, sizeof(cmd), "%s -sk --max-time 10 --tlsv1.3 --pinnedpubkey sha256//%s https://127.0.0.1:%u/who", CURL, pin, f->port);
	run(cmd, got, sizeof(got));
	assert_string_equal(got, "nobody tls");
	snprintf(cmd, sizeof(cmd), "%s -sk --max-time 10 --cert %s/client.pem --key %s/client.key --pinnedpubkey sha256//%s https://127.0.0.1:%u/who", CURL, f->dir, f->dir, pin, f->port);
	run(cmd, got, sizeof(got));
	snprintf(want, sizeof(want), "%s tls", f->client.hex);
	assert_string_equal(got, want);
	snprintf(cmd, sizeof(cmd), "%s -s -o /dev/null -w '%%{http_code}' --max-time 10 http://127.0.0.1:%u/who", CURL, f->plain);
	run(cmd, got, sizeof(got));
	assert_string_equal(got, "404");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_with_and_without), cmocka_unit_test(test_certificate_without_its_key), cmocka_unit_test(test_H19_tls12), cmocka_unit_test(test_no_renegotiation),
		cmocka_unit_test(test_connections_per_address),
		cmocka_unit_test(test_identity), cmocka_unit_test(test_curl),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

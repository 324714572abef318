/* A node as a whole: making it, answering for it, following its peers. Shared by init, serve, sync and demo. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "access/people.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "consult/desk.h"
#include "consult/find.h"
#include "peer/peer.h"
#include "taxii/taxii.h"
#include "web/homes.h"
#include "web/subs.h"
#include "web/web.h"

static int keys_folder(const struct fs *fs, const char *dir, char **ret, struct err *e)
{
	int r = fs->mkdir(fs->ctx, dir, 0700);

	if (r < 0 && r != -EEXIST)
		return fail_errno(e, E_ENV, -r, "%s", dir);
	if ((*ret = mem_printf("%s/keys", dir)) == NULL)
		return fail(e, E_NOMEM, "%s", dir);
	if ((r = fs->mkdir(fs->ctx, *ret, 0700)) < 0 && r != -EEXIST)
		return fail_errno(e, E_ENV, -r, "%s", *ret);
	return 0;
}

/* The TLS key and certificate; taken up again when an earlier attempt made them. */
static int tls_files(struct cli *cli, const char *dir, uint8_t spki[32], struct err *e)
{
	CLEANUP_STR char *keys = NULL, *key_path = NULL, *cert_path = NULL;
	CLEANUP_BUF struct buf key = BUF_INIT(65536), cert = BUF_INIT(65536);
	const struct fs *fs = &cli->w.fs;
	int rc = keys_folder(fs, dir, &keys, e);

	if (rc != 0)
		return rc;
	key_path = mem_printf("%s/tls.key.pem", keys);
	cert_path = mem_printf("%s/tls.cert.pem", keys);
	if (key_path == NULL || cert_path == NULL)
		return fail(e, E_NOMEM, "%s", dir);
	if ((rc = fs_read_file(fs, cert_path, 65536, &cert, e)) == 0)
		return tls_identity_spki(cert.p, cert.n, spki, e);
	if (rc != E_NOTFOUND)
		return rc;
	if ((rc = tls_identity_make(conf_text(&cli->conf, CONF_origin), &cli->w.rng, clock_now(&cli->w.clock), &key, &cert, spki, e)) != 0 ||
	    (rc = fs_replace_file(fs, key_path, key.p, key.n, 0600, e)) != 0)
		return rc;
	rc = fs_replace_file(fs, cert_path, cert.p, cert.n, 0644, e);
	secret_wipe(key.p, key.n);
	return rc;
}

static int conf_file(struct cli *cli, const char *dir, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/verbale.conf", dir);
	CLEANUP_BUF struct buf b = BUF_INIT(65536);
	int rc;

	conf_put(&cli->conf, &b);
	if (path == NULL || (rc = buf_err(&b, e, "configuration")) != 0)
		return fail(e, E_NOMEM, "%s", dir);
	return fs_replace_file(&cli->w.fs, path, b.p != NULL ? b.p : "", b.n, 0644, e);
}

int node_create(struct cli *cli, const char *dir, struct err *e)
{
	struct record_init in = {.party = conf_text(&cli->conf, CONF_party), .origin = conf_text(&cli->conf, CONF_origin), .url = conf_text(&cli->conf, CONF_url)};
	CLEANUP_STR char *self = NULL;
	int rc;

	if (in.party[0] == '\0' || in.origin[0] == '\0')
		return fail(e, E_USAGE, "--party CODE and --origin NAME are due");
	if ((rc = crypto_init(e)) != 0 || (rc = tls_files(cli, dir, in.tls_spki, e)) != 0)
		return rc;
	/* The record comes last: its self text is what makes the folder a node. A node that is there keeps its configuration. */
	if ((self = mem_printf("%s/self.peer", dir)) == NULL)
		return fail(e, E_NOMEM, "%s", dir);
	if (access(self, F_OK) != 0 && (rc = conf_file(cli, dir, e)) != 0)
		return rc;
	return record_create(&cli->w, dir, &in, e);
}

/* ---- serving ---- */

struct node_server {
	struct cli *cli;
	struct http_server *http;
	struct http_route *route;
	struct web web;
	struct access *access;
	struct taxii *taxii;
	struct people_hook hook;
	struct buf key, cert;
	char addr[2][64];
};

static void *thread_new(void *ctx, struct err *e)
{
	struct node_server *s = ctx;
	struct record_reader *rd = NULL;

	return record_reader_new(s->cli->record, &rd, e) == 0 ? rd : NULL;
}

static void thread_free(void *thread) { record_reader_free(thread); }

/* All rows in one table, each with what its handlers look at. */
static int routes(struct node_server *s, struct http_conf *c, struct err *e)
{
	struct { const struct http_route *row; size_t n; void *ctx; } part[3] = {{.ctx = NULL}, {.ctx = s->taxii}, {.ctx = &s->web}};
	size_t all = 0;

	part[0].n = peer_routes(&part[0].row);
	part[1].n = taxii_routes(&part[1].row);
	part[2].n = web_routes(&part[2].row);
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		all += part[i].n;
	if ((s->route = mem_array(all, sizeof(*s->route))) == NULL)
		return fail(e, E_NOMEM, "routes");
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		for (size_t k = 0; k < part[i].n; k++) {
			s->route[c->routes] = part[i].row[k];
			s->route[c->routes++].ctx = part[i].ctx;
		}
	c->route = s->route;
	return 0;
}

static void security_headers(void *ctx, const struct http_req *q, struct http_resp *r)
{
	struct node_server *s = ctx;

	web_security_headers(&s->web, q, r);
}

static void error_page(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status)
{
	struct node_server *s = ctx;

	if (taxii_owns(q->path))
		taxii_error(s->taxii, thread, q, r, status);
	else
		web_error_page(&s->web, thread, q, r, status);
}

static const char *peer_of(void *ctx, const uint8_t spki[32])
{
	const struct node_server *s = ctx;
	const struct party_keys *k = record_peer_by_spki(s->cli->record, spki);

	return k != NULL ? k->party : NULL;
}

/* Scheme, host and port of an address: what browsers call its origin. "": none. */
static const char *site_of(const char *url, char ret[LIMIT_ORIGIN_URL + 1])
{
	const char *host = strstr(url, "://");
	const size_t n = host != NULL ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : 0;

	(void)snprintf(ret, LIMIT_ORIGIN_URL + 1, "%.*s", n <= LIMIT_ORIGIN_URL ? (int)n : 0, url);
	return ret;
}

static int exchange(struct node_server *s, struct log *log, struct err *e)
{
	const struct conf *conf = &s->cli->conf;
	const char *name = conf_text(conf, CONF_name);
	char origin[LIMIT_ORIGIN_URL + 1];
	const struct access_conf a = {.w = &s->cli->w, .party = record_self(s->cli->record)->party, .rate = (unsigned)conf_number(conf, CONF_rate_limit),
	    .burst = (unsigned)conf_number(conf, CONF_rate_burst), .peer = peer_of, .peer_ctx = s,
	    .origin = site_of(conf_text(conf, CONF_base_url), origin), .idle_s = (unsigned)conf_number(conf, CONF_session_idle), .total_s = (unsigned)conf_number(conf, CONF_session_total)};
	struct taxii_conf t = {.record = s->cli->record, .title = name[0] != '\0' ? name : record_self(s->cli->record)->origin, .log = log};
	int rc = access_open(&a, record_dir(s->cli->record), &s->access, e);

	t.access = s->web.access = s->access;
	return rc != 0 ? rc : taxii_open(&t, &s->taxii, e);
}

/* A person's papers and waiting acts go with the rest of the work. */
static int hand_papers_over(void *ctx, const char *from, const char *to, struct err *e)
{
	struct home *home = NULL;
	int rc = homes_take(ctx, &home, e);

	if (rc == 0)
		rc = desk_hand_over(home, from, to, e);
	homes_back(ctx, home);
	return rc;
}

/* What pages use beside the record: search and what has a date, subscriptions, papers at home. */
static int beside(struct node_server *s, struct err *e)
{
	const char *dir = record_dir(s->cli->record);
	CLEANUP_STR char *search = mem_printf("%s/search.sqlite", dir), *state = mem_printf("%s/state.sqlite", dir), *home = mem_printf("%s/home.sqlite", dir);
	int rc;

	if (search == NULL || state == NULL || home == NULL)
		return fail(e, E_NOMEM, "%s", dir);
	if ((rc = find_open(search, &s->web.find, e)) != 0 || (rc = subs_open(state, &s->web.subs, e)) != 0 || (rc = keep_new(&s->web.keep, e)) != 0)
		return rc;
	if ((rc = homes_open(home, &s->web.homes, e)) != 0)
		return rc;
	s->hook = (struct people_hook){hand_papers_over, s->web.homes};
	s->web.hook = &s->hook;
	s->web.hooks = 1;
	return 0;
}

static int listeners(struct node_server *s, struct http_conf *c, int *ret_http, int *ret_tls, struct err *e)
{
	static const enum conf_key keys[] = {CONF_listen_http, CONF_listen_tls};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		int *ret = i == 0 ? ret_http : ret_tls;
		uint16_t port;

		*ret = -1;
		if (!conf_listen(&s->cli->conf, keys[i], s->addr[i], &port))
			continue;
		*ret = (int)c->listeners;
		c->listen[c->listeners++] = (struct http_listen){.addr = s->addr[i], .port = port, .tls = i == 1};
	}
	return c->listeners > 0 ? 0 : fail(e, E_USAGE, "listen_http and listen_tls are both switched off");
}

static int read_tls(struct node_server *s, struct http_conf *c, struct err *e)
{
	CLEANUP_STR char *key = mem_printf("%s/keys/tls.key.pem", record_dir(s->cli->record));
	CLEANUP_STR char *cert = mem_printf("%s/keys/tls.cert.pem", record_dir(s->cli->record));
	int rc;

	if (key == NULL || cert == NULL)
		return fail(e, E_NOMEM, "TLS files");
	if ((rc = fs_read_file(&s->cli->w.fs, key, 65536, &s->key, e)) != 0 || (rc = fs_read_file(&s->cli->w.fs, cert, 65536, &s->cert, e)) != 0)
		return rc;
	c->tls_key = s->key.p;
	c->tls_cert = s->cert.p;
	return 0;
}

int node_serve(struct cli *cli, struct log *log, struct node_server **ret, uint16_t *ret_http, uint16_t *ret_tls, struct err *e)
{
	struct node_server *s = mem_zalloc(sizeof(*s));
	struct http_conf c = {.threads = (unsigned)conf_number(&cli->conf, CONF_threads), .log = log, .clock = cli->w.clock,
	    .security_headers = security_headers, .error_page = error_page};
	int rc, http = -1, tls = -1;

	if (s == NULL)
		return fail(e, E_NOMEM, "server");
	s->cli = cli;
	s->web = (struct web){.record = cli->record, .base_url = conf_text(&cli->conf, CONF_base_url)};
	s->key.max = s->cert.max = 65536;
	c.app = (struct http_app){s, thread_new, thread_free};
	c.route_ctx = s;
	if ((rc = exchange(s, log, e)) == 0 && (rc = beside(s, e)) == 0 && (rc = routes(s, &c, e)) == 0 && (rc = listeners(s, &c, &http, &tls, e)) == 0 && (rc = read_tls(s, &c, e)) == 0)
		rc = http_start(&c, &s->http, e);
	if (rc != 0) {
		node_stop(s);
		return rc;
	}
	*ret_http = http >= 0 ? http_port(s->http, (size_t)http) : 0;
	*ret_tls = tls >= 0 ? http_port(s->http, (size_t)tls) : 0;
	*ret = s;
	return 0;
}

void node_care(struct node_server *s)
{
	struct home *home = NULL;
	bool whole = false;

	IGNORE(homes_take(s->web.homes, &home, NULL) != 0, "papers are searched from the next round on");
	IGNORE(find_follow(s->web.find, s->cli->rd, home, 0, clock_now(&s->cli->w.clock), &whole, NULL) != 0, "the next round tries again; pages take in the newest themselves");
	homes_back(s->web.homes, home);
	IGNORE(people_care(s->access, (unsigned)conf_number(&s->cli->conf, CONF_audit_keep_days), NULL) != 0, "what is over is over; it is dropped the next time");
}

void node_stop(struct node_server *s)
{
	if (s == NULL)
		return;
	http_stop(s->http);
	taxii_close(s->taxii);
	access_close(s->access);
	find_close(s->web.find);
	subs_close(s->web.subs);
	homes_close(s->web.homes);
	keep_free(s->web.keep);
	if (s->key.p != NULL)
		secret_wipe(s->key.p, s->key.n);
	buf_free(&s->key);
	buf_free(&s->cert);
	mem_free(s->route);
	mem_free(s);
}

/* ---- following ---- */

int node_client_conf(struct cli *cli, char **ret_key, char **ret_cert, struct peer_client_conf *ret, struct err *e)
{
	*ret_key = mem_printf("%s/keys/tls.key.pem", record_dir(cli->record));
	*ret_cert = mem_printf("%s/keys/tls.cert.pem", record_dir(cli->record));
	*ret = (struct peer_client_conf){.tls_key_path = *ret_key, .tls_cert_path = *ret_cert, .timeout_s = LIMIT_PEER_TIMEOUT_S};
	return *ret_key == NULL || *ret_cert == NULL ? fail(e, E_NOMEM, "TLS files") : 0;
}

int node_sync_all(struct cli *cli, bool again, struct err *e)
{
	CLEANUP_STR char *key = NULL, *cert = NULL;
	const struct party_keys *peers;
	const size_t n = record_peers(cli->record, &peers);
	struct peer_client_conf conf;
	int rc = node_client_conf(cli, &key, &cert, &conf, e);

	conf.again = again;
	for (size_t i = 0; rc != E_NOMEM && i < n; i++) {
		struct sync_report rep;
		struct err here = {0};
		int one;

		if (peers[i].url[0] == '\0')
			continue; /* outbound only: it comes to us */
		one = peer_sync(cli->record, cli->rd, &peers[i], &conf, NULL, &rep, &here);
		log_event(cli->w.log, one == 0 ? EV_sync_done : EV_sync_failed, "party", peers[i].party, "why", one == 0 ? NULL : here.msg, NULL);
		if (one != 0 && rc == 0) {
			rc = one;
			if (e != NULL)
				*e = here;
		}
	}
	return rc;
}

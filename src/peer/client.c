/* Carries a sync over mutual TLS. The only home of libcurl. */
#include <curl/curl.h>
#include <poll.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "peer/peer.h"

struct line {
	CURL *curl;
	const struct party_keys *peer;
	struct buf body;
	struct buf url;
	char why[CURL_ERROR_SIZE];
};

static size_t take_bytes(char *p, size_t size, size_t n, void *ctx)
{
	struct line *const l = ctx;

	buf_put(&l->body, p, size * n);
	return l->body.err == 0 ? size * n : 0; /* 0 ends the transfer */
}

/* Exactly the key exchanged beforehand: no authority, name or date has a say, so those checks are off. */
static CURLcode set_identity(CURL *c, const struct party_keys *peer, const struct peer_client_conf *conf)
{
	char pin[16 + BASE64_LEN(32)] = "sha256//";
	CURLcode r;

	base64_encode(peer->tls_spki, 32, pin + strlen(pin));
	if ((r = curl_easy_setopt(c, CURLOPT_PINNEDPUBLICKEY, pin)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_CAINFO, NULL)) != CURLE_OK || /* all of the system's are read otherwise: 30 ms */
	    (r = curl_easy_setopt(c, CURLOPT_CAPATH, NULL)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3)) != CURLE_OK)
		return r;
	if (conf->tls_cert_path == NULL)
		return CURLE_OK;
	if ((r = curl_easy_setopt(c, CURLOPT_SSLCERT, conf->tls_cert_path)) != CURLE_OK)
		return r;
	return curl_easy_setopt(c, CURLOPT_SSLKEY, conf->tls_key_path);
}

static CURLcode set_bounds(CURL *c, const struct peer_client_conf *conf)
{
	const long timeout = conf->timeout_s != 0 ? (long)conf->timeout_s : LIMIT_PEER_TIMEOUT_S;
	CURLcode r;

	if ((r = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_TIMEOUT, timeout)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, timeout < 10 ? timeout : 10L)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https")) != CURLE_OK)
		return r;
	/* A node is reached directly or not at all: no proxy out of the environment. */
	return curl_easy_setopt(c, CURLOPT_PROXY, "");
}

static int open_line(struct line *l, const struct peer_client_conf *conf, struct err *e)
{
	CURLcode r;

	if (strncmp(l->peer->url, "https://", 8) != 0)
		return fail(e, E_USAGE, "%s: its address is \"%s\"; a peer is reached at https://…", l->peer->party, l->peer->url);
	if ((l->curl = curl_easy_init()) == NULL)
		return fail(e, E_ENV, "libcurl does not start");
	if ((r = set_identity(l->curl, l->peer, conf)) != CURLE_OK || (r = set_bounds(l->curl, conf)) != CURLE_OK ||
	    (r = curl_easy_setopt(l->curl, CURLOPT_WRITEFUNCTION, take_bytes)) != CURLE_OK ||
	    (r = curl_easy_setopt(l->curl, CURLOPT_WRITEDATA, l)) != CURLE_OK ||
	    (r = curl_easy_setopt(l->curl, CURLOPT_ERRORBUFFER, l->why)) != CURLE_OK)
		return fail(e, E_ENV, "libcurl: %s", curl_easy_strerror(r));
	return 0;
}

/* Worth asking again: nobody there yet, a line that broke. Not: a wrong key, an answer too long. */
static bool passing(CURLcode r, long status)
{
	switch ((int)r) {
	case CURLE_OK:
		return status == 502 || status == 503 || status == 504;
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_OPERATION_TIMEDOUT:
		return true;
	default:
		return false;
	}
}

static int net_fail(const struct line *l, CURLcode r, struct err *e)
{
	const char *const why = l->why[0] != '\0' ? l->why : curl_easy_strerror(r);

	if (r == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
		return fail(e, E_DENIED, "%s at %s shows another TLS key than the one exchanged", l->peer->party, l->peer->url);
	if (r == CURLE_WRITE_ERROR && l->body.err == E_LIMIT)
		return fail(e, E_LIMIT, "%s: answers with more than %zu bytes", l->url.p, l->body.max);
	if (r == CURLE_SSL_CERTPROBLEM)
		return fail(e, E_ENV, "our TLS key or certificate: %s", why);
	return fail(e, r == CURLE_OUT_OF_MEMORY ? E_NOMEM : E_NET, "%s: %s", l->url.p, why);
}

static int get_once(struct line *l, long *ret_status, CURLcode *ret)
{
	buf_clear(&l->body);
	l->why[0] = '\0';
	*ret_status = 0;
	if ((*ret = curl_easy_setopt(l->curl, CURLOPT_URL, l->url.p)) == CURLE_OK && (*ret = curl_easy_perform(l->curl)) == CURLE_OK)
		*ret = curl_easy_getinfo(l->curl, CURLINFO_RESPONSE_CODE, ret_status);
	return *ret == CURLE_OK ? 0 : E_NET;
}

static int get(struct line *l, const struct sync_request *q, int *ret_status, struct err *e)
{
	size_t base = strlen(l->peer->url);
	long status = 0;
	CURLcode r = CURLE_OK;
	int rc;

	while (base > 0 && l->peer->url[base - 1] == '/')
		base--;
	buf_clear(&l->url);
	buf_put(&l->url, l->peer->url, base);
	buf_puts(&l->url, q->path);
	if ((rc = buf_err(&l->url, e, "address")) != 0)
		return rc;
	l->body.max = q->max;
	for (int i = 0; i < LIMIT_PEER_TRIES; i++) {
		if (i > 0)
			poll(NULL, 0, 250 << i);
		if ((rc = get_once(l, &status, &r)) == 0)
			*ret_status = (int)status;
		if (!passing(r, status))
			break;
	}
	return rc == 0 ? 0 : net_fail(l, r, e);
}

static void tick(const struct progress *p, const struct sync *s, const struct sync_request *q)
{
	static const char *const names[] = {"checkpoint", "leaves", "entries", "cosignature"};

	if (p != NULL && p->tick != NULL)
		p->tick(p->ctx, names[q->what], q->what == GET_BUNDLE ? q->n * TILE_WIDTH : q->n, sync_result(s)->size);
}

static int carry(struct line *l, struct sync *s, const struct progress *p, struct err *e)
{
	struct sync_request q;
	int status = 0, rc;

	while (sync_next(s, &q)) {
		tick(p, s, &q);
		if ((rc = get(l, &q, &status, e)) != 0 || (rc = sync_answer(s, status, l->body.p, l->body.n, e)) != 0)
			return rc;
	}
	return 0;
}

int peer_sync(struct record *r, struct record_reader *rd, const struct party_keys *peer, const struct peer_client_conf *c,
    const struct progress *p, struct sync_report *ret, struct err *e)
{
	struct line l = {.peer = peer, .url = BUF_INIT(LIMIT_HTTP_URL)};
	struct sync *s = NULL;
	int rc;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fail(e, E_ENV, "libcurl does not start");
	if ((rc = sync_new(r, rd, peer, &s, e)) == 0 && c->again)
		sync_again(s);
	if (rc == 0 && (rc = open_line(&l, c, e)) == 0 && (rc = carry(&l, s, p, e)) == 0)
		*ret = *sync_result(s);
	sync_free(s);
	if (l.curl != NULL)
		curl_easy_cleanup(l.curl);
	buf_free(&l.body);
	buf_free(&l.url);
	curl_global_cleanup();
	return rc;
}

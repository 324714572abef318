#include "peer/fetch.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/enc.h"
#include "base/mem.h"

struct fetch {
	CURL *curl;
	struct curl_slist *headers;
	struct buf *body;
	struct fetch_answer *answer;
	char why[CURL_ERROR_SIZE];
};

static size_t take_bytes(char *p, size_t size, size_t n, void *ctx)
{
	const struct fetch *f = ctx;

	buf_put(f->body, p, size * n);
	return f->body->err == 0 ? size * n : 0; /* 0 ends the transfer */
}

static bool header_is(const char *p, size_t n, const char *name, const char **ret, size_t *ret_n)
{
	const size_t len = strlen(name);

	if (n <= len || strncasecmp(p, name, len) != 0 || p[len] != ':')
		return false;
	for (p += len + 1, n -= len + 1; n > 0 && (*p == ' ' || *p == '\t'); p++)
		n--;
	while (n > 0 && strchr(" \t\r\n", p[n - 1]) != NULL)
		n--;
	*ret = p;
	*ret_n = n;
	return true;
}

static size_t take_header(char *p, size_t size, size_t n, void *ctx)
{
	const struct fetch *f = ctx;
	const char *v;
	uint64_t s;
	size_t len;

	if (header_is(p, size * n, "X-TAXII-Date-Added-Last", &v, &len) && len <= LIMIT_TIMESTAMP) {
		memcpy(f->answer->last, v, len);
		f->answer->last[len] = '\0';
	} else if (header_is(p, size * n, "Retry-After", &v, &len) && dec_parse(v, len, 86400, &s)) {
		f->answer->retry_after_s = (unsigned)s; /* its other form, a date, is answered by our own patience */
	}
	return size * n;
}

static CURLcode set_trust(CURL *c, const struct fetch_conf *conf)
{
	CURLcode r = CURLE_OK;

	if (conf->pin != NULL) {
		if ((r = curl_easy_setopt(c, CURLOPT_PINNEDPUBLICKEY, conf->pin)) == CURLE_OK &&
		    (r = curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L)) == CURLE_OK)
			r = curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
	} else if (conf->ca_file != NULL) {
		r = curl_easy_setopt(c, CURLOPT_CAINFO, conf->ca_file);
	}
	if (r == CURLE_OK && conf->cert_file != NULL && (r = curl_easy_setopt(c, CURLOPT_SSLCERT, conf->cert_file)) == CURLE_OK)
		r = curl_easy_setopt(c, CURLOPT_SSLKEY, conf->key_file);
	return r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

static CURLcode set_bounds(CURL *c, const struct fetch_conf *conf)
{
	const long timeout = conf->timeout_s != 0 ? (long)conf->timeout_s : LIMIT_PEER_TIMEOUT_S;
	CURLcode r;

	if ((r = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L)) != CURLE_OK || (r = curl_easy_setopt(c, CURLOPT_TIMEOUT, timeout)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, timeout < 10 ? timeout : 10L)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L)) != CURLE_OK ||
	    (r = curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "")) != CURLE_OK)
		return r;
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
}

static bool add_header(struct fetch *f, const char *text)
{
	struct curl_slist *l = curl_slist_append(f->headers, text);

	if (l != NULL)
		f->headers = l;
	return l != NULL;
}

static int set_headers(struct fetch *f, const struct fetch_conf *conf, struct err *e)
{
	CLEANUP_STR char *auth = conf->authorization != NULL ? mem_printf("Authorization: %s", conf->authorization) : NULL;

	if ((conf->authorization != NULL && auth == NULL) || !add_header(f, "Accept: application/taxii+json;version=2.1") ||
	    !add_header(f, "User-Agent: verbale/" VERBALE_VERSION) || (auth != NULL && !add_header(f, auth)))
		return fail(e, E_NOMEM, "fetch");
	return 0;
}

int fetch_new(const struct fetch_conf *c, struct fetch **ret, struct err *e)
{
	struct fetch *f;
	CURLcode r = CURLE_OK;
	int rc;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fail(e, E_ENV, "libcurl does not start");
	if ((f = mem_zalloc(sizeof(*f))) == NULL || (f->curl = curl_easy_init()) == NULL) {
		mem_free(f);
		curl_global_cleanup();
		return fail(e, E_NOMEM, "fetch");
	}
	rc = set_headers(f, c, e);
	if (rc == 0 && ((r = set_trust(f->curl, c)) != CURLE_OK || (r = set_bounds(f->curl, c)) != CURLE_OK ||
	    (r = curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, f->headers)) != CURLE_OK ||
	    (r = curl_easy_setopt(f->curl, CURLOPT_WRITEFUNCTION, take_bytes)) != CURLE_OK ||
	    (r = curl_easy_setopt(f->curl, CURLOPT_WRITEDATA, f)) != CURLE_OK ||
	    (r = curl_easy_setopt(f->curl, CURLOPT_HEADERFUNCTION, take_header)) != CURLE_OK ||
	    (r = curl_easy_setopt(f->curl, CURLOPT_HEADERDATA, f)) != CURLE_OK ||
	    (r = curl_easy_setopt(f->curl, CURLOPT_ERRORBUFFER, f->why)) != CURLE_OK))
		rc = fail(e, E_ENV, "libcurl: %s", curl_easy_strerror(r));
	if (rc != 0) {
		fetch_free(f);
		return rc;
	}
	*ret = f;
	return 0;
}

void fetch_free(struct fetch *f)
{
	if (f == NULL)
		return;
	curl_easy_cleanup(f->curl);
	curl_slist_free_all(f->headers);
	mem_free(f);
	curl_global_cleanup();
}

/* Credentials and objects go in the clear nowhere but to this very machine. */
static bool clear_enough(const char *url)
{
	static const char *const here[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};

	for (size_t i = 0; i < ARRAY_LEN(here); i++) {
		const size_t n = strlen(here[i]);

		if (strncmp(url, here[i], n) == 0 && (url[n] == ':' || url[n] == '/' || url[n] == '\0'))
			return true;
	}
	return strncmp(url, "https://", 8) == 0;
}

static int net_fail(const struct fetch *f, CURLcode r, const char *url, struct err *e)
{
	const char *why = f->why[0] != '\0' ? f->why : curl_easy_strerror(r);

	switch ((int)r) {
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return fail(e, E_DENIED, "%s: shows another TLS key than the one pinned", url);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return fail(e, E_DENIED, "%s: its certificate is not trusted: %s", url, why);
	case CURLE_WRITE_ERROR:
		return fail(e, f->body->err == E_LIMIT ? E_LIMIT : E_NOMEM, "%s: the answer does not fit into %zu bytes", url, f->body->max);
	default:
		return fail(e, E_NET, "%s: %s", url, why);
	}
}

int fetch_get(struct fetch *f, const char *url, size_t max, struct fetch_answer *ret, struct buf *out, struct err *e)
{
	const size_t before = out->max;
	long status = 0;
	CURLcode r;
	int rc = 0;

	if (!clear_enough(url))
		return fail(e, E_USAGE, "%s: an https address is due (plain http only on this machine)", url);
	*ret = (struct fetch_answer){.status = 0};
	f->answer = ret;
	f->body = out;
	f->why[0] = '\0';
	out->max = max;
	if ((r = curl_easy_setopt(f->curl, CURLOPT_URL, url)) != CURLE_OK || (r = curl_easy_perform(f->curl)) != CURLE_OK ||
	    (r = curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status)) != CURLE_OK)
		rc = net_fail(f, r, url, e);
	ret->status = (int)status;
	out->max = before;
	return rc;
}

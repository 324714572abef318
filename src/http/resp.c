#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "http/priv.h"

/* Headlines of refusals that no error code of ours has. */
static const struct status { int status; const char *text; } statuses[] = {
	{405, N_("this address does not take this method")},
	{408, N_("the request took too long")},
	{414, N_("the address is too long")},
	{415, N_("this media type is not taken here")},
	{431, N_("the header fields are too large")},
	{501, N_("this method or transfer encoding is not known here")},
	{503, N_("the server is stopping or out of resources")},
};

const char *http_param(const struct http_req *q, const char *name)
{
	for (size_t i = 0; i < q->params; i++)
		if (strcmp(q->param[i].name, name) == 0)
			return q->param[i].value;
	return NULL;
}

const char *http_req_header(const struct http_req *q, const char *name)
{
	return q->header != NULL ? q->header(q, name) : NULL;
}

unsigned http_weight(const char *s, size_t n)
{
	const char *p = memchr(s, ';', n);
	unsigned w = 0, unit = 1000;

	if (p == NULL)
		return 1000;
	for (p++; p < s + n && (*p == ' ' || *p == '\t'); p++)
		;
	if (s + n - p < 3 || (p[0] != 'q' && p[0] != 'Q') || p[1] != '=')
		return 0;
	for (p += 2; p < s + n && unit > 0; p++) {
		if (*p == '.')
			continue;
		if (*p < '0' || *p > '9')
			break;
		w += (unsigned)(*p - '0') * unit;
		unit /= 10;
	}
	return w > 1000 ? 1000 : w;
}

enum lang http_lang(const struct http_req *q, enum lang otherwise)
{
	const char *s = http_req_header(q, "Accept-Language");
	enum lang best = otherwise;
	unsigned best_w = 0, w;
	size_t n, tag_n;

	for (; s != NULL && *s != '\0'; s += n + (s[n] == ',')) {
		s += strspn(s, " \t");
		n = strcspn(s, ",");
		tag_n = strcspn(s, ",; \t");
		w = http_weight(s, n);
		/* A language of ours does not depend on the fallback. */
		if (w > best_w && lang_parse(s, tag_n, LANG_EN) == lang_parse(s, tag_n, LANG_DE)) {
			best = lang_parse(s, tag_n, otherwise);
			best_w = w;
		}
	}
	return best;
}

int http_header(struct http_resp *r, const char *name, const char *value, struct err *e)
{
	char *copy;

	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return fail(e, E_FORMAT, "a control byte in the value of %s", name);
	if (r->headers == ARRAY_LEN(r->header) || r->owned_n == ARRAY_LEN(r->owned))
		return fail(e, E_LIMIT, "too many header fields at %s", name);
	if ((copy = mem_strdup(value)) == NULL)
		return fail(e, E_NOMEM, "header %s", name);
	r->owned[r->owned_n++] = copy;
	r->header[r->headers++] = (struct http_param){name, copy};
	return 0;
}

static void put_text(const struct http_req *q, struct http_resp *r, int status, const char *headline, const char *detail)
{
	const enum lang l = http_lang(q, LANG_EN);

	buf_free(&r->body);
	r->fixed = NULL;
	r->fixed_n = 0;
	r->status = status;
	r->type = "text/plain; charset=utf-8";
	buf_puts(&r->body, tr(l, headline));
	if (detail != NULL && detail[0] != '\0')
		buf_printf(&r->body, ": %s", detail);
	buf_putc(&r->body, '\n');
}

/*
 * "Not found" says nothing else: hidden, erased and unknown must read alike. What failed inside us is
 * for the log, not for the other side: its text may name files.
 */
void http_error(const struct http_req *q, struct http_resp *r, int code, const struct err *e)
{
	const int status = err_http(code);
	const bool tell = status >= 400 && status < 500 && code != E_NOTFOUND;

	put_text(q, r, status, err_headline(code), tell && e != NULL ? e->msg : NULL);
}

void http_error_status(const struct http_req *q, struct http_resp *r, int status)
{
	static const int codes[] = {E_FORMAT, E_DENIED, E_NOTFOUND, E_CONFLICT, E_LIMIT, E_NOSPACE};
	const char *text = err_headline(E_ENV);

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (err_http(codes[i]) == status)
			text = err_headline(codes[i]);
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (statuses[i].status == status)
			text = statuses[i].text;
	put_text(q, r, status, text, NULL);
}

bool http_etag(const struct http_req *q, struct http_resp *r, const char *tag)
{
	const char *const known = http_req_header(q, "If-None-Match");
	const enum pack form = known != NULL ? http_tag_listed(known, tag) : PACKS_;
	const bool suffix = form == PACK_GZIP || form == PACK_ZSTD;
	char quoted[160];

	if (strlen(tag) > sizeof(quoted) - sizeof("\"-gzip\""))
		return false;
	(void)stpcpy(stpcpy(stpcpy(stpcpy(stpcpy(quoted, "\""), tag), suffix ? "-" : ""), suffix ? pack_name(form) : ""), "\"");
	if (http_header(r, "ETag", quoted, NULL) != 0 || form == PACKS_)
		return false;
	buf_free(&r->body);
	r->fixed = NULL;
	r->fixed_n = 0;
	r->status = 304;
	return true;
}

void http_resp_free(struct http_resp *r)
{
	if (r == NULL)
		return;
	buf_free(&r->body);
	for (size_t i = 0; i < r->owned_n; i++)
		mem_free(r->owned[i]);
	*r = (struct http_resp){0};
}

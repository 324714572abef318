/* What a TAXII client sends beside a body: the query of an address, and the same bytes as Accept, Content-Type and cursor. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "http/priv.h"
#include "taxii/priv.h"

#define ALL (QUERY_PAGE | MATCH_ID | MATCH_TYPE | MATCH_VERSION | MATCH_SPEC)

static void values(const char *const *list, size_t n)
{
	MUST(n <= LIMIT_MATCH);
	for (size_t i = 0; i < n; i++)
		MUST(list[i][0] != '\0' && strpbrk(list[i], ", \t") == NULL);
}

/* No field comes twice among those we know, and nothing was let through half. */
static void check(const struct http_req *q, const struct query *s)
{
	MUST(s->limit >= 1 && s->limit <= LIMIT_PAGE_ROWS);
	MUST(s->specs <= (SPEC_20 | SPEC_21) && (!s->nothing || s->specs == 0));
	MUST(s->versions <= LIMIT_MATCH && (s->mem != NULL || s->ids + s->types + s->versions == 0));
	values(s->id, s->ids);
	values(s->type, s->types);
	for (size_t i = 0; i < s->versions; i++) {
		MUST(s->version[i].pick == VERSION_ALL ? s->versions == 1 : s->version[i].pick <= VERSION_AT);
		MUST(s->version[i].pick == VERSION_AT || s->version[i].ns == 0);
	}
	for (size_t i = 0; i < q->params; i++)
		for (size_t k = 0; k < i; k++)
			MUST(strcmp(q->param[i].name, q->param[k].name) != 0 || (strncmp(q->param[i].name, "match[", 6) != 0 && strcmp(q->param[i].name, "limit") != 0));
}

static void query(const char *text, size_t n)
{
	struct http_target *t = malloc(sizeof(*t));
	struct http_req *q = calloc(1, sizeof(*q));
	struct query s = {.limit = 4711};
	struct err e = {0};

	MUST(t != NULL && q != NULL);
	if (http_target_parse(text, n, t, NULL) == 0) {
		memcpy(q->param, t->param, sizeof(q->param));
		q->params = t->params;
		if (taxii_query_parse(q, ALL, &s, &e) == 0) {
			check(q, &s);
			taxii_query_free(&s);
		} else {
			MUST(s.limit == 4711 && e.code == E_FORMAT && e.msg[0] != '\0');
		}
	}
	free(q);
	free(t);
}

/* A header of several lists is at most as strict as its parts. */
static void media(const char *text, char *both)
{
	strcpy(stpcpy(both, text), ",application/taxii+json;version=2.1");
	if (accept_taxii(text) && strpbrk(text, "\"\\") == NULL && strstr(text, "q=") == NULL && strstr(text, "Q=") == NULL)
		MUST(accept_taxii(both));
	if (content_taxii(text))
		MUST(strlen(text) >= strlen("application/taxii+json"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 3), *both = malloc(size + 64);

	MUST(text != NULL && both != NULL);
	memcpy(text, "/?", 2);
	memcpy(text + 2, data, size);
	text[size + 2] = '\0';
	query(text, size + 2);
	media(text + 2, both);
	free(text);
	free(both);
	return 0;
}

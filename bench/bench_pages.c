/*
 * bench_pages - the pages over a record of many rounds, documents and objects: time in the server per page, signed in, without
 * sockets, in one thread; the search; and what filling its index takes. $BENCH_ROUNDS_N (10,000), $BENCH_DOCS (100,000),
 * $BENCH_OBJECTS (1,000,000), $BENCH_TIMES (200) requests per page. With a port as argument it then serves the public pages there until its input ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "access/people.h"
#include "base/enc.h"
#include "bench.h"
#include "consult/consult.h"
#include "consult/find.h"
#include "http/form.h"
#include "web/web.h"

#define BATCH 500
#define SERIES_ROUNDS 100 /* of one series */


static char self_id[LIMIT_STIX_ID + 1];

struct batch_of { struct record *r; char *text[BATCH]; struct add_item item[BATCH]; struct add_result *res; size_t n; };

static void flush(struct batch_of *b)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE};
	struct err e = {0};

	if (b->n == 0 || !uuid_parse(BENCH_COLLECTION, 36, opt.collection))
		return;
	must(record_add(b->r, &opt, b->item, b->n, b->res, &e), &e);
	for (size_t i = 0; i < b->n; i++) {
		must(b->res[i].what == ADDED_NEW ? 0 : E_STATE, &b->res[i].err);
		free(b->text[i]);
	}
	b->n = 0;
}

static void add(struct batch_of *b, char *text)
{
	b->text[b->n] = text;
	b->item[b->n++] = (struct add_item){text, strlen(text)};
	if (b->n == BATCH)
		flush(b);
}

#define OWN "\"created_by_ref\":\"%s\",\"spec_version\":\"2.1\",\"created\":\"2016-09-09T00:30:00.000Z\",\"modified\":\"2016-09-09T00:30:00.000Z\"," \
	"\"extensions\":{\"%s\":{\"extension_type\":\"new-sdo\"}},\"object_marking_refs\":[\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\"]"

static void id_of(char *to, const char *type, unsigned kind, uint64_t n) { (void)sprintf(to, "%s--%08x-0000-4000-8000-%012llx", type, kind, (unsigned long long)n); }

static void make_series(struct batch_of *b, uint64_t n)
{
	char id[80], *s = NULL;

	id_of(id, "verbale-series", 1, n);
	if (asprintf(&s, "{\"type\":\"verbale-series\",\"id\":\"%s\"," OWN ",\"slug\":\"series-%llu\",\"noun\":\"consultation\",\"members\":[\"DE\"],\"title\":{\"de\":\"Konsultationen %llu\",\"ja\":\"協議%llu\"}}",
	    id, self_id, VERBALE_EXTENSION_ID, (unsigned long long)n, (unsigned long long)n, (unsigned long long)n) < 0)
		abort();
	add(b, s);
}

static void make_round(struct batch_of *b, uint64_t n)
{
	char id[80], series[80], *s = NULL;

	id_of(id, "verbale-round", 2, n);
	id_of(series, "verbale-series", 1, n / SERIES_ROUNDS);
	if (asprintf(&s, "{\"type\":\"verbale-round\",\"id\":\"%s\"," OWN ",\"series_ref\":\"%s\",\"ordinal\":%llu,\"host\":\"DE\",\"mode\":\"video\",\"zone\":\"Europe/Berlin\",\"status\":\"%s\","
	    "\"start\":\"%04llu-05-17T08:00:00Z\",\"title\":{\"de\":\"Runde %llu zur Cybersicherheit\",\"ja\":\"第%llu回サイバー協議\"}}", id, self_id, VERBALE_EXTENSION_ID, series,
	    (unsigned long long)(n % SERIES_ROUNDS + 1), n % 50 == 0 ? "scheduled" : "held", (unsigned long long)(1940 + n % SERIES_ROUNDS), (unsigned long long)n, (unsigned long long)n) < 0)
		abort();
	add(b, s);
}

static const char *const topics[] = {"Völkerrecht im Cyberraum", "Schutz kritischer Infrastrukturen", "Vertrauensbildende Maßnahmen der OSZE", "Bekämpfung der Cyberkriminalität", "Aufbau von Fähigkeiten in Drittstaaten"};
static const char *const topics_ja[] = {"サイバー空間における国際法", "重要インフラの防護", "欧州安全保障協力機構の信頼醸成措置", "サイバー犯罪対策", "第三国における能力構築"};

static void make_document(struct batch_of *b, uint64_t n, uint64_t rounds)
{
	char id[80], round[80], *s = NULL;
	const uint64_t k = n % 5, m = n / 7 % 5;

	id_of(id, "verbale-document", 3, n);
	id_of(round, "verbale-round", 2, n % rounds);
	if (asprintf(&s, "{\"type\":\"verbale-document\",\"id\":\"%s\"," OWN ",\"round_ref\":\"%s\",\"kind\":\"%s\",\"number\":\"DJ-%llu\",\"date\":\"2016-09-09T00:00:00Z\",\"authentic\":[\"de\",\"ja\"],"
	    "\"title\":{\"de\":\"Dokument %llu: %s\",\"ja\":\"文書%llu：%s\"},\"units\":[{\"number\":\"1\",\"state\":\"agreed\",\"text\":{\"de\":\"Beide Seiten sprachen über: %s. Nummer %llu.\",\"ja\":\"双方は%sについて協議した。番号%llu。\"}},"
	    "{\"number\":\"2\",\"state\":\"agreed\",\"text\":{\"de\":\"Die Konsultationen werden fortgeführt; %s.\",\"ja\":\"双方は協議を継続することで一致した。%s。\"}}]}", id, self_id, VERBALE_EXTENSION_ID, round,
	    n < rounds ? "joint-statement" : "non-paper", (unsigned long long)n, (unsigned long long)n, topics[k], (unsigned long long)n, topics_ja[k], topics[m], (unsigned long long)n, topics_ja[m], (unsigned long long)n, topics[k], topics_ja[k]) < 0)
		abort();
	add(b, s);
}

static void make_object(struct batch_of *b, uint64_t n)
{
	char id[80], *s = NULL;

	id_of(id, "campaign", 4, n);
	if (asprintf(&s, "{\"type\":\"campaign\",\"id\":\"%s\",\"spec_version\":\"2.1\",\"created\":\"2016-09-09T00:30:00.000Z\",\"modified\":\"2016-09-09T00:30:00.000Z\",\"name\":\"Kampagne %llu gegen Energienetze\"}", id, (unsigned long long)n) < 0)
		abort();
	add(b, s);
}

static void fill_record(struct record *r, uint64_t rounds, uint64_t docs, uint64_t objects)
{
	struct batch_of *b = calloc(1, sizeof *b);

	b->r = r;
	b->res = calloc(BATCH, sizeof *b->res);
	for (uint64_t n = 0; n * SERIES_ROUNDS < rounds; n++)
		make_series(b, n);
	flush(b);
	for (uint64_t n = 0; n < rounds; n++)
		make_round(b, n);
	flush(b);
	for (uint64_t n = 0; n < docs; n++)
		make_document(b, n, rounds);
	flush(b);
	for (uint64_t n = 0; n < objects; n++)
		make_object(b, n);
	flush(b);
	free(b->res);
	free(b);
}

/* ---- asking ---- */

static struct web web;
static char cookie[512];

static const char *header(const struct http_req *q, const char *name)
{
	if (strcasecmp(name, "Cookie") == 0)
		return q->impl;
	return strcasecmp(name, "Sec-Fetch-Site") == 0 ? "same-origin" : strcasecmp(name, "Host") == 0 ? "verbale.example" : strcasecmp(name, "Content-Type") == 0 ? "application/x-www-form-urlencoded" : NULL;
}

static int ask(struct record_reader *rd, const char *target, const char *form, struct http_resp *r)
{
	struct http_conf c = {.security_headers = web_security_headers, .error_page = web_error_page, .route_ctx = &web};
	struct http_req q = {.method = form != NULL ? HTTP_POST : HTTP_GET, .rest = "", .header = header, .impl = cookie[0] != '\0' ? cookie : NULL, .addr = "192.0.2.1", .body = form, .body_n = form != NULL ? strlen(form) : 0};
	struct http_form f = {0};
	char path[400], *query;

	(void)snprintf(path, sizeof(path), "%s", target);
	if ((query = strchr(path, '?')) != NULL) {
		struct err e = {0};

		*query++ = '\0';
		must(http_form_parse(query, strlen(query), &f, &e), &e);
		for (size_t i = 0; i < f.n; i++)
			q.param[q.params++] = f.field[i];
	}
	q.path = path;
	c.routes = web_routes(&c.route);
	http_dispatch(&c, rd, &q, r);
	http_form_free(&f);
	return r->status;
}

static int ascending(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

static void measure(struct record_reader *rd, const char *name, const char *pattern, uint64_t spread, size_t times)
{
	double *v = calloc(times, sizeof *v);
	char target[300];
	size_t bytes = 0;
	int status = 0;

	for (size_t i = 0; i < times; i++) {
		struct http_resp r;
		double t;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(target, sizeof(target), pattern, (unsigned long long)(i * 7919 % spread), (unsigned long long)(i % SERIES_ROUNDS + 1));
#pragma GCC diagnostic pop
		t = seconds();
		status = ask(rd, target, NULL, &r);
		v[i] = (seconds() - t) * 1e3;
		bytes = r.body.n;
		http_resp_free(&r);
	}
	qsort(v, times, sizeof *v, ascending);
	printf("  %-34s %3d %7zu B  p50 %8.2f ms  p99 %8.2f ms\n", name, status, bytes, v[times / 2], v[times - 1 - times / 100]);
	fflush(stdout);
	free(v);
}

static void sign_in(struct record *r, struct record_reader *rd)
{
	struct state_user u = {.name = "muster", .party = "DE", .agency = "AA", .role = "desk-officer"};
	struct world w = world_system();
	struct http_resp resp;
	struct state *s = NULL;
	struct err e = {0};
	char path[400];

	(void)snprintf(path, sizeof(path), "%s/state.sqlite", record_dir(r));
	must(state_open(path, &s, &e), &e);
	must(state_put_user(s, &u, &e), &e);
	must(access_set_password(&w, s, "muster", "korrekt pferd batterie", &e), &e);
	state_close(s);
	(void)ask(rd, "/de/sign-in", "step=password&name=muster&password=korrekt+pferd+batterie", &resp);
	for (size_t i = 0; i < resp.headers; i++)
		if (strcmp(resp.header[i].name, "Set-Cookie") == 0)
			(void)snprintf(cookie, sizeof(cookie), "%.500s", resp.header[i].value);
	http_resp_free(&resp);
	cookie[strcspn(cookie, ";")] = '\0';
	must(cookie[0] != '\0' ? 0 : E_DENIED, &e);
}

static const struct { const char *name, *pattern; bool document; } pages[] = {
	{"overview", "/de/", false}, {"commitments", "/de/commitments", false}, {"search, a common word", "/de/search?q=Cyber*&x=%llu", false}, {"search, two words of Japanese", "/ja/search?q=国際法+協議&x=%llu", false},
	{"search, a number", "/de/search?q=DJ-%llu", true}, {"search, a phrase", "/de/search?q=\"kritischer+Infrastrukturen\"&x=%llu", false}, {"search, one kind and a year", "/de/search?q=kind:paragraph+from:2016+to:2016+OSZE&x=%llu", false},
	{"search, nothing there", "/de/search?q=zz%llu", false}, {"list of series", "/de/series", false}, {"series", "/de/series/series-%llu", false}, {"round", "/de/series/series-%llu/rounds/%llu", false},
	{"statement", "/de/series/series-%llu/rounds/%llu/statement", false}, {"proof of a document", "/de/record/DJ-%llu", true}, {"record", "/de/record", false}, {"calendar of a series", "/de/series/series-%llu/series.ics", false},
};

int main(void)
{
	static const uint8_t spki[32] = {1};
	const size_t rounds = setting("BENCH_ROUNDS_N", 10000), docs = setting("BENCH_DOCS", 100000), objects = setting("BENCH_OBJECTS", 1000000), times = setting("BENCH_TIMES", 200);
	struct world w = world_system();
	struct access_conf ac = {.w = &w, .party = "DE", .origin = "https://verbale.example"};
	struct record_reader *rd = NULL;
	struct access *a = NULL;
	struct find *f = NULL;
	struct record *r;
	struct err e = {0};
	char dir[300], node[320], path[400];
	bool whole = false;
	double t;

	folder_make(dir, "pages");
	(void)snprintf(node, sizeof(node), "%s/node", dir);
	r = node_make(node, "DE", spki, "", "\"DE\"");
	memcpy(self_id, record_self(r)->identity, sizeof(self_id));
	t = seconds();
	fill_record(r, rounds, docs, objects);
	printf("%zu rounds, %zu documents, %zu objects: written in %.1f s\n", rounds, docs, objects, seconds() - t);
	record_set_rules(r, consult_rule, consult_public, NULL);
	must(record_reader_new(r, &rd, &e), &e);
	(void)snprintf(path, sizeof(path), "%s/search.sqlite", node);
	must(find_open(path, &f, &e), &e);
	t = seconds();
	must(find_follow(f, rd, NULL, 0, clock_now(&w.clock), &whole, &e), &e);
	printf("index of the search made in %.1f s\n", seconds() - t);
	must(access_open(&ac, node, &a, &e), &e);
	web = (struct web){.record = r, .access = a, .base_url = "https://verbale.example", .find = f};
	sign_in(r, rd);
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		measure(rd, pages[i].name, pages[i].pattern, pages[i].document ? docs : rounds / SERIES_ROUNDS > 0 ? rounds / SERIES_ROUNDS : 1, times);
	access_close(a);
	find_close(f);
	record_reader_free(rd);
	record_close(r);
	folder_remove(dir);
	return 0;
}

/* Random envelopes, and the statuses that are due. */
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "taxii_run.h"

/* ---- adding ---- */

static const char *const levels[] = {"94868c89-83c2-464b-929b-a1a8aa3c8487", "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
	"939a9414-2ddd-4d32-a0cd-375ea402b003", "e828b379-4e03-4974-9ac4-e53a884c97c1"};

void put_marking(const struct m_version *v, struct buf *out)
{
	if (v->marking != M_UNMARKED)
		buf_printf(out, ",\"object_marking_refs\":[\"marking-definition--%s\"]", levels[v->marking]);
	if (!v->narrowed)
		return;
	buf_puts(out, ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[");
	for (size_t i = 0; i < M_NAMES && v->name[i] != NULL; i++)
		buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", v->name[i]);
	buf_puts(out, "]}}");
}

static void some_audience(struct m_version *v)
{
	static const char *const to[] = {"DE", "DE/BSI", "DE/BSI/muster", "JP", "JP/MOFA/mizushima", "DE/BKA/fremd", "BR"};
	const size_t first = below(ARRAY_LEN(to)), second = below(ARRAY_LEN(to));

	v->marking = percent(45) ? M_UNMARKED : percent(30) ? M_GREEN : (int)below(5);
	v->narrowed = !v->v20 && percent(25);
	if (!v->narrowed || percent(8))
		return;
	v->name[0] = to[first];
	if (second != first && percent(40))
		v->name[1] = to[second];
}

/* A version of one of the sequence's objects: its text, and the model's idea of it. */
static void make_object(const struct run *r, struct m_version *v, struct buf *out, bool *ret_bad)
{
	static const char *const type[IDS] = {"indicator", "indicator", "indicator", "identity", "process"};
	static const size_t three_digits[] = {0, 2, 4, 5};
	const size_t i = below(IDS);
	const bool bad = percent(5);

	*v = (struct m_version){.v20 = i < 3 && percent(25)};
	(void)snprintf(v->id, sizeof(v->id), "%s", r->id[i]);
	(void)snprintf(v->type, sizeof(v->type), "%s", type[i]);
	some_audience(v);
	if (i < 4)
		(void)snprintf(v->text, sizeof(v->text), "%s", times[v->v20 ? three_digits[below(4)] : below(6)]);
	buf_printf(out, "{\"type\":\"%s\",\"id\":\"%s\"%s", type[i], v->id, v->v20 ? "" : ", \"spec_version\": \"2.1\"");
	if (i < 4)
		buf_printf(out, ",\"created\":\"2016-09-01T08:00:00.000Z\",\"modified\":\"%s\",\"name\":\"n%u\"", v->text, below(100) / 92);
	if (i < 3)
		buf_puts(out, ",\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"valid_from\":\"2016-09-01T08:00:00Z\"");
	if (i < 3)
		buf_puts(out, v->v20 ? ",\"labels\":[\"malicious-activity\"]" : ",\"pattern_type\":\"stix\"");
	if (i == 3)
		buf_puts(out, ",\"identity_class\":\"group\"");
	if (i == 4)
		buf_printf(out, ",\"pid\":%u", 1 + below(100) / 80);
	if (bad)
		buf_puts(out, i == 4 ? ",\"cwd\":7" : ",\"created_by_ref\":\"nobody\"");
	put_marking(v, out);
	buf_putc(out, '}');
	*ret_bad = bad || (v->narrowed && v->name[0] == NULL); /* STIX knows no empty lists */
}

struct sent { char id[96], text[40]; enum m_added what; };
#define SENT_MAX 8

static void check_counts(struct run *r, const struct answer *a, size_t good, size_t bad)
{
	static const char *const names[] = {"total_count", "success_count", "failure_count", "pending_count"};
	const size_t due[] = {good + bad, good, bad, 0};
	const char *const stamp = json_get_str(answer_root(a), "request_timestamp"), *const id = json_get_str(answer_root(a), "id");

	for (size_t i = 0; i < 4; i++) {
		int64_t n = -1;

		if (!json_int(json_get(answer_root(a), names[i]), &n) || n != (int64_t)due[i])
			differs(r, "%s is %lld, %zu is due: %s", names[i], (long long)n, due[i], a->r.body.p);
	}
	if (id == NULL || strlen(id) != 36 || stamp == NULL || strlen(stamp) != 27 || !json_str_is(json_get(answer_root(a), "status"), "complete"))
		differs(r, "no status resource: %s", a->r.body.p);
}

/* What has no version of its own is named by the date it was added, and by that of the question when it was not. */
static const char *version_of(const struct run *r, const struct sent *s, const char *stamp)
{
	if (s->text[0] != '\0')
		return s->text;
	for (size_t i = 0; i < r->m->n && (s->what == M_NEW || s->what == M_AGAIN); i++)
		if (!r->m->v[i].gone && strcmp(r->m->v[i].id, s->id) == 0)
			return r->m->v[i].version;
	return stamp;
}

/* One list: those that went in, or those that did not; in the order sent; none when there are none (§2). */
static void check_list(struct run *r, const struct answer *a, const char *name, bool good, const struct sent *s, size_t n)
{
	const struct json_val *const list = json_get(answer_root(a), name), *v = NULL;
	const char *const stamp = json_get_str(answer_root(a), "request_timestamp");
	struct json_iter it;
	size_t due = 0;

	json_iter(&it, list);
	for (size_t i = 0; i < n; i++) {
		const char *const version = version_of(r, &s[i], stamp);

		if ((s[i].what != M_REFUSED) != good)
			continue;
		due++;
		if (!json_next(&it, NULL, &v) || !json_str_is(json_get(v, "id"), s[i].id) || !json_str_is(json_get(v, "version"), version) ||
		    (json_get_str(v, "message") != NULL) != (s[i].what != M_NEW))
			differs(r, "%s: %s %s (%d) is due: %s", name, s[i].id, version, (int)s[i].what, a->r.body.p);
	}
	if (json_len(list) != due || (due == 0 && list != NULL))
		differs(r, "%s: %zu are due: %s", name, due, a->r.body.p);
}

static void ask_status(struct run *r, unsigned who, const struct answer *a)
{
	const unsigned other = below(WHO);
	char target[100];
	struct answer b;

	(void)snprintf(target, sizeof(target), API "status/%s/", json_get_str(answer_root(a), "id"));
	send_to(r, "GET", who, NULL, NULL, NULL, target, &b);
	if (!has_status(r, &b, 200) && strcmp(a->r.body.p, b.r.body.p) != 0)
		differs(r, "another status: %s", b.r.body.p);
	answer_free(&b);
	if (other == who)
		return;
	send_to(r, "GET", other, NULL, NULL, NULL, target, &b);
	(void)has_status(r, &b, 404);
	answer_free(&b);
}

static size_t make_envelope(struct run *r, struct buf *body, struct sent *sent)
{
	const size_t n = 1 + below(percent(70) ? 3 : SENT_MAX);
	CLEANUP_BUF struct buf one = {0};
	struct m_version v;
	bool bad = false;

	buf_puts(body, percent(50) ? "{\"objects\":[" : " {\"more\": false,\n \"objects\" : [ ");
	for (size_t i = 0; i < n; i++) {
		buf_puts(body, i > 0 ? " ,\n" : "");
		if (i == 0 || percent(88)) { /* else the same once more */
			buf_clear(&one);
			make_object(r, &v, &one, &bad);
		}
		buf_put(body, one.p, one.n);
		v.json = canon(one.p, one.n);
		memcpy(sent[i].id, v.id, sizeof(v.id));
		memcpy(sent[i].text, v.text, sizeof(v.text));
		sent[i].what = m_would_add(r->m, &v, bad);
		if (sent[i].what == M_NEW)
			m_put(r->m, &v); /* without its date yet */
		else
			mem_free(v.json);
		sum.objects++;
	}
	buf_puts(body, "]}");
	assert_int_equal(body->err, 0);
	return n;
}

static void forget(struct run *r, size_t from)
{
	for (; r->m->n > from; r->m->n--)
		mem_free(r->m->v[r->m->n - 1].json);
}

void do_post(struct run *r)
{
	static const struct { const char *body; int status; } broken[] = {{"{", 400}, {"{}", 422}, {"[]", 422}, {"{\"objects\":[]}", 422}, {"{\"objects\":[{\"type\":\"identity\"}]}", 422},
		{"{\"objects\":[{\"id\":\"x\"}", 400}, {"{\"objects\":[1]}", 422}, {"", 400}};
	const unsigned who = percent(80) ? MUSTER : below(WHO);
	const size_t before = r->m->n, wrong_body = percent(5) ? below(ARRAY_LEN(broken)) : SIZE_MAX;
	const bool wrong_type = percent(2);
	const int right = who == NOBODY ? 401 : refusal(r, who, false, true);
	CLEANUP_BUF struct buf body = {0};
	struct m_version due[SENT_MAX];
	struct sent sent[SENT_MAX];
	size_t n = 0, good = 0, fresh;
	char target[100];
	struct answer a;
	int status = wrong_type ? 415 : right != 0 ? right : wrong_body != SIZE_MAX ? broken[wrong_body].status : 202;

	if (wrong_body != SIZE_MAX)
		buf_puts(&body, broken[wrong_body].body);
	else
		n = make_envelope(r, &body, sent);
	if (status != 202)
		forget(r, before);
	(void)snprintf(target, sizeof(target), API "collections/%s/objects/", r->uuid);
	send_to(r, "POST", who, wrong_type ? "application/json" : TAXII_TYPE, NULL, body.p, target, &a);
	fresh = r->m->n - before;
	memcpy(due, r->m->v + before, fresh * sizeof(due[0]));
	r->m->n = before;
	learn(r, due, fresh);
	if (!has_status(r, &a, status)) {
		for (size_t i = 0; i < n; i++)
			good += sent[i].what != M_REFUSED;
		check_counts(r, &a, good, n - good);
		check_list(r, &a, "successes", true, sent, n);
		check_list(r, &a, "failures", false, sent, n);
		if (percent(10))
			ask_status(r, who, &a);
	}
	sum.posts++;
	answer_free(&a);
}

/* What has a date: one row per thing, so that nobody has to go through all there is to tell what is late. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/enc.h"
#include "consult/find_priv.h"
#include "consult/priv.h"

/* Far enough that everything that can slip has, and every clock can still be counted from it. */
#define FAR_AHEAD INT64_C(7258118400000000000) /* 2200-01-01 */

/* ---- series whose next round is to be thought over ---- */

static int touch(struct filler *f, const char *series, struct err *e)
{
	int rc;

	if (series == NULL || strlen(series) > LIMIT_STIX_ID)
		return 0;
	for (size_t i = 0; i < f->dirty; i++)
		if (strcmp(f->series[i].id, series) == 0)
			return 0;
	if (f->dirty == DIRTY_MAX && (rc = due_settle(f, e)) != 0)
		return rc;
	memcpy(f->series[f->dirty++].id, series, strlen(series) + 1);
	return 0;
}

static int put_slip(struct filler *f, const char *series, struct err *e)
{
	char id[LIMIT_STIX_ID + 8], more[4 * LIMIT_STIX_ID + LIMIT_MEMBERS * (LIMIT_PARTY + 2) + 80];
	struct slippage s;
	int rc = consult_slippage(f->rd, NULL, series, FAR_AHEAD, &s, e);
	int n;

	(void)snprintf(id, sizeof(id), "%s#slip", series);
	if (rc == E_NOTFOUND || (rc == 0 && s.why == SLIP_NONE))
		return search_drop_due(f->s, id, "", e);
	if (rc != 0)
		return rc;
	n = snprintf(more, sizeof(more), "%d|%" PRId64 "|%s|%s|%s|", (int)s.why, s.last_held, s.last_round, s.round, s.commitment);
	for (size_t i = 0; i < s.next && n > 0 && (size_t)n + LIMIT_PARTY + 2 < sizeof(more); i++)
		n += snprintf(more + n, sizeof(more) - (size_t)n, "%s%s", i > 0 ? "," : "", s.party[i]);
	return search_put_due(f->s, &(struct search_due){.id = id, .kind = DUE_SLIP, .open = true, .at = s.since, .series = series, .more = more}, e);
}

int due_settle(struct filler *f, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < f->dirty; i++)
		rc = put_slip(f, f->series[i].id, e);
	f->dirty = 0;
	return rc;
}

/* The next part of a text, up to a bar; false: there is none, or it does not fit. */
static bool part(const char **at, char *to, size_t room)
{
	const size_t n = *at != NULL ? strcspn(*at, "|") : 0;

	if (*at == NULL || n >= room)
		return false;
	memcpy(to, *at, n);
	to[n] = '\0';
	*at = (*at)[n] == '|' ? *at + n + 1 : NULL;
	return true;
}

/* A time, maybe before 1970; the smallest says there is none. */
static bool held_read(const char *s, int64_t *ret)
{
	const bool minus = s[0] == '-';
	uint64_t v;

	if (!dec_parse(s + minus, strlen(s + minus), (uint64_t)INT64_MAX + minus, &v))
		return false;
	*ret = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

bool slip_read(const char *more, struct slippage *ret)
{
	struct slippage s = {0};
	char why[8], held[24];
	uint64_t number;
	size_t n;

	if (!part(&more, why, sizeof(why)) || !part(&more, held, sizeof(held)) || !part(&more, s.last_round, sizeof(s.last_round)) ||
	    !part(&more, s.round, sizeof(s.round)) || !part(&more, s.commitment, sizeof(s.commitment)) || more == NULL)
		return false;
	if (!dec_parse(why, strlen(why), SLIP_WHYS - 1, &number) || !held_read(held, &s.last_held))
		return false;
	s.why = (enum slip_why)number;
	for (; *more != '\0' && s.next < LIMIT_MEMBERS; more += n + (more[n] == ',')) {
		n = strcspn(more, ",");
		if (n > LIMIT_PARTY)
			return false;
		memcpy(s.party[s.next], more, n);
		s.party[s.next++][n] = '\0';
	}
	*ret = s;
	return s.why > SLIP_NONE && s.why < SLIP_WHYS;
}

/* ---- one object ---- */

static void join_list(const struct json_val *list, char *to, size_t room)
{
	const struct json_val *v;
	struct json_iter it;
	size_t n = 0;

	to[0] = '\0';
	for (json_iter(&it, list); json_next(&it, NULL, &v); ) {
		const char *s = json_str(v, NULL);
		const size_t len = s != NULL ? strlen(s) : 0;

		if (len == 0 || n + len + 2 > room)
			continue;
		if (n > 0)
			to[n++] = ',';
		memcpy(to + n, s, len + 1);
		n += len;
	}
}

static int put_round(struct filler *f, const struct entry *en, struct err *e)
{
	static const char *const open[] = {"proposed", "scheduled", "postponed"};
	const struct json_val *o = en->object.val, *status = json_get(o, "status");
	char next[LIMIT_MEMBERS * (LIMIT_PARTY + 1) + 1] = "";
	struct search_due d = {.id = en->row.id, .kind = DUE_ROUND, .at = entry_time(json_get_str(o, "start")), .log = en->row.log, .series = json_get_str(o, "series_ref"), .more = next};
	struct invite_facts facts;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(open); i++)
		d.open = d.open || json_str_is(status, open[i]);
	if (d.open && (rc = consult_round(f->rd, NULL, en->row.id, &facts, e)) == 0) {
		for (size_t i = 0; i < facts.members; i++)
			if ((facts.next >> i & 1) != 0)
				n += (size_t)snprintf(next + n, sizeof(next) - n, "%s%s", n > 0 ? "," : "", facts.member[i]);
	} else if (d.open && rc != E_NOTFOUND && rc != E_USAGE) {
		return rc;
	}
	return search_put_due(f->s, &d, e);
}

static int round_again(struct filler *f, const char *id, struct err *e)
{
	struct entry en;
	int rc = id != NULL ? record_newest(f->rd, id, NULL, &en, e) : E_NOTFOUND;

	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if (en.object.kind == STIX_ROUND && (rc = put_round(f, &en, e)) == 0)
		rc = touch(f, json_get_str(en.object.val, "series_ref"), e);
	entry_free(&en);
	return rc;
}

static int series_of(struct filler *f, const char *round, char ret[LIMIT_STIX_ID + 1], struct err *e)
{
	struct entry en;
	int rc = round != NULL ? record_newest(f->rd, round, NULL, &en, e) : E_NOTFOUND;
	const char *s;

	ret[0] = '\0';
	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if ((s = json_get_str(en.object.val, "series_ref")) != NULL && strlen(s) <= LIMIT_STIX_ID)
		memcpy(ret, s, strlen(s) + 1);
	entry_free(&en);
	return 0;
}

static int put_commitment(struct filler *f, const char *id, struct err *e)
{
	char series[LIMIT_STIX_ID + 1], owners[LIMIT_MEMBERS * (LIMIT_PARTY + 1) + 1];
	struct search_due d = {.id = id, .kind = DUE_COMMITMENT, .series = series, .more = owners};
	struct commitment c;
	int rc = consult_commitment(f->rd, NULL, id, FAR_AHEAD, &c, e);

	if (rc != 0)
		return rc == E_NOTFOUND ? search_drop_due(f->s, id, "", e) : rc;
	join_list(json_get(c.en.object.val, "owners"), owners, sizeof(owners));
	d.open = !c.f.finished;
	d.at = c.f.has_due ? c.f.due_now : INT64_MAX;
	d.log = c.en.row.log;
	if ((rc = series_of(f, json_get_str(c.en.object.val, "round_ref"), series, e)) == 0 && (rc = touch(f, series[0] != '\0' ? series : NULL, e)) == 0)
		rc = c.en.object.revoked ? search_drop_due(f->s, id, "", e) : search_put_due(f->s, &d, e);
	entry_free(&c.en);
	return rc;
}

static int put_series(struct filler *f, const struct entry *en, struct err *e)
{
	const struct json_val *list = json_get(en->object.val, "deadlines"), *v;
	char id[LIMIT_STIX_ID + 16];
	struct json_iter it;
	unsigned n = 0;
	int rc;

	(void)snprintf(id, sizeof(id), "%s#", en->row.id);
	rc = search_drop_due(f->s, id, id, e);
	for (json_iter(&it, list); rc == 0 && json_next(&it, NULL, &v); ) {
		const int64_t at = entry_time(json_get_str(v, "at"));

		(void)snprintf(id, sizeof(id), "%s#%u", en->row.id, n++);
		if (at != INT64_MIN)
			rc = search_put_due(f->s, &(struct search_due){.id = id, .kind = DUE_DEADLINE, .open = true, .at = at, .log = en->row.log, .series = en->row.id}, e);
	}
	return rc != 0 ? rc : touch(f, en->row.id, e);
}

static int put_dated(struct filler *f, const struct entry *en, enum due_kind kind, const char *id, const char *key, struct err *e)
{
	const int64_t at = entry_time(json_get_str(en->object.val, key));

	if (id == NULL || at == INT64_MIN)
		return 0;
	if (en->object.revoked)
		return search_drop_due(f->s, id, "", e);
	return search_put_due(f->s, &(struct search_due){.id = id, .kind = kind, .open = true, .at = at, .log = en->row.log, .more = en->object.subject}, e);
}

static int put_name(struct filler *f, const struct entry *en, enum find_name kind, const char *name, struct err *e)
{
	char full[FIND_NAME];

	return name != NULL && find_name_put(kind, name, full) ? search_put_name(f->s, full, en->row.id, e) : 0;
}

int due_entry(struct filler *f, const struct entry *en, struct err *e)
{
	const struct json_val *o = en->object.val;
	int rc;

	if (en->object.kind == STIX_DOCUMENT)
		return put_name(f, en, FIND_NUMBER, json_get_str(o, "number"), e);
	if (en->object.kind == STIX_SERIES)
		return (rc = put_name(f, en, FIND_SLUG, json_get_str(o, "slug"), e)) != 0 ? rc : put_series(f, en, e);
	if (en->object.kind == STIX_ROUND)
		return (rc = put_round(f, en, e)) != 0 ? rc : touch(f, json_get_str(o, "series_ref"), e);
	if (en->object.kind == STIX_INVITATION)
		return round_again(f, json_get_str(o, "round_ref"), e);
	if (en->object.kind == STIX_COMMITMENT)
		return put_commitment(f, en->row.id, e);
	if (en->object.kind == STIX_PROGRESS)
		return en->object.subject != NULL ? put_commitment(f, en->object.subject, e) : 0;
	if (en->object.kind == STIX_SILENCE)
		return put_dated(f, en, DUE_SILENCE, en->row.id, "deadline", e);
	return en->object.kind == STIX_PUBLICATION ? put_dated(f, en, DUE_PUBLICATION, en->object.subject, "publish_at", e) : 0;
}

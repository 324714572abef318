/* Calendars to subscribe to, and feeds. */
#include <string.h>

#include "consult/find.h"
#include "web/feed.h"
#include "web/load_cal.h"
#include "web/subs.h"
#include "web/tmpl.h"

static int send(struct visit *v, struct buf *b, const char *type, struct err *e)
{
	const int rc = buf_err(b, e, "file");

	if (rc != 0)
		return rc;
	v->answered = true;
	v->r->type = type;
	v->r->status = 200;
	buf_free(&v->r->body);
	v->r->body = *b;
	*b = (struct buf){0};
	return 0;
}

static int send_calendar(struct visit *v, const char *series, const char *name, const char *url, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_WEB_PAGE);
	const int rc = load_calendar(v, series, name, url, &b, e);

	return rc != 0 ? rc : send(v, &b, "text/calendar; charset=utf-8", e);
}

int see_series_ics(struct visit *v, struct err *e)
{
	const char *id;
	struct bitext title;
	int rc = load_series_id(v, v->q->arg[1], &id, &title, e);

	if (rc != 0)
		return rc;
	return send_calendar(v, id, bitext_in(&title, v->p.lang).s, v->l.base_url[0] != '\0' ?
		url_absolute(v->l.a, v->l.base_url, url_path(v->l.a, lang_code(v->p.lang), "series", v->q->arg[1], "series.ics", NULL)).s : NULL, e);
}

/* Who knows the address reads as its owner, and nothing more than this file. */
int see_calendar_ics(struct visit *v, struct err *e)
{
	const char *name = v->q->arg[1];
	const size_t n = strlen(name);
	struct principal *who = arena_get(v->l.a, sizeof *who);
	int rc;

	if (v->w->subs == NULL || n < 5 || strcmp(name + n - 4, ".ics") != 0)
		return fail(e, E_NOTFOUND, "not found");
	if (who == NULL)
		return fail(e, E_NOMEM, "calendar");
	if ((rc = subs_reader(v->w->subs, arena_strn(v->l.a, name, n - 4), v->p.party, who, e)) != 0)
		return rc;
	v->l.reader = who->reader;
	v->l.reader.via = VIA_FEED;
	return send_calendar(v, NULL, tr(v->p.lang, N_("Consultations: what you may see")), NULL, e);
}

int see_feed(struct visit *v, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_WEB_PAGE);
	const int rc = load_feed(v, NULL, tr(v->p.lang, N_("Published texts")), "/feed.atom", &b, e);

	return rc != 0 ? rc : send(v, &b, FEED_TYPE, e);
}

int see_series_feed(struct visit *v, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_WEB_PAGE);
	const char *id;
	struct bitext title;
	int rc;

	v->l.reader = (struct reader){.role = ROLE_NONE, .via = VIA_FEED};
	if ((rc = load_series_id(v, v->q->arg[1], &id, &title, e)) != 0 ||
	    (rc = load_feed(v, id, bitext_in(&title, v->p.lang).s, url_path(v->l.a, "series", v->q->arg[1], "feed.atom", NULL).s, &b, e)) != 0)
		return rc;
	return send(v, &b, FEED_TYPE, e);
}

/* ---- one's own address ---- */

static int show(struct visit *v, const char *address, struct err *e)
{
	struct out o = visit_out(v);
	int64_t made = 0;
	int rc;

	if (v->w->subs == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if ((rc = subs_made(v->w->subs, v->who.name, &made, e)) != 0)
		return rc;
	v->p.title = tr(v->p.lang, N_("Calendar subscription"));
	visit_name(v, (struct url){"/calendar"});
	page_calendar(&o, &v->p, made, address);
	return 0;
}

int see_calendar(struct visit *v, struct err *e) { return show(v, NULL, e); }

int do_calendar(struct visit *v, struct err *e)
{
	char token[SUBS_TOKEN];
	int rc;

	if (v->w->subs == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if (strcmp(visit_field(v, "act"), "revoke") == 0) {
		rc = subs_revoke(v->w->subs, v->who.name, e);
		return rc != 0 ? rc : visit_go(v, visit_url(v, "calendar", NULL), "calendar-revoked", e);
	}
	if ((rc = subs_make(v->w->subs, &record_world(v->w->record)->rng, v->who.name, v->l.now / NS_PER_S, token, e)) != 0)
		return rc;
	return show(v, arena_printf(v->l.a, "%s%s.ics", v->l.base_url, visit_url(v, "calendar", token, NULL).s), e);
}

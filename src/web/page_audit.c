/* For auditors: who did what, and the same as a file. */
#include <string.h>

#include "base/mem.h"
#include "web/load_people.h"
#include "web/tmpl.h"

#define SHOWN 500

static const struct field ask_fields[AUDIT_FIELDS] = {
	[AUDIT_USER] = {.name = "user", .label = N_("User"), .plain = true, .max = LIMIT_WHO},
	[AUDIT_SINCE] = {.name = "since", .label = N_("Since"), .hint = DATE_HINT, .plain = true, .max = 40},
	[AUDIT_UNTIL] = {.name = "until", .label = N_("Until, that day included"), .hint = DATE_HINT, .plain = true, .max = 40},
};

/* ---- what is asked: user and days, of the address ---- */

/* Without a word, the last week. */
static void default_ask(struct visit *v, struct field f[AUDIT_FIELDS])
{
	f[AUDIT_SINCE].value = date_typed(v->l.a, v->p.lang, v->l.now - 7 * 86400 * NS_PER_S, party_zone(v->p.party));
}

static int64_t midnight(const char *zone, const char *s, struct field *f)
{
	int64_t ns = 0;

	f->fault = moment_read(s, "0:00", zone, &ns);
	return ns / 1000;
}

static void take_ask(struct visit *v, struct field f[AUDIT_FIELDS], struct state_audit_ask *ret)
{
	const char *zone = party_zone(v->p.party);
	bool asked = false;

	memcpy(f, ask_fields, sizeof(ask_fields));
	for (size_t i = 0; i < AUDIT_FIELDS; i++) {
		f[i].value = http_param(v->q, f[i].name);
		asked = asked || f[i].value != NULL;
	}
	if (!asked)
		default_ask(v, f);
	*ret = (struct state_audit_ask){.user = f[AUDIT_USER].value != NULL && f[AUDIT_USER].value[0] != '\0' ? f[AUDIT_USER].value : NULL};
	if (f[AUDIT_SINCE].value != NULL && f[AUDIT_SINCE].value[0] != '\0')
		ret->since_us = midnight(zone, f[AUDIT_SINCE].value, &f[AUDIT_SINCE]);
	if (f[AUDIT_UNTIL].value != NULL && f[AUDIT_UNTIL].value[0] != '\0' && (ret->until_us = midnight(zone, f[AUDIT_UNTIL].value, &f[AUDIT_UNTIL])) != 0)
		ret->until_us += 86400 * 1000000LL; /* to the end of that day; where the clocks change, an hour more or less */
}

/* ---- the page: the newest SHOWN rows, kept in a ring while all are gone through ---- */

struct ring { struct state_audit row[SHOWN]; size_t n; };

static int take_row(void *ctx, const struct state_audit *row, struct err *e)
{
	struct ring *r = ctx;

	(void)e;
	r->row[r->n++ % SHOWN] = *row;
	return 0;
}

static int put_rows(struct visit *v, const struct ring *r, struct v_audit *s, struct err *e)
{
	struct arena *a = v->l.a;

	s->rows = r->n < SHOWN ? r->n : SHOWN;
	s->more = r->n > SHOWN;
	if ((s->row = arena_array(a, s->rows + 1, sizeof(*s->row))) == NULL)
		return fail(e, E_NOMEM, "audit log");
	for (size_t i = 0; i < s->rows; i++) {
		const struct state_audit *x = &r->row[(r->n - 1 - i) % SHOWN];

		s->row[i] = (struct v_audit_row){.n = x->n, .at = x->at_us * 1000, .who = arena_str(a, x->who), .from = arena_str(a, x->from), .act = arena_str(a, x->act), .subject = arena_str(a, x->subject),
			.outcome = arena_str(a, x->outcome), .refused = strncmp(x->outcome, "refused", 7) == 0};
	}
	return 0;
}

static struct url export_url(struct visit *v, const char *file, const struct field f[AUDIT_FIELDS])
{
	struct url u = visit_url(v, "settings", file, NULL);

	for (size_t i = 0; i < AUDIT_FIELDS; i++)
		if (f[i].value != NULL && f[i].value[0] != '\0')
			u = url_query(v->l.a, u, f[i].name, f[i].value);
	return u;
}

static int load_audit(struct visit *v, const struct state_audit_ask *q, struct v_audit *s, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	CLEANUP(mem_free) void *hold = mem_zalloc(sizeof(struct ring));
	int rc;

	if (hold == NULL)
		return fail(e, E_NOMEM, "audit log");
	if ((rc = visit_office(v, &o, e)) != 0 || (rc = state_audits(people_office_state(o), q, take_row, hold, e)) != 0)
		return rc;
	return put_rows(v, hold, s, e);
}

int see_audit(struct visit *v, struct err *e)
{
	struct v_audit s = {.rows = 0};
	struct out o = visit_out(v);
	struct state_audit_ask q;
	int rc;

	take_ask(v, s.f, &q);
	if (!fields_ok(s.f, AUDIT_FIELDS))
		visit_again(v);
	else if ((rc = load_audit(v, &q, &s, e)) != 0)
		return rc;
	s.zone = party_zone(v->p.party);
	s.tsv = export_url(v, "audit.tsv", s.f);
	s.jsonl = export_url(v, "audit.jsonl", s.f);
	v->p.unlisted = true;
	v->p.title = tr(v->p.lang, N_("Audit log"));
	visit_name(v, url_path(v->l.a, "settings", "audit", NULL));
	visit_crumb(v, N_("Settings"), visit_url(v, "settings", NULL));
	visit_crumb(v, N_("Audit log"), visit_url(v, "settings", "audit", NULL));
	page_audit(&o, &v->p, &s);
	return 0;
}

/* ---- the file ---- */

struct file { enum audit_format as; struct buf *out; };

static int put_line(void *ctx, const struct state_audit *row, struct err *e)
{
	const struct file *f = ctx;

	audit_line(f->as, row, f->out);
	return buf_err(f->out, e, "audit log");
}

static int export_as(struct visit *v, enum audit_format as, const char *type, const char *name, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	struct file f = {as, &v->r->body};
	struct field field[AUDIT_FIELDS];
	struct state_audit_ask q;
	int rc;

	take_ask(v, field, &q);
	if (!fields_ok(field, AUDIT_FIELDS))
		return fail(e, E_USAGE, "a date of this address cannot be read");
	/* That it was taken out is noted, too, and is its last row. */
	if ((rc = audit_note(v->w->access, v->who.who, v->from.addr, "audit export", q.user, NULL, e)) != 0 || (rc = visit_office(v, &o, e)) != 0)
		return rc;
	buf_free(&v->r->body);
	v->r->body = (struct buf)BUF_INIT(LIMIT_AUDIT_FILE);
	audit_heading(as, f.out);
	if ((rc = state_audits(people_office_state(o), &q, put_line, &f, e)) != 0 || (rc = buf_err(f.out, e, "audit log")) != 0)
		return rc;
	v->answered = true;
	v->r->status = 200;
	v->r->type = type;
	return http_header(v->r, "Content-Disposition", name, e);
}

int see_audit_tsv(struct visit *v, struct err *e) { return export_as(v, AUDIT_TSV, "text/tab-separated-values; charset=utf-8", "attachment; filename=\"audit.tsv\"", e); }
int see_audit_jsonl(struct visit *v, struct err *e) { return export_as(v, AUDIT_JSONL, "application/jsonl; charset=utf-8", "attachment; filename=\"audit.jsonl\"", e); }

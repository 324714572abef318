#include "web/page_print.h"

#include <string.h>

#include "pdf/pdf.h"
#include "web/page_text.h"

static const char *state_in(enum lang k, const struct v_document *d)
{
	return tr(k, badge_of(d->state, d->assents).word);
}

/* A name for the file: letters, digits, '-' and '.' of the number. */
static const char *stem(struct arena *a, const char *number)
{
	const size_t n = strlen(number);
	char *s = arena_get(a, n + 1);

	for (size_t i = 0; s != NULL && i < n; i++) {
		const char c = number[i];
		const bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';

		s[i] = ok ? c : '_';
	}
	return s != NULL ? s : "";
}

static void fill_paper(struct loader *l, const struct v_round *r, const struct v_document *d, struct paper *p)
{
	int64_t modified = 0;

	*p = (struct paper){.number = d->number, .url = d->print_permanent.s, .unit = load_paper_units(l, d), .units = d->units, .langs = d->cols};
	if (time_parse(d->modified, strlen(d->modified), &modified))
		p->modified = modified;
	memcpy(p->lang, d->col, sizeof p->lang);
	memcpy(p->authentic, d->authentic, sizeof p->authentic);
	memcpy(p->provisional, d->provisional, sizeof p->provisional);
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		const enum lang lang = (enum lang)k;

		p->kind.s[k] = tr(lang, d->kind);
		p->title.s[k] = d->title.s[k];
		p->date.s[k] = arena_printf(l->a, tr(lang, N_("as of %s")), date_text(l->a, lang, d->date, r->zone));
		p->status.s[k] = state_in(lang, d);
		p->record.s[k] = arena_printf(l->a, "%s · v%u · SHA-256 %s", d->number, d->version, d->sha256);
	}
}

int paper_send(struct loader *l, const struct picked *p, enum paper_form form, struct http_resp *r, struct err *e)
{
	const struct pdf_fonts fonts = pdf_fonts_usual();
	struct v_document d;
	struct v_series *s;
	struct v_round *round;
	struct paper paper;
	int rc;

	if (p->entry.object.kind != STIX_DOCUMENT)
		return fail(e, E_NOTFOUND, "not found");
	if ((rc = load_round_of(l, json_get_str(p->entry.object.val, "round_ref"), &s, &round, e)) != 0 || (rc = load_document(l, round, p, &d, e)) != 0)
		return rc;
	fill_paper(l, round, &d, &paper);
	if (l->a->failed)
		return fail(e, E_NOMEM, "paper");
	buf_free(&r->body);
	r->body = (struct buf)BUF_INIT(LIMIT_WEB_PAGE);
	r->type = form == PAPER_PDF ? "application/pdf" : "text/plain; charset=utf-8";
	rc = form == PAPER_PDF ? pdf_write(&paper, &fonts, &r->body, e) : paper_plain(&paper, &r->body, e);
	if (rc != 0 || (rc = buf_err(&r->body, e, "paper")) != 0)
		return rc;
	return http_header(r, "Content-Disposition", arena_printf(l->a, "inline; filename=\"%s.%s\"", stem(l->a, d.number), form == PAPER_PDF ? "pdf" : "txt"), e);
}

static int see_paper(struct visit *v, enum paper_form form, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	struct v_document *d;
	struct picked p;
	int rc;

	if ((rc = text_round(v, &s, &r, e)) != 0 || (rc = load_numbered(r, v->q->arg[3], &d, e)) != 0 ||
	    (rc = load_version(&v->l, d->id, http_param(v->q, "v"), &p, e)) != 0)
		return rc;
	rc = paper_send(&v->l, &p, form, v->r, e);
	entry_free(&p.entry);
	v->answered = rc == 0;
	return rc;
}

int see_pdf(struct visit *v, struct err *e) { return see_paper(v, PAPER_PDF, e); }
int see_txt(struct visit *v, struct err *e) { return see_paper(v, PAPER_TEXT, e); }

/* One's own settings: how pages look, password, second factors, sessions. */
#include <string.h>

#include "web/load_people.h"
#include "web/qr.h"
#include "web/tmpl.h"

/* What was typed is kept only where it is no secret. */
static const struct field look_fields[SET_LOOKS] = {
	[SET_LANG] = {.name = "lang", .label = N_("Language"), .hint = N_("Of the first page; each page has links to the other languages."), .required = true},
	[SET_ORDER] = {.name = "order", .label = N_("Columns of joint texts"), .plain = true},
	[SET_ERA] = {.name = "era", .label = N_("Japanese dates with the year of the era")},
};
static const struct field password_fields[SET_PASSWORDS] = {
	[SET_OLD] = {.name = "old", .label = N_("Password until now"), .type = "password", .autocomplete = "current-password", .required = true, .max = LIMIT_PASSWORD},
	[SET_NEW] = {.name = "new", .label = N_("New password"), .hint = N_("At least 12 characters. A sentence is good."), .type = "password", .autocomplete = "new-password", .required = true, .max = LIMIT_PASSWORD},
	[SET_AGAIN] = {.name = "again", .label = N_("New password once more"), .type = "password", .autocomplete = "new-password", .required = true, .max = LIMIT_PASSWORD},
};
static const struct field totp_field = {.name = "label", .label = N_("Name of the device"), .hint = N_("For example: office phone"), .max = LIMIT_USER};
static const struct field key_field = {.name = "key-label", .label = N_("Name of the passkey"), .hint = N_("For example: desk key"), .max = LIMIT_USER};
static const struct field confirm_field = {.name = "code", .label = N_("Code"), .hint = N_("Six digits from the app"), .autocomplete = "one-time-code", .required = true, .max = 10};

static const char *const orders[] = {"", "de-ja", "ja-de", "de-en", "en-ja", "de-ja-en", "ja-de-en"};

static struct url settings_url(struct visit *v) { return visit_url(v, "settings", NULL); }

/* ---- the page ---- */

static const char *order_text(struct visit *v, const char *order)
{
	struct look l = {.cols = 0};
	const char *s = "";

	look_set_order(&l, order);
	for (size_t i = 0; i < l.cols; i++)
		s = arena_printf(v->l.a, "%s%s%s", s, i > 0 ? " | " : "", lang_name(l.col[i]));
	return l.cols > 0 ? s : tr(v->p.lang, N_("the language of the page first"));
}

static void put_look(struct visit *v, struct v_settings *s)
{
	memcpy(s->look, look_fields, sizeof(s->look));
	s->look[SET_LANG].value = lang_code(v->look.has_lang ? v->look.lang : v->p.lang);
	s->look[SET_ORDER].value = look_order(&v->look, v->l.a);
	s->look[SET_ERA].value = v->look.era ? "1" : NULL;
	for (unsigned k = 0; k < LANG_COUNT; k++)
		s->lang[k] = (struct choice){lang_code((enum lang)k), lang_name((enum lang)k)};
	for (; s->orders < ARRAY_LEN(orders); s->orders++)
		s->order[s->orders] = (struct choice){orders[s->orders], order_text(v, orders[s->orders])};
}

static void ask_new_key(struct visit *v, struct people_office *o, struct v_settings *s)
{
	CLEANUP_BUF struct buf options = BUF_INIT(LIMIT_KEY_ANSWER);
	char ticket[PEOPLE_TICKET];

	if (s->fresh && people_key_new(o, ticket, &options, NULL) == 0 && options.p != NULL)
		s->key = (struct v_key){true, arena_str(v->l.a, options.p), arena_str(v->l.a, ticket)};
}

static int load_settings(struct visit *v, struct v_settings *s, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	int rc = visit_office(v, &o, e);

	if (rc != 0 || (rc = load_factors(v, o, v->who.name, &s->factor, &s->factors, e)) != 0 || (rc = load_sessions(v, o, v->who.name, &s->session, &s->sessions, e)) != 0 ||
	    (rc = people_codes_left(o, v->who.name, &s->codes, e)) != 0)
		return rc;
	s->zone = party_zone(v->p.party);
	s->name = v->who.name;
	s->agency = v->who.agency;
	s->role = role_name(v->who.reader.role);
	s->fresh = v->session.fresh;
	put_look(v, s);
	if (s->password[0].name == NULL)
		memcpy(s->password, password_fields, sizeof(s->password));
	s->totp = totp_field;
	s->key_label = key_field;
	ask_new_key(v, o, s);
	return 0;
}

static int show(struct visit *v, struct v_settings *s, struct err *e)
{
	struct out o = visit_out(v);
	const int rc = load_settings(v, s, e);

	if (rc != 0)
		return rc;
	v->p.unlisted = true;
	v->p.title = tr(v->p.lang, N_("Settings"));
	visit_name(v, url_path(v->l.a, "settings", NULL));
	page_settings(&o, &v->p, s);
	return 0;
}

int see_settings(struct visit *v, struct err *e)
{
	struct v_settings s = {.fault = NULL};

	return show(v, &s, e);
}

static int again(struct visit *v, const char *fault, struct err *e)
{
	struct v_settings s = {.fault = fault};

	visit_again(v);
	return show(v, &s, e);
}

/* A refusal of an office is either that it is too long ago that one signed in, or what `otherwise` says. */
static int refused(struct visit *v, int rc, const char *otherwise, struct err *e)
{
	if (rc == E_DENIED && !v->session.fresh)
		otherwise = N_("Too much time has passed since you signed in. Please sign in again to change this.");
	return rc == E_DENIED || rc == E_USAGE || rc == E_FORMAT || rc == E_LIMIT || rc == E_CONFLICT || rc == E_NOTFOUND ? again(v, otherwise, e) : rc;
}

/* ---- acts ---- */

static int set_look(struct visit *v, struct err *e)
{
	struct look *l = &v->look;
	int rc;

	l->has_lang = false;
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if (strcmp(visit_field(v, "lang"), lang_code((enum lang)k)) == 0) {
			l->has_lang = true;
			l->lang = (enum lang)k;
		}
	look_set_order(l, visit_field(v, "order"));
	l->era = visit_field(v, "era")[0] != '\0';
	if ((rc = http_header(v->r, "Set-Cookie", look_cookie(l, v->l.a, v->q->tls), e)) != 0)
		return rc;
	return visit_go(v, url_path(v->l.a, lang_code(l->has_lang ? l->lang : v->p.lang), "settings", NULL), "saved", e);
}

/* As it was typed: blanks may be meant. */
static const char *secret_field(struct visit *v, const char *name)
{
	const char *s = http_form_get(&v->form, name);

	return s != NULL ? s : "";
}

static int change_password(struct visit *v, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	struct v_settings s = {.fault = NULL};
	struct err why = {0};
	int rc = visit_office(v, &o, e);

	if (rc != 0)
		return rc;
	if ((rc = people_change_password(o, v->who.name, secret_field(v, "old"), secret_field(v, "new"), &why)) == 0)
		return visit_go(v, settings_url(v), "password", e);
	if (rc != E_USAGE && (rc != E_DENIED || !v->session.fresh))
		return refused(v, rc, N_("The password was not changed."), e);
	memcpy(s.password, password_fields, sizeof(s.password));
	if (rc == E_USAGE)
		fields_fault(s.password, SET_PASSWORDS, "new", N_("Please choose a password of at least 12 characters."));
	else
		fields_fault(s.password, SET_PASSWORDS, "old", N_("This is not your password."));
	visit_again(v);
	return show(v, &s, e);
}

static int set_password(struct visit *v, struct err *e)
{
	struct v_settings s = {.fault = NULL};

	if (strcmp(secret_field(v, "new"), secret_field(v, "again")) == 0)
		return visit_later(v, change_password, e);
	memcpy(s.password, password_fields, sizeof(s.password));
	fields_fault(s.password, SET_PASSWORDS, "again", N_("The two new passwords are not the same."));
	visit_again(v);
	return show(v, &s, e);
}

static int show_totp(struct visit *v, struct v_totp *t)
{
	struct out o = visit_out(v);

	t->code = confirm_field;
	v->p.unlisted = true;
	v->p.title = tr(v->p.lang, N_("Add one-time codes"));
	visit_name(v, url_path(v->l.a, "settings", NULL));
	visit_crumb(v, N_("Settings"), settings_url(v));
	visit_crumb(v, N_("Add one-time codes"), settings_url(v));
	page_totp(&o, &v->p, t);
	return 0;
}

/* "ABCD EFGH …" out of the address. */
static const char *secret_of(struct visit *v, const char *uri)
{
	const char *s = strstr(uri, "secret="), *out = "";

	for (s = s != NULL ? s + 7 : ""; *s != '\0' && *s != '&'; ) {
		size_t n = strcspn(s, "&");

		n = n < 4 ? n : 4;
		out = arena_printf(v->l.a, "%s%s%.*s", out, out[0] != '\0' ? " " : "", (int)n, s);
		s += n;
	}
	return out;
}

static int new_totp(struct visit *v, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	char uri[PEOPLE_URI], id[17];
	struct v_totp t = {.uri = uri, .id = id};
	int rc = visit_office(v, &o, e);

	if (rc != 0)
		return rc;
	if ((rc = people_totp_new(o, v->who.name, visit_field(v, "label"), uri, id, e)) != 0)
		return refused(v, rc, N_("No more devices can be added: remove one first, or give it a shorter name."), e);
	t.secret = secret_of(v, uri);
	t.qr = qr_path(v->l.a, uri, &t.qr_size);
	return show_totp(v, &t);
}

static int confirm_totp(struct visit *v, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	struct v_totp t = {.id = visit_field(v, "id")};
	int rc = visit_office(v, &o, e);

	if (rc != 0)
		return rc;
	rc = people_totp_confirm(o, v->who.name, t.id, visit_field(v, "code"), e);
	if (rc == 0)
		return visit_go(v, settings_url(v), "factor", e);
	if (rc != E_DENIED || !v->session.fresh)
		return refused(v, rc, N_("This device is no longer there. Please add it again."), e);
	t.fault = N_("This is not the code the device shows now. Is its clock right? Please type the next one.");
	visit_again(v);
	return show_totp(v, &t);
}

static int new_codes(struct visit *v, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	struct out out = visit_out(v);
	struct v_codes c;
	int rc = visit_office(v, &o, e);

	if (rc != 0)
		return rc;
	if ((rc = people_codes_new(o, v->who.name, c.code, e)) != 0)
		return refused(v, rc, N_("No recovery codes were made."), e);
	v->p.unlisted = true;
	v->p.title = tr(v->p.lang, N_("Recovery codes"));
	visit_name(v, url_path(v->l.a, "settings", NULL));
	page_codes(&out, &v->p, &c);
	return 0;
}

static int add_key(struct visit *v, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	int rc = visit_office(v, &o, e);

	if (rc != 0)
		return rc;
	rc = people_key_register(o, visit_field(v, "ticket"), visit_field(v, "answer"), visit_field(v, "key-label"), e);
	return rc == 0 ? visit_go(v, settings_url(v), "factor", e) : refused(v, rc, N_("The passkey was not accepted. Please try again."), e);
}

static int drop_factor(struct visit *v, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	int rc = visit_office(v, &o, e);

	if (rc != 0)
		return rc;
	rc = people_drop_factor(o, v->who.name, visit_field(v, "id"), e);
	return rc == 0 ? visit_go(v, settings_url(v), "factor-gone", e) : refused(v, rc, N_("This device is no longer there."), e);
}

static int end_sessions(struct visit *v, const char *id, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	int rc = visit_office(v, &o, e);

	if (rc != 0)
		return rc;
	rc = people_end_session(o, v->who.name, id, e);
	return rc == 0 ? visit_go(v, settings_url(v), "session-ended", e) : refused(v, rc, N_("This session had ended already."), e);
}

static int end_session(struct visit *v, struct err *e) { return end_sessions(v, visit_field(v, "id"), e); }
static int end_others(struct visit *v, struct err *e) { return end_sessions(v, NULL, e); }

int do_settings(struct visit *v, struct err *e)
{
	static const struct { const char *word; visitor *run; } acts[] = {{"look", set_look}, {"password", set_password}, {"totp", new_totp}, {"totp-confirm", confirm_totp},
		{"codes", new_codes}, {"key", add_key}, {"drop-factor", drop_factor}, {"end-session", end_session}, {"end-others", end_others}};
	const char *act = visit_field(v, "act");

	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		if (strcmp(act, acts[i].word) == 0)
			return acts[i].run(v, e);
	return fail(e, E_USAGE, "no such act");
}

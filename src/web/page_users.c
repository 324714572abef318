/* For administrators: users of the party. */
#include <string.h>

#include "web/load_people.h"
#include "web/tmpl.h"

static const struct field user_fields[USER_FIELDS] = {
	[USER_NAME] = {.name = "name", .label = N_("Name"), .hint = N_("Small letters, digits, dot, hyphen: e.muster"), .required = true, .max = LIMIT_USER},
	[USER_AGENCY] = {.name = "agency", .label = N_("Agency"), .hint = N_("Its code, as in markings: AA, MOFA"), .max = LIMIT_AGENCY},
	[USER_ROLE] = {.name = "role", .label = N_("Role"), .required = true},
	[USER_PASSWORD] = {.name = "password", .label = N_("First password"), .hint = N_("At least 12 characters. To be changed by the user; without one, only a certificate opens."), .type = "password", .autocomplete = "new-password", .max = LIMIT_PASSWORD},
};
static const struct field heir_field = {.name = "to", .label = N_("Successor"), .required = true};
static const struct field sure_field = {.name = "sure", .label = N_("Yes, hand over everything and end this access"), .required = true};

static void name_users(struct visit *v, const char *user)
{
	v->p.unlisted = true;
	v->p.title = user != NULL ? user : tr(v->p.lang, N_("Users"));
	visit_name(v, user != NULL ? url_path(v->l.a, "settings", "users", user, NULL) : url_path(v->l.a, "settings", "users", NULL));
	visit_crumb(v, N_("Settings"), visit_url(v, "settings", NULL));
	visit_crumb(v, N_("Users"), visit_url(v, "settings", "users", NULL));
	if (user != NULL)
		visit_crumb_text(v, (struct shown){user, v->p.lang}, visit_url(v, "settings", "users", user, NULL));
}

/* ---- all ---- */

static int show_users(struct visit *v, struct v_users *s, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	struct out out = visit_out(v);
	int rc = visit_office(v, &o, e);

	if (rc != 0 || (rc = load_users(v, o, &s->user, &s->users, e)) != 0)
		return rc;
	s->zone = party_zone(v->p.party);
	role_choices(v, s->role);
	name_users(v, NULL);
	page_users(&out, &v->p, s);
	return 0;
}

int see_users(struct visit *v, struct err *e)
{
	struct v_users s = {.users = 0};

	memcpy(s.f, user_fields, sizeof(s.f));
	return show_users(v, &s, e);
}

/* Only what the form may change is taken from it. false: a value does not fit; its field has the fault. */
static bool take_user(struct visit *v, struct field f[USER_FIELDS], struct state_user *u)
{
	const char *agency = visit_field(v, "agency"), *role = visit_field(v, "role");

	if (strlen(agency) > LIMIT_AGENCY)
		fields_fault(f, USER_FIELDS, "agency", N_("This is too long."));
	else
		memcpy(u->agency, agency, strlen(agency) + 1);
	if (strlen(role) >= sizeof(u->role) || role_parse(role) == ROLE_NONE)
		fields_fault(f, USER_FIELDS, "role", N_("Please choose a role."));
	else
		memcpy(u->role, role, strlen(role) + 1);
	return fields_ok(f, USER_FIELDS);
}

/* What the office says against a new user, at the field it is about. */
static bool place_fault(struct field f[USER_FIELDS], int rc, bool has_password)
{
	if (rc == E_EXISTS)
		fields_fault(f, USER_FIELDS, "name", N_("There is such a user already."));
	else if (rc == E_USAGE && has_password)
		fields_fault(f, USER_FIELDS, "password", N_("Please choose a password of at least 12 characters."));
	else if (rc == E_USAGE || rc == E_FORMAT)
		fields_fault(f, USER_FIELDS, "name", N_("Names are small letters, digits, dot and hyphen, beginning with a letter."));
	return !fields_ok(f, USER_FIELDS);
}

static bool name_fits(const char *s)
{
	const size_t n = strlen(s);

	return n > 0 && n <= LIMIT_USER && s[0] >= 'a' && s[0] <= 'z' && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static int add_user(struct visit *v, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	const char *name = visit_field(v, "name"), *password = http_form_get(&v->form, "password");
	struct v_users s = {.users = 0};
	struct state_user u = {.created_s = v->l.now / NS_PER_S};
	int rc = visit_office(v, &o, e);

	if (rc != 0)
		return rc;
	memcpy(s.f, user_fields, sizeof(s.f));
	visit_fill(v, s.f, USER_PASSWORD);
	fields_require(s.f, USER_FIELDS);
	if (!name_fits(name))
		fields_fault(s.f, USER_FIELDS, "name", N_("Names are small letters, digits, dot and hyphen, beginning with a letter."));
	if (take_user(v, s.f, &u)) {
		memcpy(u.name, name, strlen(name) + 1);
		memcpy(u.party, v->p.party, strlen(v->p.party) + 1);
		password = password != NULL && password[0] != '\0' ? password : NULL;
		if ((rc = people_put_user(o, &u, true, password, e)) == 0)
			return visit_go(v, visit_url(v, "settings", "users", name, NULL), "user-added", e);
		if (!place_fault(s.f, rc, password != NULL))
			return rc;
	}
	visit_again(v);
	return show_users(v, &s, e);
}

int do_users(struct visit *v, struct err *e) { return visit_later(v, add_user, e); }

/* ---- one ---- */

static int load_heirs(struct visit *v, struct people_office *o, struct v_one_user *s, struct err *e)
{
	struct v_user *all;
	size_t n;
	const int rc = load_users(v, o, &all, &n, e);

	if (rc != 0)
		return rc;
	if ((s->heir = arena_array(v->l.a, n + 1, sizeof(*s->heir))) == NULL)
		return fail(e, E_NOMEM, "users");
	for (size_t i = 0; i < n; i++)
		if (!all[i].disabled && !all[i].foreign && strcmp(all[i].name, s->u.name) != 0)
			s->heir[s->heirs++] = (struct choice){all[i].name, all[i].agency[0] != '\0' ? arena_printf(v->l.a, "%s (%s)", all[i].name, all[i].agency) : all[i].name};
	return 0;
}

static int show_user(struct visit *v, struct people_office *o, struct v_one_user *s, struct err *e)
{
	struct out out = visit_out(v);
	struct state_user u;
	int rc = state_get_user(people_office_state(o), v->q->arg[1], &u, e);

	if (rc != 0)
		return rc;
	s->u = user_view(v, &u);
	s->zone = party_zone(v->p.party);
	s->self = strcmp(u.name, v->who.name) == 0;
	s->fresh = v->session.fresh;
	if (s->f[USER_NAME].name == NULL)
		memcpy(s->f, user_fields, sizeof(s->f));
	s->f[USER_PASSWORD].label = N_("New password");
	s->f[USER_PASSWORD].hint = N_("At least 12 characters. A sentence is good.");
	s->f[USER_PASSWORD].required = true;
	if (s->f[USER_AGENCY].value == NULL) {
		s->f[USER_AGENCY].value = s->u.agency;
		s->f[USER_ROLE].value = role_word(role_parse(u.role));
	}
	s->to = heir_field;
	s->sure = sure_field;
	role_choices(v, s->role);
	if ((rc = load_factors(v, o, u.name, &s->factor, &s->factors, e)) != 0 || (rc = load_sessions(v, o, u.name, &s->session, &s->sessions, e)) != 0 || (rc = load_heirs(v, o, s, e)) != 0)
		return rc;
	name_users(v, s->u.name);
	page_user(&out, &v->p, s);
	return 0;
}

int see_user(struct visit *v, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	struct v_one_user s = {.heirs = 0};
	const int rc = visit_office(v, &o, e);

	return rc != 0 ? rc : show_user(v, o, &s, e);
}

/* ---- acts on one; each gets the user as stored ---- */

typedef int user_act(struct visit *v, struct people_office *o, struct state_user *u, struct v_one_user *s, struct err *e);

static int save(struct visit *v, struct people_office *o, struct state_user *u, struct v_one_user *s, struct err *e)
{
	memcpy(s->f, user_fields, sizeof(s->f));
	s->f[USER_AGENCY].value = visit_field(v, "agency");
	s->f[USER_ROLE].value = visit_field(v, "role");
	return take_user(v, s->f, u) ? people_put_user(o, u, false, NULL, e) : E_USAGE;
}

static int set_password(struct visit *v, struct people_office *o, struct state_user *u, struct v_one_user *s, struct err *e)
{
	const char *password = http_form_get(&v->form, "password");
	const int rc = people_change_password(o, u->name, NULL, password != NULL ? password : "", e);

	if (rc == E_USAGE) {
		memcpy(s->f, user_fields, sizeof(s->f));
		fields_fault(s->f, USER_FIELDS, "password", N_("Please choose a password of at least 12 characters."));
	}
	return rc;
}

static int disable(struct visit *v, struct people_office *o, struct state_user *u, struct v_one_user *s, struct err *e)
{
	(void)v;
	(void)s;
	return people_disable(o, u->name, e);
}

static int enable(struct visit *v, struct people_office *o, struct state_user *u, struct v_one_user *s, struct err *e)
{
	(void)v;
	(void)s;
	u->disabled = false;
	return people_put_user(o, u, false, NULL, e);
}

static int hand_over(struct visit *v, struct people_office *o, struct state_user *u, struct v_one_user *s, struct err *e)
{
	struct people_handed done;

	if (visit_field(v, "sure")[0] == '\0') {
		s->fault = N_("Please tick that you are sure.");
		return E_USAGE;
	}
	return people_hand_over(o, u->name, visit_field(v, "to"), v->w->hook, v->w->hooks, &done, e);
}

static int drop_factor(struct visit *v, struct people_office *o, struct state_user *u, struct v_one_user *s, struct err *e)
{
	(void)s;
	return people_drop_factor(o, u->name, visit_field(v, "id"), e);
}

static int end_session(struct visit *v, struct people_office *o, struct state_user *u, struct v_one_user *s, struct err *e)
{
	(void)s;
	return people_end_session(o, u->name, visit_field(v, "id"), e);
}

/* self: also on oneself; one's own role, password and access are changed by others, or under Settings. */
static const struct user_row { const char *word; user_act *run; const char *done; bool self; } user_acts[] = {
	{"save", save, "saved", false}, {"password", set_password, "password", false}, {"disable", disable, "user-disabled", false}, {"enable", enable, "saved", false},
	{"hand-over", hand_over, "handed-over", false}, {"drop-factor", drop_factor, "factor-gone", false}, {"end-session", end_session, "session-ended", true},
};

static const struct user_row *row_of(struct visit *v)
{
	for (size_t i = 0; i < ARRAY_LEN(user_acts); i++)
		if (strcmp(visit_field(v, "act"), user_acts[i].word) == 0)
			return &user_acts[i];
	return NULL;
}

static int act_on(struct visit *v, struct err *e)
{
	CLEANUP_OFFICE struct people_office *o = NULL;
	struct v_one_user s = {.heirs = 0};
	const struct user_row *row = row_of(v);
	struct state_user u;
	int rc = visit_office(v, &o, e);

	if (rc != 0 || (rc = state_get_user(people_office_state(o), v->q->arg[1], &u, e)) != 0)
		return rc;
	if (row == NULL || (strcmp(u.name, v->who.name) == 0 && !row->self))
		return fail(e, E_USAGE, "no such act, or not on oneself");
	if ((rc = row->run(v, o, &u, &s, e)) == 0)
		return visit_go(v, visit_url(v, "settings", "users", u.name, NULL), row->done, e);
	if (rc == E_DENIED && !v->session.fresh)
		s.fault = N_("Too much time has passed since you signed in. Please sign in again to change this.");
	else if (rc != E_USAGE && rc != E_NOTFOUND && rc != E_STATE && rc != E_CONFLICT)
		return rc;
	else if (s.fault == NULL && (s.f[USER_NAME].name == NULL || fields_ok(s.f, USER_FIELDS)))
		s.fault = N_("This could not be done as things stand. Nothing was changed.");
	visit_again(v);
	return show_user(v, o, &s, e);
}

int do_user(struct visit *v, struct err *e) { return visit_later(v, act_on, e); }

#include "web/load_people.h"

#include <string.h>

int visit_office(struct visit *v, struct people_office **ret, struct err *e)
{
	return people_office_open(v->w->access, &v->who, &v->session, &v->from, ret, e);
}

/* Rows of any kind, gathered in the arena. */
struct rows { struct visit *v; char *at; size_t n, cap, size; };

static void *next_row(struct rows *r)
{
	if (r->n == r->cap) {
		const size_t cap = r->cap > 0 ? 2 * r->cap : 16;
		char *more = arena_array(r->v->l.a, cap, r->size);

		if (more == NULL)
			return NULL;
		if (r->n > 0)
			memcpy(more, r->at, r->n * r->size);
		r->at = more;
		r->cap = cap;
	}
	return r->at + r->size * r->n++;
}

static const struct { int kind; const char *name, *icon; } kinds[] = {{FACTOR_TOTP, N_("One-time codes"), "clock"}, {FACTOR_PASSKEY, N_("Passkey"), "key"}};

static int take_factor(void *ctx, const struct state_factor *f, struct err *e)
{
	struct rows *r = ctx;
	struct v_factor *to = next_row(r);

	if (to == NULL)
		return fail(e, E_NOMEM, "factors");
	*to = (struct v_factor){.id = arena_str(r->v->l.a, f->id), .kind = "?", .icon = "key", .label = arena_str(r->v->l.a, f->label), .created = f->created_s, .used = f->used_s, .confirmed = f->confirmed};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].kind == f->kind) {
			to->kind = kinds[i].name;
			to->icon = kinds[i].icon;
		}
	return 0;
}

int load_factors(struct visit *v, struct people_office *o, const char *name, struct v_factor **ret, size_t *ret_n, struct err *e)
{
	struct rows r = {.v = v, .size = sizeof(**ret)};
	const int rc = people_factors(o, name, take_factor, &r, e);

	*ret = (void *)r.at;
	*ret_n = rc == 0 ? r.n : 0;
	return rc;
}

static int take_session(void *ctx, const struct state_session *s, struct err *e)
{
	struct rows *r = ctx;
	struct arena *a = r->v->l.a;
	struct v_session *to = next_row(r);

	if (to == NULL)
		return fail(e, E_NOMEM, "sessions");
	*to = (struct v_session){.id = arena_str(a, s->id), .how = people_how_said(s->how), .from = arena_str(a, s->from), .agent = arena_str(a, s->agent), .since = s->created_s, .seen = s->seen_s,
		.own = strcmp(s->id, r->v->session.id) == 0};
	return 0;
}

int load_sessions(struct visit *v, struct people_office *o, const char *name, struct v_session **ret, size_t *ret_n, struct err *e)
{
	struct rows r = {.v = v, .size = sizeof(**ret)};
	const int rc = people_sessions(o, name, take_session, &r, e);

	*ret = (void *)r.at;
	*ret_n = rc == 0 ? r.n : 0;
	return rc;
}

struct v_user user_view(struct visit *v, const struct state_user *u)
{
	struct arena *a = v->l.a;

	return (struct v_user){.name = arena_str(a, u->name), .party = arena_str(a, u->party), .agency = arena_str(a, u->agency), .role = role_name(role_parse(u->role)), .disabled = u->disabled,
		.certificate = u->has_spki, .password = u->password[0] != '\0', .foreign = v->p.party == NULL || strcmp(u->party, v->p.party) != 0, .seen = u->seen_s,
		.url = visit_url(v, "settings", "users", u->name, NULL)};
}

static int take_user(void *ctx, const struct state_user *u, struct err *e)
{
	struct rows *r = ctx;
	struct v_user *to = next_row(r);

	if (to == NULL)
		return fail(e, E_NOMEM, "users");
	*to = user_view(r->v, u);
	return 0;
}

int load_users(struct visit *v, struct people_office *o, struct v_user **ret, size_t *ret_n, struct err *e)
{
	struct rows r = {.v = v, .size = sizeof(**ret)};
	const int rc = state_users(people_office_state(o), take_user, &r, e);

	*ret = (void *)r.at;
	*ret_n = rc == 0 ? r.n : 0;
	return rc;
}

void role_choices(struct visit *v, struct choice ret[V_ROLES])
{
	static const enum role roles[V_ROLES] = {ROLE_READER, ROLE_CONTRIBUTOR, ROLE_DESK, ROLE_RELEASER, ROLE_ADMIN, ROLE_AUDITOR};

	for (size_t i = 0; i < V_ROLES; i++)
		ret[i] = (struct choice){role_word(roles[i]), tr(v->p.lang, role_name(roles[i]))};
}

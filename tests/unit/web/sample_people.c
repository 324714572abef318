/* The views of the pages about people, by hand. */
#include <string.h>

#include "sample.h"
#include "web/people_view.h"
#include "web/tmpl.h"

static const char *evil_text; /* as in sample.c */
static const char *s_(const char *s) { return evil_text != NULL ? evil_text : s; }

static struct field field_make(const char *name, const char *label, bool bad)
{
	return (struct field){.name = name, .label = label, .hint = s_("A hint."), .value = s_("typed"), .fault = bad ? s_("What is wrong.") : NULL, .autocomplete = s_("off"), .lang = "ja", .required = bad, .max = 40};
}

static void factors_make(struct arena *a, struct v_factor **ret, size_t *n)
{
	*n = 2;
	*ret = arena_array(a, 2, sizeof(**ret));
	(*ret)[0] = (struct v_factor){"0011223344556677", "One-time codes", "clock", s_("Diensttelefon"), 1473400000, 1473486400, true};
	(*ret)[1] = (struct v_factor){s_("8899aabbccddeeff"), "Passkey", "key", s_("Schlüssel"), 1473400000, 0, false};
}

static void sessions_make(struct arena *a, struct v_session **ret, size_t *n)
{
	*n = 2;
	*ret = arena_array(a, 2, sizeof(**ret));
	(*ret)[0] = (struct v_session){"0011223344556677", "password and one-time code", s_("192.0.2.1"), s_("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), 1473400000, 1473486400, true};
	(*ret)[1] = (struct v_session){s_("8899aabbccddeeff"), "passkey", s_("2001:db8::1"), s_(""), 1473400000, 1473486400, false};
}

static void sign_in(struct out *o, const struct page *p, bool second)
{
	struct v_sign_in v = {.to = s_("/de/series"), .fault = s_("No."), .second = second, .ticket = s_("ticket"), .by_code = true, .by_recovery = true, .certificate = true,
		.key = {true, s_("{\"challenge\":\"x\"}"), s_("ticket")}, .code = field_make("code", "Code", true)};

	v.f[SIGN_NAME] = field_make("name", "Name", false);
	v.f[SIGN_PASSWORD] = field_make("password", "Password", true);
	page_sign_in(o, p, &v);
}

static void settings(struct out *o, const struct page *p)
{
	static const char *const names[] = {"old", "new", "again"};
	struct v_settings *v = arena_get(p->a, sizeof(*v));

	*v = (struct v_settings){.zone = "Europe/Berlin", .name = s_("e.muster"), .agency = s_("AA"), .role = "desk officer", .fresh = true, .codes = 7, .key = {true, s_("{}"), s_("t")}, .fault = s_("No.")};
	factors_make(p->a, &v->factor, &v->factors);
	sessions_make(p->a, &v->session, &v->sessions);
	v->look[SET_LANG] = field_make("lang", "Language", false);
	v->look[SET_ORDER] = field_make("order", "Columns of joint texts", false);
	v->look[SET_ERA] = field_make("era", "Japanese dates with the year of the era", false);
	for (size_t i = 0; i < LANG_COUNT; i++)
		v->lang[i] = (struct choice){s_("de"), s_("Deutsch")};
	v->order[v->orders++] = (struct choice){s_("de-ja"), s_("Deutsch | 日本語")};
	for (size_t i = 0; i < SET_PASSWORDS; i++)
		v->password[i] = field_make(names[i], "New password", i == 1);
	v->totp = field_make("label", "Name of the device", false);
	v->key_label = field_make("key-label", "Name of the passkey", false);
	page_settings(o, p, v);
}

static struct v_user user_make(struct arena *a, int k)
{
	return (struct v_user){.name = s_("e.muster"), .party = "DE", .agency = s_("AA"), .role = "releaser", .disabled = k == 1, .certificate = true, .password = true, .foreign = k == 1, .seen = 1473400000,
		.url = url_path(a, "de", "settings", "users", s_("e.muster"), NULL)};
}

static void user_fields_make(struct field f[USER_FIELDS], struct choice role[V_ROLES])
{
	static const char *const names[] = {"name", "agency", "role", "password"};

	for (size_t i = 0; i < USER_FIELDS; i++)
		f[i] = field_make(names[i], "Name", i == 0);
	for (size_t i = 0; i < V_ROLES; i++)
		role[i] = (struct choice){s_("reader"), s_("Leser")};
}

static void users(struct out *o, const struct page *p)
{
	struct v_users v = {.zone = "Europe/Berlin", .users = 2, .user = arena_array(p->a, 2, sizeof(struct v_user))};

	for (int i = 0; i < 2; i++)
		v.user[i] = user_make(p->a, i);
	user_fields_make(v.f, v.role);
	page_users(o, p, &v);
}

static void user(struct out *o, const struct page *p)
{
	struct v_one_user v = {.zone = "Europe/Berlin", .u = user_make(p->a, 0), .fresh = true, .to = field_make("to", "Successor", false), .sure = field_make("sure", "Yes", true), .fault = s_("No."), .heirs = 1,
		.heir = arena_get(p->a, sizeof(struct choice))};

	*v.heir = (struct choice){s_("f.frei"), s_("f.frei (AA)")};
	user_fields_make(v.f, v.role);
	factors_make(p->a, &v.factor, &v.factors);
	sessions_make(p->a, &v.session, &v.sessions);
	page_user(o, p, &v);
}

static void audit(struct out *o, const struct page *p)
{
	struct v_audit v = {.zone = "Europe/Berlin", .rows = 2, .more = true, .row = arena_array(p->a, 2, sizeof(struct v_audit_row)), .tsv = {"/de/settings/audit.tsv"}, .jsonl = {"/de/settings/audit.jsonl"}};

	for (int i = 0; i < 2; i++)
		v.row[i] = (struct v_audit_row){(unsigned long long)(12 - i), 1473400000 * NS_PER_S, s_("DE/AA/e.muster"), s_("192.0.2.1"), s_("sign-in"), s_("password"), s_("refused: wrong password"), i == 1};
	for (int i = 0; i < AUDIT_FIELDS; i++)
		v.f[i] = field_make(i == 0 ? "user" : i == 1 ? "since" : "until", "User", i == 1);
	page_audit(o, p, &v);
}

static void totp(struct out *o, const struct page *p)
{
	const struct v_totp v = {s_("otpauth://totp/Verbale%20DE:e.muster?secret=ABCD"), s_("ABCD EFGH"), s_("0011223344556677"), s_("M4 4h7v1h-7z"), 33, s_("No."), field_make("code", "Code", true)};

	page_totp(o, p, &v);
}

static void codes(struct out *o, const struct page *p)
{
	struct v_codes v;

	for (size_t i = 0; i < PEOPLE_CODES; i++)
		memcpy(v.code[i], "abcd-efgh-ijkl-mnop", PEOPLE_CODE);
	page_codes(o, p, &v);
}

/* Areas, which no page about people has; every word of a form. */
static void form(struct out *o, const struct page *p)
{
	struct field f[2] = {field_make("text", "Name", true), field_make("box", "Yes", true)};

	f[0].rows = 8;
	page_top(o, p);
	form_faults(o, p, f, 2);
	form_area(o, p, &f[0]);
	form_check(o, p, &f[1]);
	form_fault(o, p, s_("No."));
	form_send(o, p, "Save");
	page_end(o, p);
}

void sample_people(const struct sample *s, enum sample_page which, struct out *o)
{
	evil_text = s->evil;
	switch (which) {
	case S_SIGN_IN: sign_in(o, &s->page, false); break;
	case S_SECOND: sign_in(o, &s->page, true); break;
	case S_SIGN_OUT: page_sign_out(o, &s->person); break;
	case S_SETTINGS: settings(o, &s->person); break;
	case S_TOTP: totp(o, &s->person); break;
	case S_CODES: codes(o, &s->person); break;
	case S_USERS: users(o, &s->person); break;
	case S_USER: user(o, &s->person); break;
	case S_AUDIT: audit(o, &s->person); break;
	case S_FORM: form(o, &s->person); break;
	case S_HELP: page_help(o, &s->page); break;
	case S_ACCESSIBILITY: page_accessibility(o, &s->page); break;
	case S_PRIVACY: page_privacy(o, &s->page); break;
	case S_HOME: case S_LIST: case S_SERIES: case S_ROUND: case S_STATEMENT: case S_AGENDA: case S_PROOF: case S_RECORD: case S_ERROR: case S_PERSON: case S_PAGES: break;
	}
	evil_text = NULL;
}

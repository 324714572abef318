#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include "web/tmpl.h"

#define HASH64 "9f2c41ab6e0d5b77c1f04a928835de16b0a94c3e52f7180d64e9ab210c5f7d03"

static const char *evil_text;  /* test only: one switch instead of a parameter on every line below */
static const char *s_(const char *s) { return evil_text != NULL && s != NULL ? evil_text : s; }

static struct bitext bi(const char *de, const char *ja, const char *en)
{
	return (struct bitext){{[LANG_DE] = s_(de), [LANG_JA] = s_(ja), [LANG_EN] = s_(en)}};
}

static int64_t at(const char *t)
{
	int64_t ns = 0;

	if (!time_parse(t, strlen(t), &ns))
		abort();
	return ns;
}

static struct v_unit *units_make(struct arena *a, size_t *n)
{
	static const struct { const char *de, *ja; } text[] = {
		{"Am 9. September 2016 fanden in Tokyo die ersten deutsch-japanischen Cyber-Konsultationen statt. Daran nahmen auf beiden Seiten die für Außen-, Innen- und Verteidigungspolitik zuständigen Stellen teil.", "2016年9月9日（金）、東京において第1回日独サイバー協議が開催されました。双方から、外交、内政及び防衛を所管する関係府省庁が出席しました。"},
		{"Die Delegationen stellten einander ihre Strategien und Zuständigkeiten vor und berieten über den Schutz kritischer Infrastruktur.", "双方は、それぞれの戦略及び体制を説明し、重要インフラ防護について意見交換を行いました。"},
		{"Sie erörterten die Anwendbarkeit des Völkerrechts und die Arbeit der Regierungsexpertengruppe der Vereinten Nationen.", "また、国際法の適用及び国連政府専門家会合における議論について協議しました。"},
		{"Beide Seiten vereinbarten, die Konsultationen fortzusetzen.", "双方は、本協議を継続することで一致しました。"},
	};
	struct v_unit *u = arena_array(a, ARRAY_LEN(text), sizeof *u);

	*n = ARRAY_LEN(text);
	for (size_t i = 0; i < *n; i++) {
		u[i].number = s_(arena_printf(a, "%zu", i + 1));
		u[i].text = bi(text[i].de, text[i].ja, i == 3 ? NULL : "English text of this paragraph.");
	}
	u[3].bracketed = true;
	u[3].bracketed_by = s_("JP");
	return u;
}

static struct v_unit *items_make(struct arena *a, size_t *n)
{
	static const struct { const char *from, *to, *de, *ja, *lead; } item[] = {
		{"2016-09-09T00:30:00Z", "2016-09-09T01:00:00Z", "Eröffnung und Annahme der Tagesordnung", "開会挨拶及び議題の採択", "JP"},
		{"2016-09-09T01:00:00Z", "2016-09-09T02:15:00Z", "Nationale Strategien und Zuständigkeiten", "国家戦略及び推進体制", "DE, JP"},
		{"2016-09-09T02:15:00Z", "2016-09-09T02:30:00Z", "Pause", "休憩", NULL},
		{"2016-09-09T02:30:00Z", "2016-09-09T03:30:00Z", "Schutz kritischer Infrastruktur", "重要インフラ防護", "JP"},
	};
	struct v_unit *u = arena_array(a, ARRAY_LEN(item), sizeof *u);

	*n = ARRAY_LEN(item);
	for (size_t i = 0; i < *n; i++) {
		u[i] = (struct v_unit){.number = s_(arena_printf(a, "%zu", i + 1)), .text = bi(item[i].de, item[i].ja, NULL), .has_time = true,
			.start = at(item[i].from), .end = at(item[i].to), .lead = s_(item[i].lead), .pause = i == 2};
	}
	return u;
}

static void document_make(struct arena *a, enum lang l, struct v_document *d, const char *kind, const char *number)
{
	*d = (struct v_document){.kind = word_kind(kind), .kind_code = kind, .number = s_(number), .id = "verbale-document--1", .modified = "2016-09-12T08:00:00.000Z",
		.version = 3, .versions = 3, .title = bi("Erste deutsch-japanische Cyber-Konsultationen in Tokyo", "第1回日独サイバー協議の開催", "First German-Japanese cyber consultations in Tokyo"),
		.date = at("2016-09-12T00:00:00Z"), .state = DOC_PUBLISHED, .assents = 2, .has_publication = true, .publish_at = at("2016-09-12T08:15:00Z"),
		.sha256 = HASH64, .writer = s_("JP"), .authentic = {[LANG_DE] = true, [LANG_JA] = true}, .provisional = {[LANG_EN] = true},
		.page = url_path(a, lang_code(l), "series", "de-jp-cyber", "rounds", "1", "statement", NULL), .proof = url_path(a, lang_code(l), "record", number, NULL),
		.permanent = url_path(a, "r", number, NULL), .json = url_path(a, "r", number, NULL), .origin = "log.jp.example", .index = 411, .log_size = 418, .confirmed = true, .since = at("2016-09-12T08:16:00Z"), .example = true};
	d->print_permanent = url_absolute(a, "https://record.example", d->permanent);
	d->mail = url_mail(a, d->number, d->print_permanent.s);
	d->with_english = l == LANG_EN ? (struct url){NULL} : url_query(a, d->page, "view", "de,en");
	d->assent[0] = (struct v_assent){s_("DE"), ASSENT_AGREE, at("2016-09-12T08:15:00Z")};
	d->assent[1] = (struct v_assent){s_("JP"), ASSENT_AGREE, at("2016-09-12T07:40:00Z")};
	d->col[d->cols++] = l;
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if (k != (unsigned)l && k != LANG_EN)
			d->col[d->cols++] = (enum lang)k;
	d->unit = strcmp(kind, "agenda") == 0 ? items_make(a, &d->units) : units_make(a, &d->units);
	if (strcmp(kind, "agenda") == 0)
		d->title = bi("Tagesordnung der ersten Runde", "第1回協議の議題", NULL);
}

static struct v_delegation *delegations_make(struct arena *a)
{
	struct v_delegation *g = arena_array(a, 2, sizeof *g);

	for (int i = 0; i < 2; i++) {
		g[i].party = i == 0 ? "DE" : "JP";
		g[i].members = 2;
		g[i].member = arena_array(a, 2, sizeof *g[i].member);
		g[i].member[0] = (struct v_member){.native = s_(i == 0 ? "Erika Muster" : "見本 太郎"), .latin = s_("MIHON Taro"), .reading = i == 0 ? NULL : s_("みほん たろう"),
			.function = bi("Botschafter für Cyberaußenpolitik", "サイバー政策担当大使", NULL), .agency = bi("Außenministerium", "外務省", NULL), .agency_code = s_("MOFA"), .role = "head"};
		g[i].member[1] = (struct v_member){.native = s_("Max Beispiel"), .function = bi("Protokollführung", "記録係", NULL), .agency = bi("Botschaft", "大使館", NULL), .role = "note-taker"};
	}
	return g;
}

static struct v_round *round_make(struct arena *a, enum lang l)
{
	struct v_round *r = arena_get(a, sizeof *r);
	static const struct { const char *when, *what; } ev[] = {
		{"2016-07-04T00:00:00Z", N_("Invitation sent")}, {"2016-08-22T00:00:00Z", N_("Agenda agreed")},
		{"2016-09-09T00:00:00Z", N_("Round held")}, {"2016-09-12T00:00:00Z", N_("Joint text published")},
	};

	*r = (struct v_round){.id = "verbale-round--1", .series_slug = "de-jp-cyber", .ordinal = 1, .key = "1", .title = bi("Erste Runde, Tokyo 2016", "第1回協議（東京、2016年）", NULL),
		.series_title = bi("Deutsch-japanische Cyber-Konsultationen", "日独サイバー協議", "German-Japanese cyber consultations"), .venue = bi("Japanisches Außenministerium, Tokyo", "外務省（東京）", NULL),
		.start = at("2016-09-09T00:30:00Z"), .end = at("2016-09-09T07:45:00Z"), .has_end = true, .zone = "Asia/Tokyo", .zone2 = "Europe/Berlin", .own = l == LANG_DE ? "Europe/Berlin" : "Asia/Tokyo", .other = l == LANG_DE ? "Asia/Tokyo" : "Europe/Berlin", .mode = "in-person", .status = "closed", .host = s_("JP"),
		.page = url_path(a, lang_code(l), "series", "de-jp-cyber", "rounds", "1", NULL), .example = true};
	r->statement_page = url_suffix(a, r->page, "/statement");
	r->agenda_page = url_suffix(a, r->page, "/agenda");
	r->documents = 2;
	r->document = arena_array(a, 2, sizeof *r->document);
	document_make(a, l, &r->document[0], "press-release", "DJ-2016-0003");
	document_make(a, l, &r->document[1], "agenda", "DJ-2016-0002");
	r->statement = &r->document[0];
	r->agenda = &r->document[1];
	r->delegation = delegations_make(a);
	r->delegations = 2;
	r->observers = 1;
	r->observer = arena_get(a, sizeof *r->observer);
	*r->observer = (struct v_observer){.name = bi("Vertretung der Europäischen Union", "欧州連合代表部", NULL), .party = "EU"};
	r->events = ARRAY_LEN(ev);
	r->event = arena_array(a, r->events, sizeof *r->event);
	for (size_t i = 0; i < r->events; i++)
		r->event[i] = (struct v_event){.at = at(ev[i].when), .what = s_(ev[i].what), .now = i == 3};
	struct v_link *link = arena_get(a, sizeof *link);
	*link = (struct v_link){bi("Cyber-Außenpolitik", "サイバー外交", "Cyber foreign policy"), url_foreign(a, "https://www.auswaertiges-amt.de/"), s_("www.auswaertiges-amt.de")};
	r->reading = (struct v_links){link, 1};
	r->document[0].reading = r->reading;
	return r;
}

static void proof_make(struct arena *a, const struct v_round *r, struct v_proof *ret)
{
	*ret = (struct v_proof){.doc = r->statement, .round = r, .n = 3, .ok = true, .checked_at = at("2016-09-12T08:20:00Z"), .zone = "Asia/Tokyo", .zone2 = "Europe/Berlin",
		.object_sha256 = HASH64, .base_url = s_("https://record.example")};
	ret->evidence = arena_array(a, 3, sizeof *ret->evidence);
	for (int i = 0; i < 3; i++) {
		struct v_evidence *e = &ret->evidence[i];

		*e = (struct v_evidence){.what = s_(i == 0 ? N_("The document") : N_("Assent")), .party = s_(i == 1 ? "DE" : "JP"), .id = "verbale-document--1", .modified = "2016-09-12T08:00:00.000Z",
			.json = url_path(a, "r", "x", "v", "y.json", NULL), .proof = url_path(a, "r", "x", "v", "y.tlog-proof", NULL), .policy = url_path(a, "r", "x", "v", "y.policy", NULL),
			.json_name = "1.json", .proof_name = "1.tlog-proof", .policy_name = "1.policy", .step = i == 2 ? 3 : 4, .pending = i == 2, .fault = i == 1 ? s_("inclusion: the path is too short") : NULL,
			.entry_sha256 = HASH64, .leaf = "01" HASH64, .leaf_hash = HASH64, .root = s_("wD6R+hYJ0KcfB2yK8QJm1x2m0mX1nCq1m4e9Wb6cAxs="), .origin = s_("log.jp.example/verbale"), .vkey = s_("log.jp.example/verbale+1a2b3c4d+AbCdEfGhIjKlMnOpQrStUvWxYz0123456789ABCDEFGH"), .key_der = "MCowBQYDK2VwAyEA", .index = 411, .size = 418};
		e->path_n = 2;
		e->path = arena_array(a, 2, sizeof *e->path);
		e->path[0] = e->path[1] = s_("wD6R+hYJ0KcfB2yK8QJm1x2m0mX1nCq1m4e9Wb6cAxs=");
		e->cosigns = i == 2 ? 0 : 1;
		e->cosign = arena_get(a, sizeof *e->cosign);
		*e->cosign = (struct v_cosign){s_("DE"), s_("witness.de.example"), at("2016-09-12T08:16:00Z")};
		e->bounds = 1;
		e->bound = arena_get(a, sizeof *e->bound);
		*e->bound = (struct v_bound){s_("DE"), at("2016-09-12T08:10:00Z"), at("2016-09-12T08:16:00Z"), i == 0, i != 2};
	}
}

static void page_make(struct arena *a, enum lang l, struct page *p)
{
	*p = (struct page){.a = a, .lang = l, .has_second = l != LANG_EN, .second = l == LANG_DE ? LANG_JA : LANG_DE, .title = s_("Erste deutsch-japanische Cyber-Konsultationen"),
		.description = s_("Gemeinsame Pressemitteilung, Deutsch und Japanisch."), .nav = NAV_SERIES, .example = true, .party = s_("DE"), .foot_record = s_("DJ-2016-0003 · v3")};
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		p->self[k] = url_path(a, lang_code((enum lang)k), "series", NULL);
		p->absolute[k] = url_absolute(a, "https://record.example", p->self[k]);
	}
	p->crumb[0] = (struct crumb){{tr(l, "Consultations"), l}, url_path(a, lang_code(l), "series", NULL)};
	p->crumb[1] = (struct crumb){{s_("Deutschland – Japan"), LANG_DE}, url_path(a, lang_code(l), "series", "de-jp-cyber", NULL)};
	p->crumb[2] = (struct crumb){{s_("1. Runde"), LANG_DE}, {"#"}};
	p->crumbs = 3;
}

void sample_make(struct arena *a, enum lang l, const char *evil, struct sample *ret)
{
	struct v_series *s;

	evil_text = evil;
	*ret = (struct sample){0};
	page_make(a, l, &ret->page);
	ret->round = round_make(a, l);
	ret->statement = &ret->round->document[0];
	ret->agenda = &ret->round->document[1];
	s = arena_get(a, sizeof *s);
	*s = (struct v_series){.id = "verbale-series--1", .slug = "de-jp-cyber", .noun = "Consultations", .title = ret->round->series_title, .mandate = bi("Vereinbarung der Außenministerien", "両国外務省間の合意", NULL),
		.rhythm = bi("jährlich", "毎年", "yearly"), .member = {s_("DE"), s_("JP")}, .members = 2, .round = ret->round, .rounds = 1, .page = url_path(a, lang_code(l), "series", "de-jp-cyber", NULL), .example = true};
	ret->list = (struct v_series_list){s, 1};
	proof_make(a, ret->round, &ret->proof);
	ret->record = (struct v_record){.logs = 2, .log = arena_array(a, 2, sizeof *ret->record.log), .zone = "Europe/Berlin", .zone2 = "Asia/Tokyo"};
	ret->record.log[0] = (struct v_log){.party = s_("DE"), .origin = s_("log.de.example"), .vkey = s_("log.de.example+12345678+Abc"), .root = s_("wD6R"), .size = 12, .own = true, .known = true, .cosign = ret->proof.evidence[0].cosign, .cosigns = 1};
	ret->record.log[1] = (struct v_log){.party = s_("JP")};
	ret->error = (struct v_error){404, "There is nothing at this address", "Perhaps the address was copied incompletely, or the text has not been published.", NULL};
	ret->evil = evil;
	ret->person = ret->page;
	ret->person.user = s_("e.muster");
	ret->person.csrf = s_("token");
	ret->person.waiting = 3;
	ret->person.may[RIGHT_WRITE] = ret->person.may[RIGHT_ADMIN] = ret->person.may[RIGHT_AUDIT] = true;
	ret->person.session_end = 1473672600 * NS_PER_S;
	ret->person.done = "You are signed out.";
	evil_text = NULL;
}

const char *sample_name(enum sample_page which)
{
	static const char *const names[S_PAGES] = {"home", "list", "series", "round", "statement", "agenda", "proof", "record", "error", "person",
		"sign-in", "second", "sign-out", "settings", "totp", "codes", "users", "user", "audit", "form", "help", "accessibility", "privacy"};

	return names[which];
}

void sample_render(const struct sample *s, enum sample_page which, struct buf *out)
{
	struct out o = {out, s->page.lang};
	const struct page *p = &s->page;

	switch (which) {
	case S_HOME: page_home(&o, p, &s->list); break;
	case S_LIST: page_series_list(&o, p, &s->list); break;
	case S_SERIES: page_series(&o, p, s->list.v); break;
	case S_ROUND: page_round(&o, p, s->round); break;
	case S_STATEMENT: page_document(&o, p, s->round, s->statement); break;
	case S_AGENDA: page_document(&o, p, s->round, s->agenda); break;
	case S_PROOF: page_proof(&o, p, &s->proof); break;
	case S_RECORD: page_record(&o, p, &s->record); break;
	case S_ERROR: page_error(&o, p, &s->error); break;
	case S_PERSON: page_series_list(&o, &s->person, &s->list); break;
	case S_SIGN_IN: case S_SECOND: case S_SIGN_OUT: case S_SETTINGS: case S_TOTP: case S_CODES: case S_USERS: case S_USER: case S_AUDIT: case S_FORM: case S_HELP: case S_ACCESSIBILITY: case S_PRIVACY:
		sample_people(s, which, &o);
		break;
	case S_PAGES: break;
	}
}

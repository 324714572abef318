/*
 * The acts of a consultation as verbs: what a page's button does, a command does too, by the same act. One table; FILE is
 * the JSON of an object's own properties (schemas/), "-" for standard input.
 */
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "cli/desk.h"

#define MAX_ITEMS 64 /* parts of a list given as one option */

struct sub {
	const char *verb, *name;
	int (*run)(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e);
	int args;                 /* positionals behind the folder */
	enum stix_kind kind;      /* save */
	enum invite_verb invite;
};

/* ---- options ---- */

/* A text: {"de":…,"ja":…}, or plain words in the language of the command. `doc` keeps the former. */
static int take_texts(struct cli *cli, const char *opt, struct json_doc **doc, struct texts *ret, struct err *e)
{
	const char *s = cli_opt(cli, opt);
	int rc;

	if (s == NULL || *s == '\0')
		return 0;
	if (*s != '{') {
		ret->in[cli->lang] = s;
		return 0;
	}
	if ((rc = json_read(s, strlen(s), &(struct json_read_opt){.what = opt}, doc, e)) != 0)
		return rc;
	for (unsigned l = 0; l < LANG_COUNT; l++)
		ret->in[l] = json_get_str(json_root(*doc), lang_code((enum lang)l));
	return 0;
}

static void map_texts(const struct json_val *map, struct texts *ret)
{
	for (unsigned l = 0; l < LANG_COUNT; l++)
		ret->in[l] = json_get_str(map, lang_code((enum lang)l));
}

/* "DE,JP": cut in place. */
static int take_list(struct cli *cli, const char *opt, char **ret_text, const char *item[MAX_ITEMS], size_t *ret_n, struct err *e)
{
	const char *s = cli_opt(cli, opt);
	size_t n = 0;

	*ret_n = 0;
	if (s == NULL || *s == '\0')
		return 0;
	if ((*ret_text = mem_strdup(s)) == NULL)
		return fail(e, E_NOMEM, "arguments");
	for (char *p = *ret_text; p != NULL; n++) {
		char *comma = strchr(p, ',');

		if (n == MAX_ITEMS)
			return fail(e, E_LIMIT, "--%s: more than %d", opt, MAX_ITEMS);
		item[n] = p;
		if (comma != NULL)
			*comma = '\0';
		p = comma != NULL ? comma + 1 : NULL;
	}
	*ret_n = n;
	return 0;
}

/* "2017", "2017-05", "2017-05-17" or a whole time: the time and how much of it is meant. */
static int take_due(const char *s, char to[LIMIT_TIMESTAMP + 1], const char **ret_precision, struct err *e)
{
	static const struct { size_t n; const char *rest, *precision; } forms[] = {
		{4, "-01-01T00:00:00.000Z", "year"}, {7, "-01T00:00:00.000Z", "month"}, {10, "T00:00:00.000Z", "day"},
	};
	const size_t n = strlen(s);

	*ret_precision = NULL;
	if (n > LIMIT_TIMESTAMP)
		return fail(e, E_USAGE, "%s: no date", s);
	memcpy(to, s, n + 1);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (n == forms[i].n) {
			memcpy(to + n, forms[i].rest, strlen(forms[i].rest) + 1);
			*ret_precision = forms[i].precision;
		}
	return time_parse(to, strlen(to), &(int64_t){0}) ? 0 : fail(e, E_USAGE, "%s: a date is due, as 2017, 2017-05, 2017-05-17 or 2017-05-17T08:00:00.000Z", s);
}

static int read_json(struct cli *cli, const char *path, struct json_doc **ret, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	const int rc = cli_read(cli, path, LIMIT_JSON_BYTES, &b, e);

	return rc != 0 ? rc : json_read(b.p, b.n, &(struct json_read_opt){.what = strcmp(path, "-") == 0 ? "standard input" : path}, ret, e);
}

/* ---- series, round, document, term: an object as a whole ---- */

static int save(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	const char *id = cli_opt(cli, "id"), *level = cli_opt(cli, "tlp"), *item[MAX_ITEMS];
	struct act_at at = {.id = id, .seen = cli_opt(cli, "seen")};
	CLEANUP_BUF struct buf props = BUF_INIT(LIMIT_JSON_BYTES);
	char *list = NULL;
	struct add_result res;
	uint8_t col[16];
	int rc;

	if (level != NULL && ((at.tlp = tlp_parse(level)) == TLP_NONE || at.tlp == TLP_UNKNOWN))
		return fail(e, E_USAGE, "--tlp %s: clear, green, amber, amber+strict or red is due", level);
	if (id == NULL && (rc = cli_collection(cli, cli_opt(cli, "collection"), col, e)) != 0)
		return rc;
	if (id == NULL)
		at.collection = col;
	if ((rc = take_list(cli, "release-to", &list, item, &at.release_to_n, e)) == 0 && (rc = cli_read(cli, cli->arg[2], LIMIT_JSON_BYTES, &props, e)) == 0) {
		at.release_to = item;
		if ((rc = act_write(a, s->kind, &at, props.p, props.n, &res, e)) == 0)
			rc = cli_result(cli, &res, e);
	}
	mem_free(list);
	return rc;
}

/* ---- round ---- */

static int take_dates(struct cli *cli, char **text, struct act_date date[LIMIT_DATES], size_t *ret_n, struct err *e)
{
	const char *item[MAX_ITEMS];
	size_t n;
	const int rc = take_list(cli, "date", text, item, &n, e);

	if (rc != 0)
		return rc;
	if (n > LIMIT_DATES)
		return fail(e, E_LIMIT, "--date: more than %d", LIMIT_DATES);
	for (size_t i = 0; i < n; i++) {
		char *slash = strchr(*text + (item[i] - *text), '/');

		date[i] = (struct act_date){.start = item[i]};
		if (slash != NULL) {
			*slash = '\0';
			date[i].end = slash + 1;
		}
	}
	*ret_n = n;
	return 0;
}

static int invite(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	struct act_date date[LIMIT_DATES];
	struct act_invitation i = {.round = cli->arg[2], .verb = s->invite, .date = date, .mode = cli_opt(cli, "mode")};
	struct json_doc *venue = NULL, *words = NULL;
	struct add_result res;
	char *dates = NULL;
	int rc = take_dates(cli, &dates, date, &i.dates, e);

	if (rc == 0 && (rc = take_texts(cli, "venue", &venue, &i.venue, e)) == 0 && (rc = take_texts(cli, "text", &words, &i.text, e)) == 0 &&
	    (rc = act_invite(a, &i, &res, e)) == 0)
		rc = cli_result(cli, &res, e);
	json_free(venue);
	json_free(words);
	mem_free(dates);
	return rc;
}

static int settle(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	struct add_result res;
	const int rc = act_settle_round(a, cli->arg[2], cli_opt(cli, "seen"), &res, e);

	(void)s;
	return rc != 0 ? rc : cli_result(cli, &res, e);
}

static void print_date(const struct invite_date *d)
{
	char start[40], end[40] = "";

	time_format(d->start, 3, start, sizeof(start));
	if (d->end != INT64_MIN)
		time_format(d->end, 3, end, sizeof(end));
	printf("%s%s%s", start, end[0] != '\0' ? "/" : "", end);
}

static void print_names(char (*name)[LIMIT_PARTY + 1], size_t n, uint32_t set, bool json)
{
	const char *between = "";

	for (size_t i = 0; i < n; i++)
		if (set >> i & 1) {
			printf(json ? "%s\"%s\"" : "%s%s", between, name[i]);
			between = json ? "," : ", ";
		}
}

static int show_round(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	const struct reader me = cli_reader(cli);
	struct invite_facts f;
	const int rc = consult_round(a->rd, &me, cli->arg[2], &f, e);

	(void)s;
	if (rc != 0)
		return rc;
	if (cli->json) {
		printf("{\"state\":\"%s\",\"next\":[", invite_state_name(f.state));
		print_names(f.member, f.members, f.next, true);
		printf("]");
		if (f.state == ROUND_CONFIRMED) {
			printf(",\"date\":\"");
			print_date(&f.confirmed);
			printf("\"");
		}
		printf("}\n");
		return 0;
	}
	printf("%s", _(invite_state_name(f.state)));
	if (f.state == ROUND_CONFIRMED) {
		printf(": ");
		print_date(&f.confirmed);
	}
	printf("\n");
	for (size_t i = 0; i < f.members; i++) {
		const struct invite_word *w = &f.word[i];

		if (w->said)
			printf("  %s: %s", f.member[i], _(invite_verb_name(w->verb)));
		for (size_t k = 0; k < w->dates; k++) {
			printf(" ");
			print_date(&w->date[k]);
		}
		printf("%s", w->said ? "\n" : "");
	}
	if (f.next != 0) {
		printf("%s: ", _("the next step lies with"));
		print_names(f.member, f.members, f.next, false);
		printf("\n");
	}
	return 0;
}

/* ---- series ---- */

static int show_series(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	const struct reader me = cli_reader(cli);
	struct slippage sl;
	char since[40], last[40];
	const int rc = consult_slippage(a->rd, &me, cli->arg[2], clock_now(&cli->w.clock), &sl, e);

	(void)s;
	if (rc != 0)
		return rc;
	time_format(sl.since, 0, since, sizeof(since));
	time_format(sl.last_held, 0, last, sizeof(last));
	if (cli->json) {
		printf("{\"slipped\":%s,\"last_round\":\"%s\",\"round\":\"%s\",\"commitment\":\"%s\"", sl.why != SLIP_NONE ? "true" : "false", sl.last_round, sl.round, sl.commitment);
		if (sl.why != SLIP_NONE) {
			printf(",\"since\":\"%s\",\"why\":\"%s\",\"next\":[", since, slip_why_name(sl.why));
			print_names(sl.party, sl.next, UINT32_MAX, true);
			printf("]");
		}
		printf("}\n");
		return 0;
	}
	if (sl.last_round[0] != '\0')
		printf("%s: %.10s %s\n", _("last round"), last, sl.last_round);
	printf("%s", _(slip_why_name(sl.why)));
	if (sl.why != SLIP_NONE)
		printf(" (%s %.10s)", _("since"), since);
	printf("\n");
	if (sl.next > 0) {
		printf("%s: ", _("the next step lies with"));
		print_names(sl.party, sl.next, UINT32_MAX, false);
		printf("\n");
	}
	return 0;
}

/* ---- document ---- */

static void take_changes(const struct json_val *list, struct act_change *to, size_t max, size_t *ret_n)
{
	const struct json_val *c;
	struct json_iter it;
	size_t n = 0;

	for (json_iter(&it, list); n < max && json_next(&it, NULL, &c); n++) {
		to[n] = (struct act_change){.unit = json_get_str(c, "unit"), .action = json_get_str(c, "action")};
		map_texts(json_get(c, "text"), &to[n].text);
	}
	*ret_n = n;
}

static int propose(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	struct act_proposal p = {.document = cli->arg[2], .seen = cli_opt(cli, "seen")};
	struct act_change *change = NULL;
	struct json_doc *doc = NULL;
	struct add_result res;
	int rc = read_json(cli, cli->arg[3], &doc, e);

	(void)s;
	if (rc == 0 && (change = mem_array(LIMIT_UNITS, sizeof(*change))) == NULL)
		rc = fail(e, E_NOMEM, "proposal");
	if (rc == 0) {
		take_changes(json_get(json_root(doc), "changes"), change, LIMIT_UNITS, &p.changes);
		p.change = change;
		map_texts(json_get(json_root(doc), "reason"), &p.reason);
		p.counter_to = json_get_str(json_root(doc), "counter_to_ref");
		if ((rc = act_propose(a, &p, &res, e)) == 0)
			rc = cli_result(cli, &res, e);
	}
	mem_free(change);
	json_free(doc);
	return rc;
}

/* Acts on one object that take some words at most. */
static int act_on(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	const char *id = cli->arg[2], *seen = cli_opt(cli, "seen"), *at = cli_opt(cli, "at");
	struct json_doc *words = NULL;
	struct texts text = {{NULL}};
	struct add_result res;
	int rc = take_texts(cli, "text", &words, &text, e);

	if (rc != 0)
		return rc;
	if (strcmp(s->name, "freeze") == 0)
		rc = act_freeze(a, id, seen, &res, e);
	else if (strcmp(s->name, "accept") == 0)
		rc = act_accept(a, id, seen, &text, &res, e);
	else if (strcmp(s->name, "decline") == 0)
		rc = act_decline(a, id, &text, &res, e);
	else if (strcmp(s->name, "withdraw") == 0)
		rc = act_withdraw(a, id, seen, &text, &res, e);
	else if (strcmp(s->name, "silence") == 0)
		rc = act_silence(a, &(struct act_silence){.document = id, .seen = seen, .deadline = at, .text = text}, &res, e);
	else
		rc = act_comment(a, &(struct act_comment){.about = id, .seen = seen, .unit = cli_opt(cli, "unit"), .reply_to = cli_opt(cli, "reply-to"), .text = text}, &res, e);
	json_free(words);
	return rc != 0 ? rc : cli_result(cli, &res, e);
}

/* ---- commitment ---- */

static int take_commitment(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	struct act_commitment c = {.document = cli->arg[2], .seen = cli_opt(cli, "seen"), .unit = cli_opt(cli, "unit"), .next_round = cli_opt(cli, "next-round") != NULL};
	const char *due = cli_opt(cli, "due"), *item[MAX_ITEMS];
	char when[LIMIT_TIMESTAMP + 1], *owners = NULL;
	struct json_doc *title = NULL;
	struct add_result res;
	int rc = due != NULL ? take_due(due, when, &c.due_precision, e) : 0;

	(void)s;
	if (due != NULL)
		c.due = when;
	if (rc == 0 && (rc = take_texts(cli, "title", &title, &c.title, e)) == 0 && (rc = take_list(cli, "owners", &owners, item, &c.owners, e)) == 0) {
		c.owner = item;
		if ((rc = act_commit(a, &c, &res, e)) == 0)
			rc = cli_result(cli, &res, e);
	}
	mem_free(owners);
	json_free(title);
	return rc;
}

static int report_progress(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	struct act_progress p = {.commitment = cli->arg[2], .state = cli->arg[3]};
	const char *due = cli_opt(cli, "due");
	char when[LIMIT_TIMESTAMP + 1];
	struct json_doc *words = NULL;
	struct add_result res;
	int rc = due != NULL ? take_due(due, when, &p.due_precision, e) : 0;

	(void)s;
	if (due != NULL)
		p.due = when;
	if (rc == 0 && (rc = take_texts(cli, "text", &words, &p.text, e)) == 0 && (rc = act_progress(a, &p, &res, e)) == 0)
		rc = cli_result(cli, &res, e);
	json_free(words);
	return rc;
}

static void print_commitment(struct cli *cli, struct commitment *c)
{
	const struct json_val *titles = json_get(c->en.object.val, "title"), *first = NULL;
	const char *title = json_get_str(titles, lang_code(cli->lang));
	struct json_iter it;
	char due[40] = "";

	json_iter(&it, titles);
	if (title == NULL && json_next(&it, NULL, &first))
		title = json_str(first, NULL);
	if (c->f.has_due && c->f.due_now != INT64_MAX)
		time_format(c->f.due_now, 0, due, sizeof(due));
	if (cli->json) {
		printf("{\"id\":\"%s\",\"state\":\"%s\",\"overdue\":%s,\"due\":\"%s\",\"owners\":[", c->en.row.id, commitment_state_word(c->f.state), c->f.overdue ? "true" : "false", due);
		print_names(c->f.owner, c->f.owners, UINT32_MAX, true);
		printf("],\"title\":");
		cli_json_str(title != NULL ? title : "");
		printf("}\n");
		return;
	}
	printf("%s %-10.10s %s%s%s (", c->en.row.id, due, _(commitment_state_name(c->f.state)), c->f.overdue ? ", " : "", c->f.overdue ? _("overdue") : "");
	print_names(c->f.owner, c->f.owners, UINT32_MAX, false);
	printf(") %s\n", title != NULL ? title : "");
}

static int list_commitments(struct cli *cli, const struct actor *a, const struct sub *s, struct err *e)
{
	const struct reader me = cli_reader(cli);
	struct commitments all;
	const int rc = consult_commitments(a->rd, &me, cli->arg[2], clock_now(&cli->w.clock), &all, e);

	(void)s;
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < all.n; i++)
		print_commitment(cli, &all.c[i]);
	commitments_free(&all);
	return 0;
}

/* ---- the table ---- */

static const struct sub subs[] = {
	{"series", "save", save, 1, STIX_SERIES, INVITE_VERBS}, {"series", "show", show_series, 1, STIX_OTHER, INVITE_VERBS},
	{"round", "save", save, 1, STIX_ROUND, INVITE_VERBS}, {"round", "delegation", save, 1, STIX_DELEGATION, INVITE_VERBS},
	{"round", "invite", invite, 1, STIX_OTHER, INVITE_INVITE}, {"round", "offer", invite, 1, STIX_OTHER, INVITE_OFFER},
	{"round", "confirm", invite, 1, STIX_OTHER, INVITE_CONFIRM}, {"round", "decline", invite, 1, STIX_OTHER, INVITE_DECLINE},
	{"round", "cancel", invite, 1, STIX_OTHER, INVITE_CANCEL}, {"round", "settle", settle, 1, STIX_OTHER, INVITE_VERBS}, {"round", "show", show_round, 1, STIX_OTHER, INVITE_VERBS},
	{"document", "save", save, 1, STIX_DOCUMENT, INVITE_VERBS}, {"document", "propose", propose, 2, STIX_OTHER, INVITE_VERBS},
	{"document", "accept", act_on, 1, STIX_OTHER, INVITE_VERBS}, {"document", "decline", act_on, 1, STIX_OTHER, INVITE_VERBS},
	{"document", "comment", act_on, 1, STIX_OTHER, INVITE_VERBS}, {"document", "freeze", act_on, 1, STIX_OTHER, INVITE_VERBS},
	{"document", "silence", act_on, 1, STIX_OTHER, INVITE_VERBS}, {"document", "withdraw", act_on, 1, STIX_OTHER, INVITE_VERBS},
	{"commitment", "take", take_commitment, 1, STIX_OTHER, INVITE_VERBS}, {"commitment", "progress", report_progress, 2, STIX_OTHER, INVITE_VERBS},
	{"commitment", "list", list_commitments, 1, STIX_OTHER, INVITE_VERBS},
	{"term", "save", save, 1, STIX_TERM, INVITE_VERBS},
};

int cmd_consult(struct cli *cli, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(subs); i++) {
		const struct sub *s = &subs[i];
		struct cli_desk k = {.home = NULL};
		struct actor a;
		int rc;

		if (strcmp(s->verb, cli->verb->name) != 0 || strcmp(s->name, cli->arg[0]) != 0)
			continue;
		if (cli->args != 2 + s->args)
			return fail(e, E_USAGE, "verbale %s %s", cli->verb->name, cli->verb->synopsis);
		if ((rc = cli_open(cli, cli->arg[1], CLI_ADD, e)) != 0)
			return rc;
		if ((rc = cli_actor(cli, &k, &a, e)) == 0 && (rc = s->run(cli, &a, s, e)) == ACT_HELD)
			rc = cli_acted(cli, rc, NULL, e);
		cli_desk_close(&k);
		return rc;
	}
	return fail(e, E_USAGE, "verbale %s %s", cli->verb->name, cli->verb->synopsis);
}

/* ---- assent, publish, tick ---- */

int cmd_assent(struct cli *cli, struct err *e)
{
	static const char *const words[] = {[ASSENT_AGREE] = "agree", [ASSENT_OBJECT] = "object", [ASSENT_WITHDRAW] = "withdraw"};
	enum assent_verb verb = ASSENT_NONE;
	struct json_doc *doc = NULL;
	struct texts reason = {{NULL}};
	struct cli_desk k = {.home = NULL};
	struct add_result res;
	struct actor a;
	int rc;

	for (int v = ASSENT_AGREE; v <= ASSENT_WITHDRAW; v++)
		if (strcmp(cli->arg[2], words[v]) == 0)
			verb = (enum assent_verb)v;
	if (verb == ASSENT_NONE)
		return fail(e, E_USAGE, "%s: agree, object or withdraw is due", cli->arg[2]);
	if ((rc = cli_open(cli, cli->arg[0], CLI_ADD, e)) != 0 || (rc = take_texts(cli, "reason", &doc, &reason, e)) != 0)
		return rc;
	if ((rc = cli_actor(cli, &k, &a, e)) == 0)
		rc = cli_acted(cli, act_assent(&a, cli->arg[1], cli_opt(cli, "seen"), verb, &reason, &res, e), &res, e);
	json_free(doc);
	cli_desk_close(&k);
	return rc;
}

int cmd_publish(struct cli *cli, struct err *e)
{
	struct cli_desk k = {.home = NULL};
	struct add_result res;
	struct actor a;
	int rc = cli_open(cli, cli->arg[0], CLI_ADD, e);

	if (rc == 0 && (rc = cli_actor(cli, &k, &a, e)) == 0)
		rc = cli_acted(cli, act_publish(&a, cli->arg[1], cli_opt(cli, "seen"), cli_opt(cli, "at"), &res, e), &res, e);
	cli_desk_close(&k);
	return rc;
}

int cmd_tick(struct cli *cli, struct err *e)
{
	size_t words = 0;
	int rc = cli_open(cli, cli->arg[0], CLI_ADD, e);

	if (rc == 0 && (rc = consult_tick(cli->record, cli->rd, &words, e)) == 0) {
		if (cli->json)
			printf("{\"words\":%zu}\n", words);
		else
			printf("%s: %zu\n", _("agreed by silence"), words);
	}
	return rc;
}

/* home: national papers, which never leave this node. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/desk.h"

#define MAX_AGENCIES 64 /* asked in one command */

/* ---- options ---- */

/* "-": standard input, into `room`. */
static int take_text(struct cli *cli, const char *opt, struct buf *room, const char **ret, struct err *e)
{
	const char *s = cli_opt(cli, opt);
	int rc;

	if (s == NULL || strcmp(s, "-") != 0) {
		*ret = s;
		return 0;
	}
	if ((rc = cli_read(cli, "-", LIMIT_HOME_TEXT, room, e)) != 0)
		return rc;
	buf_putc(room, '\0');
	*ret = room->p;
	return buf_err(room, e, "text");
}

static int take_until(const struct cli *cli, int64_t *ret_s, struct err *e)
{
	const char *s = cli_opt(cli, "until");
	char text[40];
	int64_t ns = 0;

	if (s == NULL)
		return 0;
	(void)snprintf(text, sizeof(text), strlen(s) == 10 ? "%sT23:59:59Z" : "%s", s);
	if (!time_parse(text, strlen(text), &ns))
		return fail(e, E_USAGE, "--until %s: 2016-09-05 or 2016-09-05T10:00:00Z", s);
	*ret_s = ns / NS_PER_S;
	return 0;
}

static int take_round(const char *given, char to[LIMIT_STIX_ID + 1], struct err *e)
{
	if (strlen(given) > LIMIT_STIX_ID)
		return fail(e, E_USAGE, "round: at most %d bytes", LIMIT_STIX_ID);
	memcpy(to, given, strlen(given) + 1);
	return 0;
}

static int take_item(const struct cli *cli, char to[LIMIT_HOME_ITEM + 1], struct err *e)
{
	const char *s = cli_opt(cli, "item");

	if (s != NULL && strlen(s) > LIMIT_HOME_ITEM)
		return fail(e, E_USAGE, "--item: at most %d bytes", LIMIT_HOME_ITEM);
	(void)snprintf(to, LIMIT_HOME_ITEM + 1, "%s", s != NULL ? s : "");
	return 0;
}

static int take_state(const struct cli *cli, enum home_state *ret, struct err *e)
{
	const char *s = cli_opt(cli, "state");

	*ret = s != NULL ? home_state_parse(s) : HOME_NO_STATE;
	return s == NULL || *ret != HOME_NO_STATE ? 0 : fail(e, E_USAGE, "--state %s: draft, sent, cleared or withdrawn", s);
}

static int print_saved(struct cli *cli, const char *id, uint64_t version)
{
	if (cli->json)
		printf("{\"id\":\"%s\",\"version\":%llu}\n", id, (unsigned long long)version);
	else
		printf("%s %s %llu\n", id, _("version"), (unsigned long long)version);
	return 0;
}

/* ---- asking, answering, merging ---- */

static int request(struct cli *cli, struct cli_desk *k, struct err *e)
{
	CLEANUP_BUF struct buf room = BUF_INIT(LIMIT_HOME_TEXT + 1);
	CLEANUP_STR char *list = mem_strdup(cli_opt(cli, "agency") != NULL ? cli_opt(cli, "agency") : "");
	struct desk_question q = {.round = cli->arg[2], .item = cli_opt(cli, "item"), .title = cli_opt(cli, "title")};
	const char *agency[MAX_AGENCIES];
	int rc;

	if (list == NULL)
		return fail(e, E_NOMEM, "arguments");
	if ((rc = take_text(cli, "text", &room, &q.text, e)) != 0 || (rc = take_until(cli, &q.deadline_s, e)) != 0)
		return rc;
	if (strlen(cli->arg[2]) > LIMIT_STIX_ID || (q.item != NULL && strlen(q.item) > LIMIT_HOME_ITEM))
		return fail(e, E_USAGE, "round or item: too long");
	for (char *p = list; p != NULL && *p != '\0'; q.agencies++) {
		if (q.agencies == MAX_AGENCIES)
			return fail(e, E_USAGE, "--agency: at most %d", MAX_AGENCIES);
		agency[q.agencies] = strsep(&p, ",");
	}
	q.agency = agency;
	return desk_request(&k->desk, &q, e);
}

static int contribute(struct cli *cli, struct cli_desk *k, struct err *e)
{
	CLEANUP_BUF struct buf room = BUF_INIT(LIMIT_HOME_TEXT + 1);
	struct desk_answer a = {.request = cli->arg[2]};
	enum home_state state;
	char id[17];
	uint64_t version = 0;
	int rc;

	if ((rc = take_text(cli, "text", &room, &a.text, e)) != 0 || (rc = cli_number(cli, "base", &a.base, e)) != 0 || (rc = take_state(cli, &state, e)) != 0)
		return rc;
	a.send = state == HOME_SENT;
	rc = desk_contribute(&k->desk, &a, id, &version, e);
	return rc != 0 ? rc : print_saved(cli, id, version);
}

static int merge(struct cli *cli, struct cli_desk *k, struct err *e)
{
	uint64_t base = 0, version = 0;
	char id[17], item[LIMIT_HOME_ITEM + 1], round[LIMIT_STIX_ID + 1];
	int rc;

	if ((rc = cli_number(cli, "base", &base, e)) != 0 || (rc = take_item(cli, item, e)) != 0 || (rc = take_round(cli->arg[2], round, e)) != 0)
		return rc;
	rc = desk_merge(&k->desk, round, item, base, id, &version, e);
	return rc != 0 ? rc : print_saved(cli, id, version);
}

/* ---- any paper ---- */

static int save(struct cli *cli, struct cli_desk *k, struct home_paper *p, uint64_t base, struct err *e)
{
	static const char *const opts[HOME_TEXTS] = {"text", "points", "answers"};
	struct buf room[HOME_TEXTS] = {BUF_INIT(LIMIT_HOME_TEXT + 1), BUF_INIT(LIMIT_HOME_TEXT + 1), BUF_INIT(LIMIT_HOME_TEXT + 1)};
	enum home_state state;
	uint64_t version = 0;
	char id[17];
	int rc = take_state(cli, &state, e);

	if (state != HOME_NO_STATE)
		p->state = state;
	if (cli_opt(cli, "title") != NULL)
		p->title = cli_opt(cli, "title");
	for (size_t t = 0; rc == 0 && t < HOME_TEXTS; t++)
		if (cli_opt(cli, opts[t]) != NULL)
			rc = take_text(cli, opts[t], &room[t], &p->text[t], e);
	if (rc == 0 && (rc = take_until(cli, &p->deadline_s, e)) == 0 && (rc = desk_save(&k->desk, p, base, id, &version, e)) == 0)
		rc = print_saved(cli, id, version);
	for (size_t t = 0; t < HOME_TEXTS; t++)
		buf_free(&room[t]);
	return rc;
}

static int save_new(struct cli *cli, struct cli_desk *k, struct err *e)
{
	struct home_paper p = {.kind = home_kind_parse(cli->arg[3])};
	const char *agency = cli_opt(cli, "agency");
	int rc;

	if (p.kind == HOME_ANY)
		return fail(e, E_USAGE, "%s: request, contribution, position, briefing, minutes or note", cli->arg[3]);
	if (agency != NULL && strlen(agency) > LIMIT_AGENCY)
		return fail(e, E_USAGE, "--agency: at most %d bytes", LIMIT_AGENCY);
	(void)snprintf(p.agency, sizeof(p.agency), "%s", agency != NULL ? agency : "");
	if ((rc = take_round(cli->arg[2], p.round, e)) != 0 || (rc = take_item(cli, p.item, e)) != 0)
		return rc;
	return save(cli, k, &p, 0, e);
}

/* What no option changes stays as it was. */
static int edit(struct cli *cli, struct cli_desk *k, struct err *e)
{
	struct home_paper was = {0}, p;
	uint64_t base = 0;
	int rc;

	if ((rc = cli_number(cli, "base", &base, e)) != 0 || (rc = desk_read(&k->desk, cli->arg[2], base, &was, e)) != 0)
		return rc;
	p = was;
	rc = save(cli, k, &p, was.version, e);
	home_paper_free(&was);
	return rc;
}

/* ---- reading ---- */

static void print_texts(struct cli *cli, const struct home_paper *p)
{
	for (enum home_text t = HOME_BODY; t < HOME_TEXTS; t++)
		if (home_text_name(p->kind, t) != NULL && p->text[t][0] != '\0')
			printf("\n%s\n\n%s\n", _(home_text_name(p->kind, t)), p->text[t]);
}

static void json_member(const char *name, const char *value)
{
	printf(",\"%s\":", name);
	cli_json_str(value);
}

static void print_paper(struct cli *cli, const struct home_paper *p, bool texts)
{
	static const char *const part[HOME_TEXTS] = {"text", "points", "answers"};
	char at[40], until[40] = "";

	time_format(p->at_us * 1000, 0, at, sizeof(at));
	if (p->deadline_s != 0)
		time_format(p->deadline_s * NS_PER_S, 0, until, sizeof(until));
	if (cli->json) {
		printf("{\"id\":\"%s\",\"version\":%llu,\"kind\":\"%s\",\"state\":\"%s\",\"round\":\"%s\"", p->id, (unsigned long long)p->version, home_kind_word(p->kind), home_state_word(p->state), p->round);
		json_member("item", p->item);
		json_member("agency", p->agency);
		printf(",\"author\":\"%s\",\"owner\":\"%s\",\"at\":\"%s\",\"until\":\"%s\"", p->author, p->owner, at, until);
		json_member("title", p->title);
		for (size_t t = 0; texts && t < HOME_TEXTS; t++)
			json_member(part[t], p->text[t]);
		printf("}\n");
		return;
	}
	printf("%s  %s  %s  %s  %s  %s%s%s%s%s\n", p->id, at, p->item[0] != '\0' ? p->item : "-", p->agency, _(home_kind_name(p->kind)), _(home_state_name(p->state)),
	    until[0] != '\0' ? "  " : "", until, p->title[0] != '\0' ? "  " : "", p->title);
	if (texts)
		print_texts(cli, p);
}

static int list_paper(void *ctx, const struct home_paper *p, struct err *e)
{
	(void)e;
	print_paper(ctx, p, false);
	return 0;
}

static int list_due(void *ctx, const struct desk_due *d, struct err *e)
{
	struct cli *cli = ctx;

	(void)e;
	print_paper(cli, &d->due->request, false);
	if (!cli->json && d->late)
		printf("  %s\n", _("late"));
	return 0;
}

static int list(struct cli *cli, struct cli_desk *k, struct err *e)
{
	const struct home_ask q = {.round = cli->args > 2 ? cli->arg[2] : NULL, .item = cli_opt(cli, "item"), .agency = cli_opt(cli, "agency")};

	return cli_opt(cli, "open") != NULL ? desk_requests(&k->desk, &q, true, list_due, cli, e) : desk_papers(&k->desk, &q, list_paper, cli, e);
}

static int show(struct cli *cli, struct cli_desk *k, struct err *e)
{
	struct home_paper p = {0};
	uint64_t version = 0;
	int rc;

	if ((rc = cli_number(cli, "version", &version, e)) == 0 && (rc = desk_read(&k->desk, cli->arg[2], version, &p, e)) == 0)
		print_paper(cli, &p, true);
	home_paper_free(&p);
	return rc;
}

static void print_item(struct cli *cli, const struct desk_item *i)
{
	const struct home_paper *const paper[] = {i->position, i->briefing};

	if (cli->json) {
		printf("{\"item\":");
		cli_json_str(i->item);
		printf(",\"asked\":%zu,\"open\":%zu,\"late\":%zu,\"stale\":%s}\n", i->asked, i->open, i->late, i->stale ? "true" : "false");
	} else {
		printf("\n== %s ==\n", i->item[0] != '\0' ? i->item : _("The round as a whole"));
		if (i->open > 0)
			printf(_("Contributions outstanding: %zu of %zu, late: %zu"), i->open, i->asked, i->late);
		printf("%s", i->open > 0 ? "\n" : "");
		if (i->stale)
			printf("%s\n", _("A contribution has changed since it was merged."));
	}
	for (size_t n = 0; n < ARRAY_LEN(paper); n++)
		if (paper[n] != NULL && cli->json)
			print_paper(cli, paper[n], true);
		else if (paper[n] != NULL)
			print_texts(cli, paper[n]);
}

static int print(struct cli *cli, struct cli_desk *k, struct err *e)
{
	struct desk_folder f = {.n = 0};
	const int rc = desk_folder(&k->desk, cli->arg[2], &f, e);

	if (rc == 0 && !cli->json)
		printf("%s\n%s\n", _("Briefing folder: for this party's own use, not to be passed on"), f.round);
	for (size_t i = 0; rc == 0 && i < f.n; i++)
		print_item(cli, &f.item[i]);
	desk_folder_free(&f);
	return rc;
}

int cmd_home(struct cli *cli, struct err *e)
{
	static const struct { const char *name; int least, most; int (*run)(struct cli *cli, struct cli_desk *k, struct err *e); } subs[] = {
		{"request", 3, 3, request}, {"contribute", 3, 3, contribute}, {"merge", 3, 3, merge}, {"save", 4, 4, save_new}, {"edit", 3, 3, edit},
		{"list", 2, 3, list}, {"show", 3, 3, show}, {"print", 3, 3, print},
	};
	struct cli_desk k = {.home = NULL};
	size_t i = 0;
	int rc;

	while (i < ARRAY_LEN(subs) && strcmp(cli->arg[0], subs[i].name) != 0)
		i++;
	if (i == ARRAY_LEN(subs) || cli->args < subs[i].least || cli->args > subs[i].most)
		return fail(e, E_USAGE, "verbale %s %s", cli->verb->name, cli->verb->synopsis);
	if ((rc = cli_desk_open(cli, cli->arg[1], CLI_READ, &k, e)) == 0)
		rc = subs[i].run(cli, &k, e);
	cli_desk_close(&k);
	return rc;
}

/* waiting: the second person; and what commands at the desk have in common. */
#include <string.h>

#include "base/mem.h"
#include "cli/desk.h"

/* ---- at the desk ---- */

int cli_home(const char *dir, struct home **ret, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/home.sqlite", dir);

	return path != NULL ? home_open(path, ret, e) : fail(e, E_NOMEM, "%s", dir);
}

static int open_files(struct cli *cli, struct cli_desk *k, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/state.sqlite", record_dir(cli->record));
	int rc;

	if (path == NULL)
		return fail(e, E_NOMEM, "%s", record_dir(cli->record));
	if ((rc = state_open(path, &k->state, e)) != 0 || (rc = cli_home(record_dir(cli->record), &k->home, e)) != 0)
		return rc;
	k->desk = (struct desk){.r = cli->record, .rd = cli->rd, .home = k->home, .state = k->state, .clock = &cli->w.clock, .rng = &cli->w.rng, .from = "command"};
	return 0;
}

static int take_person(struct cli *cli, struct cli_desk *k, struct err *e)
{
	int rc;

	if ((rc = open_files(cli, k, e)) == 0 && (rc = desk_as(k->state, record_self(cli->record)->party, cli_opt(cli, "as"), &k->who, e)) == 0)
		k->desk.who = &k->who;
	return rc;
}

int cli_desk_open(struct cli *cli, const char *dir, enum cli_open how, struct cli_desk *ret, struct err *e)
{
	int rc;

	if (cli_opt(cli, "as") == NULL)
		return fail(e, E_USAGE, "--as NAME is due: whose rights count");
	if ((rc = crypto_init(e)) != 0 || (rc = cli_open(cli, dir, how, e)) != 0)
		return rc;
	return take_person(cli, ret, e);
}

void cli_desk_close(struct cli_desk *k)
{
	home_close(k->home);
	state_close(k->state);
}

int cli_actor(struct cli *cli, struct cli_desk *k, struct actor *ret, struct err *e)
{
	int rc = 0;

	*ret = (struct actor){.r = cli->record, .rd = cli->rd, .role = ROLE_NODE};
	if (cli_opt(cli, "as") != NULL && (rc = take_person(cli, k, e)) == 0)
		desk_actor(&k->desk, &k->hold, ret);
	return rc;
}

int cli_acted(struct cli *cli, int rc, const struct add_result *res, struct err *e)
{
	if (rc == 0)
		return cli_result(cli, res, e);
	if (rc != ACT_HELD)
		return rc;
	if (cli->json)
		printf("{\"waiting\":true}\n");
	else
		printf("%s\n", _("Nothing is written yet: this waits until a second person confirms it."));
	return 0;
}

int cli_resume(struct cli *cli, struct err *e)
{
	struct cli_desk k = {.home = NULL};
	int rc = open_files(cli, &k, e);

	if (rc == 0)
		rc = desk_resume(&k.desk, NULL, e);
	cli_desk_close(&k);
	return rc;
}

/* ---- waiting ---- */

static void print_short(struct cli *cli, const struct home_wait *w)
{
	char at[40];

	time_format(w->at_us * 1000, 0, at, sizeof(at));
	if (cli->json) {
		printf("{\"id\":\"%s\",\"state\":\"%s\",\"asked_by\":\"%s\",\"at\":\"%s\",\"verb\":\"%s\",\"about\":\"%s\",\"marking\":\"%s\",\"publication\":%s,\"decided_by\":\"%s\",\"object\":\"%s\",\"reason\":",
		    w->id, home_wait_word(w->state), w->asked_by, at, w->verb, w->about, w->marking, w->publication ? "true" : "false", w->decided_by, w->object);
		cli_json_str(w->reason);
		printf("}\n");
		return;
	}
	printf("%s  %s  %s  %s%s%s  %s%s%s\n", w->id, at, w->asked_by, w->marking, w->publication ? ", " : "", w->publication ? _("publication") : "", w->about,
	    w->about[0] != '\0' ? "  " : "", _(home_wait_name(w->state)));
	if (w->reason[0] != '\0')
		printf("  %s: %s\n", w->decided_by, w->reason);
}

static int list_one(void *ctx, const struct home_wait *w, struct err *e)
{
	(void)e;
	print_short(ctx, w);
	return 0;
}

static int list_waiting(struct cli *cli, struct cli_desk *k, struct err *e)
{
	return desk_waiting(&k->desk, cli_opt(cli, "all") != NULL, list_one, cli, e);
}

/* What the second person has to read before confirming: the whole act. */
static int show_waiting(struct cli *cli, struct cli_desk *k, struct err *e)
{
	struct home_wait w = {0};
	const int rc = desk_wait(&k->desk, cli->arg[2], &w, e);

	if (rc == 0) {
		print_short(cli, &w);
		printf("%s\n", w.act);
	}
	home_wait_free(&w);
	return rc;
}

static int confirm(struct cli *cli, struct cli_desk *k, struct err *e)
{
	struct add_result res;
	const int rc = desk_confirm(&k->desk, cli->arg[2], &res, e);

	return rc != 0 ? rc : cli_result(cli, &res, e);
}

static int refuse(struct cli *cli, struct cli_desk *k, struct err *e)
{
	const int rc = desk_refuse(&k->desk, cli->arg[2], cli_opt(cli, "reason"), e);

	if (rc == 0 && !cli->json)
		printf("%s\n", _("refused"));
	return rc;
}

int cmd_waiting(struct cli *cli, struct err *e)
{
	static const struct { const char *name; int args; enum cli_open how; int (*run)(struct cli *cli, struct cli_desk *k, struct err *e); } subs[] = {
		{"list", 2, CLI_READ, list_waiting}, {"show", 3, CLI_READ, show_waiting}, {"confirm", 3, CLI_ADD, confirm}, {"refuse", 3, CLI_READ, refuse},
	};
	struct cli_desk k = {.home = NULL};
	size_t i = 0;
	int rc;

	while (i < ARRAY_LEN(subs) && strcmp(cli->arg[0], subs[i].name) != 0)
		i++;
	if (i == ARRAY_LEN(subs) || cli->args != subs[i].args)
		return fail(e, E_USAGE, "verbale %s %s", cli->verb->name, cli->verb->synopsis);
	if ((rc = cli_desk_open(cli, cli->arg[1], subs[i].how, &k, e)) == 0)
		rc = subs[i].run(cli, &k, e);
	cli_desk_close(&k);
	return rc;
}

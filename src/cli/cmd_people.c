/* user totp, codes, devices, sessions, hand-over; audit. On the local state alone, beside a running node. */
#include <string.h>

#include "cli/people.h"

/* ---- second factors ---- */

int user_totp(struct cli *cli, struct people_office *o, struct err *e)
{
	const char *label = cli_opt(cli, "label");
	char uri[PEOPLE_URI];
	const int rc = people_totp_new(o, cli->arg[2], label != NULL ? label : "", uri, NULL, e);

	if (rc != 0)
		return rc;
	printf("%s\n", uri);
	secret_wipe(uri, sizeof(uri));
	(void)fprintf(stderr, "%s\n", _("Shown this once: put it into the person's authenticator, as a QR code or by its secret, and keep it nowhere."));
	return 0;
}

int user_codes(struct cli *cli, struct people_office *o, struct err *e)
{
	char codes[PEOPLE_CODES][PEOPLE_CODE];
	const int rc = people_codes_new(o, cli->arg[2], codes, e);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < PEOPLE_CODES; i++)
		printf("%s\n", codes[i]);
	secret_wipe(codes, sizeof(codes));
	(void)fprintf(stderr, "%s\n", _("Shown this once: print them for the person. Each opens once in place of a one-time code; older ones open nothing any more."));
	return 0;
}

static int list_device(void *ctx, const struct state_factor *f, struct err *e)
{
	const struct cli *cli = ctx;
	const bool totp = f->kind == FACTOR_TOTP;
	char created[32], used[32];

	(void)e;
	cli_time(f->created_s, created);
	cli_time(f->used_s, used);
	if (cli->json) {
		printf("{\"id\":\"%s\",\"kind\":\"%s\",\"label\":", f->id, totp ? "totp" : "passkey");
		cli_json_str(f->label);
		printf(",\"confirmed\":%s,\"created\":\"%s\",\"used\":\"%s\"}\n", f->confirmed ? "true" : "false", created, used);
		return 0;
	}
	printf("%s %-16s %s  %s", f->id, totp ? _("one-time codes") : _("passkey"), created, f->label);
	if (used[0] != '\0') {
		printf("; ");
		printf(_("last seen %s"), used);
	}
	printf("%s%s\n", f->confirmed ? "" : "; ", f->confirmed ? "" : _("not confirmed"));
	return 0;
}

int user_devices(struct cli *cli, struct people_office *o, struct err *e)
{
	const char *gone = cli_opt(cli, "remove"), *name = cli->arg[2];
	struct state_user u;
	int rc;

	if ((rc = state_get_user(people_office_state(o), name, &u, e)) != 0)
		return rc;
	if (gone != NULL && (rc = people_drop_factor(o, name, gone, e)) != 0)
		return rc;
	return people_factors(o, name, list_device, cli, e);
}

/* ---- sessions ---- */

static int list_session(void *ctx, const struct state_session *x, struct err *e)
{
	const struct cli *cli = ctx;
	char created[32], seen[32];

	(void)e;
	cli_time(x->created_s, created);
	cli_time(x->seen_s, seen);
	if (cli->json) {
		printf("{\"id\":\"%s\",\"how\":\"%s\",\"created\":\"%s\",\"seen\":\"%s\",\"from\":\"%s\",\"agent\":", x->id, x->how, created, seen, x->from);
		cli_json_str(x->agent);
		printf("}\n");
		return 0;
	}
	printf("%s %s %-15s %s; ", x->id, created, x->from, x->agent);
	printf(_("last seen %s"), seen);
	printf("\n");
	return 0;
}

int user_sessions(struct cli *cli, struct people_office *o, struct err *e)
{
	const char *end = cli_opt(cli, "end"), *name = cli->arg[2];
	struct state_user u;
	int rc;

	if ((rc = state_get_user(people_office_state(o), name, &u, e)) != 0)
		return rc;
	if (end != NULL && (rc = people_end_session(o, name, strcmp(end, "all") == 0 ? NULL : end, e)) != 0)
		return rc;
	return people_sessions(o, name, list_session, cli, e);
}

/* ---- handing over ---- */

int user_hand_over(struct cli *cli, struct people_office *o, struct err *e)
{
	struct people_handed done = {0};
	const int rc = people_hand_over(o, cli->arg[2], cli->arg[3], NULL, 0, &done, e);

	if (rc != 0)
		return rc;
	if (cli->json) {
		printf("{\"from\":\"%s\",\"to\":\"%s\",\"work\":%zu,\"tokens\":%zu}\n", cli->arg[2], cli->arg[3], done.work, done.tokens);
		return 0;
	}
	printf(_("%s takes over the work of %s."), cli->arg[3], cli->arg[2]);
	printf(" ");
	printf(_("Tasks: %zu. Tokens revoked: %zu. All sessions of %s ended."), done.work, done.tokens, cli->arg[2]);
	printf("\n");
	return 0;
}

/* ---- audit ---- */

struct printing { enum audit_format as; struct buf line; };

static int print_audit(void *ctx, const struct state_audit *row, struct err *e)
{
	struct printing *const p = ctx;
	int rc;

	buf_clear(&p->line);
	audit_line(p->as, row, &p->line);
	if ((rc = buf_err(&p->line, e, "audit")) != 0)
		return rc;
	return fwrite(p->line.p, 1, p->line.n, stdout) == p->line.n ? 0 : fail(e, E_IO, "standard output");
}

/* A day, or a time. */
static int take_time(const struct cli *cli, const char *name, int64_t *ret_us, struct err *e)
{
	const char *given = cli_opt(cli, name);
	char text[64];
	int64_t ns;

	if (given == NULL)
		return 0;
	(void)snprintf(text, sizeof(text), strlen(given) == 10 ? "%.40sT00:00:00Z" : "%.40s", given);
	if (strlen(given) > 40 || !time_parse(text, strlen(text), &ns))
		return fail(e, E_USAGE, "--%s %s: a day, as 2016-09-09, or a time, as 2016-09-09T12:00:00Z, is due", name, given);
	*ret_us = ns / 1000;
	return 0;
}

int cmd_audit(struct cli *cli, struct err *e)
{
	struct printing p = {AUDIT_TSV, BUF_INIT(65536)};
	struct state_audit_ask q = {.user = cli_opt(cli, "user")};
	const char *format = cli_opt(cli, "format");
	struct state *s = NULL;
	int rc;

	if ((rc = take_time(cli, "since", &q.since_us, e)) != 0 || (rc = take_time(cli, "until", &q.until_us, e)) != 0)
		return rc;
	if (format != NULL && strcmp(format, "tsv") != 0 && strcmp(format, "jsonl") != 0)
		return fail(e, E_USAGE, "--format %s: tsv or jsonl is due", format);
	p.as = cli->json || (format != NULL && strcmp(format, "jsonl") == 0) ? AUDIT_JSONL : AUDIT_TSV;
	if ((rc = cli_state(cli, cli->arg[0], &s, e)) == 0) {
		audit_heading(p.as, &p.line);
		if (p.line.n > 0)
			fputs(p.line.p, stdout);
		rc = state_audits(s, &q, print_audit, &p, e);
	}
	buf_free(&p.line);
	state_close(s);
	return rc;
}

/* user: who may sign in. Works on the local state alone, beside a running node. */
#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "access/people.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/people.h"

int cli_state(struct cli *cli, const char *dir, struct state **ret, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/state.sqlite", dir);
	int rc;

	if (path == NULL)
		return fail(e, E_NOMEM, "%s", dir);
	if ((rc = crypto_init(e)) != 0 || (rc = cli_open(cli, dir, CLI_READ, e)) != 0)
		return rc;
	return state_open(path, ret, e);
}

void cli_time(int64_t at_s, char to[32])
{
	if (at_s == 0)
		to[0] = '\0';
	else
		time_format(at_s > INT64_MAX / NS_PER_S ? INT64_MAX : at_s * NS_PER_S, 0, to, 32);
}

/* ---- passwords: never from the command line, where other users of the machine see them ---- */

/* A control byte ends the asking: with signals off, ^C is one, and the terminal is never left without echo. */
static int ask(const char *prompt, struct buf *out, struct err *e)
{
	struct termios old, quiet;
	char c = '\0';
	ssize_t n;

	if (tcgetattr(STDIN_FILENO, &old) < 0)
		return fail_errno(e, E_ENV, errno, "terminal");
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	fputs(prompt, stderr);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) < 0)
		return fail_errno(e, E_ENV, errno, "terminal");
	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && (unsigned char)c >= ' ')
		buf_putc(out, c);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	fputc('\n', stderr);
	if (n != 1 || c != '\n')
		return fail(e, E_USAGE, "no password was given");
	return buf_err(out, e, "password");
}

static int ask_twice(const struct cli *cli, struct buf *out, struct err *e)
{
	CLEANUP_BUF struct buf again = BUF_INIT(LIMIT_PASSWORD);
	int rc;

	if ((rc = ask(_("Password: "), out, e)) == 0 && (rc = ask(_("Once more: "), &again, e)) == 0 && (out->n != again.n || memcmp(out->p, again.p, out->n) != 0))
		rc = fail(e, E_USAGE, "the two passwords differ");
	if (again.p != NULL)
		secret_wipe(again.p, again.n);
	return rc;
}

/* First line of a file, or of standard input; on a terminal it is asked for. *out stays empty when the option is not given. */
static int read_password(struct cli *cli, struct buf *out, struct err *e)
{
	const char *path = cli_opt(cli, "password-file");
	int rc;

	if (path == NULL)
		return 0;
	if (strcmp(path, "-") == 0 && isatty(STDIN_FILENO))
		return ask_twice(cli, out, e);
	if ((rc = cli_read(cli, path, LIMIT_PASSWORD + 2, out, e)) != 0)
		return rc;
	buf_putc(out, '\n');
	out->p[strcspn(out->p, "\r\n")] = '\0';
	for (const char *s = out->p; *s != '\0'; s++)
		if ((unsigned char)*s < ' ')
			return fail(e, E_USAGE, "--password-file %s: a control byte", path);
	return buf_err(out, e, "password");
}

/* ---- one user from options ---- */

static int take_text(const struct cli *cli, const char *name, char *to, size_t room, struct err *e)
{
	const char *value = cli_opt(cli, name);

	if (value == NULL)
		return 0;
	if (strlen(value) >= room)
		return fail(e, E_USAGE, "--%s: at most %zu bytes", name, room - 1);
	memcpy(to, value, strlen(value) + 1);
	return 0;
}

static int take_cert(struct cli *cli, struct state_user *u, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(65536);
	const char *path = cli_opt(cli, "cert");
	int rc;

	if (cli_opt(cli, "no-cert") != NULL) {
		memset(u->spki, 0, sizeof(u->spki));
		u->has_spki = false;
	}
	if (path == NULL)
		return 0;
	if ((rc = cli_read(cli, path, 65536, &b, e)) != 0)
		return rc;
	if ((rc = tls_identity_spki(b.p != NULL ? b.p : "", b.n, u->spki, e)) != 0)
		return fail_wrap(e, rc, "--cert %s: ", path);
	u->has_spki = true;
	return 0;
}

static int take_options(struct cli *cli, struct state_user *u, struct err *e)
{
	int rc;

	if ((rc = take_text(cli, "party", u->party, sizeof(u->party), e)) != 0 || (rc = take_text(cli, "agency", u->agency, sizeof(u->agency), e)) != 0 ||
	    (rc = take_text(cli, "role", u->role, sizeof(u->role), e)) != 0 || (rc = take_cert(cli, u, e)) != 0)
		return rc;
	if (role_parse(u->role) == ROLE_NONE)
		return fail(e, E_USAGE, "--role %s: one of %s is due", u->role, role_words());
	if (record_peer(cli->record, u->party) == NULL)
		return fail(e, E_USAGE, "--party %s: neither this node's party nor a pinned peer's (verbale peer list)", u->party);
	if (cli_opt(cli, "enable") != NULL)
		u->disabled = false;
	return 0;
}

static void print_user(const struct cli *cli, const struct state_user *u)
{
	char created[32], seen[32];

	cli_time(u->created_s, created);
	cli_time(u->seen_s, seen);
	if (cli->json) {
		printf("{\"name\":\"%s\",\"party\":\"%s\",\"agency\":", u->name, u->party);
		cli_json_str(u->agency);
		printf(",\"role\":\"%s\",\"password\":%s,\"certificate\":%s,\"disabled\":%s,\"created\":\"%s\",\"seen\":\"%s\"}\n", u->role,
		    u->password[0] != '\0' ? "true" : "false", u->has_spki ? "true" : "false", u->disabled ? "true" : "false", created, seen);
		return;
	}
	printf("%-20s %s%s%-12s %-13s %s%s%s", u->name, u->party, u->agency[0] != '\0' ? "/" : "", u->agency, u->role, u->password[0] != '\0' ? _("password") : "-",
	    u->has_spki ? ", " : "", u->has_spki ? _("certificate") : "");
	if (seen[0] != '\0') {
		printf("; ");
		printf(_("last seen %s"), seen);
	}
	printf("%s%s\n", u->disabled ? "; " : "", u->disabled ? _("disabled") : "");
}

/* What becomes of a user, in one change: nobody's other change is lost in between. */
static int put_user(struct cli *cli, struct people_office *o, bool is_new, struct err *e)
{
	CLEANUP_BUF struct buf password = BUF_INIT(LIMIT_PASSWORD + 4);
	struct state *const s = people_office_state(o);
	const char *name = cli->arg[2];
	struct state_user u = {.role = "reader", .created_s = clock_now(&cli->w.clock) / NS_PER_S};
	int rc;

	if ((rc = read_password(cli, &password, e)) != 0 || (rc = state_begin(s, e)) != 0)
		return rc;
	rc = state_get_user(s, name, &u, e);
	if (is_new && rc == 0) {
		rc = fail(e, E_EXISTS, "user %s (verbale user set changes one)", name);
	} else if (is_new && rc == E_NOTFOUND) {
		(void)snprintf(u.name, sizeof(u.name), "%.*s", LIMIT_USER, name);
		(void)snprintf(u.party, sizeof(u.party), "%s", record_self(cli->record)->party);
		rc = strlen(name) > LIMIT_USER ? fail(e, E_USAGE, "user name: at most %d bytes", LIMIT_USER) : 0;
	}
	if (rc == 0 && cli_opt(cli, "no-password") != NULL)
		u.password[0] = '\0';
	if (rc == 0 && (rc = take_options(cli, &u, e)) == 0 && (rc = people_put_user(o, &u, is_new, password.p, e)) == 0)
		rc = state_get_user(s, name, &u, e);
	rc = state_end(s, rc, e);
	if (password.p != NULL)
		secret_wipe(password.p, password.n);
	if (rc == 0)
		print_user(cli, &u);
	return rc;
}

static int add_user(struct cli *cli, struct people_office *o, struct err *e) { return put_user(cli, o, true, e); }
static int set_user(struct cli *cli, struct people_office *o, struct err *e) { return put_user(cli, o, false, e); }

static int disable_user(struct cli *cli, struct people_office *o, struct err *e)
{
	struct state_user u;
	int rc;

	if ((rc = people_disable(o, cli->arg[2], e)) == 0 && (rc = state_get_user(people_office_state(o), cli->arg[2], &u, e)) == 0)
		print_user(cli, &u);
	return rc;
}

static int list_user(void *ctx, const struct state_user *u, struct err *e)
{
	(void)e;
	print_user(ctx, u);
	return 0;
}

static int list_users(struct cli *cli, struct people_office *o, struct err *e) { return state_users(people_office_state(o), list_user, cli, e); }

int cmd_user(struct cli *cli, struct err *e)
{
	static const struct { const char *name; int args; int (*run)(struct cli *cli, struct people_office *o, struct err *e); } subs[] = {
		{"add", 3, add_user}, {"set", 3, set_user}, {"disable", 3, disable_user}, {"list", 2, list_users}, {"hand-over", 4, user_hand_over},
		{"totp", 3, user_totp}, {"codes", 3, user_codes}, {"devices", 3, user_devices}, {"sessions", 3, user_sessions},
	};
	struct people_office *o = NULL;
	struct state *s = NULL;
	size_t i = 0;
	int rc;

	while (i < ARRAY_LEN(subs) && strcmp(cli->arg[0], subs[i].name) != 0)
		i++;
	if (i == ARRAY_LEN(subs) || cli->args != subs[i].args)
		return fail(e, E_USAGE, "verbale user add|set|disable|totp|codes|devices|sessions DIR NAME, verbale user hand-over DIR NAME SUCCESSOR, or verbale user list DIR");
	if ((rc = cli_state(cli, cli->arg[1], &s, e)) == 0 && (rc = people_office_command(&cli->w, cli->arg[1], record_self(cli->record)->party, s, &o, e)) == 0)
		rc = subs[i].run(cli, o, e);
	people_office_close(o);
	state_close(s);
	return rc;
}

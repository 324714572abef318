/* token, grant: what programs sign in with, and who may use a collection. On the local state alone, beside a running node. */
#include <string.h>

#include "access/people.h"
#include "base/enc.h"
#include "base/mem.h"
#include "cli/cli.h"

#define DAY_S 86400LL

/* "a,b,c": each word, copied, to `take`. */
static int each_word(const char *list, int (*take)(void *ctx, const char *word, struct err *e), void *ctx, struct err *e)
{
	char word[256];
	int rc = 0;

	while (rc == 0 && list != NULL && *list != '\0') {
		const size_t n = strcspn(list, ",");

		if (n >= sizeof(word))
			return fail(e, E_USAGE, "%.40s…: too long", list);
		memcpy(word, list, n);
		word[n] = '\0';
		rc = take(ctx, word, e);
		list += n + (list[n] == ',');
	}
	return rc;
}

/* A known collection: a mistyped one would open nothing, or close nothing, without a word. */
static int known_collection(struct cli *cli, const char *given, uint8_t ret[16], struct err *e)
{
	struct collection col;
	int rc;

	if ((rc = cli_collection(cli, given, ret, e)) != 0)
		return rc;
	return record_collection(cli->rd, ret, &col, e) == 0 ? 0 : fail(e, E_NOTFOUND, "collection %s: not known, or not accepted by this node", given != NULL ? given : "");
}

/* ---- token add ---- */

struct taking { struct cli *cli; struct state_token *t; };

static int take_scope(void *ctx, const char *word, struct err *e)
{
	struct taking *k = ctx;

	if (k->t->scopes == LIMIT_TOKEN_SCOPES)
		return fail(e, E_USAGE, "--collection: at most %d", LIMIT_TOKEN_SCOPES);
	return known_collection(k->cli, word, k->t->scope[k->t->scopes++], e);
}

static int take_net(void *ctx, const char *word, struct err *e)
{
	struct state_token *t = ((struct taking *)ctx)->t;

	if (t->nets == LIMIT_TOKEN_NETS)
		return fail(e, E_USAGE, "--from: at most %d", LIMIT_TOKEN_NETS);
	if (strlen(word) >= sizeof(t->net[0]))
		return fail(e, E_USAGE, "--from %s: not an address range", word);
	memcpy(t->net[t->nets++], word, strlen(word) + 1);
	return 0;
}

/* Days from now, a day, or a time. */
static int take_expiry(const struct cli *cli, int64_t *ret_s, struct err *e)
{
	const char *given = cli_opt(cli, "expires");
	const int64_t now_s = clock_now(&cli->w.clock) / NS_PER_S;
	char text[64];
	uint64_t days;
	int64_t ns;

	if (given == NULL)
		return 0;
	if (dec_parse(given, strlen(given), 36500, &days) && days > 0) {
		*ret_s = now_s + (int64_t)days * DAY_S;
		return 0;
	}
	(void)snprintf(text, sizeof(text), strlen(given) == 10 ? "%.40sT00:00:00Z" : "%.40s", given);
	if (strlen(given) > 40 || !time_parse(text, strlen(text), &ns))
		return fail(e, E_USAGE, "--expires %s: days from now, as 90, or a time, as 2027-01-31 or 2027-01-31T12:00:00Z, is due", given);
	if (ns / NS_PER_S <= now_s)
		return fail(e, E_USAGE, "--expires %s: that is past", given);
	*ret_s = ns / NS_PER_S;
	return 0;
}

/*
 * Whose token? The user named; or a machine's user made for it, of the label's name. One that is there already is only
 * taken when named: a label must not lend a program a person's rights.
 */
static int take_user(struct cli *cli, struct state *s, struct state_token *t, struct err *e)
{
	const char *name = cli_opt(cli, "user");
	struct state_user u = {.created_s = clock_now(&cli->w.clock) / NS_PER_S};
	int rc;

	if (name == NULL && t->label[0] == '\0')
		return fail(e, E_USAGE, "--user NAME or --label TEXT is due");
	if (name != NULL && strlen(name) > LIMIT_USER)
		return fail(e, E_USAGE, "--user: at most %d bytes", LIMIT_USER);
	(void)snprintf(t->user, sizeof(t->user), "%s", name != NULL ? name : t->label);
	rc = state_get_user(s, t->user, &u, e);
	if (name == NULL && rc == 0)
		return fail(e, E_EXISTS, "user %s: if the token is to be theirs, say --user %s", t->user, t->user);
	if (name == NULL && rc == E_NOTFOUND) {
		memcpy(u.name, t->user, sizeof(u.name));
		(void)snprintf(u.party, sizeof(u.party), "%s", record_self(cli->record)->party);
		(void)snprintf(u.role, sizeof(u.role), "%s", role_word(t->write ? ROLE_CONTRIBUTOR : ROLE_READER));
		if ((rc = state_put_user(s, &u, e)) == E_FORMAT)
			rc = fail_wrap(e, rc, "--label is also the name of the user to be made, unless --user names one: ");
	}
	if (rc == 0 && t->write && (!role_has(role_parse(u.role), RIGHT_DATA) || strcmp(u.party, record_self(cli->record)->party) != 0))
		rc = fail(e, E_USAGE, "--write: user %s (%s, %s) may not write", u.name, u.party, u.role);
	return rc;
}

static int take_options(struct cli *cli, struct state_token *t, struct err *e)
{
	struct taking k = {cli, t};
	const char *label = cli_opt(cli, "label");
	int rc;

	if (label != NULL && strlen(label) > LIMIT_USER)
		return fail(e, E_USAGE, "--label: at most %d bytes", LIMIT_USER);
	(void)snprintf(t->label, sizeof(t->label), "%s", label != NULL ? label : "");
	t->write = cli_opt(cli, "write") != NULL;
	t->read = cli_opt(cli, "read") != NULL || !t->write;
	if ((rc = each_word(cli_opt(cli, "collection"), take_scope, &k, e)) != 0 || (rc = each_word(cli_opt(cli, "from"), take_net, &k, e)) != 0)
		return rc;
	return take_expiry(cli, &t->expires_s, e);
}

/* ---- printing ---- */

static const char *token_state(const struct cli *cli, const struct state_token *t)
{
	if (t->revoked)
		return N_("revoked");
	return t->expires_s != 0 && t->expires_s <= clock_now(&cli->w.clock) / NS_PER_S ? N_("expired") : N_("valid");
}

static const char *rights(bool read, bool write) { return read && write ? N_("read, write") : write ? N_("write") : N_("read"); }

static void print_uuid(const uint8_t uuid[16])
{
	char text[37];

	uuid_format(uuid, text);
	fputs(text, stdout);
}

static void json_token(const struct cli *cli, const struct state_token *t, const char *secret)
{
	char created[32], expires[32], seen[32];

	cli_time(t->created_s, created);
	cli_time(t->expires_s, expires);
	cli_time(t->seen_s, seen);
	printf("{\"id\":\"%s\",\"user\":\"%s\",\"label\":", t->id, t->user);
	cli_json_str(t->label);
	if (secret != NULL)
		printf(",\"token\":\"%s\"", secret);
	printf(",\"state\":\"%s\",\"read\":%s,\"write\":%s,\"collections\":[", token_state(cli, t), t->read ? "true" : "false", t->write ? "true" : "false");
	for (size_t i = 0; i < t->scopes; i++) {
		printf("%s\"", i > 0 ? "," : "");
		print_uuid(t->scope[i]);
		printf("\"");
	}
	printf("],\"from\":[");
	for (size_t i = 0; i < t->nets; i++)
		printf("%s\"%s\"", i > 0 ? "," : "", t->net[i]);
	printf("],\"created\":\"%s\",\"expires\":\"%s\",\"seen\":\"%s\",\"seen_from\":\"%s\"}\n", created, expires, seen, t->seen_from);
}

static int list_token(void *ctx, const struct state_token *t, struct err *e)
{
	const struct cli *cli = ctx;
	const char *user = cli_opt(cli, "user");
	char expires[32], seen[32];

	(void)e;
	if (user != NULL && strcmp(user, t->user) != 0)
		return 0;
	if (cli->json) {
		json_token(cli, t, NULL);
		return 0;
	}
	cli_time(t->expires_s, expires);
	cli_time(t->seen_s, seen);
	printf("%s %-16s %-20s %s; %s", t->id, t->user, t->label, _(token_state(cli, t)), _(rights(t->read, t->write)));
	for (size_t i = 0; i < t->scopes; i++) {
		printf("%s", i == 0 ? "; " : ", ");
		print_uuid(t->scope[i]);
	}
	for (size_t i = 0; i < t->nets; i++)
		printf("%s%s", i == 0 ? "; " : ", ", t->net[i]);
	if (expires[0] != '\0') {
		printf("; ");
		printf(_("expires %s"), expires);
	}
	if (seen[0] != '\0') {
		printf("; ");
		printf(_("last seen %s"), seen);
		printf(" %s", t->seen_from);
	}
	printf("\n");
	return 0;
}

/* ---- token ---- */

static int note_token(struct cli *cli, struct state *s, const char *act, const struct state_token *t, struct err *e)
{
	char outcome[sizeof(t->id) + 8];

	(void)snprintf(outcome, sizeof(outcome), "done: %s", t->id);
	return audit_note_state(&cli->w.clock, s, "command", NULL, act, t->user, outcome, e);
}

static int add_token(struct cli *cli, struct state *s, struct err *e)
{
	struct state_token t = {.id = ""};
	char secret[64] = "";
	int rc;

	if ((rc = take_options(cli, &t, e)) != 0 || (rc = state_begin(s, e)) != 0)
		return rc;
	if ((rc = take_user(cli, s, &t, e)) == 0 && (rc = access_make_token(&cli->w, s, &t, secret, e)) == 0) {
		rc = note_token(cli, s, "token add", &t, e);
	}
	if ((rc = state_end(s, rc, e)) != 0)
		return rc;
	if (cli->json) {
		json_token(cli, &t, secret);
	} else {
		/* The token alone on standard output, so that a script may take it. */
		fprintf(stderr, _("Token %s of user %s. It is shown this once and kept nowhere: store it safely. Without it, make another."), t.id, t.user);
		fprintf(stderr, "\n");
		printf("%s\n", secret);
	}
	secret_wipe(secret, sizeof(secret));
	return 0;
}

static int revoke_token(struct cli *cli, struct state *s, struct err *e)
{
	struct state_token t;
	int rc;

	if ((rc = state_begin(s, e)) != 0)
		return rc;
	if ((rc = state_get_token(s, cli->arg[2], &t, e)) == 0) {
		t.revoked = true;
		if ((rc = state_put_token(s, &t, e)) == 0)
			rc = note_token(cli, s, "token revoke", &t, e);
	}
	if ((rc = state_end(s, rc, e)) == 0)
		rc = list_token(cli, &t, e);
	return rc;
}

static int list_tokens(struct cli *cli, struct state *s, struct err *e) { return state_tokens(s, list_token, cli, e); }

struct sub { const char *name; int args; int (*run)(struct cli *cli, struct state *s, struct err *e); };

static int run_sub(struct cli *cli, const struct sub *sub, size_t n, struct err *e)
{
	struct state *s = NULL;
	int rc;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(cli->arg[0], sub[i].name) != 0 || cli->args != sub[i].args)
			continue;
		if ((rc = cli_state(cli, cli->arg[1], &s, e)) == 0)
			rc = sub[i].run(cli, s, e);
		state_close(s);
		return rc;
	}
	return fail(e, E_USAGE, "verbale %s %s", cli->verb->name, cli->verb->synopsis);
}

int cmd_token(struct cli *cli, struct err *e)
{
	static const struct sub subs[] = {{"add", 2, add_token}, {"list", 2, list_tokens}, {"revoke", 3, revoke_token}};

	return run_sub(cli, subs, ARRAY_LEN(subs), e);
}

/* ---- grant ---- */

static int list_grant(void *ctx, const struct state_grant *g, struct err *e)
{
	const struct cli *cli = ctx;

	(void)e;
	if (cli->json)
		printf("{\"collection\":\"");
	print_uuid(g->collection);
	if (cli->json) {
		printf("\",\"to\":");
		cli_json_str(g->subject);
		printf(",\"read\":%s,\"write\":%s}\n", g->read ? "true" : "false", g->write ? "true" : "false");
		return 0;
	}
	printf(" %-24s %s\n", g->subject, g->read || g->write ? _(rights(g->read, g->write)) : _("nothing"));
	return 0;
}

static int grant_from(struct cli *cli, struct state *s, bool add, struct state_grant *g, struct err *e)
{
	const char *to = cli_opt(cli, "to");
	struct state_user u;
	int rc;

	if (cli_opt(cli, "collection") == NULL || to == NULL)
		return fail(e, E_USAGE, "--collection ID and --to user:NAME, agency:CODE or party:CODE are due");
	if (strlen(to) > LIMIT_WHO)
		return fail(e, E_USAGE, "--to: at most %d bytes", LIMIT_WHO);
	memcpy(g->subject, to, strlen(to) + 1);
	if (!add)
		return cli_collection(cli, cli_opt(cli, "collection"), g->collection, e);
	g->write = cli_opt(cli, "write") != NULL;
	g->read = cli_opt(cli, "read") != NULL || !g->write;
	if (strncmp(to, "user:", 5) == 0 && (rc = state_get_user(s, to + 5, &u, e)) != 0)
		return rc;
	if (strncmp(to, "party:", 6) == 0 && record_peer(cli->record, to + 6) == NULL)
		return fail(e, E_USAGE, "--to %s: neither this node's party nor a pinned peer's (verbale peer list)", to);
	return known_collection(cli, cli_opt(cli, "collection"), g->collection, e);
}

static int put_grant(struct cli *cli, struct state *s, bool add, struct err *e)
{
	struct state_grant g = {.subject = ""};
	int rc;

	if ((rc = grant_from(cli, s, add, &g, e)) != 0 || (rc = state_begin(s, e)) != 0)
		return rc;
	if ((rc = state_put_grant(s, &g, e)) == 0)
		rc = audit_note_state(&cli->w.clock, s, "command", NULL, add ? "grant add" : "grant remove", g.subject, NULL, e);
	if ((rc = state_end(s, rc, e)) != 0)
		return rc;
	if (cli->json || !add)
		return list_grant(cli, &g, e);
	printf("%s\n", _("From now on only those named may use this collection, within their roles:"));
	return state_grants(s, g.collection, list_grant, cli, e);
}

static int add_grant(struct cli *cli, struct state *s, struct err *e) { return put_grant(cli, s, true, e); }
static int remove_grant(struct cli *cli, struct state *s, struct err *e) { return put_grant(cli, s, false, e); }

static int list_grants(struct cli *cli, struct state *s, struct err *e)
{
	const char *given = cli_opt(cli, "collection");
	uint8_t uuid[16];
	int rc = given != NULL ? cli_collection(cli, given, uuid, e) : 0;

	return rc != 0 ? rc : state_grants(s, given != NULL ? uuid : NULL, list_grant, cli, e);
}

int cmd_grant(struct cli *cli, struct err *e)
{
	static const struct sub subs[] = {{"add", 2, add_grant}, {"remove", 2, remove_grant}, {"list", 2, list_grants}};

	return run_sub(cli, subs, ARRAY_LEN(subs), e);
}

/* pull: follow a collection of a foreign TAXII server into one of ours. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/enc.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "peer/fetch.h"
#include "peer/pull.h"
#include "store/state.h"

struct pulling {
	struct cli *cli;
	struct fetch *fetch;
	struct state *state;
	struct buf url, key;         /* of the objects; name of the cursor */
	struct add_opt add;
	uint64_t every, overlap;     /* seconds */
	sigset_t end;                /* a signal that ends it between two pages */
	unsigned named;              /* refusals named so far */
};

#define NAMED_MAX 20 /* refusals named one by one; all are counted */

/* ---- credentials ---- */

/* First line of a file, or of standard input: secrets do not stand on the command line, where ps shows them. */
static int read_secret(struct cli *cli, const char *path, struct buf *out, struct err *e)
{
	int rc = cli_read(cli, path, LIMIT_PASSWORD + 2, out, e);

	if (rc != 0)
		return rc;
	if (out->n == 0)
		return fail(e, E_USAGE, "%s: empty", path);
	out->n = strcspn(out->p, "\r\n");
	out->p[out->n] = '\0';
	return out->n > 0 && out->n <= LIMIT_PASSWORD ? 0 : fail(e, E_USAGE, "%s: its first line is due, at most %d bytes", path, LIMIT_PASSWORD);
}

static int authorization(struct cli *cli, struct buf *out, struct err *e)
{
	const char *token = cli_opt(cli, "token-file"), *user = cli_opt(cli, "user"), *password = cli_opt(cli, "password-file");
	CLEANUP_BUF struct buf secret = BUF_INIT(2 * LIMIT_PASSWORD), pair = BUF_INIT(4 * LIMIT_PASSWORD);
	int rc;

	if (token == NULL && user == NULL && password == NULL)
		return 0;
	if ((token != NULL) == (user != NULL) || (user != NULL) != (password != NULL))
		return fail(e, E_USAGE, "--token-file FILE, or --user NAME with --password-file FILE");
	if ((rc = read_secret(cli, token != NULL ? token : password, &secret, e)) != 0)
		return rc;
	if (token != NULL) {
		buf_printf(out, "Bearer %s", secret.p);
	} else {
		buf_printf(&pair, "%s:%s", user, secret.p);
		buf_puts(out, "Basic ");
		base64_put(out, pair.p, pair.n);
	}
	return buf_err(&pair, e, "credentials") != 0 ? E_NOMEM : buf_err(out, e, "credentials");
}

static int open_fetch(struct pulling *p, struct err *e)
{
	CLEANUP_BUF struct buf auth = BUF_INIT(8 * LIMIT_PASSWORD);
	struct fetch_conf c = {.ca_file = cli_opt(p->cli, "ca"), .pin = cli_opt(p->cli, "pin"), .cert_file = cli_opt(p->cli, "cert"), .key_file = cli_opt(p->cli, "key")};
	const int rc = authorization(p->cli, &auth, e);

	if (rc != 0)
		return rc;
	if ((c.cert_file != NULL) != (c.key_file != NULL))
		return fail(e, E_USAGE, "--cert and --key belong together");
	c.authorization = auth.n > 0 ? auth.p : NULL;
	return fetch_new(&c, &p->fetch, e);
}

/* ---- cursor ---- */

static int load_cursor(struct pulling *p, struct pull_cursor *ret, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(65536);
	int rc;

	*ret = (struct pull_cursor){.next = ""};
	if (cli_opt(p->cli, "restart") != NULL)
		return 0;
	rc = state_get_value(p->state, "pull", p->key.p, &b, e);
	return rc == E_NOTFOUND ? 0 : rc != 0 ? rc : pull_cursor_parse(b.p, b.n, ret, e);
}

static int keep_cursor(struct pulling *p, const struct pull_cursor *c, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(65536);
	int rc;

	pull_cursor_put(c, &b);
	if ((rc = buf_err(&b, e, "cursor")) != 0)
		return rc;
	return state_put_value(p->state, "pull", p->key.p, b.p, b.n, e);
}

/* ---- one run ---- */

static void say_refused(void *ctx, const struct add_result *res)
{
	struct pulling *p = ctx;
	struct cli *cli = p->cli;

	if (p->named++ >= NAMED_MAX || cli->json)
		return;
	cli_progress_end(cli);
	fprintf(stderr, "%s: %s: %s\n", _("refused"), _(err_headline(res->err.code)), res->err.msg);
}

/* true: a signal came. */
static bool rest(const struct pulling *p, unsigned seconds)
{
	const struct timespec t = {.tv_sec = (time_t)seconds};

	return sigtimedwait(&p->end, NULL, &t) > 0;
}

static int one_page(struct pulling *p, struct pull *pull, const struct pull_request *q, struct err *e)
{
	CLEANUP_BUF struct buf body = BUF_INIT(LIMIT_PEER_BODY);
	struct fetch_answer got;
	struct err net = {0};
	struct pull_answer a;
	int rc = fetch_get(p->fetch, q->url, LIMIT_PEER_BODY, &got, &body, &net);

	if (rc == E_NET) /* a line that broke is asked again like a server that was busy */
		a = (struct pull_answer){.status = 599};
	else if (rc != 0) {
		*e = net;
		return rc;
	} else {
		a = (struct pull_answer){.status = got.status, .last = got.last[0] != '\0' ? got.last : NULL, .retry_after_s = got.retry_after_s,
		    .body = body.p != NULL ? body.p : "", .n = body.n};
	}
	if ((rc = pull_take(pull, &a, e)) == E_NET && net.code != 0)
		*e = net;
	return rc == 0 ? keep_cursor(p, pull_where(pull), e) : rc;
}

static void say_result(struct pulling *p, const struct pull_report *r)
{
	struct cli *cli = p->cli;

	cli_progress_end(cli);
	if (cli->json) {
		printf("{\"pages\":%llu,\"seen\":%llu,\"recorded\":%llu,\"known\":%llu,\"refused\":%llu,\"asked_again\":%llu,\"last_versions_only\":%s}\n",
		    (unsigned long long)r->pages, (unsigned long long)r->seen, (unsigned long long)r->added, (unsigned long long)r->known, (unsigned long long)r->refused,
		    (unsigned long long)r->again, r->last_only ? "true" : "false");
	} else {
		printf(_("%llu pages: %llu recorded, %llu known already, %llu refused"), (unsigned long long)r->pages, (unsigned long long)r->added,
		    (unsigned long long)r->known, (unsigned long long)r->refused);
		printf("\n");
		if (!r->dated && r->pages > 0 && r->seen > 0)
			printf("%s\n", _("The server says no dates: the next pull begins anew."));
		if (r->last_only)
			printf("%s\n", _("The server gives only the last version of each object: what came and went between two pulls is not seen."));
	}
	fflush(stdout);
}

/* *ret_end: a signal asked to stop; what was fetched is kept, and so is the place. */
static int one_run(struct pulling *p, bool *ret_end, struct err *e)
{
	const struct progress tell = cli_progress(p->cli);
	struct pull_opt opt = {.url = p->url.p, .add = p->add,
	    .overlap_s = (unsigned)p->overlap, .refused = say_refused, .ctx = p};
	struct pull_cursor from;
	struct pull_request q;
	struct pull *pull = NULL;
	int rc = load_cursor(p, &from, e);

	p->named = 0;
	*ret_end = false;
	if (rc == 0)
		rc = pull_new(p->cli->record, &opt, &from, &pull, e);
	while (rc == 0 && pull_next(pull, &q)) {
		if ((*ret_end = rest(p, q.wait_s)))
			break;
		if ((rc = one_page(p, pull, &q, e)) == 0)
			tell.tick(tell.ctx, N_("objects"), pull_result(pull)->seen, 0);
	}
	if (pull != NULL)
		say_result(p, pull_result(pull));
	pull_free(pull);
	return rc;
}

/* ---- the verb ---- */

static int get(void *ctx, const char *url, int *ret_status, struct buf *out, struct err *e)
{
	struct pulling *p = ctx;
	struct fetch_answer a;
	const int rc = fetch_get(p->fetch, url, LIMIT_PULL_RESOURCE, &a, out, e);

	*ret_status = a.status;
	return rc;
}

static int prepare(struct pulling *p, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/state.sqlite", p->cli->arg[0]);
	uint8_t uuid[16];
	char text[37];
	int rc;

	if (path == NULL)
		return fail(e, E_NOMEM, "pull");
	if ((rc = cli_open(p->cli, p->cli->arg[0], CLI_ADD, e)) != 0 || (rc = cli_collection(p->cli, cli_opt(p->cli, "collection"), uuid, e)) != 0 ||
	    (rc = record_add_opt(p->cli->rd, uuid, ROLE_NODE, &p->add, e)) != 0 || (rc = state_open(path, &p->state, e)) != 0 || (rc = open_fetch(p, e)) != 0 ||
	    (rc = pull_find(get, p, p->cli->arg[1], cli_opt(p->cli, "from"), &p->url, e)) != 0)
		return rc;
	uuid_format(uuid, text);
	buf_printf(&p->key, "%s %s", text, p->url.p);
	return buf_err(&p->key, e, "pull");
}

int cmd_pull(struct cli *cli, struct err *e)
{
	struct pulling p = {.cli = cli, .overlap = 60, .url = BUF_INIT(LIMIT_URL), .key = BUF_INIT(LIMIT_URL + 64)};
	bool end = false;
	int rc;

	if ((rc = cli_number(cli, "every", &p.every, e)) != 0 || (rc = cli_number(cli, "overlap", &p.overlap, e)) != 0)
		return rc;
	sigemptyset(&p.end);
	sigaddset(&p.end, SIGINT);
	sigaddset(&p.end, SIGTERM);
	sigprocmask(SIG_BLOCK, &p.end, NULL);
	rc = prepare(&p, e);
	while (rc == 0) {
		rc = one_run(&p, &end, e);
		if (end || p.every == 0)
			break;
		if (rc != 0) { /* the next round may find it better; the administrator reads what was wrong */
			fprintf(stderr, "verbale pull: %s: %s\n", _(err_headline(rc)), e->msg);
			*e = (struct err){0};
			rc = 0;
		}
		if (rest(&p, (unsigned)p.every))
			break;
	}
	fetch_free(p.fetch);
	state_close(p.state);
	buf_free(&p.url);
	buf_free(&p.key);
	return rc;
}

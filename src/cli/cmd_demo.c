/*
 * demo: the story of 9 September 2016, told by two real nodes. Each row of the table is one act of one node; the
 * nodes exchange everything over mutual TLS.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/mem.h"
#include "cli/demo_content.h"
#include "cli/demo_node.h"

#define EMBARGO_S 3 /* seconds between release and publication: long enough to be seen to wait */

enum act { ADD, AGREE, PUBLISH, SYNC };
struct step { const char *party; enum act act; enum demo_what what; const char *told; };

/* SYNC rows exchange both ways. A row without text belongs to the one before it. */
static const struct step story[] = {
	{"JP", ADD, DEMO_COLLECTION, N_("Tokyo founds the shared collection; its members are Germany and Japan.")},
	{"DE", SYNC, DEMO_OBJECTS, NULL},
	{"DE", AGREE, DEMO_COLLECTION, N_("Berlin agrees to it.")},
	{"JP", ADD, DEMO_IDENTITY_JP, NULL},
	{"DE", ADD, DEMO_IDENTITY_DE, NULL},
	{"JP", ADD, DEMO_SERIES, NULL},
	{"JP", ADD, DEMO_ROUND, NULL},
	{"JP", ADD, DEMO_INVITATION, N_("Tokyo invites to the first round, 9 September 2016.")},
	{"JP", ADD, DEMO_AGENDA, N_("Tokyo proposes the agenda;")},
	{"DE", SYNC, DEMO_OBJECTS, NULL},
	{"DE", AGREE, DEMO_AGENDA, N_("both sides agree to it.")},
	{"JP", AGREE, DEMO_AGENDA, NULL},
	{"JP", ADD, DEMO_DELEGATION_JP, N_("Each side names its delegation.")},
	{"DE", ADD, DEMO_DELEGATION_DE, NULL},
	{"JP", ADD, DEMO_STATEMENT, N_("Tokyo drafts the joint statement.")},
	{"DE", SYNC, DEMO_OBJECTS, NULL},
	{"DE", ADD, DEMO_PROPOSAL, N_("Berlin proposes a change: a yearly rhythm, and Berlin in 2017.")},
	{"JP", SYNC, DEMO_OBJECTS, NULL},
	{"JP", ADD, DEMO_STATEMENT_REVISED, N_("Tokyo takes it over into a second version.")},
	{"JP", AGREE, DEMO_PROPOSAL, NULL},
	{"DE", SYNC, DEMO_OBJECTS, NULL},
	{"DE", AGREE, DEMO_STATEMENT, N_("Both sides agree to the very same text.")},
	{"JP", AGREE, DEMO_STATEMENT, NULL},
	{"DE", SYNC, DEMO_OBJECTS, NULL},
	{"JP", PUBLISH, DEMO_AGENDA, N_("Agenda and statement are released, to be public on both nodes at one moment.")},
	{"JP", PUBLISH, DEMO_STATEMENT, NULL},
	{"DE", SYNC, DEMO_OBJECTS, N_("Each node has seen, checked and cosigned the other's log.")},
};

struct demo {
	struct cli *cli;
	struct demo_node node[2];           /* Berlin, Tokyo */
	struct demo_ids ids;
	char collection[37];
	char made[DEMO_OBJECTS][40];        /* modified of what was written */
	char sha[HEX_LEN(32) + 1];          /* of the first statement */
	char publish_at[40];
	char last[40];
	const char *dir;
	unsigned told;
};

static struct demo_node *node_of(struct demo *d, const char *party) { return &d->node[strcmp(party, "JP") == 0]; }

/* Times of the record never stand still, even within one millisecond. */
static void now_text(struct demo *d, char out[40])
{
	const struct timespec pause = {.tv_nsec = 1000000};

	do {
		time_format(clock_now(&d->cli->w.clock), 3, out, 40);
		if (strcmp(out, d->last) == 0)
			nanosleep(&pause, NULL);
	} while (strcmp(out, d->last) == 0);
	memcpy(d->last, out, sizeof(d->last));
}

static int remember_statement(struct demo *d, const struct buf *json, struct err *e)
{
	CLEANUP_BUF struct buf canon = BUF_INIT(LIMIT_JSON_BYTES);
	uint8_t sum[SHA256_LEN];
	const int rc = json_canon_text(json->p, json->n, &canon, e);

	if (rc == 0) {
		sha256(canon.p, canon.n, sum);
		hex_encode(sum, sizeof(sum), d->sha);
	}
	return rc;
}

static int add(struct demo *d, struct demo_node *n, enum demo_what what, struct err *e)
{
	CLEANUP_BUF struct buf json = BUF_INIT(LIMIT_JSON_BYTES);
	struct demo_times t = {.created = d->made[what], .modified = d->made[what], .about_modified = d->made[DEMO_STATEMENT], .about_sha256 = d->sha};
	int rc;

	now_text(d, d->made[what]);
	if (what == DEMO_STATEMENT_REVISED)
		t.created = d->made[DEMO_STATEMENT];
	if (what == DEMO_AGENDA || what == DEMO_STATEMENT || what == DEMO_STATEMENT_REVISED)
		t.publish_at = "2016-09-12T08:00:00.000Z"; /* the agreed embargo, part of the text */
	if ((rc = demo_json(what, &d->ids, &t, &json, e)) != 0)
		return rc;
	if (what == DEMO_STATEMENT && (rc = remember_statement(d, &json, e)) != 0)
		return rc;
	return demo_ask(n, ASK_ADD, d->collection, json.p, NULL, e);
}

static int exchange(struct demo *d, struct err *e)
{
	int rc = demo_ask(&d->node[0], ASK_SYNC, NULL, NULL, NULL, e);

	if (rc == 0)
		rc = demo_ask(&d->node[1], ASK_SYNC, NULL, NULL, NULL, e);
	return rc == 0 ? demo_ask(&d->node[0], ASK_SYNC, NULL, NULL, NULL, e) : rc;
}

static int do_step(struct demo *d, const struct step *s, struct err *e)
{
	struct demo_node *n = node_of(d, s->party);

	switch (s->act) {
	case ADD:
		return add(d, n, s->what, e);
	case AGREE:
		return demo_ask(n, ASK_AGREE, d->ids.id[s->what], NULL, NULL, e);
	case PUBLISH:
		if (d->publish_at[0] == '\0')
			time_format(clock_now(&d->cli->w.clock) + EMBARGO_S * NS_PER_S, 3, d->publish_at, sizeof(d->publish_at));
		return demo_ask(n, ASK_PUBLISH, d->ids.id[s->what], d->publish_at, NULL, e);
	case SYNC:
		return exchange(d, e);
	}
	return 0;
}

static void tell(struct demo *d, const char *text)
{
	struct cli *cli = d->cli;

	printf("%2u  %s\n", ++d->told, _(text));
	fflush(stdout);
}

/* ---- setting up ---- */

static void place(struct demo *d, unsigned port)
{
	static const char *const party[] = {"DE", "JP"}, *const city[] = {"Berlin", "Tokyo"}, *const folder[] = {"berlin", "tokyo"},
	    *const origin[] = {"berlin.verbale.example/log", "tokyo.verbale.example/log"};

	for (unsigned i = 0; i < 2; i++) {
		struct demo_node *n = &d->node[i];

		n->party = party[i];
		n->city = city[i];
		n->origin = origin[i];
		(void)snprintf(n->dir, sizeof(n->dir), "%s/%s", d->dir, folder[i]);
		(void)snprintf(n->listen_http, sizeof(n->listen_http), "127.0.0.1:%u", port + 2 * i);
		(void)snprintf(n->listen_tls, sizeof(n->listen_tls), "127.0.0.1:%u", port + 2 * i + 1);
		(void)snprintf(n->base_url, sizeof(n->base_url), "http://127.0.0.1:%u", port + 2 * i);
		(void)snprintf(n->url, sizeof(n->url), "https://127.0.0.1:%u", port + 2 * i + 1);
	}
}

static int identity_of(const struct buf *text, char to[LIMIT_STIX_ID + 1], struct err *e)
{
	struct party_keys k;
	const int rc = party_keys_parse(text->p, text->n, &k, e);

	if (rc == 0)
		memcpy(to, k.identity, sizeof(k.identity));
	return rc;
}

static int set_up(struct demo *d, struct err *e)
{
	struct buf text[2] = {BUF_INIT(LIMIT_PEER_TEXT), BUF_INIT(LIMIT_PEER_TEXT)};
	char identity[2][LIMIT_STIX_ID + 1];
	int rc = 0;

	for (int i = 0; rc == 0 && i < 2; i++)
		if ((rc = demo_node_start(&d->node[i], d->cli, e)) == 0 && (rc = demo_ask(&d->node[i], ASK_CREATE, NULL, NULL, &text[i], e)) == 0 &&
		    (rc = demo_ask(&d->node[i], ASK_OPEN, NULL, NULL, NULL, e)) == 0)
			rc = identity_of(&text[i], identity[i], e);
	for (int i = 0; rc == 0 && i < 2; i++)
		if ((rc = demo_ask(&d->node[i], ASK_PIN, NULL, text[1 - i].p, NULL, e)) == 0)
			rc = demo_ask(&d->node[i], ASK_SERVE, NULL, NULL, NULL, e);
	buf_free(&text[0]);
	buf_free(&text[1]);
	if (rc == 0 && (rc = demo_ids_make(&d->cli->w.rng, identity[0], identity[1], &d->ids, e)) == 0)
		memcpy(d->collection, strstr(d->ids.id[DEMO_COLLECTION], "--") + 2, sizeof(d->collection));
	return rc;
}

static void wait_for_embargo(struct demo *d)
{
	char now[40];
	const struct timespec pause = {.tv_nsec = 100000000};

	do {
		time_format(clock_now(&d->cli->w.clock), 3, now, sizeof(now));
		nanosleep(&pause, NULL);
	} while (strcmp(now, d->publish_at) <= 0);
}

/* ---- the proof ---- */

static int run_verify(struct demo *d, const char *folder, const char *id, struct err *e)
{
	CLEANUP_STR char *json = mem_printf("%s/%s.json", folder, id), *proof = mem_printf("%s/%s.tlog-proof", folder, id), *pol = mem_printf("%s/%s.policy.txt", folder, id);
	CLEANUP_BUF struct buf a = BUF_INIT(LIMIT_FRAME), b = BUF_INIT(LIMIT_PROOF_BYTES), c = BUF_INIT(LIMIT_POLICY_BYTES);
	struct tlog_policy *policy = NULL;
	struct proof_report *rep = mem_zalloc(sizeof(*rep));
	int rc = json == NULL || proof == NULL || pol == NULL || rep == NULL ? fail(e, E_NOMEM, "demo") : 0;

	if (rc == 0 && (rc = cli_read(d->cli, json, LIMIT_FRAME, &a, e)) == 0 && (rc = cli_read(d->cli, proof, LIMIT_PROOF_BYTES, &b, e)) == 0 &&
	    (rc = cli_read(d->cli, pol, LIMIT_POLICY_BYTES, &c, e)) == 0 && (rc = tlog_policy_parse(c.p, c.n, &policy, e)) == 0)
		rc = proof_verify(a.p, a.n, b.p, b.n, policy, rep, e);
	tlog_policy_free(policy);
	mem_free(rep);
	return rc;
}

static int write_proofs(struct demo *d, const char *folder, struct err *e)
{
	CLEANUP_BUF struct buf ids = BUF_INIT(8192), vkey = BUF_INIT(1024);
	CLEANUP_STR char *path = mem_printf("%s/log.vkey", folder);
	char *save = NULL;
	int rc, m;

	if (path == NULL)
		return fail(e, E_NOMEM, "demo");
	if ((m = d->cli->w.fs.mkdir(d->cli->w.fs.ctx, folder, 0755)) < 0 && m != -EEXIST)
		return fail_errno(e, E_ENV, -m, "%s", folder);
	/* Berlin proves what Tokyo wrote, from its own copy alone. */
	if ((rc = demo_ask(&d->node[0], ASK_PROVE, d->ids.id[DEMO_STATEMENT], folder, NULL, e)) != 0 ||
	    (rc = demo_ask(&d->node[0], ASK_ASSENTS, d->ids.id[DEMO_STATEMENT], folder, &ids, e)) != 0 ||
	    (rc = demo_ask(&d->node[1], ASK_VKEY, NULL, NULL, &vkey, e)) != 0)
		return rc;
	buf_putc(&vkey, '\n');
	if ((rc = buf_err(&vkey, e, "vkey")) != 0 || (rc = fs_replace_file(&d->cli->w.fs, path, vkey.p, vkey.n, 0644, e)) != 0)
		return rc;
	rc = run_verify(d, folder, d->ids.id[DEMO_STATEMENT], e);
	for (char *id = strtok_r(ids.p, " ", &save); rc == 0 && id != NULL; id = strtok_r(NULL, " ", &save))
		rc = run_verify(d, folder, id, e);
	return rc;
}

extern char **environ;

/* A program of others: gets the proof folder, the object's file name without ending, and Tokyo's log by URL. */
static int foreign_check(struct demo *d, const char *program, const char *folder, struct err *e)
{
	CLEANUP_STR char *stem = mem_printf("%s/%s", folder, d->ids.id[DEMO_STATEMENT]), *url = mem_printf("%s/log", d->node[1].base_url), *vkey = mem_printf("%s/log.vkey", folder);
	char *prog = mem_strdup(program), *argv[] = {prog, stem, url, vkey, NULL};
	int status = 0, rc;
	pid_t pid;

	if (stem == NULL || url == NULL || vkey == NULL || prog == NULL) {
		mem_free(prog);
		return fail(e, E_NOMEM, "demo");
	}
	rc = posix_spawnp(&pid, prog, NULL, NULL, argv, environ);
	mem_free(prog);
	if (rc != 0)
		return fail_errno(e, E_ENV, rc, "%s", program);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : fail(e, E_PROOF, "%s did not confirm the proof", program);
}

/* What to type to run this very program: it need not be installed. */
static void own_name(char *to, size_t room)
{
	const ssize_t n = readlink("/proc/self/exe", to, room - 1);

	if (n > 0)
		to[n] = '\0';
	else
		(void)snprintf(to, room, "verbale");
}

static int prove(struct demo *d, struct err *e)
{
	char self[512];
	CLEANUP_STR char *folder = mem_printf("%s/proof", d->dir);
	const char *program = cli_opt(d->cli, "check"), *id = d->ids.id[DEMO_STATEMENT];
	int rc = folder == NULL ? fail(e, E_NOMEM, "demo") : write_proofs(d, folder, e);

	if (rc != 0)
		return rc;
	tell(d, N_("Berlin proves from its own copy what Tokyo wrote, and that both agreed: proven."));
	own_name(self, sizeof(self));
	printf("      %s verify %s/%s.json --policy %s/%s.policy.txt\n", self, folder, id, folder, id);
	if (program == NULL)
		return 0;
	tell(d, N_("Now by programs nobody here wrote:"));
	return foreign_check(d, program, folder, e);
}

static void addresses(const struct demo *d)
{
	const struct cli *cli = d->cli;
	static const char *const lang[] = {"de", "ja"};

	printf("\n");
	for (int i = 0; i < 2; i++)
		printf("  %-7s %s/%s/series/de-jp-cyber/rounds/1/statement\n", d->node[i].city, d->node[i].base_url, lang[i]);
	printf("\n%s\n", _("Open them in a browser. Ctrl-C ends both nodes."));
	fflush(stdout);
}

static int tell_story(struct demo *d, struct err *e)
{
	struct cli *cli = d->cli;
	int rc = set_up(d, e);

	if (rc == 0)
		tell(d, N_("Two nodes, Berlin and Tokyo, have made their keys and pinned each other's."));
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(story); i++) {
		rc = do_step(d, &story[i], e);
		if (rc == 0 && story[i].told != NULL)
			tell(d, story[i].told);
	}
	if (rc != 0)
		return rc;
	wait_for_embargo(d);
	printf("    %s %s\n", _("public since"), d->publish_at);
	if ((rc = exchange(d, e)) == 0)
		rc = prove(d, e);
	return rc;
}

static bool told_before(const struct demo *d)
{
	CLEANUP_STR char *path = mem_printf("%s/self.peer", d->node[1].dir);

	return path != NULL && access(path, F_OK) == 0;
}

/* A folder of an earlier run: both nodes answer again. */
static int serve_again(struct demo *d, struct err *e)
{
	struct cli *cli = d->cli;
	int rc = 0;

	printf("%s\n", _("The story was told before; both nodes answer again. For a new one give another folder."));
	for (int i = 0; rc == 0 && i < 2; i++)
		if ((rc = demo_node_start(&d->node[i], cli, e)) == 0 && (rc = demo_ask(&d->node[i], ASK_OPEN, NULL, NULL, NULL, e)) == 0)
			rc = demo_ask(&d->node[i], ASK_SERVE, NULL, NULL, NULL, e);
	return rc;
}

int cmd_demo(struct cli *cli, struct err *e)
{
	struct demo *d = mem_zalloc(sizeof(*d));
	const char *port = cli_opt(cli, "port");
	uint64_t first = 8016;
	sigset_t end;
	int rc = 0, got, m;

	if (d == NULL)
		return fail(e, E_NOMEM, "demo");
	d->cli = cli;
	d->dir = cli->args > 0 ? cli->arg[0] : "demo-data";
	sigemptyset(&end);
	sigaddset(&end, SIGINT);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, NULL);
	if (port != NULL && !dec_parse(port, strlen(port), 65530, &first))
		rc = fail(e, E_USAGE, "--port %s: a number is due", port);
	if (rc == 0 && (m = cli->w.fs.mkdir(cli->w.fs.ctx, d->dir, 0700)) < 0 && m != -EEXIST)
		rc = fail_errno(e, E_ENV, -m, "%s", d->dir);
	if (rc == 0) {
		place(d, (unsigned)first);
		rc = told_before(d) ? serve_again(d, e) : tell_story(d, e);
	}
	if (rc == 0 && cli_opt(cli, "once") == NULL) {
		addresses(d);
		IGNORE(sigwait(&end, &got) != 0, "any end is an end");
	}
	for (int i = 0; i < 2; i++)
		demo_node_stop(&d->node[i]);
	mem_free(d);
	return rc;
}

#include "cli/demo_node.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "consult/acts.h"

#define ASK_TEXT (512 * 1024)

struct head { enum demo_ask what; int code; uint32_t id_n, text_n; };

static int io_all(int fd, void *p, size_t n, bool out)
{
	char *at = p;

	while (n > 0) {
		const ssize_t r = out ? send(fd, at, n, MSG_NOSIGNAL) : recv(fd, at, n, 0);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return E_NET;
		at += r;
		n -= (size_t)r;
	}
	return 0;
}

static int send_message(int fd, enum demo_ask what, int code, const char *id, const char *text, size_t text_n)
{
	struct head h;
	CLEANUP_BUF struct buf b = BUF_INIT(ASK_TEXT + 4096);

	memset(&h, 0, sizeof(h));
	h.what = what;
	h.code = code;
	h.id_n = (uint32_t)strlen(id);
	h.text_n = (uint32_t)text_n;
	buf_put(&b, &h, sizeof(h));
	buf_puts(&b, id);
	buf_put(&b, text, text_n);
	return b.err != 0 ? b.err : io_all(fd, b.p, b.n, true);
}

static int receive(int fd, struct head *h, struct buf *id, struct buf *text)
{
	char *p;

	buf_clear(id);
	buf_clear(text);
	if (io_all(fd, h, sizeof(*h), false) != 0 || h->id_n > 4096 || h->text_n > ASK_TEXT)
		return E_NET;
	if ((p = buf_grow(id, h->id_n)) == NULL || io_all(fd, p, h->id_n, false) != 0)
		return E_NET;
	if ((p = buf_grow(text, h->text_n)) == NULL || io_all(fd, p, h->text_n, false) != 0)
		return E_NET;
	return 0;
}

/* ---- the node's side ---- */

struct child {
	struct demo_node *n;
	struct cli cli;
	struct node_server *server;
	struct buf out;
};
typedef int act(struct child *c, const char *id, const char *text, struct err *e);

static int do_create(struct child *c, const char *id, const char *text, struct err *e)
{
	CLEANUP_STR char *self = mem_printf("%s/self.peer", c->n->dir);
	int rc;

	(void)id;
	(void)text;
	if (self == NULL)
		return fail(e, E_NOMEM, "demo");
	if ((rc = fs_read_file(&c->cli.w.fs, self, LIMIT_PEER_TEXT, &c->out, e)) != E_NOTFOUND)
		return rc;
	rc = node_create(&c->cli, c->n->dir, e);
	return rc != 0 ? rc : fs_read_file(&c->cli.w.fs, self, LIMIT_PEER_TEXT, &c->out, e);
}

static int do_open(struct child *c, const char *id, const char *text, struct err *e)
{
	(void)id;
	(void)text;
	return cli_open(&c->cli, c->n->dir, CLI_ALONE, e);
}

static int do_pin(struct child *c, const char *id, const char *text, struct err *e)
{
	struct party_keys k;
	const int rc = party_keys_parse(text, strlen(text), &k, e);

	(void)id;
	return rc != 0 ? rc : record_peer_add(c->cli.record, &k, e);
}

static int do_serve(struct child *c, const char *id, const char *text, struct err *e)
{
	uint16_t http, tls;

	(void)id;
	(void)text;
	return node_serve(&c->cli, NULL, &c->server, &http, &tls, e);
}

static int do_add(struct child *c, const char *id, const char *text, struct err *e)
{
	struct add_opt opt = {.strict = STIX_STRICT, .all_or_nothing = true, .role = ROLE_NODE};
	const struct add_item item = {text, strlen(text)};
	struct add_result res;
	int rc;

	if (!uuid_parse(id, strlen(id), opt.collection))
		return fail(e, E_USAGE, "demo: %s is no UUID", id);
	rc = record_add(c->cli.record, &opt, &item, 1, &res, e);
	if (rc == 0)
		buf_printf(&c->out, "%llu", (unsigned long long)res.index);
	return rc;
}

static int do_sync(struct child *c, const char *id, const char *text, struct err *e)
{
	(void)id;
	(void)text;
	return node_sync_all(&c->cli, false, e);
}

static int do_agree(struct child *c, const char *id, const char *text, struct err *e)
{
	struct add_result res;
	struct entry en;
	int rc = record_newest(c->cli.rd, id, NULL, &en, e);

	(void)text;
	if (rc != 0)
		return rc;
	rc = act_assent(&(struct actor){.r = c->cli.record, .rd = c->cli.rd, .role = ROLE_NODE}, id, en.row.modified, ASSENT_AGREE, NULL, &res, e);
	entry_free(&en);
	return rc;
}

static int do_publish(struct child *c, const char *id, const char *text, struct err *e)
{
	struct add_result res;

	return act_publish(&(struct actor){.r = c->cli.record, .rd = c->cli.rd, .role = ROLE_NODE}, id, NULL, text[0] != '\0' ? text : NULL, &res, e);
}

static int do_prove(struct child *c, const char *id, const char *text, struct err *e)
{
	struct entry en;
	int rc = pick_entry(&c->cli, id, NULL, &en, e);

	if (rc != 0)
		return rc;
	rc = write_proof_files(&c->cli, &en, text, e);
	entry_free(&en);
	return rc;
}

struct assents { struct child *c; const char *folder; };

static int prove_assent(void *ctx, const struct index_entry *row, struct err *e)
{
	struct assents *a = ctx;
	int rc;

	if (strncmp(row->id, "verbale-assent--", 16) != 0)
		return 0;
	if ((rc = do_prove(a->c, row->id, a->folder, e)) == 0)
		buf_printf(&a->c->out, "%s%s", a->c->out.n > 0 ? " " : "", row->id);
	return rc;
}

static int do_assents(struct child *c, const char *id, const char *text, struct err *e)
{
	struct assents a = {c, text};

	return index_subjects(record_index(c->cli.rd), id, prove_assent, &a, e);
}

static int do_vkey(struct child *c, const char *id, const char *text, struct err *e)
{
	(void)id;
	(void)text;
	note_key_put(&record_self(c->cli.record)->log, &c->out);
	return buf_err(&c->out, e, "vkey");
}

static act *const acts[] = {
	[ASK_CREATE] = do_create, [ASK_OPEN] = do_open, [ASK_PIN] = do_pin, [ASK_SERVE] = do_serve, [ASK_ADD] = do_add,
	[ASK_SYNC] = do_sync, [ASK_AGREE] = do_agree, [ASK_PUBLISH] = do_publish, [ASK_PROVE] = do_prove,
	[ASK_ASSENTS] = do_assents, [ASK_VKEY] = do_vkey,
};

static int set_conf(struct child *c, struct err *e)
{
	const struct { enum conf_key k; const char *v; } set[] = {
		{CONF_party, c->n->party}, {CONF_name, c->n->city}, {CONF_origin, c->n->origin}, {CONF_url, c->n->url}, {CONF_base_url, c->n->base_url},
		{CONF_listen_http, c->n->listen_http}, {CONF_listen_tls, c->n->listen_tls}, {CONF_threads, "2"},
	};
	int rc = conf_init(&c->cli.conf, e);

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(set); i++)
		rc = conf_set(&c->cli.conf, set[i].k, set[i].v, FROM_FLAG, e);
	return rc;
}

static void answer_all(struct child *c)
{
	CLEANUP_BUF struct buf id = BUF_INIT(8192), text = BUF_INIT(ASK_TEXT + 1);
	struct err e = {0};
	struct head h;
	int rc = set_conf(c, &e);

	while (receive(c->n->sock, &h, &id, &text) == 0) {
		buf_clear(&c->out);
		if (rc == 0 && h.what <= ASK_VKEY)
			h.code = acts[h.what](c, id.p, text.p, &e);
		else
			h.code = rc != 0 ? rc : E_USAGE;
		if (h.code != 0) {
			buf_clear(&c->out);
			buf_printf(&c->out, "%s: %s", c->n->city, e.msg);
		}
		if (send_message(c->n->sock, h.what, h.code, "", c->out.p != NULL ? c->out.p : "", c->out.n) != 0)
			break;
	}
}

__attribute__((noreturn)) static void run_child(struct demo_node *n, const struct cli *cli)
{
	struct child c = {.n = n, .out = BUF_INIT(ASK_TEXT)};

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)signal(SIGINT, SIG_IGN); /* the story ends first and closes the line */
	c.cli = (struct cli){.verb = cli->verb, .lang = cli->lang, .w = cli->w};
	answer_all(&c);
	node_stop(c.server);
	record_reader_free(c.cli.rd);
	record_close(c.cli.record);
	conf_free(&c.cli.conf);
	buf_free(&c.out);
	_exit(0);
}

/* ---- the story's side ---- */

int demo_node_start(struct demo_node *n, const struct cli *cli, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return fail_errno(e, E_ENV, errno, "demo: socket pair");
	n->sock = pair[1];
	if ((n->pid = fork()) == 0) {
		/* The other node's line must end with the story, not with us. */
		if (pair[1] > 3)
			(void)close_range(3, (unsigned)pair[1] - 1, 0);
		(void)close_range((unsigned)pair[1] + 1, ~0U, 0);
		run_child(n, cli);
	}
	close(pair[1]);
	n->sock = pair[0];
	return n->pid < 0 ? fail_errno(e, E_ENV, errno, "demo: fork") : 0;
}

void demo_node_stop(struct demo_node *n)
{
	int status;

	if (n->pid <= 0)
		return;
	close(n->sock);
	while (waitpid(n->pid, &status, 0) < 0 && errno == EINTR)
		;
	n->pid = 0;
}

int demo_ask(struct demo_node *n, enum demo_ask what, const char *id, const char *text, struct buf *answer, struct err *e)
{
	CLEANUP_BUF struct buf none = BUF_INIT(8192), out = BUF_INIT(ASK_TEXT + 1);
	struct head h;

	if (send_message(n->sock, what, 0, id != NULL ? id : "", text != NULL ? text : "", text != NULL ? strlen(text) : 0) != 0 ||
	    receive(n->sock, &h, &none, &out) != 0)
		return fail(e, E_ENV, "the node %s ended", n->city);
	if (h.code != 0)
		return fail(e, h.code, "%s", out.p);
	if (answer != NULL)
		buf_put(answer, out.p, out.n);
	return answer != NULL ? buf_err(answer, e, "demo") : 0;
}

/*
 * The signer: a child process with the keys and a memory of what it signed. It speaks fixed-size messages over a
 * socket pair, composes what it signs by itself, and ends when the socket closes.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/priv.h"

enum op { OP_MEMORY, OP_CHECKPOINT, OP_CONFIRM, OP_COSIGN };

struct request {
	enum op op;
	char origin[LIMIT_ORIGIN + 1];
	uint64_t size, time_s;
	struct hash root;
};
struct reply {
	int code;
	char why[200];
	struct signed_head head;
	uint8_t sig[ED25519_SIG];
};

/* One remembered head on disk: fixed size, so that one write never crosses a page. */
struct row {
	struct signed_head head;
	uint8_t sum[SHA256_LEN];
};
static_assert(sizeof(struct row) <= 256, "a row fits its slot");
#define ROW_SLOT 256

struct holder {                  /* the child's state */
	int sock, file;
	char origin[LIMIT_ORIGIN + 1], witness_name[LIMIT_ORIGIN + 1];
	struct keypair log, witness;
	struct signed_head row[LIMIT_PARTIES];
	size_t rows;
};

struct signer {
	int sock;
	pid_t pid;
	char origin[LIMIT_ORIGIN + 1], witness_name[LIMIT_ORIGIN + 1];
	struct note_key log_key, witness_key;
	pthread_mutex_t mu;
};

static bool send_all(int fd, const void *p, size_t n)
{
	ssize_t r;

	do
		r = send(fd, p, n, MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	return r == (ssize_t)n; /* SOCK_SEQPACKET: whole or not at all */
}

static bool recv_all(int fd, void *p, size_t n)
{
	ssize_t r;

	do
		r = recv(fd, p, n, 0);
	while (r < 0 && errno == EINTR);
	return r == (ssize_t)n;
}

/* ---- the child ---- */

static struct signed_head *remembered(struct holder *h, const char *origin, bool make)
{
	for (size_t i = 0; i < h->rows; i++)
		if (strcmp(h->row[i].origin, origin) == 0)
			return &h->row[i];
	if (!make || h->rows == ARRAY_LEN(h->row))
		return NULL;
	h->row[h->rows] = (struct signed_head){.size = 0};
	put_text(h->row[h->rows].origin, sizeof(h->row[h->rows].origin), origin);
	return &h->row[h->rows++];
}

static void row_sum(const struct signed_head *head, uint8_t sum[SHA256_LEN])
{
	sha256(head, sizeof(*head), sum);
}

static void load_memory(struct holder *h)
{
	struct row r;
	uint8_t sum[SHA256_LEN];

	while (h->rows < ARRAY_LEN(h->row) &&
	    pread(h->file, &r, sizeof(r), (off_t)(h->rows * ROW_SLOT)) == (ssize_t)sizeof(r)) {
		row_sum(&r.head, sum);
		if (memcmp(sum, r.sum, sizeof(sum)) != 0)
			return; /* torn by a power loss: the journal knows the rest */
		h->row[h->rows++] = r.head;
	}
}

static bool keep(struct holder *h, struct signed_head *at, uint64_t size, const struct hash *root)
{
	struct row r;

	at->size = size;
	at->root = *root;
	memset(&r, 0, sizeof(r));
	r.head = *at;
	row_sum(&r.head, r.sum);
	return pwrite(h->file, &r, sizeof(r), (off_t)((size_t)(at - h->row) * ROW_SLOT)) == (ssize_t)sizeof(r);
}

/* 0, or E_REWRITE if this head contradicts what was signed and confirmed before. */
static int guard(struct holder *h, const struct request *q, struct reply *a)
{
	const struct signed_head *at = remembered(h, q->origin, false);
	struct err e;

	if (at == NULL || q->size > at->size ||
	    (q->size == at->size && memcmp(&q->root, &at->root, sizeof(q->root)) == 0))
		return 0;
	a->code = fail(&e, E_REWRITE, "signer: size %llu is refused: %s", (unsigned long long)q->size,
	    q->size == at->size ? "another root was signed for it" : "a greater size was signed before");
	put_text(a->why, sizeof(a->why), e.msg);
	return a->code;
}

static void sign_head(struct holder *h, const struct request *q, struct reply *a)
{
	struct checkpoint c = {.size = q->size, .root = q->root};
	CLEANUP_BUF struct buf text = BUF_INIT(LIMIT_NOTE_BYTES), msg = BUF_INIT(LIMIT_NOTE_BYTES);

	memcpy(c.origin, q->origin, sizeof(c.origin));
	checkpoint_put(&c, &text);
	if (q->op == OP_COSIGN)
		cosignature_message(q->time_s, text.p, text.n, &msg);
	if (text.err != 0 || msg.err != 0) {
		a->code = E_NOMEM;
		return;
	}
	if (q->op == OP_COSIGN)
		ed25519_sign(&h->witness, msg.p, msg.n, a->sig);
	else
		ed25519_sign(&h->log, text.p, text.n, a->sig);
}

static void answer(struct holder *h, const struct request *q, struct reply *a)
{
	struct signed_head *at;

	switch (q->op) {
	case OP_MEMORY:
		if ((at = remembered(h, q->origin, false)) != NULL)
			a->head = *at;
		break;
	case OP_CHECKPOINT:
		if (guard(h, q, a) == 0)
			sign_head(h, q, a);
		break;
	case OP_COSIGN: /* remembered at once: the line is a statement of its own */
		if (guard(h, q, a) != 0)
			break;
		if ((at = remembered(h, q->origin, true)) == NULL || !keep(h, at, q->size, &q->root))
			a->code = E_IO;
		else
			sign_head(h, q, a);
		break;
	case OP_CONFIRM:
		if ((at = remembered(h, q->origin, true)) != NULL && guard(h, q, a) == 0)
			IGNORE(!keep(h, at, q->size, &q->root), "the journal holds it durably");
		break;
	}
}

static void serve(struct holder *h)
{
	struct request q;
	struct reply a;

	load_memory(h);
	while (recv_all(h->sock, &q, sizeof(q))) {
		memset(&a, 0, sizeof(a));
		q.origin[LIMIT_ORIGIN] = '\0';
		answer(h, &q, &a);
		if (q.op != OP_CONFIRM && !send_all(h->sock, &a, sizeof(a)))
			break;
	}
	keypair_wipe(&h->log);
	keypair_wipe(&h->witness);
}

/* The lock and every other descriptor of the parent must not live on in the child. */
static void drop_descriptors(int keep_a, int keep_b)
{
	const unsigned lo = (unsigned)(keep_a < keep_b ? keep_a : keep_b), hi = (unsigned)(keep_a < keep_b ? keep_b : keep_a);

	if (lo > 3)
		(void)close_range(3, lo - 1, 0);
	if (hi > lo + 1)
		(void)close_range(lo + 1, hi - 1, 0);
	(void)close_range(hi + 1, ~0U, 0);
}

__attribute__((noreturn)) static void child(struct holder *h)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)prctl(PR_SET_NAME, "verbale-signer");
	drop_descriptors(h->sock, h->file);
	(void)signal(SIGINT, SIG_IGN); /* the parent decides when to end */
	(void)signal(SIGTERM, SIG_IGN);
	serve(h);
	_exit(0);
}

/* ---- the parent ---- */

static int open_memory(const char *path, struct err *e)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? fail_errno(e, E_IO, errno, "%s", path) : fd;
}

static int fork_holder(struct signer *s, struct holder *h, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return fail_errno(e, E_ENV, errno, "signer: socket pair");
	h->sock = pair[1];
	s->sock = pair[0];
	if ((s->pid = fork()) == 0)
		child(h);
	close(pair[1]);
	if (s->pid < 0) {
		close(pair[0]);
		return fail_errno(e, E_ENV, errno, "signer: fork");
	}
	return 0;
}

int signer_start(const char *path, const char *origin, const char *witness_name, struct keypair *log, struct keypair *witness, struct signer **ret, struct err *e)
{
	struct signer *s = mem_zalloc(sizeof(*s));
	struct holder *h = mem_zalloc(sizeof(*h));
	int rc = s == NULL || h == NULL ? fail(e, E_NOMEM, "signer") : 0;

	if (rc == 0)
		rc = note_key_make(&s->log_key, origin, NOTE_ED25519, log->pk, e);
	if (rc == 0)
		rc = note_key_make(&s->witness_key, witness_name, NOTE_COSIGNATURE_V1, witness->pk, e);
	if (rc == 0 && (h->file = open_memory(path, e)) < 0)
		rc = h->file;
	if (rc == 0) {
		put_text(s->origin, sizeof(s->origin), origin);
		put_text(s->witness_name, sizeof(s->witness_name), witness_name);
		memcpy(h->origin, s->origin, sizeof(h->origin));
		memcpy(h->witness_name, s->witness_name, sizeof(h->witness_name));
		h->log = *log;
		h->witness = *witness;
		rc = fork_holder(s, h, e);
		close(h->file);
	}
	if (h != NULL) {
		keypair_wipe(&h->log);
		keypair_wipe(&h->witness);
	}
	keypair_wipe(log);
	keypair_wipe(witness);
	mem_free(h);
	if (rc != 0) {
		mem_free(s);
		return rc;
	}
	pthread_mutex_init(&s->mu, NULL);
	*ret = s;
	return 0;
}

void signer_stop(struct signer *s)
{
	int status;

	if (s == NULL)
		return;
	close(s->sock);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	pthread_mutex_destroy(&s->mu);
	mem_free(s);
}

static int ask(struct signer *s, const struct request *q, struct reply *a, struct err *e)
{
	bool ok;

	pthread_mutex_lock(&s->mu);
	ok = send_all(s->sock, q, sizeof(*q)) && (a == NULL || recv_all(s->sock, a, sizeof(*a)));
	pthread_mutex_unlock(&s->mu);
	if (!ok)
		return fail(e, E_ENV, "the signer process does not answer");
	if (a != NULL && a->code != 0)
		return fail(e, a->code, "%s", a->why[0] != '\0' ? a->why : "signer: it could not remember the head");
	return 0;
}

static struct request request(enum op op, const char *origin, uint64_t size, const struct hash *root)
{
	struct request q;

	memset(&q, 0, sizeof(q));
	q.op = op;
	put_text(q.origin, sizeof(q.origin), origin);
	q.size = size;
	if (root != NULL)
		q.root = *root;
	return q;
}

int signer_memory(struct signer *s, const char *origin, struct signed_head *ret, struct err *e)
{
	const struct request q = request(OP_MEMORY, origin, 0, NULL);
	struct reply a;
	const int rc = ask(s, &q, &a, e);

	if (rc == 0)
		*ret = a.head;
	return rc;
}

int signer_checkpoint(struct signer *s, uint64_t size, const struct hash *root, struct buf *note, struct err *e)
{
	const struct request q = request(OP_CHECKPOINT, s->origin, size, root);
	struct checkpoint c = {.size = size, .root = *root};
	struct reply a;
	const int rc = ask(s, &q, &a, e);

	if (rc != 0)
		return rc;
	memcpy(c.origin, s->origin, sizeof(c.origin));
	checkpoint_put(&c, note);
	buf_putc(note, '\n');
	note_put_sig(note, s->origin, s->log_key.id, a.sig, ED25519_SIG);
	return buf_err(note, e, "checkpoint");
}

int signer_confirm(struct signer *s, const char *origin, uint64_t size, const struct hash *root, struct err *e)
{
	const struct request q = request(OP_CONFIRM, origin, size, root);

	return ask(s, &q, NULL, e);
}

int signer_cosign(struct signer *s, uint64_t time_s, const char *text, size_t n, struct buf *line, struct err *e)
{
	uint8_t blob[8 + ED25519_SIG];
	struct checkpoint c;
	struct request q;
	struct reply a;
	int rc = checkpoint_parse(text, n, &c, e);

	if (rc != 0)
		return rc;
	q = request(OP_COSIGN, c.origin, c.size, &c.root);
	q.time_s = time_s;
	if ((rc = ask(s, &q, &a, e)) != 0)
		return rc;
	be_put(blob, time_s, 8);
	memcpy(blob + 8, a.sig, ED25519_SIG);
	note_put_sig(line, s->witness_name, s->witness_key.id, blob, sizeof(blob));
	return buf_err(line, e, "cosignature");
}

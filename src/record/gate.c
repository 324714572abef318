/*
 * The gate: one process holds a folder for writing; the others of this machine hand it what they want to add.
 * A UNIX socket in the folder, open to its owner only; one request and one answer per connection.
 *
 *   request  "VBGATE2\n"  bytes(4) collection(16) strict(1) v20(1) not_v21(1) all(1) role(1) after(text) count(4)  { n(4) JSON }
 *   answer   bytes(4) code(4) message(2+)  { what(1) index(8) frame(8) id(2+) code(4) message(2+) }     numbers big-endian
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/priv.h"

#define MAGIC "VBGATE2\n"
#define HEAD (16 + 5 + 2 + LIMIT_TIMESTAMP + 4)
#define MAX_REQUEST (LIMIT_BATCH_BYTES + HEAD + 4 * LIMIT_BATCH_OBJECTS)
#define MAX_ANSWER (64 + sizeof(struct err) + LIMIT_BATCH_OBJECTS * (1 + 8 + 8 + 2 + LIMIT_STIX_ID + 4 + 2 + sizeof(struct err)))
#define PATIENCE_S 30 /* a command that stops in the middle of a request is left behind */

/* ---- the socket ---- */

/* sun_path holds 108 bytes, a folder's path may be longer: it is named through its descriptor. */
static int gate_address(const char *dir, struct sockaddr_un *ret, int *ret_dir, struct err *e)
{
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	if ((*ret_dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return fail_errno(e, E_IO, errno, "%s", dir);
	(void)snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/gate", *ret_dir);
	return 0;
}

static void set_patience(int fd)
{
	const struct timeval t = {.tv_sec = PATIENCE_S};

	IGNORE(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) != 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)) != 0, "waits longer then");
}

static int send_all(int fd, const void *p, size_t n)
{
	const char *s = p;

	while (n > 0) {
		const ssize_t w = send(fd, s, n, MSG_NOSIGNAL);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return -1;
		s += w;
		n -= (size_t)w;
	}
	return 0;
}

static int recv_all(int fd, void *p, size_t n)
{
	char *s = p;

	while (n > 0) {
		const ssize_t r = recv(fd, s, n, 0);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return -1;
		s += r;
		n -= (size_t)r;
	}
	return 0;
}

/* A length and as many bytes. */
static int recv_block(int fd, size_t max, struct buf *out, struct err *e)
{
	uint8_t head[4];
	uint64_t n;
	char *to;

	if (recv_all(fd, head, sizeof(head)) != 0)
		return fail(e, E_IO, "gate: the other side went away");
	if ((n = be_get(head, 4)) > max)
		return fail(e, E_LIMIT, "gate: %llu bytes at once", (unsigned long long)n);
	if ((to = buf_grow(out, n)) == NULL)
		return fail(e, E_NOMEM, "gate");
	return recv_all(fd, to, n) == 0 ? 0 : fail(e, E_IO, "gate: the other side went away");
}

/* ---- texts and results, read within bounds ---- */

struct cursor { const uint8_t *p; size_t left; bool bad; };

static uint64_t take_be(struct cursor *c, unsigned n)
{
	uint64_t v;

	if (c->bad || c->left < n) {
		c->bad = true;
		return 0;
	}
	v = be_get(c->p, n);
	c->p += n;
	c->left -= n;
	return v;
}

static const void *take_bytes(struct cursor *c, size_t n)
{
	const void *p = c->p;

	if (c->bad || c->left < n) {
		c->bad = true;
		return NULL;
	}
	c->p += n;
	c->left -= n;
	return p;
}

static void take_text(struct cursor *c, char *to, size_t room)
{
	const size_t n = take_be(c, 2);
	const char *p = take_bytes(c, n);

	if (p == NULL || n >= room) {
		c->bad = true;
		return;
	}
	memcpy(to, p, n);
	to[n] = '\0';
}

static void put_string(struct buf *b, const char *s)
{
	buf_put_be(b, strlen(s), 2);
	buf_puts(b, s);
}

static void put_err(struct buf *b, const struct err *e)
{
	buf_put_be(b, (uint32_t)-e->code, 4);
	put_string(b, e->msg);
}

static void take_err(struct cursor *c, struct err *e)
{
	const uint64_t code = take_be(c, 4);

	e->code = -(int)(code & 0x7fffffff);
	take_text(c, e->msg, sizeof(e->msg));
}

/* ---- serving ---- */

struct gate { struct record *r; int listen_fd, stop_fd, dir_fd; pthread_t thread; bool running; };

static int read_request(struct cursor *c, struct add_opt *opt, struct add_item **ret, size_t *ret_n, struct err *e)
{
	const void *uuid = take_bytes(c, 16);
	struct add_item *item;
	size_t n;

	if (uuid != NULL)
		memcpy(opt->collection, uuid, 16);
	opt->strict = (enum stix_strict)take_be(c, 1);
	opt->v20 = take_be(c, 1) != 0;
	opt->not_v21 = take_be(c, 1) != 0;
	opt->all_or_nothing = take_be(c, 1) != 0;
	opt->role = (enum role)take_be(c, 1);
	take_text(c, opt->after, sizeof(opt->after));
	n = take_be(c, 4);
	if (c->bad || n == 0 || n > LIMIT_BATCH_OBJECTS || opt->strict > STIX_STRICT || opt->role > ROLE_NODE)
		return fail(e, E_FORMAT, "gate: not a request");
	if ((item = mem_array(n, sizeof(*item))) == NULL)
		return fail(e, E_NOMEM, "gate");
	for (size_t i = 0; i < n; i++) {
		item[i].n = take_be(c, 4);
		item[i].p = take_bytes(c, item[i].n);
	}
	if (c->bad || c->left != 0) {
		mem_free(item);
		return fail(e, E_FORMAT, "gate: not a request");
	}
	*ret = item;
	*ret_n = n;
	return 0;
}

static void put_answer(struct buf *out, const struct err *e, const struct add_result *res, size_t n)
{
	size_t at;

	buf_put_be(out, 0, 4);
	at = out->n;
	put_err(out, e);
	for (size_t i = 0; i < n; i++) {
		buf_put_be(out, res[i].what, 1);
		buf_put_be(out, res[i].index, 8);
		buf_put_be(out, res[i].frame, 8);
		put_string(out, res[i].id);
		put_err(out, &res[i].err);
	}
	if (out->err == 0)
		be_put(out->p, out->n - at, 4);
}

static int obey(struct record *r, const struct buf *in, struct buf *out, struct err *e)
{
	struct cursor c = {.p = (const uint8_t *)in->p, .left = in->n};
	struct add_item *item = NULL;
	struct add_result *res = NULL;
	struct add_opt opt = {.all_or_nothing = false};
	size_t n = 0;
	int rc = read_request(&c, &opt, &item, &n, e);

	if (rc == 0 && (res = mem_array(n, sizeof(*res))) == NULL)
		rc = fail(e, E_NOMEM, "gate");
	if (rc == 0) {
		rc = record_add(r, &opt, item, n, res, e);
		put_answer(out, e, res, n);
	}
	mem_free(item);
	mem_free(res);
	return rc;
}

static void serve_one(struct record *r, int fd)
{
	CLEANUP_BUF struct buf in = BUF_INIT(MAX_REQUEST), out = BUF_INIT(MAX_ANSWER);
	struct err e = {0};
	char magic[sizeof(MAGIC) - 1];

	set_patience(fd);
	if (recv_all(fd, magic, sizeof(magic)) != 0 || memcmp(magic, MAGIC, sizeof(magic)) != 0)
		return;
	if (recv_block(fd, MAX_REQUEST, &in, &e) != 0 || obey(r, &in, &out, &e) != 0)
		if (out.n == 0)
			put_answer(&out, &e, NULL, 0);
	if (buf_err(&out, &e, "gate") == 0)
		IGNORE(send_all(fd, out.p, out.n) != 0, "it went away; what it added is added");
}

static void *gate_main(void *arg)
{
	struct gate *g = arg;
	struct pollfd p[2] = {{.fd = g->listen_fd, .events = POLLIN}, {.fd = g->stop_fd, .events = POLLIN}};

	for (;;) {
		struct ucred who;
		socklen_t len = sizeof(who);
		int fd;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (p[1].revents != 0)
			return NULL;
		if ((fd = accept4(g->listen_fd, NULL, NULL, SOCK_CLOEXEC)) < 0)
			continue;
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 && (who.uid == geteuid() || who.uid == 0))
			serve_one(g->r, fd);
		close(fd);
	}
}

static int gate_listen(struct gate *g, struct err *e)
{
	struct sockaddr_un a;
	int rc = gate_address(g->r->dir, &a, &g->dir_fd, e);

	if (rc != 0)
		return rc;
	if ((g->stop_fd = eventfd(0, EFD_CLOEXEC)) < 0 || (g->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return fail_errno(e, E_IO, errno, "gate");
	/* We hold the folder's lock: a socket that lies there is of a process that is gone. */
	IGNORE(unlinkat(g->dir_fd, "gate", 0) != 0, "there is none");
	if (fchmod(g->listen_fd, 0600) != 0 || bind(g->listen_fd, (const struct sockaddr *)&a, sizeof(a)) != 0 ||
	    fchmodat(g->dir_fd, "gate", 0600, 0) != 0 || listen(g->listen_fd, 16) != 0)
		return fail_errno(e, E_IO, errno, "%s/gate", g->r->dir);
	return 0;
}

void gate_close(struct gate *g)
{
	const uint64_t one = 1;

	if (g == NULL)
		return;
	if (g->running) {
		IGNORE(write(g->stop_fd, &one, sizeof(one)) != (ssize_t)sizeof(one), "an eventfd takes it");
		pthread_join(g->thread, NULL);
	}
	if (g->dir_fd >= 0) {
		IGNORE(unlinkat(g->dir_fd, "gate", 0) != 0, "the next one removes it");
		close(g->dir_fd);
	}
	if (g->listen_fd >= 0)
		close(g->listen_fd);
	if (g->stop_fd >= 0)
		close(g->stop_fd);
	mem_free(g);
}

int record_gate_open(struct record *r, struct err *e)
{
	struct gate *g = mem_zalloc(sizeof(*g));
	int rc;

	if (g == NULL)
		return fail(e, E_NOMEM, "gate");
	*g = (struct gate){.r = r, .listen_fd = -1, .stop_fd = -1, .dir_fd = -1};
	if ((rc = gate_listen(g, e)) == 0 && (errno = pthread_create(&g->thread, NULL, gate_main, g)) != 0)
		rc = fail_errno(e, E_ENV, errno, "gate");
	if (rc != 0) {
		gate_close(g);
		return rc;
	}
	g->running = true;
	r->gate = g;
	return 0;
}

void record_gate_close(struct record *r)
{
	gate_close(r->gate);
	r->gate = NULL;
}

/* ---- the other side ---- */

static int gate_connect(const char *dir, int *ret, struct err *e)
{
	struct sockaddr_un a;
	int dir_fd = -1, fd, rc = gate_address(dir, &a, &dir_fd, e);

	if (rc != 0)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&a, sizeof(a)) != 0) {
		rc = fail_errno(e, E_BUSY, errno, "%s: the process that holds the folder does not take requests", dir);
		if (fd >= 0)
			close(fd);
	} else {
		*ret = fd;
	}
	close(dir_fd);
	return rc;
}

bool gate_there(const char *dir)
{
	int fd = -1;

	if (gate_connect(dir, &fd, NULL) != 0)
		return false;
	close(fd);
	return true;
}

static int read_answer(const struct buf *in, struct add_result *res, size_t n, struct err *e)
{
	struct cursor c = {.p = (const uint8_t *)in->p, .left = in->n};
	struct err said = {0};

	take_err(&c, &said);
	if (c.bad)
		return fail(e, E_FORMAT, "gate: not an answer");
	if (c.left == 0 && said.code != 0) {
		if (e != NULL)
			*e = said;
		return said.code;
	}
	for (size_t i = 0; i < n; i++) {
		res[i].what = (enum added)take_be(&c, 1);
		res[i].index = take_be(&c, 8);
		res[i].frame = take_be(&c, 8);
		take_text(&c, res[i].id, sizeof(res[i].id));
		take_err(&c, &res[i].err);
	}
	if (c.bad || c.left != 0)
		return fail(e, E_FORMAT, "gate: not an answer");
	if (said.code != 0 && e != NULL)
		*e = said;
	return said.code;
}

static void put_request(struct buf *b, const struct add_opt *opt, const struct add_item *in, size_t count)
{
	size_t n = HEAD - LIMIT_TIMESTAMP + strlen(opt->after);

	for (size_t i = 0; i < count; i++)
		n += 4 + in[i].n;
	buf_puts(b, MAGIC);
	buf_put_be(b, n, 4);
	buf_put(b, opt->collection, 16);
	buf_put_be(b, opt->strict, 1);
	buf_put_be(b, opt->v20, 1);
	buf_put_be(b, opt->not_v21, 1);
	buf_put_be(b, opt->all_or_nothing, 1);
	buf_put_be(b, opt->role, 1);
	put_string(b, opt->after);
	buf_put_be(b, count, 4);
	for (size_t i = 0; i < count; i++) {
		buf_put_be(b, in[i].n, 4);
		buf_put(b, in[i].p, in[i].n);
	}
}

int gate_add(struct record *r, const struct add_opt *opt, const struct add_item *in, size_t count, struct add_result *ret, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(MAX_REQUEST), answer = BUF_INIT(MAX_ANSWER);
	int fd = -1, rc;

	put_request(&b, opt, in, count);
	if ((rc = buf_err(&b, e, "gate: request")) != 0 || (rc = gate_connect(r->dir, &fd, e)) != 0)
		return rc;
	if (send_all(fd, b.p, b.n) != 0)
		rc = fail_errno(e, E_IO, errno, "gate");
	else if ((rc = recv_block(fd, MAX_ANSWER, &answer, e)) == 0)
		rc = read_answer(&answer, ret, count, e);
	close(fd);
	/* What was added shall be seen by whoever reads on here. */
	return rc != 0 ? rc : journal_refresh(r->journal, e);
}

/* export: what the own party may read of a collection, as stored, in order of arrival. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "pack/pack.h"
#include "record/page.h"

#define PAGE 1000   /* rows per look at the index: no read transaction lasts longer */
#define DRAIN 65536 /* bytes gathered before they go out */

enum form { AS_BUNDLE, AS_ENVELOPE, AS_LINES, FORMS_ };
static const struct { const char *name, *between, *end; } forms[FORMS_] = {
	[AS_BUNDLE] = {"bundle", ",\n", "]}\n"}, [AS_ENVELOPE] = {"envelope", ",\n", "]}\n"}, [AS_LINES] = {"lines", "\n", "\n"},
};

struct exporting {
	struct cli *cli;
	enum form form;
	uint8_t collection[16];
	struct reader who;
	const char *path;            /* of the file written, or a name for standard output */
	int fd;
	struct pack_stream *out;
	struct buf text;             /* not given to `out` yet */
	int64_t since;               /* microseconds; INT64_MIN: from the start */
	uint64_t n;
};

/* ---- out ---- */

static int write_all(void *ctx, const void *p, size_t n, struct err *e)
{
	const struct exporting *x = ctx;
	const char *at = p;

	while (n > 0) {
		const ssize_t w = write(x->fd, at, n);

		if (w < 0 && errno != EINTR)
			return fail_errno(e, E_IO, errno, "%s", x->path);
		at += w > 0 ? w : 0;
		n -= w > 0 ? (size_t)w : 0;
	}
	return 0;
}

static int drain(struct exporting *x, struct err *e)
{
	int rc = buf_err(&x->text, e, "export");

	if (rc == 0 && x->text.n > 0)
		rc = pack_feed(x->out, x->text.p, x->text.n, e);
	buf_clear(&x->text);
	return rc;
}

static int put_begin(struct exporting *x, struct err *e)
{
	uint8_t random[16], u[16];
	char uuid[37];
	int rc;

	if (x->form == AS_ENVELOPE)
		buf_puts(&x->text, "{\"more\":false,\"objects\":[");
	if (x->form != AS_BUNDLE)
		return 0;
	if ((rc = rng_fill(&x->cli->w.rng, random, sizeof(random))) != 0)
		return fail(e, rc, "no randomness for the bundle's id");
	uuid_v4(random, u);
	uuid_format(u, uuid);
	buf_printf(&x->text, "{\"type\":\"bundle\",\"id\":\"bundle--%s\",\"objects\":[", uuid);
	return 0;
}

static int put_end(struct exporting *x, struct err *e)
{
	int rc;

	if (x->form != AS_LINES || x->n > 0)
		buf_puts(&x->text, forms[x->form].end);
	rc = drain(x, e);
	return rc != 0 ? rc : pack_end(x->out, e);
}

/* ---- in ---- */

static int put_page(struct exporting *x, const struct page *p, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->n; i++) {
		if (x->n++ > 0)
			buf_puts(&x->text, forms[x->form].between);
		rc = record_page_objects(x->cli->rd, p, i, i + 1, &x->text, e);
		if (rc == 0 && x->text.n > DRAIN)
			rc = drain(x, e);
	}
	return rc;
}

static int copy(struct exporting *x, struct err *e)
{
	static const struct page_version all = {.pick = VERSION_ALL};
	struct page_query q = {.who = &x->who, .after_added = x->since, .limit = PAGE, .version = &all, .versions = 1, .specs = SPEC_20 | SPEC_21};
	struct page page = {.more = true};
	int rc = put_begin(x, e);

	memcpy(q.collection, x->collection, sizeof(q.collection));
	while (rc == 0 && page.more) {
		if ((rc = record_page(x->cli->rd, &q, &page, e)) == 0 && (rc = put_page(x, &page, e)) == 0 && page.n > 0)
			q.after_frame = page.row[page.n - 1].frame;
	}
	return rc != 0 ? rc : put_end(x, e);
}

/* Under another name until it is whole: an interrupted export must not look like one. */
static int copy_to_file(struct exporting *x, const char *path, struct err *e)
{
	const struct fs *fs = &x->cli->w.fs;
	CLEANUP_STR char *part = mem_printf("%s.part", path);
	int rc;

	if (part == NULL)
		return fail(e, E_NOMEM, "export");
	x->path = path;
	if ((x->fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
		return fail_errno(e, E_IO, errno, "%s", part);
	rc = copy(x, e);
	if (rc == 0 && fsync(x->fd) != 0)
		rc = fail_errno(e, E_IO, errno, "%s", part);
	if (close(x->fd) != 0 && rc == 0)
		rc = fail_errno(e, E_IO, errno, "%s", part);
	if (rc == 0 && (rc = fs->rename(fs->ctx, part, path)) < 0)
		rc = fail_errno(e, E_IO, -rc, "%s", path);
	if (rc != 0)
		IGNORE(fs->unlink(fs->ctx, part) != 0, "the first failure is told");
	return rc;
}

/* ---- the verb ---- */

static int read_form(struct exporting *x, enum pack *ret_pack, struct err *e)
{
	const char *as = cli_opt(x->cli, "as"), *packed = cli_opt(x->cli, "pack"), *since = cli_opt(x->cli, "since");

	if (as != NULL) {
		while (x->form < FORMS_ && strcmp(forms[x->form].name, as) != 0)
			x->form++;
		if (x->form == FORMS_)
			return fail(e, E_USAGE, "--as %s: bundle, envelope or lines is due", as);
	}
	if (since != NULL) {
		if (!time_parse(since, strlen(since), &x->since))
			return fail(e, E_USAGE, "--since %s: a time as 2016-09-12T08:00:00Z is due", since);
		x->since /= 1000;
	}
	*ret_pack = PACK_NONE;
	if (packed != NULL) {
		*ret_pack = strcmp(packed, pack_name(PACK_GZIP)) == 0 ? PACK_GZIP : strcmp(packed, pack_name(PACK_ZSTD)) == 0 ? PACK_ZSTD : PACK_NONE;
		if (*ret_pack == PACK_NONE)
			return fail(e, E_USAGE, "--pack %s: gzip or zstd is due", packed);
	}
	return 0;
}

/* Every way out leaves a line: who took how much of what. */
static int note(const struct exporting *x, struct err *e)
{
	struct log *log = NULL;
	char uuid[37], n[24];
	int fd, rc = cli_log(x->cli, &fd, &log, e);

	if (rc == 0) {
		uuid_format(x->collection, uuid);
		(void)snprintf(n, sizeof(n), "%" PRIu64, x->n);
		log_event(log, EV_export, "party", x->who.party, "collection", uuid, "objects", n, "to", x->path, NULL);
	}
	log_free(log);
	if (fd >= 0)
		close(fd);
	return rc;
}

int cmd_export(struct cli *cli, struct err *e)
{
	const char *to = cli_opt(cli, "out");
	struct exporting x = {.cli = cli, .fd = STDOUT_FILENO, .path = "standard output", .text = BUF_INIT(0), .since = INT64_MIN};
	struct collection known;
	enum pack pack = PACK_NONE;
	int rc = read_form(&x, &pack, e);

	if (rc == 0 && (rc = cli_open(cli, cli->arg[0], CLI_READ, e)) == 0)
		rc = cli_collection(cli, cli_opt(cli, "collection"), x.collection, e);
	if (rc == 0 && (rc = record_collection(cli->rd, x.collection, &known, e)) == 0) {
		x.who = cli_reader(cli);
		rc = pack_open(pack, write_all, &x, &x.out, e);
	}
	if (rc == 0)
		rc = to != NULL && strcmp(to, "-") != 0 ? copy_to_file(&x, to, e) : copy(&x, e);
	pack_close(x.out);
	buf_free(&x.text);
	if (rc == 0 && (rc = note(&x, e)) == 0 && to != NULL && strcmp(to, "-") != 0) {
		if (cli->json)
			printf("{\"objects\":%" PRIu64 "}\n", x.n);
		else
			printf("%" PRIu64 " %s\n", x.n, _("objects"));
	}
	return rc;
}

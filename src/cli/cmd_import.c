/* import: streams of any size, packed or not, into a collection. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/misp.h"
#include "json/split.h"
#include "pack/pack.h"

#define BATCH 1000                   /* objects per commit: large enough to share its cost, small enough to show progress */
#define BATCH_TEXT (1UL << 20)       /* bytes per commit, one object more */
#define CHUNK (256UL * 1024)         /* bytes read at once */
#define HEAD 4096                    /* bytes of plain text looked at before it is taken apart */
#define SHOWN 20                     /* refusals told on standard error; all are in --refused */
#define WARNED_SHOWN 5               /* warnings told on standard error */
#define TICK_NS NS_PER_S             /* between two signs of progress */

struct importing {
	struct cli *cli;
	struct add_opt opt;
	bool opt_known;              /* the collection is known: its way of taking objects is in opt */
	uint8_t collection[16];
	struct misp *misp;
	bool only_misp;
	FILE *refused_to;
	/* the batch */
	struct buf text;
	struct add_item item[BATCH];
	struct add_result res[BATCH];
	size_t off[BATCH];
	uint64_t no[BATCH];          /* which object of the file, from 1 */
	size_t n;
	/* the file under way */
	const char *path;
	struct json_splitter *split;
	struct buf head;
	bool split_failed;           /* an error that names the file already */
	uint64_t taken, size;        /* bytes read; of the whole, 0: unknown */
	uint64_t at;                 /* the element under way, from 1 */
	/* all */
	uint64_t fresh, same, refused, warned;
	int first;                   /* code of the first refusal */
	int64_t ticked;
};

/* ---- what became of them ---- */

static void json_to(FILE *f, const char *s)
{
	CLEANUP_BUF struct buf b = BUF_INIT(65536);

	json_put_str(&b, s, strlen(s));
	fputs(b.err == 0 ? b.p : "\"\"", f);
}

static void put_refusal(const struct importing *im, FILE *f, uint64_t no, const char *id, const struct err *why)
{
	fprintf(f, "{\"file\":");
	json_to(f, im->path);
	fprintf(f, ",\"object\":%" PRIu64 ",\"id\":", no);
	json_to(f, id);
	fprintf(f, ",\"result\":\"refused\",\"error\":\"%s\",\"detail\":", err_name(why->code));
	json_to(f, why->msg);
	fprintf(f, "}\n");
}

static void refuse(struct importing *im, uint64_t no, const char *id, const struct err *why)
{
	const struct cli *cli = im->cli;

	if (im->first == 0)
		im->first = why->code;
	if (im->refused_to != NULL)
		put_refusal(im, im->refused_to, no, id, why);
	if (cli->json)
		put_refusal(im, stdout, no, id, why);
	else if (im->refused < SHOWN)
		fprintf(stderr, "%s: %s (%" PRIu64 "): %s: %s\n", _("refused"), im->path, no, _(err_headline(why->code)), why->msg);
	else if (im->refused == SHOWN)
		fprintf(stderr, "%s\n", im->refused_to != NULL ? _("further refusals are only written to the file") : _("further refusals are only counted (--refused FILE keeps them)"));
	im->refused++;
}

/* It was taken all the same. */
static void tell_warning(struct importing *im, uint64_t no, const struct add_result *res)
{
	const struct cli *cli = im->cli;

	if (cli->json) {
		printf("{\"file\":");
		json_to(stdout, im->path);
		printf(",\"object\":%" PRIu64 ",\"id\":\"%s\",\"result\":\"recorded\",\"warning\":", no, res->id);
		json_to(stdout, res->said);
		printf("}\n");
	} else if (im->warned < WARNED_SHOWN) {
		fprintf(stderr, "%s: %s (%" PRIu64 "): %s: %s\n", _("recorded with a warning"), im->path, no, res->id, res->said);
	} else if (im->warned == WARNED_SHOWN) {
		fprintf(stderr, "%s\n", _("further warnings are only counted (--json tells them all)"));
	}
	im->warned++;
}

static void show_progress(struct importing *im)
{
	const struct cli *cli = im->cli;
	const bool terminal = isatty(STDERR_FILENO) == 1;
	const int64_t now = clock_now(&cli->w.clock);

	if ((!terminal && cli_opt(cli, "progress") == NULL) || now - im->ticked < TICK_NS)
		return;
	im->ticked = now;
	fprintf(stderr, terminal ? "\r" : "");
	fprintf(stderr, _("%llu recorded, %llu known already, %llu refused"), (unsigned long long)im->fresh, (unsigned long long)im->same, (unsigned long long)im->refused);
	if (im->size > 0)
		fprintf(stderr, " (%" PRIu64 " %%)", im->taken * 100 / im->size);
	fprintf(stderr, terminal ? " " : "\n");
}

/* ---- batches ---- */

/* What founds the collection may come first: until it is known, ask before every batch. */
static int ask_opt(struct importing *im, struct err *e)
{
	const int rc = im->opt_known ? 0 : record_add_opt(im->cli->rd, im->collection, ROLE_NODE, &im->opt, e);

	im->opt_known = rc == 0;
	im->opt.warnings = true;
	return rc == E_NOTFOUND ? 0 : rc;
}

static int flush(struct importing *im, struct err *e)
{
	int rc = buf_err(&im->text, e, "batch");

	for (size_t i = 0; i < im->n; i++)
		im->item[i].p = im->text.p + im->off[i];
	if (rc == 0 && im->n > 0 && (rc = ask_opt(im, e)) == 0)
		rc = record_add(im->cli->record, &im->opt, im->item, im->n, im->res, e);
	for (size_t i = 0; rc == 0 && i < im->n; i++) {
		im->fresh += im->res[i].what == ADDED_NEW;
		im->same += im->res[i].what == ADDED_DUPLICATE;
		if (im->res[i].what == ADDED_REFUSED)
			refuse(im, im->no[i], im->res[i].id, &im->res[i].err);
		else if (im->res[i].what == ADDED_NEW && im->res[i].said[0] != '\0')
			tell_warning(im, im->no[i], &im->res[i]);
	}
	im->n = 0;
	buf_clear(&im->text);
	show_progress(im);
	return rc;
}

static int add_object(void *ctx, const void *p, size_t n, struct err *e)
{
	struct importing *im = ctx;
	int rc = im->n == BATCH || im->text.n > BATCH_TEXT ? flush(im, e) : 0;

	if (rc != 0)
		return rc;
	im->no[im->n] = im->at;
	im->off[im->n] = im->text.n;
	im->item[im->n].n = n;
	buf_put(&im->text, p, n);
	im->n++;
	return 0;
}

/* ---- elements ---- */

/* An id somewhere in the beginning of an object: only to name it. */
static void find_id(const char *p, size_t n, char ret[LIMIT_STIX_ID + 1])
{
	static const char key[] = "\"id\":\"";
	const char *at = memmem(p, n, key, sizeof(key) - 1), *end;

	ret[0] = '\0';
	if (at == NULL)
		return;
	at += sizeof(key) - 1;
	end = memchr(at, '"', (size_t)(p + n - at));
	if (end == NULL || !stix_id_ok(at, (size_t)(end - at)))
		return;
	memcpy(ret, at, (size_t)(end - at));
	ret[end - at] = '\0';
}

static void too_long(struct importing *im, const void *p, size_t n, uint64_t len, uint64_t max)
{
	struct err why = {.code = 0};
	char id[LIMIT_STIX_ID + 1];

	find_id(p, n, id);
	IGNORE(fail(&why, E_LIMIT, "%s%s%" PRIu64 " bytes, %" PRIu64 " are allowed", id, id[0] != '\0' ? ": " : "", len, max), "kept as the refusal");
	refuse(im, im->at, id, &why);
}

/* Is the name of the first member `name`? */
static bool first_name_is(const char *p, size_t n, const char *name)
{
	const char *const end = p + n;
	const size_t len = strlen(name);

	for (int brace = 0; p < end; p++) {
		if (strchr(" \t\r\n", *p) != NULL && *p != '\0')
			continue;
		if (*p != '{' || brace++ > 0)
			break;
	}
	return (size_t)(end - p) >= len + 2 && *p == '"' && memcmp(p + 1, name, len) == 0 && p[len + 1] == '"';
}

static int add_event(struct importing *im, const void *p, size_t n, struct err *e)
{
	const struct json_read_opt opt = {.max_bytes = LIMIT_MISP_EVENT, .what = "MISP event"};
	struct json_doc *doc = NULL;
	struct err why = {.code = 0};
	int rc = json_read(p, n, &opt, &doc, &why);

	if (rc == 0) {
		rc = misp_event(im->misp, json_root(doc), add_object, im, &why);
		json_free(doc);
	}
	if (rc == E_FORMAT || rc == E_LIMIT || rc == E_DENIED) { /* the event alone */
		refuse(im, im->at, "", &why);
		return 0;
	}
	return rc != 0 ? fail(e, rc, "%s", why.msg) : 0;
}

static int on_element(void *ctx, uint64_t n, const void *p, size_t len, struct err *e)
{
	struct importing *im = ctx;

	im->at = n + 1;
	if (im->only_misp || first_name_is(p, len, "Event"))
		return add_event(im, p, len, e);
	if (first_name_is(p, len, "response")) { /* its list would have been taken apart */
		struct err why = {.code = 0};

		IGNORE(fail(&why, E_FORMAT, "an answer of MISP without events: attributes are taken with their event only"), "kept as the refusal");
		refuse(im, im->at, "", &why);
		return 0;
	}
	if (len <= LIMIT_JSON_BYTES)
		return add_object(im, p, len, e);
	too_long(im, p, len < HEAD ? len : HEAD, len, LIMIT_JSON_BYTES);
	return 0;
}

static int on_skipped(void *ctx, uint64_t n, const void *head, size_t head_n, uint64_t len, struct err *e)
{
	struct importing *im = ctx;

	(void)e;
	im->at = n + 1;
	too_long(im, head, head_n, len, first_name_is(head, head_n, "Event") ? LIMIT_MISP_EVENT : LIMIT_JSON_BYTES);
	return 0;
}

/* ---- the stream: unpack, take apart ---- */

/* The list may be called otherwise: MISP's own search answers {"response":[…]}. */
static int begin_split(struct importing *im, struct err *e)
{
	const struct json_split_opt opt = {.shapes = SPLIT_WRAPPED | SPLIT_ARRAY | SPLIT_LINES, .max_element = LIMIT_MISP_EVENT, .what = im->path,
		.list = first_name_is(im->head.p != NULL ? im->head.p : "", im->head.n, "response") ? "response" : "objects"};
	const struct json_split_sink sink = {.element = on_element, .skipped = on_skipped, .ctx = im};
	int rc = json_split_new(&opt, &sink, &im->split, e);

	if (rc == 0)
		rc = json_split_feed(im->split, im->head.p, im->head.n, e);
	return rc;
}

static int on_plain(void *ctx, const void *p, size_t n, struct err *e)
{
	struct importing *im = ctx;
	int rc = 0;

	if (im->split != NULL) {
		rc = json_split_feed(im->split, p, n, e);
	} else {
		buf_put(&im->head, p, n);
		rc = buf_err(&im->head, e, im->path);
		if (rc == 0 && im->head.n >= HEAD)
			rc = begin_split(im, e);
	}
	im->split_failed = rc != 0;
	return rc;
}

static int end_split(struct importing *im, struct err *e)
{
	uint64_t n;
	bool wrapped;
	int rc = im->split == NULL ? begin_split(im, e) : 0;

	return rc != 0 ? rc : json_split_end(im->split, &n, &wrapped, e);
}

/* One piece; 0 at the end. */
static int read_piece(struct importing *im, int fd, char *to, size_t max, size_t *ret_n, struct err *e)
{
	ssize_t n;

	do
		n = read(fd, to, max);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail_errno(e, E_IO, errno, "%s", im->path);
	im->taken += (uint64_t)n;
	*ret_n = (size_t)n;
	return 0;
}

static int pump(struct importing *im, int fd, char *chunk, struct err *e)
{
	struct pack_stream *s = NULL;
	size_t have = 0, n = 1;
	int rc = 0;

	while (rc == 0 && have < 4 && n > 0) { /* a pipe may begin with a single byte */
		rc = read_piece(im, fd, chunk + have, CHUNK - have, &n, e);
		have += rc == 0 ? n : 0;
	}
	if (rc == 0)
		rc = unpack_open(pack_detect(chunk, have), on_plain, im, &s, e);
	for (n = have; rc == 0 && n > 0;)
		if ((rc = pack_feed(s, chunk, n, e)) == 0)
			rc = read_piece(im, fd, chunk, CHUNK, &n, e);
	if (rc == 0)
		rc = pack_end(s, e);
	if (rc != 0 && s != NULL && !im->split_failed && rc != E_IO)
		rc = fail_wrap(e, rc, "%s: ", im->path);
	pack_close(s);
	return rc != 0 ? rc : end_split(im, e);
}

static int import_fd(struct importing *im, int fd, struct err *e)
{
	char *chunk = mem_alloc(CHUNK);
	struct err later = {.code = 0};
	struct stat st;
	int rc;

	im->size = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	im->taken = 0;
	im->split_failed = false;
	buf_clear(&im->head);
	rc = chunk == NULL ? fail(e, E_NOMEM, "%s", im->path) : pump(im, fd, chunk, e);
	mem_free(chunk);
	json_split_free(im->split);
	im->split = NULL;
	/* What was whole before the damage is taken; a failing disk is tried no further. */
	if (rc == 0)
		return flush(im, e);
	if (err_exit(rc) == 1 && flush(im, &later) != 0)
		return fail(e, later.code, "%s", later.msg);
	return rc;
}

static int import_file(struct importing *im, const char *name, struct err *e)
{
	int fd, rc;

	im->path = strcmp(name, "-") == 0 ? "standard input" : name;
	if (strcmp(name, "-") == 0)
		return import_fd(im, STDIN_FILENO, e);
	if ((fd = open(name, O_RDONLY | O_CLOEXEC)) < 0)
		return errno == ENOENT ? fail(e, E_USAGE, "%s: there is no such file", name) : fail_errno(e, E_IO, errno, "%s", name);
	rc = import_fd(im, fd, e);
	close(fd);
	return rc;
}

/* ---- the verb ---- */

static void show_type(void *ctx, const char *type, const struct misp_count *c)
{
	const struct cli *cli = ctx;

	if (cli->json) {
		printf("{\"misp\":");
		cli_json_str(type);
		printf(",\"mapped\":%" PRIu64 ",\"partly\":%" PRIu64 ",\"raw\":%" PRIu64 "}\n", c->mapped, c->partly, c->raw);
		return;
	}
	printf("  %-28s ", type);
	printf(_("%llu mapped, %llu partly, %llu kept raw"), (unsigned long long)c->mapped, (unsigned long long)c->partly, (unsigned long long)c->raw);
	printf("\n");
}

static void show_sum(const struct importing *im)
{
	struct cli *cli = im->cli;

	if (isatty(STDERR_FILENO) == 1)
		fprintf(stderr, "\r\033[K");
	if (cli->json) {
		printf("{\"recorded\":%" PRIu64 ",\"known\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"warned\":%" PRIu64 "}\n", im->fresh, im->same, im->refused, im->warned);
	} else {
		printf(_("%llu recorded, %llu known already, %llu refused"), (unsigned long long)im->fresh, (unsigned long long)im->same, (unsigned long long)im->refused);
		printf("\n");
		if (im->warned > 0) {
			printf(_("%llu recorded with a warning"), (unsigned long long)im->warned);
			printf("\n");
		}
	}
	misp_counts(im->misp, show_type, cli);
}

static int begin(struct importing *im, struct err *e)
{
	const char *to = cli_opt(im->cli, "refused");
	int rc = cli_open(im->cli, im->cli->arg[0], CLI_ADD, e);

	im->only_misp = cli_opt(im->cli, "from-misp") != NULL;
	im->text.max = LIMIT_BATCH_BYTES;
	if (rc == 0)
		rc = cli_collection(im->cli, cli_opt(im->cli, "collection"), im->collection, e);
	if (rc == 0 && (im->misp = misp_new()) == NULL)
		rc = fail(e, E_NOMEM, "import");
	if (rc == 0 && to != NULL && (im->refused_to = fopen(to, "we")) == NULL)
		rc = fail_errno(e, E_IO, errno, "%s", to);
	return rc;
}

static int end(struct importing *im, int rc, struct err *e)
{
	const char *to = cli_opt(im->cli, "refused");

	if (im->refused_to != NULL && (ferror(im->refused_to) | fclose(im->refused_to)) != 0 && rc == 0)
		rc = fail(e, E_IO, "%s: cannot be written", to);
	if (rc == 0 && im->refused > 0)
		rc = fail(e, im->first, "%" PRIu64 " of %" PRIu64 " objects were refused", im->refused, im->fresh + im->same + im->refused);
	misp_free(im->misp);
	buf_free(&im->text);
	buf_free(&im->head);
	return rc;
}

int cmd_import(struct cli *cli, struct err *e)
{
	struct importing *im = mem_zalloc(sizeof(*im));
	int rc;

	if (im == NULL)
		return fail(e, E_NOMEM, "import");
	im->cli = cli;
	rc = begin(im, e);
	if (rc == 0) {
		for (int i = 1; rc == 0 && i < cli->args; i++)
			rc = import_file(im, cli->arg[i], e);
		if (rc == 0 && cli->args == 1)
			rc = import_file(im, "-", e);
		show_sum(im);
	}
	rc = end(im, rc, e);
	mem_free(im);
	return rc;
}

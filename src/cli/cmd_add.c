/* add: objects as they are; what became of one. */
#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"

#define ADD_BATCH 1000 /* objects per commit: large enough to share its cost, small enough to show progress */

struct adding {
	struct cli *cli;
	struct add_opt opt;
	struct add_item item[ADD_BATCH];
	struct add_result res[ADD_BATCH];
	size_t off[ADD_BATCH];
	size_t no[ADD_BATCH];        /* which object of the file, from 1 */
	size_t n, max;
	const char *path;
	int first;                   /* code of the first refusal */
	struct buf text;
	uint64_t all, due, fresh, same, refused; /* due: after the file under way */
};

static void report_one(struct adding *a, const struct add_result *r, size_t no)
{
	static const char *const json_word[] = {"new", "duplicate", "refused"};
	struct cli *cli = a->cli;

	a->fresh += r->what == ADDED_NEW;
	a->same += r->what == ADDED_DUPLICATE;
	a->refused += r->what == ADDED_REFUSED;
	if (r->what == ADDED_REFUSED && a->first == 0)
		a->first = r->err.code;
	if (cli->json) {
		printf("{\"file\":");
		cli_json_str(a->path);
		printf(",\"object\":%zu,\"id\":", no);
		cli_json_str(r->id);
		printf(",\"result\":\"%s\"", json_word[r->what]);
		if (r->what == ADDED_REFUSED) {
			printf(",\"error\":\"%s\",\"detail\":", err_name(r->err.code));
			cli_json_str(r->err.msg);
		} else {
			printf(",\"index\":%llu", (unsigned long long)r->index);
		}
		printf("}\n");
	} else if (r->what == ADDED_REFUSED) {
		fprintf(stderr, "%s: %s (%zu): %s: %s\n", _("refused"), a->path, no, _(err_headline(r->err.code)), r->err.msg);
	} else if (a->all <= 20) {
		printf("%s %llu %s\n", r->what == ADDED_NEW ? _("recorded") : _("known already"), (unsigned long long)r->index, r->id);
	}
}

static int flush_batch(struct adding *a, struct err *e)
{
	const struct progress p = cli_progress(a->cli);
	int rc = buf_err(&a->text, e, "batch");

	for (size_t i = 0; i < a->n; i++)
		a->item[i].p = a->text.p + a->off[i];
	if (rc == 0 && a->n > 0)
		rc = record_add(a->cli->record, &a->opt, a->item, a->n, a->res, e);
	for (size_t i = 0; rc == 0 && i < a->n; i++)
		report_one(a, &a->res[i], a->no[i]);
	if (rc == 0 && a->due > ADD_BATCH)
		p.tick(p.ctx, N_("objects"), a->all, a->due);
	a->n = 0;
	buf_clear(&a->text);
	return rc;
}

static int add_object(void *ctx, const struct json_val *obj, size_t n, struct err *e)
{
	struct adding *a = ctx;
	int rc = 0;

	if (a->n == a->max || a->text.n > LIMIT_BATCH_BYTES / 4)
		rc = flush_batch(a, e);
	if (rc != 0)
		return rc;
	a->no[a->n] = n + 1;
	a->off[a->n] = a->text.n;
	json_canon(obj, &a->text);
	a->item[a->n].n = a->text.n - a->off[a->n];
	a->n++;
	a->all++;
	return 0;
}

static int count_object(void *ctx, const struct json_val *obj, size_t n, struct err *e)
{
	uint64_t *all = ctx;

	(void)obj;
	(void)n;
	(void)e;
	++*all;
	return 0;
}

static int add_file(struct adding *a, const char *path, struct err *e)
{
	const struct json_read_opt opt = {.max_bytes = LIMIT_JSON_BULK, .what = strcmp(path, "-") == 0 ? "standard input" : path};
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_JSON_BULK);
	struct json_doc *doc = NULL;
	uint64_t count = 0;
	int rc;

	a->path = opt.what;
	rc = cli_read(a->cli, path, LIMIT_JSON_BULK, &b, e);
	if (rc == 0)
		rc = json_read(b.p, b.n, &opt, &doc, e);
	buf_free(&b);
	if (rc == 0 && (rc = stix_each(json_root(doc), count_object, &count, e)) == 0) {
		if (a->opt.all_or_nothing && count > ADD_BATCH)
			rc = fail(e, E_LIMIT, "%s: --all takes at most %d objects at once", path, ADD_BATCH);
		else {
			a->due = a->all + count;
			rc = stix_each(json_root(doc), add_object, a, e);
		}
	}
	if (rc == 0)
		rc = flush_batch(a, e);
	cli_progress_end(a->cli);
	json_free(doc);
	return rc;
}

static int add_opt(struct adding *a, struct err *e)
{
	uint8_t uuid[16];
	int rc = cli_collection(a->cli, cli_opt(a->cli, "collection"), uuid, e);

	if (rc != 0)
		return rc;
	/* Not known yet: what founds it may come first. */
	rc = record_add_opt(a->cli->rd, uuid, ROLE_NODE, &a->opt, e);
	a->opt.all_or_nothing = cli_opt(a->cli, "all") != NULL;
	return rc == E_NOTFOUND ? 0 : rc;
}

int cmd_add(struct cli *cli, struct err *e)
{
	struct adding *a = mem_zalloc(sizeof(*a));
	int rc = a == NULL ? fail(e, E_NOMEM, "add") : cli_open(cli, cli->arg[0], CLI_ADD, e);

	if (rc == 0) {
		a->cli = cli;
		a->max = ADD_BATCH;
		a->text.max = LIMIT_BATCH_BYTES;
		rc = add_opt(a, e);
	}
	for (int i = 1; rc == 0 && i < cli->args; i++)
		rc = add_file(a, cli->arg[i], e);
	if (rc == 0 && cli->args == 1)
		rc = add_file(a, "-", e);
	if (rc == 0 && !cli->json) {
		printf(_("%llu recorded, %llu known already, %llu refused"), (unsigned long long)a->fresh, (unsigned long long)a->same, (unsigned long long)a->refused);
		printf("\n");
	}
	if (rc == 0 && a->refused > 0)
		rc = fail(e, a->first, "%llu of %llu objects were refused", (unsigned long long)a->refused, (unsigned long long)a->all);
	if (a != NULL)
		buf_free(&a->text);
	mem_free(a);
	return rc;
}

/* ---- one object made here ---- */

int cli_result(struct cli *cli, const struct add_result *res, struct err *e)
{
	if (res->what == ADDED_REFUSED) {
		*e = res->err;
		return res->err.code;
	}
	if (cli->json) {
		printf("{\"id\":");
		cli_json_str(res->id);
		printf(",\"index\":%llu}\n", (unsigned long long)res->index);
	} else {
		printf("%s %llu %s\n", _("recorded"), (unsigned long long)res->index, res->id);
	}
	return 0;
}

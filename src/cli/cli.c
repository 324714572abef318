/* What the verbs share: options, opening, progress, input. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/mem.h"
#include "consult/consult.h"

static int find_opt(const struct verb *v, const char *name, size_t n)
{
	for (int i = 0; i < CLI_OPTS_MAX && v->opt[i].name != NULL; i++)
		if (strlen(v->opt[i].name) == n && memcmp(v->opt[i].name, name, n) == 0)
			return i;
	return -1;
}

const char *cli_opt(const struct cli *cli, const char *name)
{
	const int i = find_opt(cli->verb, name, strlen(name));

	return i < 0 ? NULL : cli->value[i];
}

int cli_number(const struct cli *cli, const char *name, uint64_t *ret, struct err *e)
{
	const char *s = cli_opt(cli, name);

	return s == NULL || dec_parse(s, strlen(s), 999999999, ret) ? 0 : fail(e, E_USAGE, "--%s %s: a number is due", name, s);
}

static int common_opt(struct cli *cli, const char *name, size_t n, const char *value, struct err *e)
{
	if (n == 4 && memcmp(name, "lang", 4) == 0) {
		if (value == NULL || lang_parse(value, strlen(value), LANG_COUNT) == LANG_COUNT)
			return fail(e, E_USAGE, "--lang: de, ja or en is due");
		cli->lang = lang_parse(value, strlen(value), LANG_EN);
		return 0;
	}
	return fail(e, E_USAGE, "there is no option --%.*s here (verbale %s --help)", (int)n, name, cli->verb->name);
}

/* One "--name[=value]"; *i moves on when the value is the next word. */
static int take_option(struct cli *cli, int argc, char **argv, int *i, struct err *e)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '='), *value = eq != NULL ? eq + 1 : NULL;
	const size_t n = eq != NULL ? (size_t)(eq - name) : strlen(name);
	const int own = find_opt(cli->verb, name, n), key = cli->verb->conf ? conf_find(name, n) : -1;
	const bool wants = own >= 0 ? cli->verb->opt[own].arg != NULL : key >= 0 || (n == 4 && memcmp(name, "lang", 4) == 0);

	if (n == 4 && memcmp(name, "json", 4) == 0)
		cli->json = true;
	else if (n == 4 && memcmp(name, "help", 4) == 0)
		cli->help = true;
	else if (wants && value == NULL && *i + 1 >= argc)
		return fail(e, E_USAGE, "--%.*s: a value is due", (int)n, name);
	else if (!wants && value != NULL)
		return fail(e, E_USAGE, "--%.*s takes no value", (int)n, name);
	else {
		if (wants && value == NULL)
			value = argv[++*i];
		if (own >= 0)
			cli->value[own] = value != NULL ? value : "";
		else if (key >= 0)
			return conf_set(&cli->conf, (enum conf_key)key, value, FROM_FLAG, e);
		else
			return common_opt(cli, name, n, value, e);
	}
	return 0;
}

int cli_parse(struct cli *cli, const struct verb *v, int argc, char **argv, struct err *e)
{
	bool ended = false;
	int rc = conf_init(&cli->conf, e);

	if (rc == 0 && (cli->arg = mem_array((size_t)argc + 1, sizeof(*cli->arg))) == NULL)
		rc = fail(e, E_NOMEM, "arguments");
	for (int i = 0; rc == 0 && i < argc; i++) {
		if (!ended && strcmp(argv[i], "--") == 0)
			ended = true;
		else if (!ended && strncmp(argv[i], "--", 2) == 0)
			rc = take_option(cli, argc, argv, &i, e);
		else
			cli->arg[cli->args++] = argv[i];
	}
	if (rc == 0 && !cli->help && (cli->args < v->min_args || (v->max_args >= 0 && cli->args > v->max_args)))
		rc = fail(e, E_USAGE, "verbale %s %s", v->name, v->synopsis);
	return rc;
}

/* Flags were set before the file was read: they win, so they are put aside and set again. */
static int read_conf(struct cli *cli, const char *dir, struct err *e)
{
	struct conf c;
	int rc = conf_init(&c, e);

	if (rc == 0 && (rc = conf_read(&c, &cli->w.fs, dir, e)) == E_NOTFOUND)
		rc = fail(e, E_ENV, "%s: no node here (verbale init makes one)", dir);
	if (rc == 0)
		rc = conf_env(&c, (const char *(*)(const char *))getenv, e);
	for (int k = 0; rc == 0 && k < CONF_COUNT_; k++)
		if (cli->conf.from[k] == FROM_FLAG)
			rc = conf_set(&c, (enum conf_key)k, cli->conf.value[k], FROM_FLAG, e);
	if (rc != 0) {
		conf_free(&c);
		return rc;
	}
	conf_free(&cli->conf);
	cli->conf = c;
	return 0;
}

static int open_record(struct cli *cli, const char *dir, enum cli_open how, struct err *e)
{
	if (how == CLI_ADD)
		return record_open_add(&cli->w, dir, &cli->record, e);
	return record_open(&cli->w, dir, how == CLI_ALONE, &cli->record, e);
}

int cli_open(struct cli *cli, const char *dir, enum cli_open how, struct err *e)
{
	int rc = read_conf(cli, dir, e);

	if (rc == 0 && (rc = open_record(cli, dir, how, e)) == 0) {
		record_set_strict(cli->record, conf_strict(&cli->conf));
		record_set_rules(cli->record, consult_rule, consult_public, NULL);
		rc = record_reader_new(cli->record, &cli->rd, e);
	}
	return rc;
}

struct reader cli_reader(const struct cli *cli)
{
	return (struct reader){.party = record_self(cli->record)->party, .role = ROLE_NODE, .via = VIA_COMMAND};
}

static void tick(void *ctx, const char *what, uint64_t done, uint64_t all)
{
	const struct cli *cli = ctx;

	fprintf(stderr, "\r%s %llu / %llu ", _(what), (unsigned long long)done, (unsigned long long)all);
}

static void no_tick(void *ctx, const char *what, uint64_t done, uint64_t all)
{
	(void)ctx;
	(void)what;
	(void)done;
	(void)all;
}

struct progress cli_progress(struct cli *cli)
{
	return (struct progress){isatty(STDERR_FILENO) ? tick : no_tick, cli};
}

void cli_progress_end(struct cli *cli)
{
	(void)cli;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

int cli_log(struct cli *cli, int *ret_fd, struct log **ret, struct err *e)
{
	const char *path = conf_text(&cli->conf, CONF_log_file);

	*ret_fd = -1;
	if (path[0] != '\0' && (*ret_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640)) < 0)
		return fail_errno(e, E_ENV, errno, "%s", path);
	*ret = log_new(*ret_fd >= 0 ? *ret_fd : STDERR_FILENO, cli->w.clock);
	return *ret == NULL ? fail(e, E_NOMEM, "log") : 0;
}

struct only { uint8_t uuid[16]; unsigned n; };

static int take_only(void *ctx, const struct index_entry *row, struct err *e)
{
	struct only *o = ctx;

	(void)e;
	if (o->n == 0 || memcmp(o->uuid, row->collection, 16) != 0)
		o->n++;
	memcpy(o->uuid, row->collection, 16);
	return 0;
}

struct by_alias { const char *alias; uint8_t *ret; };

static int take_alias(void *ctx, const uint8_t uuid[16], const struct collection *c, const struct entry *en, struct err *e)
{
	const struct by_alias *a = ctx;

	(void)en;
	(void)e;
	if (strcmp(c->alias, a->alias) != 0)
		return 0;
	memcpy(a->ret, uuid, 16);
	return 1;
}

static int named_collection(struct cli *cli, const char *given, uint8_t ret[16], struct err *e)
{
	const char *uuid = strstr(given, "--") != NULL ? strstr(given, "--") + 2 : given;
	struct by_alias a = {given, ret};
	int rc;

	if (uuid_parse(uuid, strlen(uuid), ret))
		return 0;
	rc = record_collections(cli->rd, take_alias, &a, e);
	return rc == 1 ? 0 : rc != 0 ? rc : fail(e, E_USAGE, "%s: no collection's UUID, and no alias of one (verbale collection list)", given);
}

int cli_collection(struct cli *cli, const char *given, uint8_t ret[16], struct err *e)
{
	struct only o = {.n = 0};
	int rc;

	if (given != NULL)
		return named_collection(cli, given, ret, e);
	rc = index_page(record_index(cli->rd), 0, NULL, stix_type_name(STIX_COLLECTION), 1000, take_only, &o, e);
	if (rc == 0 && o.n != 1)
		rc = fail(e, E_USAGE, "--collection ID is due: %s", o.n == 0 ? "there is no collection yet (verbale collection add)" : "there are several (verbale collection list)");
	if (rc == 0)
		memcpy(ret, o.uuid, 16);
	return rc;
}

static int read_stdin(size_t max, struct buf *out, struct err *e)
{
	char chunk[8192];
	ssize_t n;

	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(e, E_IO, errno, "standard input");
		if ((size_t)n > max - out->n)
			return fail(e, E_LIMIT, "standard input: longer than %zu bytes", max);
		buf_put(out, chunk, (size_t)n);
	}
	return buf_err(out, e, "standard input");
}

int cli_read(struct cli *cli, const char *path, size_t max, struct buf *out, struct err *e)
{
	int rc;

	if (strcmp(path, "-") == 0)
		return read_stdin(max, out, e);
	rc = fs_read_file(&cli->w.fs, path, max, out, e);
	return rc == E_NOTFOUND ? fail(e, E_USAGE, "%s: there is no such file", path) : rc;
}

void cli_json_str(const char *s)
{
	CLEANUP_BUF struct buf b = BUF_INIT(65536);

	json_put_str(&b, s, strlen(s));
	fputs(b.err == 0 ? b.p : "\"\"", stdout);
}

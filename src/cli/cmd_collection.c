/* collection: the verb that makes, changes and lists them. */
#include <string.h>

#include "cli/cli.h"

/* A list of words "A,B" as a JSON list. */
static int put_list(struct buf *b, const char *option, const char *list, struct err *e)
{
	bool first = true;

	buf_putc(b, '[');
	for (const char *s = list; *s != '\0';) {
		const size_t n = strcspn(s, ",");

		if (n == 0)
			return fail(e, E_USAGE, "--%s %s: words separated by commas are due", option, list);
		if (!first)
			buf_putc(b, ',');
		first = false;
		json_put_str(b, s, n);
		s += n + (s[n] == ',');
	}
	buf_putc(b, ']');
	return 0;
}

/* A text in the language of the command, beside those in other languages that were there. */
static int put_text(struct cli *cli, struct buf *b, const char *text, const struct json_val *was)
{
	const struct json_val *key, *val;
	struct json_iter it;
	bool first = true;

	buf_putc(b, '{');
	for (json_iter(&it, was); json_next(&it, &key, &val);) {
		const char *lang = json_str(key, &(size_t){0});

		if (strcmp(lang, lang_code(cli->lang)) == 0)
			continue;
		json_put_member(b, &first, lang);
		json_canon(val, b);
	}
	json_put_member(b, &first, lang_code(cli->lang));
	json_put_str(b, text, strlen(text));
	buf_putc(b, '}');
	return 0;
}

enum form { FORM_TEXT, FORM_WORD, FORM_LIST, FORM_YES, FORM_NO };
/* Options that stand for properties; otherwise: what `add` takes when the option is not given. */
static const struct { const char *option, *property; enum form form; const char *otherwise; } properties[] = {
	{"alias", "alias", FORM_WORD, NULL},
	{"ceiling", "ceiling", FORM_WORD, "\"amber\""},
	{"description", "description", FORM_TEXT, NULL},
	{"members", "members", FORM_LIST, NULL},
	{"name", "name", FORM_TEXT, NULL},
	{"public", "public", FORM_YES, "false"},
	{"private", "public", FORM_NO, NULL},
	{"stix", "spec_versions", FORM_LIST, NULL},
	{"strictness", "strictness", FORM_WORD, NULL},
};

static int put_value(struct cli *cli, struct buf *b, size_t i, const char *given, const struct json_val *was, struct err *e)
{
	switch (properties[i].form) {
	case FORM_TEXT:
		return put_text(cli, b, given, was);
	case FORM_LIST:
		return put_list(b, properties[i].option, given, e);
	case FORM_WORD:
		json_put_str(b, given, strlen(given));
		return 0;
	case FORM_YES:
	case FORM_NO:
		buf_puts(b, properties[i].form == FORM_YES ? "true" : "false");
		return 0;
	}
	return 0;
}

static const char *option_of(struct cli *cli, const char *property, size_t *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(properties); i++) {
		const char *given = strcmp(properties[i].property, property) == 0 ? cli_opt(cli, properties[i].option) : NULL;

		*ret = i;
		if (given != NULL)
			return given;
	}
	return NULL;
}

static void put_time(struct cli *cli, struct buf *b, bool *first, const char *key)
{
	char now[40];

	time_format(clock_now(&cli->w.clock), 3, now, sizeof(now));
	json_put_member(b, first, key);
	json_put_str(b, now, strlen(now));
}

/* The members that say what it is, in a new object. */
static void put_head(struct cli *cli, struct buf *b, bool *first, const uint8_t uuid[16])
{
	char id[37];

	uuid_format(uuid, id);
	buf_printf(b, "\"type\":\"verbale-collection\",\"spec_version\":\"2.1\",\"id\":\"verbale-collection--%s\",\"created_by_ref\":\"%s\"", id,
	    record_self(cli->record)->identity);
	buf_puts(b, ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}}");
	*first = false;
	put_time(cli, b, first, "created");
}

/* The members of the version before that no option changes. */
static void put_kept(struct cli *cli, struct buf *b, bool *first, const struct json_val *was)
{
	const struct json_val *key, *val;
	struct json_iter it;

	for (json_iter(&it, was); json_next(&it, &key, &val);) {
		const char *name = json_str(key, &(size_t){0});
		size_t i;

		if (strcmp(name, "modified") == 0 || option_of(cli, name, &i) != NULL)
			continue;
		json_put_member(b, first, name);
		json_canon(val, b);
	}
}

static int put_object(struct cli *cli, struct buf *b, const uint8_t uuid[16], const struct json_val *was, struct err *e)
{
	const char *party = record_self(cli->record)->party;
	bool first = true;
	int rc = 0;

	buf_putc(b, '{');
	if (was == NULL)
		put_head(cli, b, &first, uuid);
	else
		put_kept(cli, b, &first, was);
	put_time(cli, b, &first, "modified");
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(properties); i++) {
		const char *given = cli_opt(cli, properties[i].option);
		size_t other = i;

		if (given == NULL && was == NULL && strcmp(properties[i].property, "members") == 0)
			given = party;
		if (given == NULL && (was != NULL || properties[i].otherwise == NULL || option_of(cli, properties[i].property, &other) != NULL))
			continue;
		json_put_member(b, &first, properties[i].property);
		if (given == NULL)
			buf_puts(b, properties[i].otherwise);
		else
			rc = put_value(cli, b, i, given, json_get(was, properties[i].property), e);
	}
	buf_putc(b, '}');
	return rc != 0 ? rc : buf_err(b, e, "collection");
}

static int write_it(struct cli *cli, const uint8_t uuid[16], const struct json_val *was, struct err *e)
{
	struct add_opt opt = {.strict = STIX_STRICT, .all_or_nothing = true, .role = ROLE_NODE};
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	struct add_item item;
	struct add_result res;
	int rc = put_object(cli, &b, uuid, was, e);

	if (rc != 0)
		return rc;
	memcpy(opt.collection, uuid, 16);
	item = (struct add_item){b.p, b.n};
	rc = record_add(cli->record, &opt, &item, 1, &res, e);
	return rc != 0 ? rc : cli_result(cli, &res, e);
}

/* Public is more than a switch: who made it so shall not wonder why a client without a token finds nothing. */
static int warn_hidden(struct cli *cli, const uint8_t uuid[16], struct err *e)
{
	struct collection c;
	struct entry en;
	int rc;

	if ((rc = record_collection_entry(cli->rd, uuid, &en, e)) != 0)
		return rc;
	if ((rc = record_collection(cli->rd, uuid, &c, e)) == 0 && c.is_public &&
	    (rc = record_may_read(cli->rd, &(struct reader){.role = ROLE_NONE}, &en, e)) == E_NOTFOUND) {
		rc = 0;
		fprintf(stderr, "%s\n", _("warning: public, but nobody finds this collection without signing in: its ceiling or marking is above TLP:CLEAR (--ceiling clear); only single objects marked TLP:CLEAR are shown to anyone"));
	}
	entry_free(&en);
	return rc;
}

static int both_given(struct cli *cli, struct err *e)
{
	return cli_opt(cli, "public") != NULL && cli_opt(cli, "private") != NULL ? fail(e, E_USAGE, "--public or --private, not both") : 0;
}

/* Aliases stand in addresses: two collections with one would answer for each other. */
struct alias { const char *alias; const uint8_t *uuid; };

static int same_alias(void *ctx, const uint8_t uuid[16], const struct collection *c, const struct entry *en, struct err *e)
{
	const struct alias *a = ctx;

	(void)en;
	return memcmp(uuid, a->uuid, 16) != 0 && strcmp(c->alias, a->alias) == 0 ? fail(e, E_EXISTS, "--alias %s: %s has it", a->alias, c->id) : 0;
}

static int alias_free(struct cli *cli, const uint8_t uuid[16], struct err *e)
{
	struct alias a = {cli_opt(cli, "alias"), uuid};

	return a.alias == NULL ? 0 : record_collections(cli->rd, same_alias, &a, e);
}

static int collection_add(struct cli *cli, struct err *e)
{
	const char *given = cli_opt(cli, "id");
	uint8_t random[16], uuid[16];
	int rc;

	if (cli_opt(cli, "name") == NULL)
		return fail(e, E_USAGE, "--name TEXT is due");
	if ((rc = both_given(cli, e)) != 0 || (rc = cli_open(cli, cli->arg[1], CLI_ADD, e)) != 0)
		return rc;
	if (given != NULL && !uuid_parse(given, strlen(given), uuid))
		return fail(e, E_USAGE, "--id %s: a UUID is due", given);
	if (given == NULL) {
		if (rng_fill(&cli->w.rng, random, sizeof(random)) != 0)
			return fail(e, E_ENV, "no randomness");
		uuid_v4(random, uuid);
	}
	if ((rc = alias_free(cli, uuid, e)) != 0 || (rc = write_it(cli, uuid, NULL, e)) != 0)
		return rc;
	return warn_hidden(cli, uuid, e);
}

static int collection_set(struct cli *cli, struct err *e)
{
	struct entry en;
	uint8_t uuid[16];
	int rc;

	if ((rc = both_given(cli, e)) != 0 || (rc = cli_open(cli, cli->arg[1], CLI_ADD, e)) != 0 || (rc = cli_collection(cli, cli_opt(cli, "id"), uuid, e)) != 0 ||
	    (rc = alias_free(cli, uuid, e)) != 0 || (rc = record_collection_entry(cli->rd, uuid, &en, e)) != 0)
		return rc;
	if (en.row.log != 0)
		rc = fail(e, E_DENIED, "%s: %s made it and changes it", en.row.id, en.party != NULL ? en.party : "another party");
	else
		rc = write_it(cli, uuid, en.object.val, e);
	entry_free(&en);
	return rc != 0 ? rc : warn_hidden(cli, uuid, e);
}

static void print_collection(struct cli *cli, const struct index_entry *row, const struct entry *en, bool in_force)
{
	const struct json_val *names = json_get(en->object.val, "name");
	const char *name = json_get_str(names, lang_code(cli->lang)), *alias = json_get_str(en->object.val, "alias"), *party = en->party != NULL ? en->party : "?";
	struct json_iter it;
	const struct json_val *first = NULL;

	json_iter(&it, names);
	if (name == NULL && json_next(&it, NULL, &first))
		name = json_str(first, &(size_t){0});
	if (cli->json) {
		printf("{\"id\":\"%s\",\"modified\":\"%s\",\"party\":\"%s\",\"in_force\":%s,\"alias\":", row->id, row->modified, party, in_force ? "true" : "false");
		cli_json_str(alias != NULL ? alias : "");
		printf(",\"name\":");
		cli_json_str(name != NULL ? name : "");
		printf("}\n");
	} else {
		printf("%s %s %s %s%s%s \"%s\"\n", row->id, row->modified, party, in_force ? _("in force") : _("offered, not yet accepted by this party"),
		    alias != NULL ? " " : "", alias != NULL ? alias : "", name != NULL ? name : "");
	}
}

static int list_one(void *ctx, const struct index_entry *row, struct err *e)
{
	struct cli *cli = ctx;
	struct entry en;
	struct collection col;
	int rc = record_read(cli->rd, row, &en, e);

	if (rc != 0)
		return rc;
	if (cli_may_read(cli, &en, NULL) == 0)
		print_collection(cli, row, &en, record_collection(cli->rd, row->collection, &col, NULL) == 0);
	entry_free(&en);
	return 0;
}

static int collection_list(struct cli *cli, struct err *e)
{
	const int rc = cli_open(cli, cli->arg[1], CLI_READ, e);

	return rc != 0 ? rc : index_page(record_index(cli->rd), 0, NULL, stix_type_name(STIX_COLLECTION), LIMIT_COLLECTIONS, list_one, cli, e);
}

int cmd_collection(struct cli *cli, struct err *e)
{
	static const struct { const char *name; int (*run)(struct cli *cli, struct err *e); } what[] = {
		{"add", collection_add}, {"set", collection_set}, {"list", collection_list},
	};

	for (size_t i = 0; i < ARRAY_LEN(what); i++)
		if (strcmp(cli->arg[0], what[i].name) == 0)
			return what[i].run(cli, e);
	return fail(e, E_USAGE, "verbale collection add|set|list DIR");
}

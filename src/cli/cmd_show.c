/* show and log: what this node holds. */
#include <string.h>

#include "base/enc.h"
#include "cli/cli.h"

struct pick { const char *modified; struct index_entry row; bool any; };

static int take_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct pick *p = ctx;

	(void)e;
	if (strcmp(row->modified, p->modified) == 0 && !p->any) {
		p->row = *row;
		p->any = true;
	}
	return 0;
}

int cli_may_read(struct cli *cli, const struct entry *en, struct err *e)
{
	const struct reader me = cli_reader(cli);
	const int rc = record_may_read(cli->rd, &me, en, e);
	const char *uuid = strstr(en->row.id, "--");
	struct collection col;
	uint8_t own[16];

	if (rc != E_NOTFOUND || en->object.kind != STIX_COLLECTION || record_collection(cli->rd, en->row.collection, &col, NULL) != E_NOTFOUND)
		return rc;
	return uuid != NULL && uuid_parse(uuid + 2, strlen(uuid + 2), own) && memcmp(own, en->row.collection, 16) == 0 ? 0 : rc;
}

/* The version asked for, if this node's party may read it: hidden and unknown are one answer. */
int pick_entry(struct cli *cli, const char *id, const char *modified, struct entry *ret, struct err *e)
{
	struct pick p = {.modified = modified};
	int rc;

	if (modified == NULL) {
		rc = record_newest(cli->rd, id, NULL, ret, e);
	} else {
		rc = index_versions(record_index(cli->rd), id, NULL, take_version, &p, e);
		if (rc == 0)
			rc = p.any ? record_read(cli->rd, &p.row, ret, e) : E_NOTFOUND;
	}
	if (rc == 0 && (rc = cli_may_read(cli, ret, e)) != 0)
		entry_free(ret);
	return rc == E_NOTFOUND ? fail(e, E_NOTFOUND, "%s: not in this record", id) : rc;
}

static void show(const struct cli *cli, const struct entry *en)
{
	char sha[HEX_LEN(32) + 1], col[37];

	hex_encode(en->row.sha256, 32, sha);
	uuid_format(en->row.collection, col);
	printf("%-22s %s\n", _("id"), en->row.id);
	if (en->row.modified[0] != '\0')
		printf("%-22s %s\n", _("version"), en->row.modified);
	printf("%-22s %s, %s %llu\n", _("written by"), en->party != NULL ? en->party : "?", _("entry"), (unsigned long long)en->row.index);
	printf("%-22s %s\n", _("collection"), col);
	printf("%-22s %s\n", _("marking"), en->object.tlp == TLP_NONE ? _("as the collection") : tlp_name(en->object.tlp));
	printf("%-22s %s\n", _("entry SHA-256"), sha);
	printf("\n%s\n", en->bytes.p);
}

int cmd_show(struct cli *cli, struct err *e)
{
	struct entry en;
	int rc = cli_open(cli, cli->arg[0], CLI_READ, e);

	if (rc != 0 || (rc = pick_entry(cli, cli->arg[1], cli_opt(cli, "version"), &en, e)) != 0)
		return rc;
	if (cli->json)
		printf("%s\n", en.bytes.p);
	else
		show(cli, &en);
	entry_free(&en);
	return 0;
}

static int list_one(void *ctx, const struct index_entry *row, struct err *e)
{
	struct cli *cli = ctx;
	struct entry en;
	int rc = record_read(cli->rd, row, &en, e);

	if (rc != 0)
		return rc;
	rc = cli_may_read(cli, &en, e);
	if (rc == 0 && cli->json) {
		printf("{\"frame\":%llu,\"party\":\"%s\",\"index\":%llu,\"id\":", (unsigned long long)row->frame, en.party != NULL ? en.party : "", (unsigned long long)row->index);
		cli_json_str(row->id);
		printf(",\"modified\":");
		cli_json_str(row->modified);
		printf("}\n");
	} else if (rc == 0) {
		printf("%8llu  %-6s %8llu  %-24s  %s\n", (unsigned long long)row->frame, en.party != NULL ? en.party : "?", (unsigned long long)row->index, row->modified, row->id);
	}
	entry_free(&en);
	return rc == E_NOTFOUND ? 0 : rc;
}

int cmd_log(struct cli *cli, struct err *e)
{
	const char *after = cli_opt(cli, "after"), *limit = cli_opt(cli, "limit");
	uint64_t from = 0, max = 1000000000;
	int rc;

	if ((after != NULL && !dec_parse(after, strlen(after), UINT64_MAX, &from)) || (limit != NULL && !dec_parse(limit, strlen(limit), UINT32_MAX, &max)))
		return fail(e, E_USAGE, "--after and --limit take numbers");
	rc = cli_open(cli, cli->arg[0], CLI_READ, e);
	return rc != 0 ? rc : index_page(record_index(cli->rd), from, NULL, NULL, (size_t)max, list_one, cli, e);
}

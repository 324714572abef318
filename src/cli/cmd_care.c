/* check, rebuild, config, peer, sync: the administrator's verbs. */
#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "peer/peer.h"

static void print_fault(void *ctx, const char *text)
{
	struct cli *cli = ctx;

	cli_progress_end(cli);
	if (cli->json) {
		printf("{\"fault\":");
		cli_json_str(text);
		printf("}\n");
	} else {
		printf("%s: %s\n", _("fault"), text);
	}
}

int cmd_check(struct cli *cli, struct err *e)
{
	const struct progress p = cli_progress(cli);
	struct check_report r = {0};
	const int rc = record_check(&cli->w, cli->arg[0], &p, print_fault, cli, &r, e);

	cli_progress_end(cli);
	if (rc != 0 && rc != E_CORRUPT)
		return rc;
	if (cli->json)
		printf("{\"frames\":%llu,\"entries\":%llu,\"leaves\":%llu,\"tiles\":%llu,\"checkpoints\":%llu,\"cosignatures\":%llu,\"logs\":%llu,\"faults\":%llu}\n",
		    (unsigned long long)r.frames, (unsigned long long)r.entries, (unsigned long long)r.leaves, (unsigned long long)r.tiles,
		    (unsigned long long)r.checkpoints, (unsigned long long)r.cosignatures, (unsigned long long)r.logs, (unsigned long long)r.faults);
	else {
		printf(_("%llu entries, %llu leaves in %llu logs, %llu tiles, %llu checkpoints, %llu cosignatures: %llu faults"),
		    (unsigned long long)r.entries, (unsigned long long)r.leaves, (unsigned long long)r.logs, (unsigned long long)r.tiles,
		    (unsigned long long)r.checkpoints, (unsigned long long)r.cosignatures, (unsigned long long)r.faults);
		printf("\n");
	}
	return rc;
}

int cmd_rebuild(struct cli *cli, struct err *e)
{
	const struct progress p = cli_progress(cli);
	const int rc = record_rebuild(&cli->w, cli->arg[0], &p, e);

	cli_progress_end(cli);
	if (rc == 0 && !cli->json)
		printf("%s\n", _("The index was made anew from the journal."));
	return rc;
}

int cmd_config(struct cli *cli, struct err *e)
{
	int rc = cli_open(cli, cli->arg[0], CLI_READ, e);

	if (rc != 0)
		return rc;
	if (cli->json)
		printf("{");
	for (int k = 0; k < CONF_COUNT_; k++) {
		const char *value = conf_text(&cli->conf, (enum conf_key)k), *from = conf_source_name(cli->conf.from[k]);

		if (!cli->json) {
			printf("%-14s = %-28s # %s; %s\n", conf_name((enum conf_key)k), value, _(from), _(conf_doc((enum conf_key)k)));
			continue;
		}
		printf("%s\"%s\":{\"from\":\"%s\",\"value\":", k > 0 ? "," : "", conf_name((enum conf_key)k), from);
		cli_json_str(value);
		printf("}");
	}
	if (cli->json)
		printf("}\n");
	return 0;
}

static void list_peers(const struct cli *cli)
{
	const struct party_keys *peers;
	const size_t n = record_peers(cli->record, &peers);

	for (size_t i = 0; i < n; i++) {
		struct peer_state st;
		const bool known = record_peer_state(cli->rd, &peers[i], &st, NULL) == 0 && st.known;

		if (cli->json) {
			printf("{\"party\":\"%s\",\"origin\":", peers[i].party);
			cli_json_str(peers[i].origin);
			printf(",\"url\":");
			cli_json_str(peers[i].url);
			printf(",\"mirrored\":%llu}\n", known ? (unsigned long long)st.log.size : 0ULL);
			continue;
		}
		printf("%-6s %-32s %-32s ", peers[i].party, peers[i].origin, peers[i].url[0] != '\0' ? peers[i].url : "-");
		printf(known ? _("%llu entries mirrored") : _("not followed yet"), (unsigned long long)st.log.size);
		printf("\n");
	}
}

static int peer_add(struct cli *cli, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_PEER_TEXT);
	struct party_keys k;
	int rc;

	if ((rc = cli_read(cli, cli->args > 2 ? cli->arg[2] : "-", LIMIT_PEER_TEXT, &b, e)) != 0 ||
	    (rc = party_keys_parse(b.p != NULL ? b.p : "", b.n, &k, e)) != 0 || (rc = cli_open(cli, cli->arg[1], CLI_ALONE, e)) != 0)
		return rc;
	if (strcmp(k.origin, record_self(cli->record)->origin) == 0)
		return fail(e, E_USAGE, "this is the text of this very node (%s); the other side's is due", k.origin);
	if ((rc = record_peer_add(cli->record, &k, e)) != 0)
		return rc;
	printf(_("Party %s is pinned: log key %s+%08x. Compare these eight digits with the other side by voice."), k.party, k.log.name, k.log.id);
	printf("\n");
	return 0;
}

int cmd_peer(struct cli *cli, struct err *e)
{
	int rc;

	if (strcmp(cli->arg[0], "add") == 0)
		return peer_add(cli, e);
	if (strcmp(cli->arg[0], "list") != 0 || cli->args > 2)
		return fail(e, E_USAGE, "verbale peer add|list DIR [FILE|-]");
	if ((rc = cli_open(cli, cli->arg[1], CLI_READ, e)) == 0)
		list_peers(cli);
	return rc;
}

static bool wanted(const struct cli *cli, const struct party_keys *k)
{
	for (int i = 1; i < cli->args; i++)
		if (strcmp(cli->arg[i], k->party) == 0)
			return true;
	return cli->args == 1;
}

static int sync_one(struct cli *cli, const struct party_keys *k, struct err *e)
{
	CLEANUP_STR char *key = NULL, *cert = NULL;
	const struct progress p = cli_progress(cli);
	struct peer_client_conf conf;
	struct sync_report r = {0};
	int rc;

	if (k->url[0] == '\0')
		return fail(e, E_NET, "%s: no address is known for this peer", k->party);
	if ((rc = node_client_conf(cli, &key, &cert, &conf, e)) == 0) {
		conf.again = cli_opt(cli, "again") != NULL;
		rc = peer_sync(cli->record, cli->rd, k, &conf, &p, &r, e);
	}
	cli_progress_end(cli);
	if (rc != 0)
		return rc;
	if (cli->json)
		printf("{\"party\":\"%s\",\"old_size\":%llu,\"size\":%llu,\"entries\":%llu}\n", k->party, (unsigned long long)r.old_size, (unsigned long long)r.size, (unsigned long long)r.entries_new);
	else {
		printf(_("%s: followed from %llu to %llu entries, %llu of them new to this node"), k->party, (unsigned long long)r.old_size, (unsigned long long)r.size, (unsigned long long)r.entries_new);
		printf("\n");
	}
	return 0;
}

int cmd_sync(struct cli *cli, struct err *e)
{
	const struct party_keys *peers;
	struct err first = {0};
	int done = 0, rc = cli_open(cli, cli->arg[0], CLI_ALONE, e);
	size_t n;

	if (rc != 0)
		return rc;
	n = record_peers(cli->record, &peers);
	for (size_t i = 0; i < n; i++) {
		struct err one = {0};

		if (!wanted(cli, &peers[i]))
			continue;
		done++;
		if (sync_one(cli, &peers[i], &one) != 0 && first.code == 0)
			first = one;
	}
	if (done < cli->args - 1)
		return fail(e, E_USAGE, "not every party named is pinned (verbale peer list)");
	if (first.code != 0)
		*e = first;
	return first.code;
}

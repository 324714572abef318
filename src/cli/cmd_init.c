#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"

/* Before anything is made: a refused name leaves no folder behind. */
static int check_names(const struct cli *cli, struct err *e)
{
	const char *party = conf_text(&cli->conf, CONF_party), *origin = conf_text(&cli->conf, CONF_origin);
	const size_t n = strlen(party);

	if (n == 0 || *origin == '\0')
		return fail(e, E_USAGE, "--party CODE and --origin NAME are due");
	if (n < 2 || n > LIMIT_PARTY || party[0] < 'A' || party[0] > 'Z' || strspn(party, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != n)
		return fail(e, E_USAGE, "--party %s: 2 to %d of A-Z, 0-9 and -, a letter first, are due", party, LIMIT_PARTY);
	for (const char *s = origin; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~' || *s == '+')
			return fail(e, E_USAGE, "--origin %s: a name without space, + and accents is due, as berlin.example/log", origin);
	return 0;
}

int cmd_init(struct cli *cli, struct err *e)
{
	CLEANUP_STR char *self = mem_printf("%s/self.peer", cli->arg[0]);
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_PEER_TEXT);
	int rc = check_names(cli, e);

	if (rc == 0)
		rc = node_create(cli, cli->arg[0], e);
	if (rc != 0 || self == NULL)
		return rc;
	if ((rc = fs_read_file(&cli->w.fs, self, LIMIT_PEER_TEXT, &b, e)) != 0)
		return rc;
	if (cli->json) {
		printf("{\"dir\":");
		cli_json_str(cli->arg[0]);
		printf(",\"peer\":");
		cli_json_str(b.p);
		printf("}\n");
		return 0;
	}
	printf(_("The node is made in %s. Its text for peers (%s):"), cli->arg[0], self);
	printf("\n\n%s\n", b.p);
	printf(_("Next: verbale peer add %s FILE for each peer, then verbale serve %s"), cli->arg[0], cli->arg[0]);
	printf("\n");
	return 0;
}

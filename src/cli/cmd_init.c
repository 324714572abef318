#include "base/mem.h"
#include "cli/cli.h"

int cmd_init(struct cli *cli, struct err *e)
{
	CLEANUP_STR char *self = mem_printf("%s/self.peer", cli->arg[0]);
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_PEER_TEXT);
	int rc = node_create(cli, cli->arg[0], e);

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

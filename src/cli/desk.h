/* cli/desk.h - a command at the desk of the party: as whom (--as), and what it needs for that. */
#pragma once
#include "cli/cli.h"
#include "consult/desk.h"

struct cli_desk { struct home *home; struct state *state; struct principal who; struct desk desk; struct act_hold hold; };
/* Opens the folder with it. E_USAGE: --as is missing; E_NOTFOUND, E_DENIED as desk_as. Close also after failure. */
NODISCARD int cli_desk_open(struct cli *cli, const char *dir, enum cli_open how, struct cli_desk *ret, struct err *e);
void cli_desk_close(struct cli_desk *k);
/*
 * Who acts, in an open folder: the person of --as, whose acts wait where they need a second person; without that option
 * the operator of this machine, as the node itself.
 */
NODISCARD int cli_actor(struct cli *cli, struct cli_desk *k, struct actor *ret, struct err *e);
/* Say what became of an act: rc is what it returned. */
NODISCARD int cli_acted(struct cli *cli, int rc, const struct add_result *res, struct err *e);
/* Finish what was confirmed when a node died: what `serve` does at its intervals. */
NODISCARD int cli_resume(struct cli *cli, struct err *e);
/* DIR/home.sqlite. */
NODISCARD int cli_home(const char *dir, struct home **ret, struct err *e);

/* cli/people.h - subcommands of "user" that cmd_people.c has. */
#pragma once
#include "access/people.h"
#include "cli/cli.h"

NODISCARD int user_hand_over(struct cli *cli, struct people_office *o, struct err *e);
NODISCARD int user_totp(struct cli *cli, struct people_office *o, struct err *e);
NODISCARD int user_codes(struct cli *cli, struct people_office *o, struct err *e);
NODISCARD int user_devices(struct cli *cli, struct people_office *o, struct err *e);
NODISCARD int user_sessions(struct cli *cli, struct people_office *o, struct err *e);

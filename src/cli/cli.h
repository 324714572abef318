/*
 * cli/cli.h - one file per verb; main.c is the table. A verb gets its options and positionals parsed, says what it
 * has to say in the user's language on standard output (or JSON with --json), and returns 0 or E_*; main.c prints
 * the error and turns it into an exit status.
 */
#pragma once
#include <stdio.h>

#include "base/text.h"
#include "cli/conf.h"
#include "record/record.h"

#define _(s) tr(cli->lang, s)

struct cli_opt { const char *name, *arg, *doc; }; /* arg NULL: a switch. arg and doc are message ids */
#define CLI_OPTS_MAX 12
struct cli;
struct verb {
	const char *name, *synopsis, *summary;    /* summary is a message id */
	int (*run)(struct cli *cli, struct err *e);
	int min_args, max_args;                   /* positionals; max -1: any number */
	struct cli_opt opt[CLI_OPTS_MAX];         /* ends with name NULL */
	bool conf;                                /* takes the options of conf.def as well */
	const char *more;                         /* further explanation, a message id, or NULL */
};
struct cli {
	const struct verb *verb;
	enum lang lang;
	bool json, help;
	const char *value[CLI_OPTS_MAX];          /* given options; "" for a switch; NULL: not given */
	const char **arg; int args;
	struct conf conf;
	struct world w;
	struct record *record;                    /* opened by cli_open, closed by main */
	struct record_reader *rd;
};
/* Value of an option of this verb by name; NULL if not given. */
const char *cli_opt(const struct cli *cli, const char *name);
/* An option that is a number of at most 9 digits; *ret stays when it is not given. E_USAGE. */
NODISCARD int cli_number(const struct cli *cli, const char *name, uint64_t *ret, struct err *e);
/* Configuration of the folder `dir`, then environment and flags; opens the record with consult's rules set. */
enum cli_open { CLI_READ, CLI_ADD /* record_add() works, also beside a running node */, CLI_ALONE /* this process alone */ };
NODISCARD int cli_open(struct cli *cli, const char *dir, enum cli_open how, struct err *e);
struct reader cli_reader(const struct cli *cli);  /* the node's own party, by command */
/* Progress on standard error, only on a terminal. */
struct progress cli_progress(struct cli *cli);
void cli_progress_end(struct cli *cli);
/* The event log of this node: the configured file, else standard error (*ret_fd -1). Free the log, close the descriptor. */
NODISCARD int cli_log(struct cli *cli, int *ret_fd, struct log **ret, struct err *e);
/* A collection given as UUID, full id or alias; or, when NULL, the only one there is. */
NODISCARD int cli_collection(struct cli *cli, const char *given, uint8_t ret[16], struct err *e);
/* Whole file, or standard input for "-". */
NODISCARD int cli_read(struct cli *cli, const char *path, size_t max, struct buf *out, struct err *e);
/* "id" for every file name: the object's id. Print one JSON string. */
void cli_json_str(const char *s);
NODISCARD int cli_parse(struct cli *cli, const struct verb *v, int argc, char **argv, struct err *e);

/* Say what became of one object written by a verb; its refusal is the verb's error. */
NODISCARD int cli_result(struct cli *cli, const struct add_result *res, struct err *e);

int cmd_init(struct cli *cli, struct err *e);
int cmd_serve(struct cli *cli, struct err *e);
int cmd_add(struct cli *cli, struct err *e);
int cmd_import(struct cli *cli, struct err *e);
int cmd_export(struct cli *cli, struct err *e);
int cmd_collection(struct cli *cli, struct err *e);
int cmd_user(struct cli *cli, struct err *e);
int cmd_audit(struct cli *cli, struct err *e);
int cmd_token(struct cli *cli, struct err *e);
int cmd_grant(struct cli *cli, struct err *e);
int cmd_consult(struct cli *cli, struct err *e);
int cmd_assent(struct cli *cli, struct err *e);
int cmd_publish(struct cli *cli, struct err *e);
int cmd_tick(struct cli *cli, struct err *e);
int cmd_pull(struct cli *cli, struct err *e);
int cmd_show(struct cli *cli, struct err *e);
int cmd_log(struct cli *cli, struct err *e);
int cmd_prove(struct cli *cli, struct err *e);
int cmd_verify(struct cli *cli, struct err *e);
int cmd_check(struct cli *cli, struct err *e);
int cmd_rebuild(struct cli *cli, struct err *e);
int cmd_peer(struct cli *cli, struct err *e);
int cmd_sync(struct cli *cli, struct err *e);
int cmd_config(struct cli *cli, struct err *e);
int cmd_demo(struct cli *cli, struct err *e);

/* ---- shared by verbs ---- */
/* Make a node in `dir` with the configuration in cli->conf (party, origin … set). */
NODISCARD int node_create(struct cli *cli, const char *dir, struct err *e);
/* The folder's record for reading and its local state, beside a running node too. Close with state_close. */
struct state;
NODISCARD int cli_state(struct cli *cli, const char *dir, struct state **ret, struct err *e);
void cli_time(int64_t at_s, char to[32]); /* seconds as a time; 0: "" */
/* Start answering for an open record; listeners from cli->conf. Ports bound are written back into the pointers. */
struct node_server;
NODISCARD int node_serve(struct cli *cli, struct log *log, struct node_server **ret, uint16_t *ret_http, uint16_t *ret_tls, struct err *e);
/* Drop what is over: ended sessions, audit rows beyond their time. */
void node_care(struct node_server *s);
void node_stop(struct node_server *s);
/* One round of following all peers; prints nothing. The first failure is returned, the others are still tried. again: peer/peer.h. */
NODISCARD int node_sync_all(struct cli *cli, bool again, struct err *e);
struct peer_client_conf;
NODISCARD int node_client_conf(struct cli *cli, char **ret_key, char **ret_cert, struct peer_client_conf *ret, struct err *e);
/* The version asked for (NULL: newest), if this node's party may read it; E_NOTFOUND otherwise. Free: entry_free. */
NODISCARD int pick_entry(struct cli *cli, const char *id, const char *modified, struct entry *ret, struct err *e);
/*
 * May this node's party read it? So, and an offered collection: nothing in it may be read before the party agreed, but
 * the offer itself must be, to agree to it. E_NOTFOUND.
 */
NODISCARD int cli_may_read(struct cli *cli, const struct entry *en, struct err *e);
/* Write `id` (.json, .tlog-proof, .policy.txt) of one entry into folder `out`. */
NODISCARD int write_proof_files(struct cli *cli, const struct entry *en, const char *out, struct err *e);

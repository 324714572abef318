/*
 * cli/demo_node.h - one of the two nodes of the demo: a process of its own that opens its record, answers over HTTP
 * and TLS like `verbale serve`, and does what the story asks over a socket pair.
 */
#pragma once
#include "cli/cli.h"

struct demo_node {
	const char *party, *city;     /* "DE", "Berlin" */
	const char *origin;
	char dir[512];
	char url[64], base_url[64], listen_http[32], listen_tls[32];
	int sock;                     /* the story's end */
	int pid;
};

/* Fork the node's process. E_ENV. */
NODISCARD int demo_node_start(struct demo_node *n, const struct cli *cli, struct err *e);
void demo_node_stop(struct demo_node *n);

enum demo_ask {
	ASK_CREATE,                   /* make the folder unless it is one; answers the peer text */
	ASK_OPEN,                     /* open the record */
	ASK_PIN,                      /* text: a peer text */
	ASK_SERVE,
	ASK_ADD,                      /* id: collection UUID; text: JSON of one object */
	ASK_SYNC,                     /* follow the other; answers "old new entries" */
	ASK_AGREE,                    /* id: object; newest version */
	ASK_PUBLISH,                  /* id: document; text: not before */
	ASK_PROVE,                    /* id: object; text: folder; the files of write_proof_files() */
	ASK_ASSENTS,                  /* id: document; text: folder; proof files of every assent to its newest version; answers their ids */
	ASK_VKEY                      /* answers the vkey of its log */
};
/* Ask and wait. The answer (may be NULL) is appended, terminated by NUL. */
NODISCARD int demo_ask(struct demo_node *n, enum demo_ask what, const char *id, const char *text, struct buf *answer, struct err *e);

/* tests/unit/peer/pair.h - nodes in temporary folders, joined by a line in memory instead of a network. */
#pragma once
#include "check.h"

#include "http/http.h"
#include "peer/peer.h"

struct node {
	char dir[128];
	struct record *r;
	struct record_reader *rd;
	struct http_conf conf;
};

/* A folder for everything; removed with all it holds by lab_end. */
void lab_begin(uint64_t seed);
void lab_end(void);
uint64_t lab_random(uint64_t below);
const char *lab_dir(void);

/* New folder, open; "DE" has the collection. Its TLS identity lies beside the folder: <dir>.key, <dir>.pem. */
void node_make(struct node *n, const char *name, const char *party);
void node_open(struct node *n);
void node_close(struct node *n);
void node_copy(struct node *n, const struct node *from, const char *name); /* the folder of a closed node; open */
void node_meet(struct node *a, struct node *b);                      /* exchange keys */

#define COLLECTION "verbale-collection--11111111-1111-4111-8111-111111111111"
/* Entries no. from … from+count-1: objects whose content says `text`. Every third is released to DE only, every fifth is CLEAR. */
void node_add(struct node *n, unsigned from, unsigned count, const char *text);
bool hidden_from_jp(uint64_t index);
bool is_clear(uint64_t index);

/* Ask a node for a path in the name of a party ("" nobody). The answer is the caller's: http_resp_free. */
int node_ask(struct node *n, const char *party, const char *path, struct http_resp *ret);
const char *resp_header(const struct http_resp *r, const char *name);

/* Who stands between two nodes: may change status and body. Called with the number of the request, from 0. */
typedef void meddler(void *ctx, unsigned no, const struct sync_request *q, int *status, struct buf *body);
/* Run a sync of `a` from `b` to its end, its first error, or `stop` requests (then 1 is returned). */
int node_sync(struct node *a, struct node *b, unsigned stop, meddler *m, void *ctx, struct sync_report *ret, struct err *e);
/* Does `a` hold what b's log (size, asked_to) makes readable, byte for byte, and nothing else? */
void assert_mirrored(struct node *a, struct node *b, uint64_t size, uint64_t asked_to);

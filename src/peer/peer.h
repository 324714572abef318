/*
 * peer/peer.h - federation: following a peer's log and fetching what we may read.
 * The sync is a pure machine (peer/sync.c): event in, effects out; peer/client.c carries it
 * over mutual TLS with pinned keys (libcurl), the tests carry it over a simulated line.
 */
#pragma once
#include "record/record.h"

enum sync_get { GET_CHECKPOINT, GET_BUNDLE, GET_ENTRIES, GET_WITNESS };
struct sync_request {
	enum sync_get what;
	uint64_t n;        /* bundle number, or first entry index */
	unsigned width;    /* leaves of the bundle */
	size_t max;        /* bytes a good answer may have */
	char path[128];    /* below the peer's URL */
};

/*
 * The steps: the peer's checkpoint; bundles of new leaves; record_follow() (when its leaves do not lead to the signed
 * root, the whole log and record_audit(), which tells a rewritten log from a bad line); pages of entries; and, if our
 * newest checkpoint still lacks the peer's cosignature, the peer's copy of it. Every step is stored when it is
 * taken and nothing is kept elsewhere, so an interrupted sync is simply begun again. The reader must hold no snapshot.
 */
struct sync;
/* Start following `peer` from where the record stands. The keys are copied. */
NODISCARD int sync_new(struct record *r, struct record_reader *rd, const struct party_keys *peer, struct sync **ret, struct err *e);
void sync_again(struct sync *s); /* before the first sync_next(): see peer_client_conf.again */
void sync_free(struct sync *s);
/* What to fetch next; false: done, or failed. The same request until sync_answer() takes its answer. */
bool sync_next(struct sync *s, struct sync_request *ret);
/* The answer: status 200 with body, or another status. Verifies, stores, moves on. E_REWRITE, E_PROOF, E_FORMAT, E_LIMIT, E_NET; after an error it is over. */
NODISCARD int sync_answer(struct sync *s, int status, const void *body, size_t n, struct err *e);

struct sync_report { uint64_t old_size, size, entries_new, entries_asked, requests, bytes; bool nothing_new; };
const struct sync_report *sync_result(const struct sync *s);

/* Carry a sync over the network. `tls_key`/`tls_cert`: our PEM files; the peer's key is pinned. */
/* again: ask for all entries anew, also below those asked for before: what was released to us since. */
struct peer_client_conf { const char *tls_key_path, *tls_cert_path; unsigned timeout_s; bool again; };
NODISCARD int peer_sync(struct record *r, struct record_reader *rd, const struct party_keys *peer, const struct peer_client_conf *c,
    const struct progress *p, struct sync_report *ret, struct err *e);

/*
 * What a node serves its peers and foreign verifiers: routes under /log/ and /witness/ (peer/serve.c). The handlers
 * take their struct record_reader from `thread` and do not look at `ctx`, so they fit into any table of routes.
 */
struct http_route;
size_t peer_routes(const struct http_route **ret);

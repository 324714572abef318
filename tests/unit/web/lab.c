#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "consult/acts.h"

static void must(int rc, const struct err *e, int line)
{
	if (rc == 0)
		return;
	fprintf(stderr, "lab.c:%d: %s: %s\n", line, err_name(rc), e->msg);
	abort();
}
#define MUST(call) do { struct err e = {0}; const int rc_ = (call); must(rc_, &e, __LINE__); } while (0)

void weblab_set(struct weblab *w, const char *time)
{
	if (!time_parse(time, strlen(time), &w->l.now))
		abort();
}

static struct node *node_of(struct weblab *w, const char *party) { return strcmp(party, "DE") == 0 ? &w->de : &w->jp; }

/* b hands its cosignature of a's head back to a, as peers do. */
static void hand_back(struct node *a, struct node *b)
{
	CLEANUP_BUF struct buf note = BUF_INIT(LIMIT_NOTE_BYTES);
	struct peer_state st;

	MUST(record_peer_state(b->rd, record_self(a->r), &st, &e));
	MUST(record_checkpoint(b->rd, st.log.log, &note, &e));
	MUST(record_add_cosignatures(a->r, note.p, note.n, &e));
}

static void meet(struct weblab *w)
{
	MUST(follow_direct(&w->de, &w->jp, &e));
	MUST(follow_direct(&w->jp, &w->de, &e));
	hand_back(&w->jp, &w->de);
	hand_back(&w->de, &w->jp);
}

static void remember_first(struct weblab *w, const char *modified)
{
	struct entry en;
	uint8_t sum[32];

	MUST(record_newest(w->jp.rd, w->ids.id[DEMO_STATEMENT], NULL, &en, &e));
	MUST(entry_object_sha256(&en, sum, &e));
	hex_encode(sum, 32, w->sha);
	memcpy(w->first_modified, modified, sizeof w->first_modified);
	memcpy(w->created, modified, sizeof w->created);
	entry_free(&en);
}

static void add(struct weblab *w, enum demo_what what)
{
	struct demo_times t = {.publish_at = what == DEMO_AGENDA || what == DEMO_STATEMENT || what == DEMO_STATEMENT_REVISED ? "2016-09-12T08:00:00.000Z" : NULL,
		.about_modified = w->first_modified, .about_sha256 = w->sha};
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	char now[40];

	w->l.now += 60 * NS_PER_S;
	time_format(w->l.now, 3, now, sizeof now);
	t.modified = now;
	t.created = what == DEMO_STATEMENT_REVISED ? w->created : now;
	MUST(demo_json(what, &w->ids, &t, &b, &e));
	add_ok(node_of(w, demo_writer(what)), b.p);
	if (what == DEMO_STATEMENT)
		remember_first(w, now);
}

static void agree(struct weblab *w, struct node *n, enum demo_what what)
{
	struct add_result res;

	w->l.now += 60 * NS_PER_S;
	MUST(act_assent(&(struct actor){.r = n->r, .rd = n->rd, .role = ROLE_NODE}, w->ids.id[what], NULL, ASSENT_AGREE, NULL, &res, &e));
}

static void consult(struct weblab *w)
{
	static const enum demo_what first[] = {DEMO_IDENTITY_JP, DEMO_IDENTITY_DE, DEMO_SERIES, DEMO_ROUND, DEMO_INVITATION, DEMO_AGENDA, DEMO_DELEGATION_JP, DEMO_DELEGATION_DE, DEMO_STATEMENT};

	for (size_t i = 0; i < ARRAY_LEN(first); i++) {
		add(w, first[i]);
		meet(w);
	}
	agree(w, &w->de, DEMO_AGENDA);
	agree(w, &w->jp, DEMO_AGENDA);
	add(w, DEMO_PROPOSAL);
	meet(w);
	add(w, DEMO_STATEMENT_REVISED);
	agree(w, &w->jp, DEMO_PROPOSAL);
	meet(w);
	agree(w, &w->de, DEMO_STATEMENT);
	agree(w, &w->jp, DEMO_STATEMENT);
	meet(w);
}

void weblab_open(struct weblab *w)
{
	struct add_result res;

	memset(w, 0, sizeof *w);
	lab_open(&w->l, 7);
	weblab_set(w, "2016-09-12T06:00:00Z");
	node_make(&w->l, &w->de, "DE");
	node_make(&w->l, &w->jp, "JP");
	node_pin(&w->de, &w->jp);
	node_pin(&w->jp, &w->de);
	record_set_rules(w->de.r, consult_rule, consult_public, NULL);
	record_set_rules(w->jp.r, consult_rule, consult_public, NULL);
	MUST(demo_ids_make(&w->l.w.rng, record_self(w->de.r)->identity, record_self(w->jp.r)->identity, &w->ids, &e));
	memcpy(w->ids.id[DEMO_COLLECTION], "verbale-collection--" COLLECTION, sizeof "verbale-collection--" COLLECTION);
	add(w, DEMO_COLLECTION);
	MUST(follow_direct(&w->de, &w->jp, &e));
	MUST(act_assent(&(struct actor){.r = w->de.r, .rd = w->de.rd, .role = ROLE_NODE}, w->ids.id[DEMO_COLLECTION], NULL, ASSENT_AGREE, NULL, &res, &e));
	meet(w);
	consult(w);
	w->web = (struct web){.record = w->de.r, .base_url = "https://record.example"};
}

void weblab_publish(struct weblab *w, const char *at)
{
	struct add_result res;

	MUST(act_publish(&(struct actor){.r = w->jp.r, .rd = w->jp.rd, .role = ROLE_NODE}, w->ids.id[DEMO_AGENDA], NULL, at, &res, &e));
	MUST(act_publish(&(struct actor){.r = w->jp.r, .rd = w->jp.rd, .role = ROLE_NODE}, w->ids.id[DEMO_STATEMENT], NULL, at, &res, &e));
	meet(w);
	meet(w);
}

void weblab_close(struct weblab *w)
{
	node_free(&w->de);
	node_free(&w->jp);
	lab_close(&w->l);
}

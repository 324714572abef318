/* tests/unit/consult/pair.h - two nodes, Berlin and Tokyo, with a collection both accepted, a series and a round. */
#pragma once
#include "base/enc.h"
#include "base/mem.h"
#include "consult/acts.h"
#include "consult/priv.h"
#include "support.h"
#include "check.h"

#define HOUR (3600 * NS_PER_S)
#define DAY (24 * HOUR)

struct side { struct node n; struct actor by; };
struct pair { struct lab l; struct side de, jp; uint8_t collection[16]; char series[LIMIT_STIX_ID + 1], round[LIMIT_STIX_ID + 1]; };

#define OK(call) do { struct err e = {0}; const int rc_ = (call); if (rc_ != 0) fail_msg("%s:%d: %d: %s", __FILE__, __LINE__, rc_, e.msg); } while (0)
#define REFUSED(code, call) do { struct err e = {0}; const int rc_ = (call); if (rc_ != (code)) fail_msg("%s:%d: %d instead of %d: %s", __FILE__, __LINE__, rc_, (code), e.msg); } while (0)
#define EN(s) {{[LANG_EN] = (s)}}

static void time_text(int64_t ns, char to[40]) { time_format(ns, 3, to, 40); }

/* One follows the other; what the line brings. */
static void hear(struct side *who, struct side *from) { OK(follow_direct(&who->n, &from->n, &e)); }

static void meet(struct pair *p)
{
	hear(&p->de, &p->jp);
	hear(&p->jp, &p->de);
}

static void side_open(struct pair *p, struct side *s, const char *party)
{
	node_make(&p->l, &s->n, party);
	s->by = (struct actor){.r = s->n.r, .rd = s->n.rd, .role = ROLE_NODE};
	record_set_rules(s->n.r, consult_rule, consult_public, NULL);
}

static void pair_open(struct pair *p, uint64_t seed)
{
	static const char *const members[] = {"DE", "JP"};
	struct add_result res;

	memset(p, 0, sizeof(*p));
	lab_open(&p->l, seed);
	side_open(p, &p->de, "DE");
	side_open(p, &p->jp, "JP");
	node_pin(&p->de.n, &p->jp.n);
	node_pin(&p->jp.n, &p->de.n);
	collection_uuid(p->collection);
	found_collection(&p->jp.n, "\"DE\",\"JP\"", "amber");
	hear(&p->de, &p->jp);
	OK(act_assent(&p->de.by, "verbale-collection--" COLLECTION, NULL, ASSENT_AGREE, NULL, &res, &e));
	OK(act_save_series(&p->jp.by, &(struct act_series){.at = {.collection = p->collection}, .slug = "de-jp", .noun = "consultation", .member = members, .members = 2,
	    .title = EN("Consultations"), .rhythm_months = 12}, &res, &e));
	memcpy(p->series, res.id, sizeof(p->series));
	OK(act_save_round(&p->jp.by, &(struct act_round){.at = {.collection = p->collection}, .series = p->series, .title = EN("First"), .venue = EN("Tokyo"), .start = "2016-09-09T00:30:00.000Z",
	    .zone = "Asia/Tokyo", .mode = "in-person", .host = "JP", .status = "proposed", .ordinal = 1}, &res, &e));
	memcpy(p->round, res.id, sizeof(p->round));
	meet(p);
}

static void pair_close(struct pair *p)
{
	node_close(&p->de.n);
	node_close(&p->jp.n);
	node_free(&p->de.n);
	node_free(&p->jp.n);
	lab_close(&p->l);
}

/* The facts of the newest version by the document's writer, as this side sees them. */
static struct doc_facts facts_of(struct pair *p, struct side *s, const char *id)
{
	struct doc_facts f;
	struct entry en;

	OK(newest_by_writer(s->n.rd, id, &en, &e));
	OK(consult_facts(s->n.rd, &en, p->l.now, &f, &e));
	f.writer = NULL; /* it points into what is freed here */
	entry_free(&en);
	return f;
}

static inline enum doc_state state_of(struct pair *p, struct side *s, const char *id)
{
	const struct doc_facts f = facts_of(p, s, id);

	return doc_state(&f);
}

/*
 * test_random.c [SEED [RUNS]] - any acts of two parties' users in any order, with the line cut and mended at any time:
 * nothing is public that not every party's own log assented to, to the very bytes; what was public stays so until its
 * writer withdraws it; and once both have heard everything, both see the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "pair.h"

#define STEPS 150
#define DOCS 3

static uint64_t seed = 1, state_;
static unsigned runs = 24;

static unsigned roll(unsigned n)
{
	state_ ^= state_ << 13;
	state_ ^= state_ >> 7;
	state_ ^= state_ << 17;
	return (unsigned)(state_ >> 33) % n;
}

struct doc { char id[LIMIT_STIX_ID + 1]; struct side *writer; };
struct world_of { struct pair p; struct doc doc[DOCS]; size_t docs; unsigned done[32], published, silent, confirmed; };

/* ---- what a log itself says, read without the code under test ---- */

static int is_agree(const struct entry *en, const char *hex)
{
	return en->object.kind == STIX_ASSENT && json_str_is(json_get(en->object.val, "verb"), "agree") && json_str_is(json_get(en->object.val, "object_sha256"), hex);
}

struct logs { struct side *s; const char *hex; bool agreed; };

static int look_at(void *ctx, const struct index_entry *row, struct err *e)
{
	struct logs *l = ctx;
	struct entry en;
	int rc = record_read(l->s->n.rd, row, &en, e);

	if (rc == 0) {
		l->agreed = l->agreed || is_agree(&en, l->hex);
		entry_free(&en);
	}
	return rc;
}

/* Did this party write "agree" to this hash into its own log? */
static bool own_log_agrees(struct side *s, const char *hex)
{
	struct logs l = {s, hex, false};

	OK(index_log_page(record_index(s->n.rd), 0, 0, SIZE_MAX, look_at, &l, &e));
	return l.agreed;
}

/* ---- every version on one node ---- */

struct rows { struct index_entry row[STEPS + 8]; size_t n; };

static int take(void *ctx, const struct index_entry *row, struct err *e)
{
	struct rows *r = ctx;

	(void)e;
	assert_true(r->n < STEPS + 8);
	r->row[r->n++] = *row;
	return 0;
}

static void check_version(struct world_of *w, struct side *s, const struct index_entry *row)
{
	struct doc_facts f;
	char hex[HEX_LEN(32) + 1];
	struct entry en;
	uint8_t sum[32];
	bool shown = false;

	OK(record_read(s->n.rd, row, &en, &e));
	OK(consult_facts(s->n.rd, &en, w->p.l.now, &f, &e));
	OK(consult_public(NULL, s->n.rd, row, &en.object, w->p.l.now, &shown, &e));
	OK(entry_object_sha256(&en, sum, &e));
	hex_encode(sum, sizeof(sum), hex);
	assert_int_equal(shown, doc_state(&f) == DOC_PUBLISHED && !row->revoked);
	if (shown) {
		w->published++;
		assert_true(own_log_agrees(&w->p.de, hex));
		assert_true(own_log_agrees(&w->p.jp, hex));
		assert_int_equal(f.bracketed, 0);
	}
	entry_free(&en);
}

static void check_side(struct world_of *w, struct side *s)
{
	static struct rows r;

	for (size_t d = 0; d < w->docs; d++) {
		r.n = 0;
		OK(index_versions(record_index(s->n.rd), w->doc[d].id, NULL, take, &r, &e));
		for (size_t i = 0; i < r.n; i++)
			check_version(w, s, &r.row[i]);
	}
}

static void check_same(struct world_of *w)
{
	static struct invite_facts f, g;

	meet(&w->p);
	for (size_t d = 0; d < w->docs; d++) {
		const struct doc_facts a = facts_of(&w->p, &w->p.de, w->doc[d].id), b = facts_of(&w->p, &w->p.jp, w->doc[d].id);

		assert_int_equal(doc_state(&a), doc_state(&b));
		assert_memory_equal(a.assent, b.assent, sizeof(a.assent));
		assert_int_equal(a.publish_at, b.publish_at);
		assert_int_equal(a.open_proposals, b.open_proposals);
		assert_int_equal(a.has_silence, b.has_silence);
		assert_int_equal(a.silence_until, b.silence_until);
	}
	OK(consult_round(w->p.de.n.rd, NULL, w->p.round, &f, &e));
	OK(consult_round(w->p.jp.n.rd, NULL, w->p.round, &g, &e));
	assert_int_equal(f.state, g.state);
	assert_int_equal(f.next, g.next);
	assert_int_equal(f.confirmed.start, g.confirmed.start);
	w->confirmed += f.state == ROUND_CONFIRMED;
}

/* ---- acts ---- */

static int save(struct world_of *w, struct side *s, const struct doc *d, const char *text, bool frozen, struct add_result *res, struct err *e)
{
	const struct act_unit unit[] = {{.number = "1", .text = EN("first")}, {.number = "2", .text = EN(text), .bracketed = !frozen && roll(8) == 0}};
	char soon[40];

	time_text(w->p.l.now + (int64_t)roll(40) * HOUR, soon);
	return act_save_document(&s->by, &(struct act_document){.at = {.id = d != NULL ? d->id : NULL, .collection = w->p.collection, .tlp = TLP_CLEAR}, .round = w->p.round, .kind = "minutes",
	    .number = d != NULL ? NULL : s == &w->p.de ? "DE-1" : "JP-1", .date = "2016-09-09T08:30:00.000Z", .title = EN("Text"), .authentic = 1u << LANG_EN, .unit = unit, .units = 2,
	    .correction = EN("a slip"), .frozen = frozen, .publish_at = roll(4) == 0 ? soon : NULL}, res, e);
}

static void new_document(struct world_of *w, struct side *s)
{
	struct add_result res;

	OK(save(w, s, NULL, "second", false, &res, &e));
	memcpy(w->doc[w->docs].id, res.id, sizeof(res.id));
	w->doc[w->docs++].writer = s;
}

struct open { struct side *s; char id[LIMIT_STIX_ID + 1]; };

static int take_proposal(void *ctx, const struct index_entry *row, struct err *e)
{
	struct open *o = ctx;

	(void)e;
	if (strncmp(row->id, "verbale-proposal--", 18) == 0 && (o->id[0] == '\0' || roll(2)))
		memcpy(o->id, row->id, sizeof(o->id));
	return 0;
}

static int answer(struct side *s, const struct doc *d, bool accept, struct add_result *res, struct err *e)
{
	struct open o = {.s = s};
	const int rc = index_subjects(record_index(s->n.rd), d->id, take_proposal, &o, e);

	if (rc != 0 || o.id[0] == '\0')
		return rc != 0 ? rc : E_NOTFOUND;
	return accept ? act_accept(&s->by, o.id, NULL, NULL, res, e) : act_decline(&s->by, o.id, NULL, res, e);
}

static int propose(struct side *s, const struct doc *d, struct add_result *res, struct err *e)
{
	static const char *const actions[] = {"replace", "insert"};
	char text[40];
	const struct act_change c = {"2", actions[roll(2)], EN(text)};

	(void)snprintf(text, sizeof(text), "words %u", roll(1000));
	return act_propose(&s->by, &(struct act_proposal){.document = d->id, .change = &c, .changes = 1, .reason = EN("why")}, res, e);
}

static int invite(struct world_of *w, struct side *s, struct add_result *res, struct err *e)
{
	static const char *const days[] = {"2016-09-09T00:30:00.000Z", "2016-09-10T00:30:00.000Z", "2016-09-12T00:30:00.000Z"};
	const enum invite_verb v = roll(6) == 0 ? (enum invite_verb)roll(INVITE_VERBS) : (enum invite_verb)roll(3);
	const struct act_date date[] = {{days[roll(3)], NULL}, {days[roll(3)], NULL}};
	const size_t n = v == INVITE_DECLINE || v == INVITE_CANCEL ? 0 : v == INVITE_CONFIRM ? 1 : 1 + roll(2);

	return act_invite(&s->by, &(struct act_invitation){.round = w->p.round, .verb = v, .date = date, .dates = n}, res, e);
}

static int open_silence(struct world_of *w, struct side *s, const struct doc *d, struct add_result *res, struct err *e)
{
	char deadline[40];

	time_text(w->p.l.now + 30 * HOUR, deadline);
	return act_silence(&s->by, &(struct act_silence){.document = d->id, .deadline = deadline}, res, e);
}

static int tick(struct world_of *w, struct side *s, struct err *e)
{
	size_t n = 0;
	const int rc = consult_tick(s->n.r, s->n.rd, &n, e);

	w->silent += (unsigned)n;
	return rc;
}

/* From freezing to the end of the time, the line being there or not. */
static int silence_in_one(struct world_of *w, const struct doc *d, struct add_result *res, struct err *e)
{
	struct side *other = d->writer == &w->p.de ? &w->p.jp : &w->p.de;
	int rc = act_freeze(&d->writer->by, d->id, NULL, res, e);

	if ((rc != 0 && rc != E_STATE) || (rc = open_silence(w, d->writer, d, res, e)) != 0)
		return rc;
	if (roll(4) != 0)
		hear(other, d->writer);
	w->p.l.now += (int64_t)(20 + roll(30)) * HOUR;
	if ((rc = tick(w, other, e)) == 0)
		rc = tick(w, d->writer, e);
	return rc;
}

/* One act; refusals are the rules' business, other failures are ours. */
static void step(struct world_of *w)
{
	struct side *s = roll(2) ? &w->p.de : &w->p.jp;
	const struct doc *d = &w->doc[roll((unsigned)w->docs)];
	const unsigned what = roll(26);
	struct add_result res;
	struct err e = {0};
	char text[40];
	int rc;

	(void)snprintf(text, sizeof(text), "text %u", roll(1000));
	switch (what) {
	case 0: rc = save(w, s, d, text, false, &res, &e); break;
	case 1: rc = propose(s, d, &res, &e); break;
	case 2: rc = answer(d->writer, d, true, &res, &e); break;
	case 3: rc = answer(s, d, roll(2), &res, &e); break;
	case 4: rc = act_freeze(&d->writer->by, d->id, NULL, &res, &e); break;
	case 5: rc = open_silence(w, d->writer, d, &res, &e); break;
	case 6: rc = silence_in_one(w, d, &res, &e); break;
	case 7: rc = act_assent(&s->by, d->id, NULL, ASSENT_OBJECT, NULL, &res, &e); break;
	case 8: rc = act_assent(&s->by, d->id, NULL, ASSENT_WITHDRAW, NULL, &res, &e); break;
	case 9: case 10: case 11: case 12: rc = act_assent(&s->by, d->id, NULL, ASSENT_AGREE, NULL, &res, &e); break;
	case 13: case 14: rc = act_publish(&s->by, d->id, NULL, NULL, &res, &e); break;
	case 15: rc = act_comment(&s->by, &(struct act_comment){.about = d->id, .unit = "1", .text = EN("hm")}, &res, &e); break;
	case 16: case 17: rc = invite(w, s, &res, &e); break;
	case 18: rc = act_commit(&s->by, &(struct act_commitment){.document = d->id, .unit = "1", .title = EN("x"), .owner = (const char *const[]){"DE"}, .owners = 1}, &res, &e); break;
	case 19: rc = roll(12) == 0 ? act_withdraw(&s->by, d->id, NULL, NULL, &res, &e) : 0; break;
	case 20: rc = save(w, s, d, text, true, &res, &e); break;
	case 21: case 22: rc = tick(w, s, &e); break;
	case 23: w->p.l.now += (int64_t)roll(20) * HOUR; rc = 0; break;
	default: hear(s, s == &w->p.de ? &w->p.jp : &w->p.de); rc = 0; break;
	}
	if (rc != 0 && rc != E_STATE && rc != E_DENIED && rc != E_NOTFOUND && rc != E_CONFLICT)
		fail_msg("seed %llu: act %u: %d: %s", (unsigned long long)seed, what, rc, e.msg);
	w->done[what] += rc == 0;
}

static void any_acts(void **unused)
{
	static struct world_of w;
	unsigned done[32] = {0}, published = 0, silent = 0, confirmed = 0;

	(void)unused;
	for (unsigned run = 0; run < runs; run++, seed++) {
		printf("seed %llu\n", (unsigned long long)seed);
		state_ = seed * 0x9e3779b97f4a7c15ULL | 1;
		memset(&w, 0, sizeof(w));
		pair_open(&w.p, seed);
		new_document(&w, &w.p.jp);
		new_document(&w, &w.p.de);
		meet(&w.p);
		for (int i = 0; i < STEPS; i++) {
			step(&w);
			if (i % 10 == 9) {
				check_side(&w, &w.p.de);
				check_side(&w, &w.p.jp);
			}
			if (i % 30 == 29)
				check_same(&w);
		}
		for (size_t k = 0; k < ARRAY_LEN(done); k++)
			done[k] += w.done[k];
		published += w.published;
		silent += w.silent;
		confirmed += w.confirmed;
		pair_close(&w.p);
	}
	printf("published %u, by silence %u, dates %u\n", published, silent, confirmed);
	/* The paths that matter were walked. */
	for (unsigned k = 0; runs >= 24 && k < 19; k++)
		if (done[k] == 0)
			fail_msg("act %u never succeeded", k);
	assert_true(runs < 24 || (published > 50 && silent > 10 && confirmed > 3));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(any_acts)};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		runs = (unsigned)strtoul(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

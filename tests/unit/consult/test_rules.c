/* The table of states and moves: every cell, every combination of facts, and random histories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "consult/priv.h" /* before cmocka, whose fail() is a macro */

#include <cmocka.h>

enum { WRITER, OTHER, THIRD };
static const char *const names[] = {"JP", "DE", "FR", "IT"};
#define STRANGER "US"

static struct doc_facts facts_new(size_t members)
{
	struct doc_facts f = {.writer = names[WRITER], .members = members, .is_newest = true, .now = 1000};

	for (size_t i = 0; i < members; i++)
		memcpy(f.member[i], names[i], 3);
	return f;
}

static void all_say(struct doc_facts *f, enum assent_verb v)
{
	for (size_t i = 0; i < f->members; i++)
		f->assent[i] = v;
}

/* The plainest facts of each state: three members, of whom in ASSENTED only the writer has agreed. */
static struct doc_facts plain(enum doc_state s)
{
	struct doc_facts f = facts_new(3);

	if (s == DOC_PROPOSED)
		f.open_proposals = 1;
	if (s == DOC_ASSENTED)
		f.assent[WRITER] = ASSENT_AGREE;
	if (s == DOC_AGREED || s == DOC_SCHEDULED || s == DOC_PUBLISHED)
		all_say(&f, ASSENT_AGREE);
	if (s == DOC_SCHEDULED || s == DOC_PUBLISHED) {
		f.has_publication = true;
		f.publish_at = s == DOC_SCHEDULED ? 1001 : 1000;
	}
	if (s == DOC_WITHDRAWN)
		f.revoked = true;
	return f;
}

/* Written by hand. Three letters per cell: the writer, another member, a stranger. y may; S not now; D not he. */
static const struct { enum doc_move m; const char *row; } expected[] = {
	/*                       draft proposed assented agreed scheduled published withdrawn */
	{MOVE_REVISE,           "yDD   yDD      yDD      yDD    SDD       yDD       SDD"},
	{MOVE_PROPOSE,          "DyD   DyD      DyD      DSD    DSD       DyD       DSD"},
	{MOVE_ANSWER,           "SDD   yDD      SDD      SDD    SDD       SDD       SDD"},
	{MOVE_AGREE,            "yyD   yyD      SyD      SSD    SSD       SSD       SSD"},
	{MOVE_OBJECT,           "yyD   yyD      yyD      yyD    yyD       SSD       SSD"},
	{MOVE_WITHDRAW_ASSENT,  "SSD   SSD      ySD      yyD    yyD       SSD       SSD"},
	{MOVE_PUBLISH,          "SSD   SSD      SSD      yyD    SSD       SSD       SSD"},
	{MOVE_FREEZE,           "yDD   SDD      yDD      SDD    SDD       SDD       SDD"},
	{MOVE_SILENCE,          "SDD   SDD      SDD      SDD    SDD       SDD       SDD"}, /* of a frozen version: below */
	{MOVE_COMMENT,          "yyD   yyD      yyD      yyD    yyD       yyD       SSD"},
	{MOVE_COMMIT,           "SSD   SSD      SSD      yyD    yyD       yyD       SSD"},
	{MOVE_WITHDRAW,         "yDD   yDD      yDD      yDD    yDD       yDD       SDD"},
};

/* The same of a version that is frozen: what differs. */
static const struct { enum doc_move m; const char *row; } frozen[] = {
	{MOVE_REVISE,           "yDD   yDD      yDD      yDD    SDD       yDD       SDD"},
	{MOVE_PROPOSE,          "DSD   DSD      DSD      DSD    DSD       DSD       DSD"},
	{MOVE_ANSWER,           "SDD   yDD      SDD      SDD    SDD       SDD       SDD"}, /* one that crossed the freezing */
	{MOVE_AGREE,            "yyD   yyD      SyD      SSD    SSD       SSD       SSD"},
	{MOVE_OBJECT,           "yyD   yyD      yyD      yyD    yyD       SSD       SSD"},
	{MOVE_WITHDRAW_ASSENT,  "SSD   SSD      ySD      yyD    yyD       SSD       SSD"},
	{MOVE_PUBLISH,          "SSD   SSD      SSD      yyD    SSD       SSD       SSD"},
	{MOVE_FREEZE,           "SDD   SDD      SDD      SDD    SDD       SDD       SDD"},
	{MOVE_SILENCE,          "yDD   SDD      yDD      SDD    SDD       SDD       SDD"},
	{MOVE_COMMENT,          "yyD   yyD      yyD      yyD    yyD       yyD       SSD"},
	{MOVE_COMMIT,           "SSD   SSD      SSD      yyD    yyD       yyD       SSD"},
	{MOVE_WITHDRAW,         "yDD   yDD      yDD      yDD    yDD       yDD       SDD"},
};

static void check_cells(bool is_frozen)
{
	const char *who[] = {"JP", "DE", STRANGER};

	for (size_t i = 0; i < DOC_MOVES; i++) {
		const char *cell = is_frozen ? frozen[i].row : expected[i].row;
		const enum doc_move m = is_frozen ? frozen[i].m : expected[i].m;

		for (unsigned s = 0; s < DOC_STATES; s++) {
			struct doc_facts f = plain((enum doc_state)s);

			f.frozen = is_frozen;
			assert_int_equal(doc_state(&f), s);
			while (*cell == ' ')
				cell++;
			for (size_t w = 0; w < 3; w++, cell++) {
				struct err e = {0};
				const int want = *cell == 'y' ? 0 : *cell == 'S' ? E_STATE : E_DENIED;
				const int got = doc_may(&f, m, who[w], &e);

				if (got != want)
					fail_msg("%s, %s, %s: %d instead of %d: %s", doc_state_name((enum doc_state)s), doc_move_name(m), who[w], got, want, e.msg);
				assert_true(got == 0 || (strstr(e.msg, who[w]) != NULL && strstr(e.msg, doc_move_name(m)) != NULL));
			}
		}
		assert_int_equal(*cell, '\0');
	}
}

static void every_cell(void **unused)
{
	(void)unused;
	assert_int_equal(sizeof(expected) / sizeof(expected[0]), DOC_MOVES);
	assert_int_equal(sizeof(frozen) / sizeof(frozen[0]), DOC_MOVES);
	check_cells(false);
	check_cells(true);
}

/* What depends on the mover's own word or on open matters, beyond the plain cells. */
static void conditions(void **unused)
{
	struct doc_facts f = facts_new(3);

	(void)unused;
	f.assent[OTHER] = ASSENT_AGREE;
	assert_int_equal(doc_may(&f, MOVE_PROPOSE, "DE", NULL), E_STATE);  /* own assent stands */
	assert_int_equal(doc_may(&f, MOVE_PROPOSE, "FR", NULL), 0);
	assert_int_equal(doc_may(&f, MOVE_AGREE, "DE", NULL), E_STATE);
	assert_int_equal(doc_may(&f, MOVE_OBJECT, "DE", NULL), 0);         /* one may change one's mind */
	f.assent[OTHER] = ASSENT_OBJECT;
	assert_int_equal(doc_state(&f), DOC_DRAFT);
	assert_int_equal(doc_may(&f, MOVE_OBJECT, "DE", NULL), E_STATE);
	assert_int_equal(doc_may(&f, MOVE_AGREE, "DE", NULL), 0);
	assert_int_equal(doc_may(&f, MOVE_WITHDRAW_ASSENT, "DE", NULL), 0);
	f.assent[OTHER] = ASSENT_WITHDRAW;
	assert_int_equal(doc_may(&f, MOVE_WITHDRAW_ASSENT, "DE", NULL), E_STATE);
	assert_int_equal(doc_may(&f, MOVE_AGREE, "DE", NULL), 0);

	/* A proposal that crossed the last assent on the way is still answered. */
	all_say(&f, ASSENT_AGREE);
	f.open_proposals = 1;
	assert_int_equal(doc_state(&f), DOC_AGREED);
	assert_int_equal(doc_may(&f, MOVE_ANSWER, "JP", NULL), 0);
	assert_int_equal(doc_may(&f, MOVE_PUBLISH, "DE", NULL), 0);
	f.assent[OTHER] = ASSENT_NONE;
	assert_int_equal(doc_state(&f), DOC_PROPOSED); /* what waits for the writer comes before what waits for the others */

	/* Brackets: nobody agrees, and a log that does so all the same makes nothing agreed. */
	f = facts_new(2);
	f.bracketed = 1;
	assert_int_equal(doc_may(&f, MOVE_AGREE, "DE", NULL), E_STATE);
	all_say(&f, ASSENT_AGREE);
	assert_int_equal(doc_state(&f), DOC_ASSENTED);
	assert_int_equal(doc_may(&f, MOVE_PUBLISH, "DE", NULL), E_STATE);

	/* Nobody at all agrees to nothing. */
	f = facts_new(0);
	assert_int_equal(doc_state(&f), DOC_DRAFT);
	assert_int_equal(doc_may(&f, MOVE_PUBLISH, "JP", NULL), E_DENIED);
}

static void freezing_and_silence(void **unused)
{
	struct doc_facts f = facts_new(3);

	(void)unused;
	f.untranslated = 1;
	assert_int_equal(doc_may(&f, MOVE_FREEZE, "JP", NULL), E_STATE);
	f.untranslated = 0;
	f.bracketed = 1;
	assert_int_equal(doc_may(&f, MOVE_FREEZE, "JP", NULL), E_STATE);
	f.bracketed = 0;
	assert_int_equal(doc_may(&f, MOVE_FREEZE, "JP", NULL), 0);
	f.is_newest = false;
	assert_int_equal(doc_may(&f, MOVE_FREEZE, "JP", NULL), E_STATE);
	assert_int_equal(doc_may(&f, MOVE_COMMENT, "DE", NULL), 0); /* of any version */
	all_say(&f, ASSENT_AGREE);
	assert_int_equal(doc_may(&f, MOVE_COMMIT, "DE", NULL), 0);  /* the text agreed on made the promise */
	f = facts_new(3);
	f.frozen = true;
	assert_int_equal(doc_silence(&f), SILENCE_NONE);
	assert_int_equal(doc_may(&f, MOVE_SILENCE, "JP", NULL), 0);
	f.has_silence = true;
	f.silence_until = 1001;
	assert_int_equal(doc_silence(&f), SILENCE_RUNS);
	assert_int_equal(doc_may(&f, MOVE_SILENCE, "JP", NULL), E_STATE);
	assert_int_equal(doc_may(&f, MOVE_OBJECT, "DE", NULL), 0);
	assert_int_equal(doc_may(&f, MOVE_AGREE, "DE", NULL), 0); /* one may also speak */
	f.now = 1001;
	assert_int_equal(doc_silence(&f), SILENCE_OVER);
	assert_int_equal(doc_state(&f), DOC_DRAFT); /* silence alone is no word: the state follows from the logs */
	f.assent[THIRD] = ASSENT_OBJECT;
	assert_int_equal(doc_silence(&f), SILENCE_BROKEN);
	assert_int_equal(doc_may(&f, MOVE_SILENCE, "JP", NULL), E_STATE);
	for (unsigned i = 0; i < SILENCE_STATES; i++)
		assert_true(strlen(silence_state_name((enum silence_state)i)) > 3);
}

static void check_combination(const struct doc_facts *f)
{
	const enum doc_state s = doc_state(f);
	const bool all = f->assent[WRITER] == ASSENT_AGREE && f->assent[OTHER] == ASSENT_AGREE && f->bracketed == 0;

	assert_int_equal(s == DOC_PUBLISHED, all && !f->revoked && f->has_publication && f->now >= f->publish_at);
	assert_int_equal(s == DOC_SCHEDULED, all && !f->revoked && f->has_publication && f->now < f->publish_at);
	for (unsigned m = 0; m < DOC_MOVES; m++) {
		assert_int_equal(doc_may(f, (enum doc_move)m, STRANGER, NULL), E_DENIED);
		for (size_t w = 0; w < 2; w++) {
			const int got = doc_may(f, (enum doc_move)m, names[w], NULL);

			assert_true(got == 0 || got == E_STATE || got == E_DENIED);
			if (f->revoked || (!f->is_newest && m != MOVE_COMMENT && m != MOVE_COMMIT))
				assert_int_not_equal(got, 0);
			if (m == MOVE_COMMIT)
				assert_int_equal(got == 0, all && !f->revoked);
			if (m == MOVE_FREEZE || m == MOVE_SILENCE)
				assert_true(got != 0 || (w == WRITER && !all && f->frozen == (m == MOVE_SILENCE) && f->open_proposals == 0));
			if (m == MOVE_PUBLISH)
				assert_int_equal(got == 0, all && f->is_newest && !f->revoked && !f->has_publication);
			if (m == MOVE_ANSWER)
				assert_int_equal(got == 0, w == WRITER && f->is_newest && !f->revoked && f->open_proposals > 0);
			if (s == DOC_PUBLISHED && (m == MOVE_OBJECT || m == MOVE_WITHDRAW_ASSENT))
				assert_int_equal(got, E_STATE);
		}
	}
}

static void every_combination(void **unused)
{
	unsigned states = 0;

	(void)unused;
	for (unsigned bits = 0; bits < 1U << 13; bits++) {
		struct doc_facts f = facts_new(2);

		f.assent[WRITER] = (enum assent_verb)(bits & 3);
		f.assent[OTHER] = (enum assent_verb)(bits >> 2 & 3);
		f.open_proposals = bits >> 4 & 1;
		f.bracketed = bits >> 5 & 1;
		f.revoked = (bits >> 6 & 1) != 0;
		f.is_newest = (bits >> 7 & 1) != 0;
		f.has_publication = (bits >> 8 & 1) != 0;
		f.publish_at = f.has_publication ? 1000 + (bits >> 9 & 1) : 0;
		f.frozen = (bits >> 10 & 1) != 0;
		f.has_silence = (bits >> 11 & 1) != 0;
		f.silence_until = 1000 + (bits >> 12 & 1);
		states |= 1U << doc_state(&f);
		check_combination(&f);
	}
	assert_int_equal(states, (1U << DOC_STATES) - 1);
}

/* ---- histories ---- */

static uint64_t roll_state;
static unsigned roll(unsigned n)
{
	roll_state ^= roll_state << 13;
	roll_state ^= roll_state >> 7;
	roll_state ^= roll_state << 17;
	return (unsigned)(roll_state >> 33) % n;
}

#define VERSIONS 8
#define EVENTS 300
#define TICK 1000 /* words of one moment in one log are set apart by less */
struct version {
	unsigned text;                       /* stands for the hash */
	int64_t embargo;
	struct doc_event ev[EVENTS]; size_t n;
	unsigned said[EVENTS];               /* the text each word named, kept apart from what is judged */
	bool was_published; unsigned published_text;
};
struct model { size_t members, versions; struct version v[VERSIONS]; unsigned open; bool revoked; int64_t now; };
static struct model model;

static struct doc_facts model_facts(const struct model *m, size_t i)
{
	struct doc_facts f = facts_new(m->members);
	struct doc_event ev[EVENTS];

	f.now = m->now;
	f.is_newest = i + 1 == m->versions;
	f.revoked = m->revoked;
	f.open_proposals = m->open;
	memcpy(ev, m->v[i].ev, m->v[i].n * sizeof(ev[0]));
	doc_fold(&f, ev, m->v[i].n, m->v[i].embargo);
	return f;
}

static void say(struct model *m, size_t i, enum doc_word w, size_t member, int64_t time, int64_t publish_at)
{
	struct version *v = &m->v[i];

	if (v->n == EVENTS)
		return;
	v->said[v->n] = v->text;
	v->ev[v->n] = (struct doc_event){.time = time, .what = w, .member = member, .index = v->n, .publish_at = publish_at};
	v->n++;
}

/* Did every member, at some moment, have "agree" to this very text as its latest word? Told from the history alone. */
static bool all_agreed_once(const struct model *m, const struct version *v)
{
	struct doc_event ev[EVENTS];
	bool agree[4] = {false};

	memcpy(ev, v->ev, v->n * sizeof(ev[0]));
	for (size_t i = 0; i < v->n; i++)     /* a party's words keep their order, as the log has them */
		for (size_t j = 0; j < i; j++)
			if (ev[j].member == ev[i].member && ev[i].time <= ev[j].time)
				ev[i].time = ev[j].time + 1;
	for (size_t i = 0; i < v->n; i++)     /* insertion sort: not the code under test */
		for (size_t j = i; j > 0 && (ev[j].time < ev[j - 1].time || (ev[j].time == ev[j - 1].time && ev[j].what < ev[j - 1].what)); j--) {
			const struct doc_event t = ev[j];

			ev[j] = ev[j - 1];
			ev[j - 1] = t;
		}
	for (size_t i = 0; i < v->n; i++) {
		size_t yes = 0;

		assert_int_equal(v->said[i], v->text);
		if (ev[i].what != WORD_PUBLISH)
			agree[ev[i].member] = ev[i].what == WORD_AGREE;
		for (size_t k = 0; k < m->members; k++)
			yes += agree[k];
		if (yes == m->members)
			return true;
	}
	return false;
}

static void check_model(struct model *m)
{
	for (size_t i = 0; i < m->versions; i++) {
		struct version *v = &m->v[i];
		const struct doc_facts f = model_facts(m, i);
		const enum doc_state s = doc_state(&f);

		if (s == DOC_PUBLISHED) {
			for (size_t k = 0; k < m->members; k++)
				assert_int_equal(f.assent[k], ASSENT_AGREE);
			assert_true(all_agreed_once(m, v));
			assert_true(m->now >= v->embargo);
			if (!v->was_published)
				v->published_text = v->text;
			v->was_published = true;
		}
		if (v->was_published) { /* out is out: only the writer's withdrawal ends it */
			assert_int_equal(s, m->revoked ? DOC_WITHDRAWN : DOC_PUBLISHED);
			assert_int_equal(v->text, v->published_text);
		}
	}
}

static void obey(struct model *m, enum doc_move mv, size_t who)
{
	const size_t last = m->versions - 1;
	const struct doc_facts f = model_facts(m, last);

	if (doc_may(&f, mv, names[who], NULL) != 0)
		return;
	switch (mv) {
	case MOVE_REVISE:
		if (m->versions < VERSIONS)
			m->v[m->versions++] = (struct version){.text = roll(1U << 30), .embargo = roll(3) ? INT64_MIN : m->now + TICK * (int64_t)roll(40)};
		return;
	case MOVE_PROPOSE: m->open++; return;
	case MOVE_ANSWER: m->open--; return;
	case MOVE_AGREE: say(m, last, WORD_AGREE, who, m->now, 0); return;
	case MOVE_OBJECT: say(m, last, WORD_OBJECT, who, m->now, 0); return;
	case MOVE_WITHDRAW_ASSENT: say(m, last, WORD_WITHDRAW, who, m->now, 0); return;
	case MOVE_PUBLISH: say(m, last, WORD_PUBLISH, who, m->now, m->now + TICK * ((int64_t)roll(20) - 5)); return;
	case MOVE_FREEZE: case MOVE_SILENCE: case MOVE_COMMENT: case MOVE_COMMIT: return; /* no word on the text */
	case MOVE_WITHDRAW: m->revoked = roll(20) == 0; return;
	case DOC_MOVES: return;
	}
}

static void model_new(struct model *m)
{
	memset(m, 0, sizeof(*m));
	m->members = 2 + roll(3);
	m->versions = 1;
	m->v[0] = (struct version){.text = roll(1U << 30), .embargo = INT64_MIN};
	m->now = 100 * TICK;
}

static void random_moves(void **unused)
{
	unsigned published = 0, withdrawn = 0, lapsed = 0;

	(void)unused;
	roll_state = 0x9e3779b97f4a7c15U;
	for (int round = 0; round < 400; round++) {
		model_new(&model);
		for (int step = 0; step < 250 && !model.revoked; step++) {
			/* agreeing comes up more often than the rest, or little would ever be agreed by four */
			const enum doc_move mv = roll(2) ? MOVE_AGREE : (enum doc_move)roll(DOC_MOVES);
			const struct doc_facts before = model_facts(&model, model.versions - 1);
			const size_t versions = model.versions;

			obey(&model, mv, roll((unsigned)model.members));
			if (versions == model.versions) {
				const struct doc_facts after = model_facts(&model, model.versions - 1);

				lapsed += before.has_publication && !after.has_publication;
			}
			model.now += TICK * (int64_t)roll(3);
			check_model(&model);
		}
		for (size_t i = 0; i < model.versions; i++)
			published += model.v[i].was_published;
		withdrawn += model.revoked;
	}
	/* The paths that matter were walked. */
	assert_true(published > 100);
	assert_true(withdrawn > 50);
	assert_true(lapsed > 50);
}

/* Logs that keep no rule: words and releases of any kind, at any honest time. */
static void lawless_logs(void **unused)
{
	unsigned published = 0;

	(void)unused;
	roll_state = 0x2545f4914f6cdd1dU;
	for (int round = 0; round < 400; round++) {
		model_new(&model);
		for (int step = 0; step < 120; step++) {
			const enum doc_word w = roll(3) == 0 ? (enum doc_word)roll(4) : WORD_AGREE;

			if (roll(40) == 0)
				obey(&model, MOVE_REVISE, WRITER);
			say(&model, roll((unsigned)model.versions), w, roll((unsigned)model.members), model.now, TICK * (int64_t)roll(300));
			model.now += roll(3) == 0 ? TICK : 0;
			check_model(&model);
		}
		for (size_t i = 0; i < model.versions; i++)
			published += model.v[i].was_published;
	}
	assert_true(published > 100);
}

/* Two nodes get the same logs interleaved differently and must see the same. */
static void any_order(void **unused)
{
	(void)unused;
	roll_state = 0x853c49e6748fea9bU;
	for (int round = 0; round < 2000; round++) {
		struct doc_facts a = facts_new(3), b = facts_new(3);
		struct doc_event ev[12], mixed[12];

		for (size_t i = 0; i < 12; i++)
			ev[i] = (struct doc_event){.time = (int64_t)roll(10), .what = (enum doc_word)roll(4), .member = i % 3, .index = i, .publish_at = (int64_t)roll(30)};
		memcpy(mixed, ev, sizeof(ev));
		for (size_t i = 11; i > 0; i--) {
			const size_t j = roll((unsigned)i + 1);
			const struct doc_event t = mixed[i];

			mixed[i] = mixed[j];
			mixed[j] = t;
		}
		doc_fold(&a, ev, 12, INT64_MIN);
		doc_fold(&b, mixed, 12, INT64_MIN);
		assert_memory_equal(a.assent, b.assent, sizeof(a.assent));
		assert_int_equal(a.has_publication, b.has_publication);
		assert_int_equal(a.publish_at, b.publish_at);
	}
}

static void fold_examples(void **unused)
{
	struct doc_facts f = facts_new(2);
	struct doc_event early[] = {{1, WORD_AGREE, 0, 1, 0}, {2, WORD_PUBLISH, 0, 2, 0}, {3, WORD_AGREE, 1, 3, 0}};
	struct doc_event two[] = {{1, WORD_AGREE, 0, 1, 0}, {1, WORD_AGREE, 1, 2, 0}, {2, WORD_PUBLISH, 0, 3, 50}, {3, WORD_PUBLISH, 1, 4, 20}, {4, WORD_PUBLISH, 1, 5, 90}};
	struct doc_event lapse[] = {{1, WORD_AGREE, 0, 1, 0}, {1, WORD_AGREE, 1, 2, 0}, {2, WORD_PUBLISH, 0, 3, 50}, {3, WORD_WITHDRAW, 1, 4, 0}, {4, WORD_AGREE, 1, 5, 0}};
	struct doc_event late[] = {{1, WORD_AGREE, 0, 1, 0}, {1, WORD_AGREE, 1, 2, 0}, {2, WORD_PUBLISH, 0, 3, 10}, {10, WORD_WITHDRAW, 1, 4, 0}, {11, WORD_OBJECT, 0, 5, 0}};
	struct doc_event past[] = {{5, WORD_AGREE, 0, 1, 0}, {6, WORD_AGREE, 1, 1, 0}, {7, WORD_PUBLISH, 0, 2, -9}};
	struct doc_event back[] = {{5, WORD_AGREE, 0, 1, 0}, {6, WORD_AGREE, 1, 1, 0}, {4, WORD_WITHDRAW, 0, 2, 0}};

	(void)unused;
	doc_fold(&f, early, 3, INT64_MIN);      /* released before all had agreed: void for good */
	assert_int_equal(doc_state(&f), DOC_AGREED);
	doc_fold(&f, two, 5, INT64_MIN);        /* the earliest stands */
	assert_int_equal(f.publish_at, 20);
	doc_fold(&f, two, 5, 60);               /* but not before the agreed embargo */
	assert_int_equal(f.publish_at, 60);
	doc_fold(&f, lapse, 5, INT64_MIN);      /* withdrawn under embargo: agreed again, released no more */
	assert_int_equal(doc_state(&f), DOC_AGREED);
	doc_fold(&f, late, 5, INT64_MIN);       /* after the moment */
	assert_int_equal(doc_state(&f), DOC_PUBLISHED);
	assert_int_equal(f.publish_at, 10);
	doc_fold(&f, NULL, 0, INT64_MIN);
	assert_int_equal(doc_state(&f), DOC_DRAFT);
	doc_fold(&f, past, 3, INT64_MIN);       /* a release names no moment before itself */
	assert_int_equal(f.publish_at, 7);
	doc_fold(&f, back, 3, INT64_MIN);       /* a clock that went back: the log's order holds */
	assert_int_equal(f.assent[0], ASSENT_WITHDRAW);
}

static void names_are_there(void **unused)
{
	(void)unused;
	for (unsigned s = 0; s < DOC_STATES; s++)
		assert_true(strlen(doc_state_name((enum doc_state)s)) > 3);
	for (unsigned m = 0; m < DOC_MOVES; m++)
		assert_true(strlen(doc_move_name((enum doc_move)m)) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell),
		cmocka_unit_test(conditions),
		cmocka_unit_test(freezing_and_silence),
		cmocka_unit_test(every_combination),
		cmocka_unit_test(random_moves),
		cmocka_unit_test(lawless_logs),
		cmocka_unit_test(any_order),
		cmocka_unit_test(fold_examples),
		cmocka_unit_test(names_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The record on bad machines: every call that changes a file, ours or SQLite's, fails in turn in every way, the
 * process dies there, the power goes there. Afterwards opening needs no help, `check` finds nothing, everything that
 * was acknowledged is there in its place, a refused batch is not there in part, and the index is what the journal
 * says.
 *
 * SIM_SEED=n repeats one row of chances; SIM_STEP=n tries every n-th call only, SIM_TEST=pattern some tests only;
 * SIM_TRACE=1 tells each fault before it is tried.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "ground.h"
#include "store/jfile.h"
#include "support.h"

#include <cmocka.h>

#define SEGMENT 32768u   /* small, so that the workload starts new ones */
#define STAGE_MAX 64
#define GROUPS 64
#define GROUP_IDS 1000u

#define OK(call, e) do { const int rc_ = (call); if (rc_ != 0) fail_msg("%s: %s: %s", #call, err_name(rc_), (e)->msg); } while (0)

/* ---- what the peer says, made once ---- */

struct stage {
	struct buf note;
	size_t size;
	uint8_t leaf[STAGE_MAX][LEAF_LEN];
	struct entry en[STAGE_MAX];
	struct peer_entry pe[STAGE_MAX];
};

struct play {
	struct party_keys jp;
	struct stage stage[3];   /* 0, then 1; 2 tells another story than 1 from where 0 ends */
	struct buf cosigned;     /* our first checkpoint with the peer's line */
	uint64_t base_size;
};

static struct lab de_lab, jp_lab;
static struct ground *ground;
static struct play play;
static uint64_t seed = 1;
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
static long every = 6; /* a fork takes its time there; the other builds try all */
#else
static long every = 1;
#endif

static void take_stage(struct node *n, struct stage *s)
{
	struct index_log own;
	struct err e;

	s->note = (struct buf)BUF_INIT(LIMIT_NOTE_BYTES);
	OK(record_checkpoint(n->rd, 0, &s->note, &e), &e);
	OK(index_get_log(record_index(n->rd), 0, &own, &e), &e);
	s->size = (size_t)own.size;
	assert_true(s->size <= STAGE_MAX);
	OK(index_get_bundle(record_index(n->rd), 0, 0, (unsigned)s->size, s->leaf, &e), &e);
	for (size_t i = 0; i < s->size; i++) {
		OK(record_read_at(n->rd, 0, i, &s->en[i], &e), &e);
		s->pe[i] = (struct peer_entry){.index = i, .p = s->en[i].bytes.p, .n = s->en[i].bytes.n};
		memcpy(s->pe[i].salt, s->en[i].salt, SALT_LEN);
	}
}

static void stage_free(struct stage *s)
{
	for (size_t i = 0; i < s->size; i++)
		entry_free(&s->en[i]);
	buf_free(&s->note);
}

/* The peer's log, its rewritten twin, and its word on our first checkpoint. */
static void make_play(struct node *de)
{
	static struct stage ours;
	struct node jp;
	struct buf line = BUF_INIT(LIMIT_NOTE_BYTES);
	char *copy, *memory;
	struct err e;

	lab_open(&jp_lab, ~seed); /* never the keys of the other node */
	node_make(&jp_lab, &jp, "JP");
	play.jp = *record_self(jp.r);
	found_collection(&jp, "\"DE\",\"JP\"", "amber");
	add_many(&jp, 900000, 20);
	take_stage(&jp, &play.stage[0]);
	node_close(&jp);
	copy = lab_path(&jp_lab, "copy");
	copy_tree(jp.dir, copy);
	node_open(&jp_lab, &jp, true);
	add_many(&jp, 910000, 30);
	take_stage(&jp, &play.stage[1]);
	node_pin(&jp, de);
	take_stage(de, &ours);
	play.base_size = ours.size;
	OK(record_follow(jp.r, record_self(de->r), ours.note.p, ours.note.n, (const uint8_t (*)[LEAF_LEN])ours.leaf, ours.size, &line, &e), &e);
	play.cosigned = (struct buf)BUF_INIT(LIMIT_NOTE_BYTES);
	buf_put(&play.cosigned, ours.note.p, ours.note.n);
	buf_put(&play.cosigned, line.p, line.n);
	stage_free(&ours);
	node_close(&jp);
	mem_free(jp.dir);
	jp.dir = copy;
	assert_non_null(memory = mem_printf("%s/keys/signed", copy));
	assert_int_equal(remove(memory), 0);
	node_open(&jp_lab, &jp, true);
	add_many(&jp, 920000, 30);
	take_stage(&jp, &play.stage[2]);
	node_free(&jp);
	mem_free(memory);
	buf_free(&line);
}

/* ---- what we were told while things went wrong ---- */

enum word { WORD_NO, WORD_DOUBT, WORD_YES };
struct group { unsigned first, count; bool failed; enum word word[64]; uint64_t index[64]; };
struct run {
	struct node n;
	struct group group[GROUPS];
	size_t groups;
	enum fault what;
	enum side side;
	enum word pinned, cosigned, evidence;
	uint64_t followed, asked_to;     /* acknowledged */
	const char *doing;
};

static int add_group(struct run *r, unsigned count, bool whole, struct err *e)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE, .all_or_nothing = whole};
	struct group *g = &r->group[r->groups];
	static struct add_result res[64];
	struct add_item item[64];
	char *json[64];
	size_t refused = 0;
	int rc;

	assert_true(count <= 64 && r->groups < GROUPS);
	*g = (struct group){.first = (unsigned)(r->groups++ + 1) * GROUP_IDS, .count = count};
	collection_uuid(opt.collection);
	for (unsigned i = 0; i < count; i++) {
		json[i] = indicator_json(g->first + i, NULL, "under faults");
		item[i] = (struct add_item){json[i], strlen(json[i])};
	}
	rc = record_add(r->n.r, &opt, item, count, res, e);
	g->failed = rc != 0;
	for (unsigned i = 0; i < count; i++) {
		g->index[i] = res[i].index;
		g->word[i] = res[i].what == ADDED_NEW ? WORD_YES : rc == E_IO ? WORD_DOUBT : WORD_NO;
		assert_true(res[i].what == ADDED_REFUSED || (rc == 0 && res[i].what == ADDED_NEW));
		refused += res[i].what == ADDED_REFUSED;
		mem_free(json[i]);
	}
	assert_true(!whole || refused == 0 || refused == count);
	/* What could not be looked up is refused alone. */
	for (unsigned i = 0; i < count && rc == 0 && refused > 0; i++)
		if (res[i].what == ADDED_REFUSED)
			*e = res[i].err;
	return rc == 0 && refused > 0 ? e->code : rc;
}

static int do_pin(struct run *r, struct err *e)
{
	const int rc = record_peer_add(r->n.r, &play.jp, e);

	r->pinned = rc == 0 ? WORD_YES : WORD_DOUBT;
	assert_non_null(record_peer(r->n.r, "DE"));
	return rc;
}

static int do_cosign(struct run *r, struct err *e)
{
	const int rc = record_add_cosignatures(r->n.r, play.cosigned.p, play.cosigned.n, e);

	r->cosigned = rc == 0 ? WORD_YES : WORD_DOUBT;
	return rc;
}

static int follow_stage(struct run *r, const struct stage *s, struct err *e)
{
	struct buf line = BUF_INIT(LIMIT_NOTE_BYTES);
	struct peer_state st;
	int rc = record_peer_state(r->n.rd, &play.jp, &st, e);
	size_t from;

	if (rc != 0)
		return rc;
	from = st.log.size < s->size ? (size_t)st.log.size : s->size;
	rc = record_follow(r->n.r, &play.jp, s->note.p, s->note.n, (const uint8_t (*)[LEAF_LEN])s->leaf + from, s->size - from, &line, e);
	if (rc == 0 && r->followed < s->size)
		r->followed = s->size;
	buf_free(&line);
	return rc;
}

static int entries_stage(struct run *r, const struct stage *s, struct err *e)
{
	size_t fresh = 0;
	const int rc = record_add_peer_entries(r->n.r, &play.jp, s->pe, s->size, s->size, &fresh, e);

	if (rc == 0 && r->asked_to < s->size)
		r->asked_to = s->size;
	return rc;
}

static int do_rewrite(struct run *r, struct err *e)
{
	const int rc = follow_stage(r, &play.stage[2], e);

	assert_int_not_equal(rc, 0);
	r->evidence = rc == E_REWRITE ? WORD_YES : WORD_DOUBT;
	return rc == E_REWRITE ? 0 : rc;
}

static int do_open(struct run *r, struct err *e)
{
	int rc;

	node_close(&r->n);
	if ((rc = record_open(&de_lab.w, r->n.dir, true, &r->n.r, e)) == 0)
		rc = record_reader_new(r->n.r, &r->n.rd, e);
	return rc;
}

static int do_1(struct run *r, struct err *e) { return add_group(r, 1, false, e); }
static int do_7(struct run *r, struct err *e) { return add_group(r, 7, false, e); }
static int do_40(struct run *r, struct err *e) { return add_group(r, 40, false, e); }
static int do_3_whole(struct run *r, struct err *e) { return add_group(r, 3, true, e); }
static int do_follow_0(struct run *r, struct err *e) { return follow_stage(r, &play.stage[0], e); }
static int do_follow_1(struct run *r, struct err *e) { return follow_stage(r, &play.stage[1], e); }
static int do_entries_0(struct run *r, struct err *e) { return entries_stage(r, &play.stage[0], e); }
static int do_entries_1(struct run *r, struct err *e) { return entries_stage(r, &play.stage[1], e); }

static const struct act { const char *what; int (*f)(struct run *r, struct err *e); } steps[] = {
	{"open", do_open}, {"add 1", do_1}, {"pin", do_pin}, {"cosignature", do_cosign}, {"add 7", do_7}, {"follow", do_follow_0},
	{"entries", do_entries_0}, {"add 40", do_40}, {"follow on", do_follow_1}, {"rewrite", do_rewrite}, {"open again", do_open},
	{"add 3", do_3_whole}, {"entries on", do_entries_1}, {"add 1 more", do_1}, {"add 40 more", do_40},
};

/*
 * All steps, each tried again once. What must work the second time: everything after a lack of space, and after any
 * fault of the index, which is only derived. After an error of the disk under the journal the record may have stopped.
 */
static void act(struct run *r)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct err e = {0};
		int rc, again;

		r->doing = steps[i].what;
		if ((rc = steps[i].f(r, &e)) == 0)
			continue;
		if (!ground_fired(ground))
			fail_msg("%s: %s: %s, without a fault", steps[i].what, err_name(rc), e.msg);
		if (r->what == FAULT_SHORT)
			fail_msg("%s: %s: %s: a short read or write is no error", steps[i].what, err_name(rc), e.msg);
		if (ground_crashed(ground))
			return;
		again = steps[i].f(r, &e);
		if (again != 0 && (rc == E_NOSPACE || r->side == SIDE_INDEX || again != E_IO))
			fail_msg("%s: after %s, again: %s: %s", steps[i].what, err_name(rc), err_name(again), e.msg);
		if (again != 0)
			return; /* stopped until opened again */
	}
}

/* ---- afterwards ---- */

static void print_fault(void *ctx, const char *text)
{
	const struct run *r = ctx;

	print_error("fault (after %s): %s\n", r != NULL ? r->doing : "making", text);
}

static void check_clean(struct run *r)
{
	struct check_report rep = {0};
	struct err e = {0};

	OK(record_check(&de_lab.w, r->n.dir, NULL, print_fault, r, &rep, &e), &e);
	assert_int_equal(rep.faults, 0);
}

struct seen { size_t n; uint64_t index; };

static int count_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct seen *s = ctx;

	(void)e;
	s->n++;
	s->index = row->index;
	return 0;
}

/* Is this object there, once, readable? */
static bool there(struct run *r, unsigned k, uint64_t *ret_index)
{
	uint8_t collection[16];
	struct seen s = {0};
	struct entry en;
	char id[64];
	struct err e;

	collection_uuid(collection);
	(void)snprintf(id, sizeof(id), "indicator--%08x-0000-4000-8000-000000000001", k);
	OK(index_versions(record_index(r->n.rd), id, collection, count_version, &s, &e), &e);
	assert_true(s.n <= 1);
	if (s.n == 0)
		return false;
	OK(record_newest(r->n.rd, id, collection, &en, &e), &e);
	assert_string_equal(en.row.id, id);
	entry_free(&en);
	*ret_index = s.index;
	return true;
}

static void check_group(struct run *r, struct group *g, bool seen)
{
	unsigned n = 0;

	for (unsigned i = 0; i < g->count; i++) {
		uint64_t index = 0;
		const bool is = there(r, g->first + i, &index);

		n += is;
		if (g->word[i] == WORD_YES && !is)
			fail_msg("object %u was acknowledged as entry %" PRIu64 " and is not there", g->first + i, g->index[i]);
		if (g->word[i] == WORD_YES && index != g->index[i])
			fail_msg("object %u was acknowledged as entry %" PRIu64 " and is entry %" PRIu64, g->first + i, g->index[i], index);
		if (g->word[i] == WORD_NO && is)
			fail_msg("object %u was refused and is entry %" PRIu64, g->first + i, index);
		if (is && seen) { /* from now on the world knows it */
			g->word[i] = WORD_YES;
			g->index[i] = index;
		}
	}
	if (g->failed && n != 0 && n != g->count)
		fail_msg("%u of a failed batch of %u are there", n, g->count);
}

static int find_cosignature(void *ctx, const char *name, uint64_t size, uint64_t time_s, struct err *e)
{
	bool *found = ctx;

	(void)time_s;
	(void)e;
	*found = *found || (strcmp(name, play.jp.witness.name) == 0 && size == play.base_size);
	return 0;
}

static void check_peer(struct run *r)
{
	struct peer_state st;
	struct entry en;
	bool found = false;
	struct err e;

	if (r->pinned == WORD_YES)
		assert_non_null(record_peer(r->n.r, "JP"));
	OK(index_cosignatures(record_index(r->n.rd), 0, find_cosignature, &found, &e), &e);
	assert_true(found || r->cosigned != WORD_YES);
	OK(record_peer_state(r->n.rd, &play.jp, &st, &e), &e);
	assert_true(st.log.size >= r->followed);
	assert_true(st.log.entries_to >= r->asked_to);
	for (uint64_t i = 0; i < st.log.entries_to; i++) {
		OK(record_read_at(r->n.rd, st.log.log, i, &en, &e), &e);
		assert_string_equal(en.row.id, play.stage[1].en[i].row.id);
		entry_free(&en);
	}
}

static void check_evidence(const struct run *r)
{
	CLEANUP_STR char *path = NULL;
	struct buf have = BUF_INIT(LIMIT_FRAME);
	uint8_t sum[32];
	char hex[17];
	struct err e;

	if (r->evidence != WORD_YES)
		return;
	sha256(play.stage[2].note.p, play.stage[2].note.n, sum);
	hex_encode(sum, 8, hex);
	path = mem_printf("%s/evidence/%s.txt", r->n.dir, hex);
	OK(fs_read_file(&de_lab.w.fs, path, LIMIT_FRAME, &have, &e), &e);
	buf_free(&have);
}

/* Of the index as it lies there: no node is opened for it. */
static void digest(const struct run *r, uint8_t to[32])
{
	CLEANUP_STR char *path = mem_printf("%s/index.sqlite", r->n.dir);
	struct index_reader *rd = NULL;
	struct err e = {0};

	OK(index_reader_open(path, &rd, &e), &e);
	OK(index_digest(rd, to, &e), &e);
	index_reader_close(rd);
}

static void check_all_told(struct run *r)
{
	for (size_t i = 0; i < r->groups; i++)
		check_group(r, &r->group[i], false);
	check_peer(r);
	check_evidence(r);
}

/* The machine is healthy again. */
static void verify(struct run *r, bool rebuild)
{
	uint8_t before[32], after[32];
	struct err e = {0};

	check_clean(r);
	OK(do_open(r, &e), &e);
	check_all_told(r);
	/* Life goes on from any point. */
	OK(do_pin(r, &e), &e);
	OK(do_cosign(r, &e), &e);
	OK(do_follow_1(r, &e), &e);
	OK(do_entries_1(r, &e), &e);
	OK(do_rewrite(r, &e), &e);
	OK(do_7(r, &e), &e);
	check_all_told(r);
	node_close(&r->n);
	check_clean(r);
	if (!rebuild)
		return;
	digest(r, before);
	OK(record_rebuild(&de_lab.w, r->n.dir, NULL, &e), &e);
	digest(r, after);
	assert_memory_equal(before, after, 32);
}

/* The process died and was started again; what it found is then as good as acknowledged, synced or not. */
static void restart(struct run *r)
{
	struct err e = {0};

	ground_plan(ground, SIDE_FS, 0, 0, FAULT_EIO);
	OK(do_open(r, &e), &e);
	for (size_t i = 0; i < r->groups; i++)
		check_group(r, &r->group[i], true);
	OK(do_1(r, &e), &e);
	OK(do_pin(r, &e), &e);
	OK(do_follow_1(r, &e), &e);
	OK(do_rewrite(r, &e), &e);
	node_close(&r->n);
}

enum end { END_KILL, END_POWER, END_POWER_AGAIN, END_RESTART /* and then the power goes */ };

/* false: n was beyond the last call. */
static bool fail_nth(enum side side, long n, unsigned kinds, enum fault what, enum end end)
{
	struct run *r = mem_zalloc(sizeof(*r));
	bool fired;

	assert_non_null(r);
	r->what = what;
	r->side = side;
	r->n.dir = lab_path(&de_lab, "DE");
	ground_restore(ground, seed * 1000003 + (uint64_t)n * 8 + (uint64_t)end);
	de_lab.w.fs = ground_fs(ground);
	ground_plan(ground, side, n, kinds, what);
	act(r);
	node_close(&r->n);
	fired = ground_fired(ground);
	if (end == END_RESTART)
		restart(r);
	if (end == END_KILL)
		ground_kill(ground);
	else
		ground_power(ground);
	verify(r, n % 3 == 0);
	mem_free(r->n.dir);
	mem_free(r);
	return fired;
}

static void countdown(enum side side, unsigned kinds, enum fault what, enum end end, long step)
{
	long n = 1 + (step > 1 ? (long)(seed % (uint64_t)step) : 0), tried = 0;

	for (; ; n += step, tried++) {
		bool fired = true;

		if (getenv("SIM_TRACE") != NULL)
			fprintf(stderr, "side %d call %ld kinds %x fault %d end %d\n", (int)side, n, kinds, (int)what, (int)end);
		fired = fail_nth(side, n, kinds, what, end);
		if (!fired)
			break;
	}
	assert_true(tried > 0 && n > 10); /* there was something to try */
	print_message("[    info] %ld faults\n", tried);
}

static void eio(void **state) { (void)state; countdown(SIDE_FS, FAULT_ALL, FAULT_EIO, END_KILL, every); }
static void no_space(void **state) { (void)state; countdown(SIDE_FS, FAULT_CHANGES, FAULT_ENOSPC, END_POWER, every); }
static void torn(void **state) { (void)state; countdown(SIDE_FS, FAULT_PWRITE, FAULT_TORN, END_POWER, every); }
static void short_io(void **state) { (void)state; countdown(SIDE_FS, FAULT_PREAD | FAULT_PWRITE, FAULT_SHORT, END_KILL, 7 * every); }
static void dies(void **state) { (void)state; countdown(SIDE_FS, FAULT_CHANGES, FAULT_CRASH, END_KILL, every); }

static void power_goes(void **state)
{
	(void)state;
	countdown(SIDE_FS, FAULT_CHANGES, FAULT_CRASH, END_POWER, every);
	countdown(SIDE_FS, FAULT_CHANGES, FAULT_CRASH, END_POWER_AGAIN, every);
}

static void dies_then_power(void **state)
{
	(void)state;
	countdown(SIDE_FS, FAULT_CHANGES, FAULT_CRASH, END_RESTART, every);
	countdown(SIDE_FS, FAULT_CHANGES, FAULT_EIO, END_RESTART, every);
}

static void index_eio(void **state) { (void)state; countdown(SIDE_INDEX, 0, FAULT_EIO, END_KILL, 3 * every); }
static void index_no_space(void **state) { (void)state; countdown(SIDE_INDEX, 0, FAULT_ENOSPC, END_KILL, 5 * every); }
static void index_dies(void **state) { (void)state; countdown(SIDE_INDEX, 0, FAULT_CRASH, END_KILL, 3 * every); }
static void index_power(void **state) { (void)state; countdown(SIDE_INDEX, 0, FAULT_CRASH, END_POWER, 5 * every); }

/* What a failed sync left on the disk is not known: no further word until it was read again. */
static void stops_until_opened_again(void **state)
{
	struct run *r = mem_zalloc(sizeof(*r));
	struct err e = {0};

	(void)state;
	assert_non_null(r);
	r->n.dir = lab_path(&de_lab, "DE");
	r->doing = "sync";
	ground_restore(ground, seed);
	de_lab.w.fs = ground_fs(ground);
	OK(do_open(r, &e), &e);
	OK(do_7(r, &e), &e);
	ground_plan(ground, SIDE_FS, 1, FAULT_FDATASYNC, FAULT_EIO);
	assert_int_equal(do_7(r, &e), E_IO);
	assert_int_equal(do_7(r, &e), E_IO);
	assert_non_null(strstr(e.msg, "opened again"));
	OK(do_open(r, &e), &e);
	check_all_told(r);
	node_close(&r->n);
	verify(r, true);
	mem_free(r->n.dir);
	mem_free(r);
}

/* ---- making a node ---- */

static int create(struct lab *l, const char *dir, struct err *e)
{
	const struct record_init in = {.party = "DE", .origin = "de.example/log", .url = "", .tls_spki = {1}};

	return record_create(&l->w, dir, &in, e);
}

/* A node that was said to be made is there, the same; any other making can be taken up again. Then it works. */
static void finish_making(struct lab *l, const char *dir, const char *identity)
{
	struct node n = {.dir = lab_path(l, "DE")};
	struct buf note = BUF_INIT(LIMIT_NOTE_BYTES);
	struct check_report rep = {0};
	struct err e = {0};
	int rc = create(l, dir, &e);

	if (rc != 0 && rc != E_EXISTS)
		fail_msg("making it again: %s: %s", err_name(rc), e.msg);
	assert_true(identity == NULL || rc == E_EXISTS);
	node_open(l, &n, true);
	if (identity != NULL)
		assert_string_equal(record_self(n.r)->identity, identity);
	OK(record_checkpoint(n.rd, 0, &note, &e), &e);
	found_collection(&n, "\"DE\"", "amber");
	add_many(&n, 1, 3);
	node_close(&n);
	assert_int_equal(create(l, dir, &e), E_EXISTS);
	OK(record_check(&l->w, dir, NULL, print_fault, NULL, &rep, &e), &e);
	mem_free(n.dir);
	buf_free(&note);
}

static bool make_nth(struct lab *l, struct ground *g, enum side side, long n, enum fault what, enum end end)
{
	CLEANUP_STR char *dir = lab_path(l, "DE");
	char identity[LIMIT_STIX_ID + 1] = "";
	struct node made = {.dir = dir};
	struct err e = {0};
	bool fired;
	int rc;

	ground_restore(g, seed * 7919 + (uint64_t)n * 4 + (uint64_t)end);
	l->w.fs = ground_fs(g);
	ground_plan(g, side, n, FAULT_CHANGES, what);
	rc = create(l, dir, &e);
	fired = ground_fired(g);
	if (rc != 0 && !fired)
		fail_msg("making it: %s: %s, without a fault", err_name(rc), e.msg);
	if (rc == 0 && !ground_crashed(g)) {
		ground_plan(g, side, 0, 0, what);
		node_open(l, &made, true);
		(void)snprintf(identity, sizeof(identity), "%s", record_self(made.r)->identity);
		node_close(&made);
	}
	if (end == END_KILL)
		ground_kill(g);
	else
		ground_power(g);
	finish_making(l, dir, identity[0] != '\0' ? identity : NULL);
	return fired;
}

static void making(bool small_journal, enum side side, enum fault what, enum end end, long step)
{
	CLEANUP_STR char *dir = NULL, *path = NULL;
	struct journal *j = NULL;
	struct ground *g;
	struct lab l;
	struct err e;
	long n = 1;

	lab_open(&l, seed);
	g = ground_new(l.dir, seed);
	l.w.fs = ground_fs(g);
	dir = lab_path(&l, "DE");
	path = lab_path(&l, "DE/journal");
	if (small_journal) { /* a full one takes its time */
		assert_int_equal(l.w.fs.mkdir(l.w.fs.ctx, dir, 0700), 0);
		OK(jfile_open(&l.w.fs, path, true, SEGMENT, &j, NULL, &e), &e);
		journal_close(j);
	}
	ground_save(g);
	while (make_nth(&l, g, side, n, what, end))
		n += step;
	print_message("[    info] %ld faults\n", n / step);
	assert_true(n > 20);
	ground_free(g);
	lab_close(&l);
}

/* Last: each has a ground of its own. */
static void making_dies(void **state)
{
	(void)state;
	making(true, SIDE_FS, FAULT_CRASH, END_KILL, every);
	making(true, SIDE_INDEX, FAULT_CRASH, END_KILL, 5 * every);
}

static void making_power(void **state)
{
	(void)state;
	making(true, SIDE_FS, FAULT_CRASH, END_POWER, every);
	making(false, SIDE_FS, FAULT_CRASH, END_POWER, 5 * every);
}

static void making_fails(void **state)
{
	(void)state;
	making(true, SIDE_FS, FAULT_EIO, END_POWER, every);
	making(true, SIDE_FS, FAULT_ENOSPC, END_KILL, 3 * every);
}

/* ---- set-up ---- */

/* A node with a collection, on a journal of small segments. */
static int prepare(void **state)
{
	const char *s = getenv("SIM_SEED"), *t = getenv("SIM_STEP");
	CLEANUP_STR char *dir = NULL, *journal = NULL;
	struct journal *j = NULL;
	struct node de;
	struct err e;

	(void)state;
	seed = s != NULL ? strtoull(s, NULL, 0) : seed;
	every = t != NULL ? strtol(t, NULL, 0) : every;
	print_message("SIM_SEED=%" PRIu64 " SIM_STEP=%ld\n", seed, every);
	lab_open(&de_lab, seed);
	ground = ground_new(de_lab.dir, seed);
	de_lab.w.fs = ground_fs(ground);
	dir = lab_path(&de_lab, "DE");
	journal = lab_path(&de_lab, "DE/journal");
	assert_int_equal(de_lab.w.fs.mkdir(de_lab.w.fs.ctx, dir, 0700), 0);
	OK(jfile_open(&de_lab.w.fs, journal, true, SEGMENT, &j, NULL, &e), &e);
	journal_close(j);
	node_make(&de_lab, &de, "DE");
	found_collection(&de, "\"DE\",\"JP\"", "amber");
	make_play(&de);
	node_free(&de);
	ground_save(ground);
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	ground_free(ground);
	for (size_t i = 0; i < 3; i++)
		stage_free(&play.stage[i]);
	buf_free(&play.cosigned);
	lab_close(&jp_lab);
	lab_close(&de_lab);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dies), cmocka_unit_test(power_goes), cmocka_unit_test(dies_then_power), cmocka_unit_test(eio), cmocka_unit_test(no_space), cmocka_unit_test(torn),
		cmocka_unit_test(short_io), cmocka_unit_test(index_dies), cmocka_unit_test(index_power), cmocka_unit_test(index_eio),
		cmocka_unit_test(index_no_space), cmocka_unit_test(stops_until_opened_again), cmocka_unit_test(making_dies), cmocka_unit_test(making_power), cmocka_unit_test(making_fails),
	};

	if (getenv("SIM_TEST") != NULL)
		cmocka_set_test_filter(getenv("SIM_TEST"));
	return cmocka_run_group_tests(tests, prepare, clean_up);
}

/* Opening, transactions, words, and what rows have in common. */
#include "store/home.h"

#include <string.h>

#include "base/mem.h"
#include "store/home_priv.h"

static const struct db_step_row steps[] = {
#define STEP(version, sql) {version, sql},
#define QUERY(name, sql)
#include "store/home.def"
#undef STEP
#undef QUERY
};

static const char *const queries[HQ_COUNT_] = {
#define STEP(version, sql)
#define QUERY(name, sql) sql,
#include "store/home.def"
#undef STEP
#undef QUERY
};

static const struct db_file file = {
	.what = "national papers", .holds = "what must stay at home", .lost = "the papers", .application = HOME_APPLICATION, .version = HOME_VERSION, .triggers = true,
	.step = steps, .steps = ARRAY_LEN(steps), .sql = queries, .count = HQ_COUNT_,
};

DEFINE_CLEANUP(struct home, home_close)

void home_close(struct home *h)
{
	if (h == NULL)
		return;
	db_close(&h->db);
	mem_free(h);
}

int home_open(const char *path, struct home **ret, struct err *e)
{
	CLEANUP(home_close) struct home *h = mem_zalloc(sizeof(*h));
	int rc;

	if (h == NULL)
		return fail(e, E_NOMEM, "national papers");
	if ((rc = db_file_open(&h->db, path, &file, e)) != 0)
		return rc;
	*ret = TAKE(h);
	return 0;
}

/* ---- transactions ---- */

int home_begin(struct home *h, struct err *e)
{
	int rc = 0;

	if (h->depth == 0 && (rc = db_run(&h->db, HQ_BEGIN, e, "")) == 0)
		h->failed = false;
	if (rc == 0)
		h->depth++;
	return rc;
}

int home_end(struct home *h, int rc, struct err *e)
{
	h->failed = h->failed || rc != 0;
	if (--h->depth > 0)
		return rc;
	if (rc == 0 && h->failed)
		rc = fail(e, E_STATE, "national papers: a part of it failed; nothing was changed");
	if (rc == 0)
		rc = db_run(&h->db, HQ_COMMIT, e, "");
	/* SQLite may have rolled back by itself (disk full, no memory). */
	if (rc != 0 && db_in_transaction(&h->db))
		IGNORE(db_run(&h->db, HQ_ROLLBACK, NULL, ""), "a failed rollback leaves a transaction that the next begin reports");
	return rc;
}

/* ---- words ---- */

struct word { const char *word, *name; };

static const struct word kinds[HOME_KINDS] = {
	[HOME_REQUEST] = {"request", N_("request for a contribution")},
	[HOME_CONTRIBUTION] = {"contribution", N_("contribution")},
	[HOME_POSITION] = {"position", N_("national position")},
	[HOME_BRIEFING] = {"briefing", N_("briefing")},
	[HOME_MINUTES] = {"minutes", N_("national minutes")},
	[HOME_NOTE] = {"note", N_("note")},
};
static const struct word states[HOME_STATES] = {
	[HOME_DRAFT] = {"draft", N_("draft")},
	[HOME_SENT] = {"sent", N_("sent")},
	[HOME_CLEARED] = {"cleared", N_("cleared")},
	[HOME_WITHDRAWN] = {"withdrawn", N_("withdrawn")},
};
static const struct word waits[] = {
	[WAIT_WAITING] = {"waiting", N_("waiting for a second person")},
	[WAIT_READY] = {"ready", N_("being carried out")},
	[WAIT_CONFIRMED] = {"confirmed", N_("confirmed and carried out")},
	[WAIT_REFUSED] = {"refused", N_("refused")},
	[WAIT_LAPSED] = {"lapsed", N_("lapsed")},
};

static const struct word *word_of(const struct word *w, size_t n, unsigned i)
{
	static const struct word none = {"?", "?"};

	return i < n && w[i].word != NULL ? &w[i] : &none;
}

static unsigned parse(const struct word *w, size_t n, const char *word)
{
	for (unsigned i = 0; i < n; i++)
		if (w[i].word != NULL && strcmp(w[i].word, word) == 0)
			return i;
	return 0;
}

const char *home_kind_word(enum home_kind k) { return word_of(kinds, ARRAY_LEN(kinds), k)->word; }
const char *home_kind_name(enum home_kind k) { return word_of(kinds, ARRAY_LEN(kinds), k)->name; }
enum home_kind home_kind_parse(const char *word) { return (enum home_kind)parse(kinds, ARRAY_LEN(kinds), word); }
const char *home_state_word(enum home_state s) { return word_of(states, ARRAY_LEN(states), s)->word; }
const char *home_state_name(enum home_state s) { return word_of(states, ARRAY_LEN(states), s)->name; }
enum home_state home_state_parse(const char *word) { return (enum home_state)parse(states, ARRAY_LEN(states), word); }
const char *home_wait_word(enum home_wait_state s) { return word_of(waits, ARRAY_LEN(waits), s)->word; }
const char *home_wait_name(enum home_wait_state s) { return word_of(waits, ARRAY_LEN(waits), s)->name; }

const char *home_text_name(enum home_kind k, enum home_text t)
{
	static const char *const body[HOME_KINDS] = {
		[HOME_REQUEST] = N_("Question"), [HOME_CONTRIBUTION] = N_("Contribution"), [HOME_POSITION] = N_("National position"), [HOME_BRIEFING] = N_("State of play"),
		[HOME_MINUTES] = N_("National minutes"), [HOME_NOTE] = N_("Note")};
	static const char *const more[HOME_TEXTS] = {[HOME_POINTS] = N_("Speaking points"), [HOME_ANSWERS] = N_("Questions and answers")};

	if ((unsigned)k >= HOME_KINDS || (unsigned)t >= HOME_TEXTS)
		return NULL;
	return t == HOME_BODY ? body[k] : k == HOME_BRIEFING ? more[t] : NULL;
}

/* ---- what rows have in common ---- */

int home_check_id(const char *id, const char *what, struct err *e)
{
	return strnlen(id, 17) == 16 && id[strspn(id, "0123456789abcdef")] == '\0' ? 0 : fail(e, E_FORMAT, "id of a %s: 16 hexadecimal digits are due", what);
}

int home_bad_row(const char *table, struct err *e)
{
	return fail(e, E_CORRUPT, "national papers: a row of table %s is not what it should be", table);
}

void *home_keep(struct home_piece *piece, size_t pieces)
{
	size_t n = 0;
	char *block, *at;

	for (size_t i = 0; i < pieces; i++)
		n += piece[i].n + 1;
	if ((block = at = mem_alloc(n)) == NULL)
		return NULL;
	for (size_t i = 0; i < pieces; i++) {
		memcpy(at, *piece[i].text, piece[i].n);
		at[piece[i].n] = '\0';
		*piece[i].text = at;
		at += piece[i].n + 1;
	}
	return block;
}

int home_column(struct db *d, sqlite3_stmt *st, int col, const char **ret, size_t *ret_n, struct err *e)
{
	const char *p = (const char *)sqlite3_column_text(st, col);

	if (p == NULL)
		return fail(e, sqlite3_errcode(d->h) == SQLITE_NOMEM ? E_NOMEM : E_CORRUPT, "%s: a text cannot be read", d->what);
	*ret = p;
	*ret_n = (size_t)sqlite3_column_bytes(st, col);
	return 0;
}

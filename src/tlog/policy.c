/* Policy files (C2SP tlog-policy). */
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "tlog/inside.h"

#define NOBODY (-1)
#define WORDS_MAX (3 + LIMIT_POLICY_NAMES) /* group <name> <k> and every name there can be */

/*
 * A witness or a group. Definitions precede uses and a name has at most one group above it, so one
 * pass in order of definition, each met name counting for its group, decides every group.
 */
struct name {
	char text[LIMIT_ORIGIN];
	size_t n;
	int group;       /* index of the group it belongs to, or NOBODY */
	int witness;     /* index into witness[], or NOBODY for a group */
	unsigned need;   /* group: members that must be met */
};

struct tlog_policy {
	struct note_key log[LIMIT_POLICY_LOGS];
	struct note_key witness[LIMIT_POLICY_NAMES];
	struct name name[LIMIT_POLICY_NAMES];
	size_t logs, witnesses, names;
	bool has_quorum;
	int quorum;      /* index into name[], NOBODY for `none` */
};

struct word { const char *p; size_t n; };

void tlog_policy_free(struct tlog_policy *p) { mem_free(p); }
DEFINE_CLEANUP(struct tlog_policy, tlog_policy_free)

static bool word_is(const struct word *w, const char *s)
{
	return w->n == strlen(s) && memcmp(w->p, s, w->n) == 0;
}

static int find_name(const struct tlog_policy *p, const struct word *w)
{
	for (size_t i = 0; i < p->names; i++)
		if (p->name[i].n == w->n && memcmp(p->name[i].text, w->p, w->n) == 0)
			return (int)i;
	return NOBODY;
}

static int add_name(struct tlog_policy *p, const struct word *w, struct name **ret, struct err *e)
{
	struct name *n;

	if (w->n > LIMIT_ORIGIN)
		return fail(e, E_LIMIT, "a name longer than %d bytes", LIMIT_ORIGIN);
	if (word_is(w, "none") || find_name(p, w) != NOBODY)
		return fail(e, E_FORMAT, "the name \"%.*s\" is already taken", (int)w->n, w->p);
	if (p->names == LIMIT_POLICY_NAMES)
		return fail(e, E_LIMIT, "more than %d names", LIMIT_POLICY_NAMES);
	n = &p->name[p->names++];
	*n = (struct name){.n = w->n, .group = NOBODY, .witness = NOBODY};
	memcpy(n->text, w->p, w->n);
	*ret = n;
	return 0;
}

/* A key that is of the type its line needs and not yet in `have`. */
static int key_word(const struct word *w, enum note_key_type type, const struct note_key *have, size_t n, struct note_key *ret, struct err *e)
{
	int r;

	if ((r = note_key_parse(w->p, w->n, ret, e)) < 0)
		return r;
	if (ret->type != type)
		return fail(e, E_FORMAT, "key %s has signature type 0x%02x, this line needs 0x%02x", ret->name, (unsigned)ret->type, (unsigned)type);
	for (size_t i = 0; i < n; i++)
		if (memcmp(have[i].pk, ret->pk, ED25519_PK) == 0)
			return fail(e, E_FORMAT, "the key of %s stands there twice (as %s)", ret->name, have[i].name);
	return 0;
}

static int log_line(struct tlog_policy *p, const struct word *w, size_t n, struct err *e)
{
	int r;

	if (n != 2 && n != 3)
		return fail(e, E_FORMAT, "log <vkey> [<url>] wanted");
	if (p->logs == LIMIT_POLICY_LOGS)
		return fail(e, E_LIMIT, "more than %d logs", LIMIT_POLICY_LOGS);
	if ((r = key_word(&w[1], NOTE_ED25519, p->log, p->logs, &p->log[p->logs], e)) < 0)
		return r;
	p->logs++;
	return 0;
}

static int witness_line(struct tlog_policy *p, const struct word *w, size_t n, struct err *e)
{
	struct name *name;
	int r;

	if (n != 3 && n != 4)
		return fail(e, E_FORMAT, "witness <name> <vkey> [<url>] wanted");
	if ((r = add_name(p, &w[1], &name, e)) < 0 ||
	    (r = key_word(&w[2], NOTE_COSIGNATURE_V1, p->witness, p->witnesses, &p->witness[p->witnesses], e)) < 0)
		return r;
	name->witness = (int)p->witnesses++;
	return 0;
}

static int group_line(struct tlog_policy *p, const struct word *w, size_t n, struct err *e)
{
	const size_t members = n > 3 ? n - 3 : 0;
	const int self = (int)p->names;
	struct name *name;
	uint64_t need;
	int m, r;

	if (members == 0)
		return fail(e, E_FORMAT, "group <name> all|any|<k> <name>... wanted");
	if (word_is(&w[2], "all"))
		need = members;
	else if (word_is(&w[2], "any"))
		need = 1;
	else if (!dec_parse(w[2].p, w[2].n, members, &need) || need == 0)
		return fail(e, E_FORMAT, "group of %zu: \"all\", \"any\" or 1 to %zu wanted", members, members);
	for (size_t i = 3; i < n; i++) {
		if ((m = find_name(p, &w[i])) == NOBODY)
			return fail(e, E_FORMAT, "the member \"%.*s\" is not defined above", (int)w[i].n, w[i].p);
		if (p->name[m].group != NOBODY)
			return fail(e, E_FORMAT, "\"%.*s\" is already a member of a group", (int)w[i].n, w[i].p);
		p->name[m].group = self;
	}
	if ((r = add_name(p, &w[1], &name, e)) < 0)
		return r;
	name->need = (unsigned)need;
	return 0;
}

static int quorum_line(struct tlog_policy *p, const struct word *w, size_t n, struct err *e)
{
	if (n != 2)
		return fail(e, E_FORMAT, "quorum <name> or quorum none wanted");
	if (p->has_quorum)
		return fail(e, E_FORMAT, "a second quorum line");
	p->quorum = find_name(p, &w[1]);
	if (p->quorum == NOBODY && !word_is(&w[1], "none"))
		return fail(e, E_FORMAT, "the quorum names something not defined above");
	p->has_quorum = true;
	return 0;
}

static const struct {
	const char *word;
	int (*line)(struct tlog_policy *p, const struct word *w, size_t n, struct err *e);
} lines[] = {
    {"log", log_line},
    {"witness", witness_line},
    {"group", group_line},
    {"quorum", quorum_line},
};

/* Cut at spaces and tabs. E_LIMIT: more words than any line may have. */
static int words_split(const char *s, size_t n, struct word *w, size_t *ret_n, struct err *e)
{
	size_t count = 0;

	for (size_t i = 0; i < n;) {
		const size_t from = i;

		while (i < n && s[i] != ' ' && s[i] != '\t')
			i++;
		if (i > from && count == WORDS_MAX)
			return fail(e, E_LIMIT, "more than %d words", WORDS_MAX);
		if (i > from)
			w[count++] = (struct word){s + from, i - from};
		while (i < n && (s[i] == ' ' || s[i] == '\t'))
			i++;
	}
	*ret_n = count;
	return 0;
}

static int line_parse(struct tlog_policy *p, const char *s, size_t len, struct err *e)
{
	struct word w[WORDS_MAX];
	size_t n;
	int r;

	for (size_t i = 0; i < len; i++)
		if (((unsigned char)s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f)
			return fail(e, E_FORMAT, "control byte 0x%02x", (unsigned)(unsigned char)s[i]);
	while (len > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		len--;
	}
	if (len == 0 || *s == '#')
		return 0;
	if ((r = words_split(s, len, w, &n, e)) < 0)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (word_is(&w[0], lines[i].word))
			return lines[i].line(p, w, n, e);
	return fail(e, E_FORMAT, "log, witness, group or quorum wanted");
}

int tlog_policy_parse(const char *p, size_t n, struct tlog_policy **ret, struct err *e)
{
	CLEANUP(tlog_policy_free) struct tlog_policy *t = NULL;
	const char *line;
	size_t len;
	int r;

	if (n > LIMIT_POLICY_BYTES)
		return fail(e, E_LIMIT, "policy: longer than %d bytes", LIMIT_POLICY_BYTES);
	if ((t = mem_zalloc(sizeof(*t))) == NULL)
		return fail(e, E_NOMEM, "policy: out of memory");
	for (unsigned i = 1; line_next(&p, &n, &line, &len); i++)
		if ((r = line_parse(t, line, len, e)) < 0)
			return fail_wrap(e, r, "policy line %u: ", i);
	if (n != 0)
		return fail(e, E_FORMAT, "policy: the last line does not end");
	if (!t->has_quorum)
		return fail(e, E_FORMAT, "policy: no quorum line");
	*ret = TAKE(t);
	return 0;
}

int tlog_policy_single(const struct note_key *log, struct tlog_policy **ret, struct err *e)
{
	struct tlog_policy *t;

	if (log->type != NOTE_ED25519)
		return fail(e, E_USAGE, "key %s is not a log's key", log->name);
	if ((t = mem_zalloc(sizeof(*t))) == NULL)
		return fail(e, E_NOMEM, "policy: out of memory");
	t->log[0] = *log;
	t->logs = 1;
	t->has_quorum = true;
	t->quorum = NOBODY;
	*ret = t;
	return 0;
}

size_t tlog_policy_logs(const struct tlog_policy *p, const struct note_key **ret)
{
	*ret = p->log;
	return p->logs;
}

size_t tlog_policy_witnesses(const struct tlog_policy *p, const struct note_key **ret)
{
	*ret = p->witness;
	return p->witnesses;
}

static bool has_cosigned(const struct note_key *k, const struct cosigned *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].key.type == k->type && memcmp(c[i].key.pk, k->pk, ED25519_PK) == 0)
			return true;
	return false;
}

bool tlog_policy_quorum(const struct tlog_policy *p, const struct cosigned *c, size_t n)
{
	unsigned met[LIMIT_POLICY_NAMES] = {0};

	if (p->quorum == NOBODY)
		return true;
	for (size_t i = 0; i < p->names; i++) {
		const struct name *a = &p->name[i];
		const bool yes = a->witness != NOBODY ? has_cosigned(&p->witness[a->witness], c, n) : met[i] >= a->need;

		if ((int)i == p->quorum)
			return yes;
		if (yes && a->group != NOBODY)
			met[a->group]++;
	}
	return false;
}

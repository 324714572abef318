/* The table of rights, asked. */
#include "policy/rights.h"

#include <stddef.h>
#include <string.h>

#include "base/attr.h"
#include "base/err.h"

#define B(name) (1U << RIGHT_##name)

static const struct { const char *word, *name; } rights[RIGHT_COUNT_] = {
#define RIGHT(n, word, name) [RIGHT_##n] = {word, name},
#define ROLE(n, word, name, may)
#include "policy/rights.def"
#undef RIGHT
#undef ROLE
};

static const struct { const char *word, *name; unsigned may; } roles[] = {
	[ROLE_NONE] = {"", N_("no role"), 0},
#define RIGHT(n, word, name)
#define ROLE(n, word, name, may) [ROLE_##n] = {word, name, may},
#include "policy/rights.def"
#undef RIGHT
#undef ROLE
};

/* What local states and scripts of the first version say. */
static const struct { const char *word; enum role role; } older[] = {{"editor", ROLE_DESK}, {"head", ROLE_RELEASER}};

bool role_has(enum role role, enum right right)
{
	return (unsigned)role < ARRAY_LEN(roles) && (unsigned)right < RIGHT_COUNT_ && (roles[role].may & 1U << right) != 0;
}

enum role role_parse(const char *word)
{
	for (size_t r = ROLE_READER; r < ROLE_NODE; r++)
		if (strcmp(word, roles[r].word) == 0)
			return (enum role)r;
	for (size_t i = 0; i < ARRAY_LEN(older); i++)
		if (strcmp(word, older[i].word) == 0)
			return older[i].role;
	return ROLE_NONE;
}

const char *role_word(enum role role) { return (unsigned)role < ARRAY_LEN(roles) ? roles[role].word : ""; }
const char *role_words(void) { return "reader, contributor, desk-officer, releaser, administrator, auditor"; }
const char *role_name(enum role role) { return (unsigned)role < ARRAY_LEN(roles) ? roles[role].name : roles[ROLE_NONE].name; }
const char *right_word(enum right right) { return (unsigned)right < RIGHT_COUNT_ ? rights[right].word : "?"; }
const char *right_name(enum right right) { return (unsigned)right < RIGHT_COUNT_ ? rights[right].name : "?"; }

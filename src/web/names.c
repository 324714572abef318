/* Names of people, and the order of languages. */
#include <string.h>

#include "web/view_round.h"

enum lang lang_place(enum lang l, unsigned k)
{
	static const enum lang order[LANG_COUNT][LANG_COUNT] = {
		[LANG_DE] = {LANG_DE, LANG_JA, LANG_EN}, [LANG_JA] = {LANG_JA, LANG_DE, LANG_EN}, [LANG_EN] = {LANG_EN, LANG_DE, LANG_JA},
	};

	return order[l][k % LANG_COUNT];
}

/* Small letters of romanised Japanese: ASCII, and long vowels with a macron or circumflex. */
static const struct { const char *small, *large; } long_vowels[] = {
	{"ā", "Ā"}, {"ī", "Ī"}, {"ū", "Ū"}, {"ē", "Ē"}, {"ō", "Ō"}, {"â", "Â"}, {"î", "Î"}, {"û", "Û"}, {"ê", "Ê"}, {"ô", "Ô"},
};

static void large(char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] >= 'a' && s[i] <= 'z')
			s[i] = (char)(s[i] - 'a' + 'A');
		for (size_t k = 0; k < sizeof long_vowels / sizeof long_vowels[0]; k++)
			if (i + 1 < n && memcmp(&s[i], long_vowels[k].small, 2) == 0)
				memcpy(&s[i], long_vowels[k].large, 2);
	}
}

/* A word of two letters or more without a small one. */
static bool has_capitals(const char *s)
{
	while (*s != '\0') {
		const size_t n = strcspn(s, " ");
		bool small = false;

		for (size_t i = 0; i < n; i++)
			small = small || (s[i] >= 'a' && s[i] <= 'z');
		if (n > 1 && !small && s[n - 1] != '.')
			return true;
		s += n + strspn(s + n, " ");
	}
	return false;
}

const char *latin_formal(struct arena *a, const char *party, const char *latin)
{
	const size_t n = latin != NULL ? strlen(latin) : 0;
	char *s;

	if (latin == NULL || party_lang(party) != LANG_JA || has_capitals(latin))
		return latin;
	if ((s = arena_get(a, n + 1)) == NULL)
		return latin;
	memcpy(s, latin, n + 1);
	large(s, strcspn(s, " "));
	return s;
}

const char *type_word(const char *type)
{
	static const struct { const char *type, *word; } rows[] = {
		{"verbale-series", N_("Series")}, {"verbale-round", N_("Meeting")}, {"verbale-document", N_("Document")}, {"verbale-delegation", N_("Delegation")},
		{"verbale-invitation", N_("Invitation")}, {"verbale-proposal", N_("Proposal")}, {"verbale-assent", N_("Assent")}, {"verbale-comment", N_("Comment")},
		{"verbale-silence", N_("Silence procedure")}, {"verbale-commitment", N_("Commitment")}, {"verbale-progress", N_("Progress of a commitment")}, {"verbale-term", N_("Glossary")},
		{"verbale-publication", N_("Publication")}, {"verbale-withdrawal", N_("Withdrawal")},
	};

	for (size_t i = 0; type != NULL && i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].type, type) == 0)
			return rows[i].word;
	return type != NULL ? type : "";
}

/* Traffic Light Protocol: 2.0 by its official extension, 1.0 by the ids of STIX 2.1 §7.2.1.4 (white is clear). */
#include "base/clock.h"
#include "stix/priv.h"

#define TLP_EXTENSION_ID "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
#define MARKING_PREFIX "marking-definition--"

static const struct {
	const char *name, *word, *id;
	const char *word1, *id1;       /* of version 1 */
} levels[] = {
	[TLP_NONE] = {.name = "unmarked", .word = "unmarked"},
	[TLP_CLEAR] = {"TLP:CLEAR", "clear", MARKING_PREFIX "94868c89-83c2-464b-929b-a1a8aa3c8487", "white", MARKING_PREFIX "613f2e26-407d-48c7-9eca-b8e91df99dc9"},
	[TLP_GREEN] = {"TLP:GREEN", "green", MARKING_PREFIX "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green", MARKING_PREFIX "34098fce-860f-48ae-8e50-ebd3cc5e41da"},
	[TLP_AMBER] = {"TLP:AMBER", "amber", MARKING_PREFIX "55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber", MARKING_PREFIX "f88d31f6-486f-44da-b317-01333bde0b82"},
	[TLP_AMBER_STRICT] = {"TLP:AMBER+STRICT", "amber+strict", MARKING_PREFIX "939a9414-2ddd-4d32-a0cd-375ea402b003", NULL, NULL},
	[TLP_RED] = {"TLP:RED", "red", MARKING_PREFIX "e828b379-4e03-4974-9ac4-e53a884c97c1", "red", MARKING_PREFIX "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"},
	[TLP_UNKNOWN] = {.name = "unknown", .word = "unknown"},
};

static bool is_level(enum tlp t) { return t >= TLP_CLEAR && t <= TLP_RED; }
static bool known(enum tlp t) { return (unsigned)t < ARRAY_LEN(levels); }

const char *tlp_name(enum tlp t) { return levels[known(t) ? t : TLP_UNKNOWN].name; }
const char *tlp_word(enum tlp t) { return levels[known(t) ? t : TLP_UNKNOWN].word; }
const char *tlp_marking_id(enum tlp t) { return is_level(t) ? levels[t].id : NULL; }

enum tlp tlp_of_marking(const char *id)
{
	const size_t p = sizeof(MARKING_PREFIX) - 1; /* all begin alike: compare what differs */

	if (id == NULL || strncmp(id, MARKING_PREFIX, p) != 0)
		return TLP_UNKNOWN;
	for (enum tlp t = TLP_CLEAR; t <= TLP_RED; t++)
		if (strcmp(id + p, levels[t].id + p) == 0 || (levels[t].id1 != NULL && strcmp(id + p, levels[t].id1 + p) == 0))
			return t;
	return TLP_UNKNOWN;
}

enum tlp tlp_parse(const char *word)
{
	for (enum tlp t = TLP_CLEAR; word != NULL && t <= TLP_RED; t++)
		if (strcmp(word, levels[t].word) == 0)
			return t;
	return TLP_UNKNOWN;
}

bool tlp_label(const char *s, size_t n, enum tlp *ret)
{
	char word[32];
	size_t len;

	if (memchr(s, ':', n) == NULL && memchr(s, 0xef, n) == NULL) /* no colon, no full-width one */
		return false;
	/* Spelling is the writer's: "TLP:Amber+Strict", "tlp: white", full-width letters. */
	len = fold_word(s, n, word, sizeof(word));
	if (len < 4 || memcmp(word, "tlp:", 4) != 0)
		return false;
	*ret = strcmp(word + 4, "white") == 0 ? TLP_CLEAR : tlp_parse(word + 4);
	return true;
}

/* --- marking-definition objects --- */

/* Level by content: TLP_NONE if the object does not speak of TLP, TLP_UNKNOWN if it does but wrongly. */
static enum tlp content_level(const struct json_val *obj)
{
	const struct json_val *ext = json_get(json_get(obj, "extensions"), TLP_EXTENSION_ID);
	const char *word;

	if (ext != NULL)
		return tlp_parse(json_get_str(ext, "tlp_2_0"));
	if (!json_str_is(json_get(obj, "definition_type"), "tlp"))
		return TLP_NONE;
	word = json_get_str(json_get(obj, "definition"), "tlp");
	for (enum tlp t = TLP_CLEAR; word != NULL && t <= TLP_RED; t++)
		if (levels[t].word1 != NULL && strcmp(word, levels[t].word1) == 0)
			return t;
	return TLP_UNKNOWN;
}

/* Only extensions that we know to say nothing more about who may read. */
static bool plain_extensions(const struct json_val *obj)
{
	const struct json_val *key, *val;
	struct json_iter it;

	json_iter(&it, json_get(obj, "extensions"));
	while (json_next(&it, &key, &val))
		if (!json_str_is(key, TLP_EXTENSION_ID) && !json_str_is(key, VERBALE_EXTENSION_ID))
			return false;
	return true;
}

static enum stix_marking marking_of_statement(const struct json_val *obj, enum tlp *ret_tlp)
{
	const struct json_val *def = json_get(obj, "definition"), *name = json_get(obj, "name");
	size_t n;
	const char *s = json_str(json_get(def, "statement"), &n);

	if (s == NULL || n == 0 || json_len(def) != 1 || stix_grade(s, n) != NULL)
		return MARKING_UNKNOWN;
	/* Somebody wrote the level as a text: take the word for it, it can only restrict. */
	if (tlp_label(s, n, ret_tlp) || ((s = json_str(name, &n)) != NULL && tlp_label(s, n, ret_tlp)))
		return *ret_tlp == TLP_UNKNOWN ? MARKING_UNKNOWN : MARKING_TLP;
	return MARKING_STATEMENT;
}

enum stix_marking stix_marking_of(const struct json_val *obj, enum tlp *ret_tlp)
{
	const enum tlp by_id = tlp_of_marking(json_get_str(obj, "id")), content = content_level(obj);
	enum tlp level = TLP_UNKNOWN;
	enum stix_marking m;

	if (!json_str_is(json_get(obj, "type"), "marking-definition") || !plain_extensions(obj))
		return MARKING_UNKNOWN;
	if (content != TLP_NONE || by_id != TLP_UNKNOWN) {
		/* TLP 2.0 under another id is understood; the official ids must mean what everybody reads in them. */
		const bool official = json_get(json_get(obj, "extensions"), TLP_EXTENSION_ID) == NULL || by_id != TLP_UNKNOWN;

		if (!is_level(content) || (official && by_id != content))
			return MARKING_UNKNOWN;
		*ret_tlp = content;
		return MARKING_TLP;
	}
	if (!json_str_is(json_get(obj, "definition_type"), "statement"))
		return MARKING_UNKNOWN;
	if ((m = marking_of_statement(obj, &level)) == MARKING_TLP)
		*ret_tlp = level;
	return m;
}

static int check_official(struct ck *c, enum tlp by_id, enum tlp content)
{
	const bool v1 = levels[by_id].id1 != NULL && strcmp(c->id, levels[by_id].id1) == 0;
	const char *created = v1 ? "2017-01-20T00:00:00.000Z" : "2022-10-01T00:00:00.000Z";

	if (content != by_id)
		return broke(c, NULL, RULE_MARKING, "this is the id of %s, the content says otherwise", tlp_name(by_id));
	if (time_compare(c->o.created, strlen(c->o.created), created, strlen(created)) != 0)
		return broke(c, NULL, RULE_MARKING, "%s was created %s", tlp_name(by_id), created);
	return 0;
}

int check_marking_tlp(struct ck *c)
{
	const enum tlp by_id = tlp_of_marking(c->id), content = content_level(c->obj);
	const bool v2 = json_get(json_get(c->obj, "extensions"), TLP_EXTENSION_ID) != NULL;

	if (by_id != TLP_UNKNOWN)
		return check_official(c, by_id, content);
	if (content == TLP_NONE)
		return 0;
	if (content == TLP_UNKNOWN)
		return broke(c, NULL, RULE_TLP, "no level of the Traffic Light Protocol");
	return v2 ? broke(c, NULL, RULE_TLP_ID, "%s has the id %s", tlp_name(content), levels[content].id)
	          : broke(c, NULL, RULE_TLP, "TLP 1 has four fixed ids, this is none of them");
}

/*
 * Judges many cases in one process: one JSON line in, one verdict line out.
 *   stixjudge patterns                          a JSON string a line: stix_pattern_check
 *   stixjudge lenient|default|strict            an object a line: stix_check at that level
 * A verdict is "yes", "yes RULE,RULE…" with the rules warned about, "no WORDS", or "unread WORDS" where the line is no
 * JSON we take.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "json/json.h"
#include "stix/stix.h"

struct warned { char rules[1024]; size_t n; };

static void warn(void *ctx, const char *rule, const char *path, const char *text)
{
	struct warned *w = ctx;
	const size_t n = strlen(rule);

	(void)path;
	(void)text;
	if (w->n + n + 2 > sizeof(w->rules))
		return;
	w->rules[w->n] = w->n == 0 ? ' ' : ',';
	memcpy(w->rules + w->n + 1, rule, n);
	w->n += n + 1;
}

static void judge(const struct json_val *v, bool patterns, enum stix_strict strict)
{
	struct warned w = {.n = 0};
	const struct stix_how how = {.strict = strict, .warn = warn, .ctx = &w};
	struct stix_object o;
	struct err e;
	size_t n;
	const char *s = json_str(v, &n);
	int rc;

	if (patterns && s == NULL)
		(void)printf("unread no string\n");
	else if ((rc = patterns ? stix_pattern_check(s, n, &e) : stix_check(v, &how, &o, &e)) != 0)
		(void)printf("no %s\n", e.msg);
	else
		(void)printf("yes%.*s\n", (int)w.n, w.rules);
}

int main(int argc, char **argv)
{
	static const char *const words[] = {"lenient", "default", "strict"};
	const bool patterns = argc == 2 && strcmp(argv[1], "patterns") == 0;
	unsigned strict = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	struct err e;

	while (argc == 2 && !patterns && strict < ARRAY_LEN(words) && strcmp(argv[1], words[strict]) != 0)
		strict++;
	if (argc != 2 || strict == ARRAY_LEN(words) || crypto_init(&e) != 0) {
		(void)fprintf(stderr, "usage: stixjudge patterns|lenient|default|strict\n");
		return 2;
	}
	while ((n = getline(&line, &room, stdin)) > 0) {
		struct json_doc *doc = NULL;

		if (json_read(line, (size_t)n, NULL, &doc, &e) != 0)
			(void)printf("unread %s\n", e.msg);
		else
			judge(json_root(doc), patterns, (enum stix_strict)strict);
		json_free(doc);
		(void)fflush(stdout); /* whoever asks line by line is answered line by line */
	}
	free(line);
	return 0;
}

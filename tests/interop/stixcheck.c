/* Reads one JSON file and says what stix_check says: exit 0 accepted, 1 refused (text on stderr), 2 cannot be read.
 * With a second argument "lenient", "default" or "strict". A bundle or list is checked object by object. */
#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"
#include "stix/stix.h"

static void warn(void *ctx, const char *rule, const char *path, const char *text)
{
	if (*(bool *)ctx)
		(void)fprintf(stderr, "warning: %s: rule %s: %s\n", path, rule, text);
}

struct run { enum stix_strict strict; bool v20, loud; size_t good, bad; };

static int visit(void *ctx, const struct json_val *obj, size_t n, struct err *e)
{
	struct run *run = ctx;
	struct stix_object o;

	(void)n;
	if (stix_check(obj, &(struct stix_how){.strict = run->strict, .v20 = run->v20, .warn = warn, .ctx = &run->loud}, &o, e) == 0) {
		run->good++;
	} else {
		run->bad++;
		(void)fprintf(stderr, "%s: %s\n", err_name(e->code), e->msg);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const words[] = {"lenient", "default", "strict"};
	const struct fs fs = fs_system();
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_JSON_BULK);
	const struct json_read_opt opt = {.max_bytes = LIMIT_JSON_BULK};
	struct run run = {.strict = STIX_DEFAULT, .loud = argc > 3 && strcmp(argv[3], "loud") == 0, .v20 = argc > 4};
	struct json_doc *doc = NULL;
	struct err e = {.code = 0};

	for (unsigned i = 0; argc > 2 && i < ARRAY_LEN(words); i++)
		if (strcmp(argv[2], words[i]) == 0)
			run.strict = (enum stix_strict)i;
	if (argc < 2 || crypto_init(&e) != 0 || fs_read_file(&fs, argv[1], LIMIT_JSON_BULK, &b, &e) != 0 ||
	    json_read(b.p, b.n, &opt, &doc, &e) != 0 || stix_each(json_root(doc), visit, &run, &e) != 0) {
		(void)fprintf(stderr, "%s\n", argc < 2 ? "usage: stixcheck FILE [lenient|default|strict [loud|quiet [v20]]]" : e.msg);
		json_free(doc);
		return 2;
	}
	json_free(doc);
	if (run.good + run.bad != 1)
		(void)fprintf(stderr, "%zu accepted, %zu refused\n", run.good, run.bad);
	return run.bad != 0;
}

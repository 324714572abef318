/* Any bytes as a pattern: a verdict, the same each time; a refusal says a position inside the pattern, in clean words. */
#include <string.h>

#include "base/enc.h"
#include "fuzz.h"
#include "stix/stix.h"

static void told(const struct err *e, size_t size)
{
	size_t at = 0;
	const char *s = e->msg;

	if (strncmp(s, "position ", 9) != 0) {
		MUST(size > LIMIT_PATTERN);
		return;
	}
	for (s += 9; *s >= '0' && *s <= '9'; s++)
		at = at * 10 + (size_t)(*s - '0');
	MUST(at >= 1 && at <= size + 1 && s[0] == ':' && s[1] == ' ' && s[2] != '\0');
	MUST(strlen(e->msg) < 900 && utf8_check(s, strlen(s)) == strlen(s)); /* never cut */
	for (; *s != '\0'; s++)
		MUST((unsigned char)*s >= 0x20 && *s != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = {.code = 0};
	const char *s = (const char *)data;
	const int rc = stix_pattern_check(s, size, &e);

	MUST(rc == 0 || (rc == E_FORMAT && e.code == rc));
	MUST(stix_pattern_check(s, size, NULL) == rc);
	if (rc != 0)
		told(&e, size);
	else
		MUST(utf8_check(s, size) == size && memchr(s, '[', size) != NULL && memchr(s, ']', size) != NULL);
	return 0;
}

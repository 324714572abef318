/* Any text as a unit: plain text, glossary and calendar take it or say that it is not UTF-8. */
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "consult/glossary.h"
#include "consult/ics.h"
#include "fuzz.h"

static void check_warnings(const struct paper_unit *u)
{
	struct glossary_warning w[64];
	size_t n = 0;

	MUST(glossary_check(u, 1, NULL, 0, w, 64, &n, NULL) == 0);
	for (size_t i = 0; i < n && i < 64; i++) {
		const char *s = u->text.s[w[i].lang];

		MUST(w[i].n > 0 && w[i].from + w[i].n <= strlen(s) && utf8_check(s + w[i].from, w[i].n) == w[i].n);
		if (w[i].pair)
			MUST(w[i].other != w[i].lang && w[i].other_from + w[i].other_n <= strlen(u->text.s[w[i].other]));
	}
}

static void check_calendar(const char *s)
{
	const struct ics_event v = {.uid = "x", .summary = s, .description = s};
	const struct ics_calendar c = {.name = "x", .v = &v, .n = 1};
	CLEANUP_BUF struct buf out = BUF_INIT(0);

	if (s[0] == '\0')
		return;
	MUST(ics_write(&c, &out, NULL) == 0);
	for (const char *p = out.p; *p != '\0';) {
		const char *end = strstr(p, "\r\n");

		MUST(end != NULL && end - p <= 75 && utf8_check(p, (size_t)(end - p)) == (size_t)(end - p));
		p = end + 2;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_STR char *s = mem_strndup((const char *)data, size);
	CLEANUP_BUF struct buf out = BUF_INIT(0);

	MUST(s != NULL);
	const struct paper_unit u = {.number = "1", .text = {{s, s, s}}, .bracketed = size % 2 == 1};
	const struct paper p = {.lang = {LANG_DE, LANG_JA}, .langs = 2, .unit = &u, .units = 1};
	const int r = paper_plain(&p, &out, NULL);

	MUST((r == 0) == (utf8_check(s, strlen(s)) == strlen(s)));
	if (r < 0)
		return 0;
	MUST(utf8_check(out.p, out.n) == out.n && memchr(out.p, '\x1b', out.n) == NULL);
	check_warnings(&u);
	check_calendar(s);
	return 0;
}

/* Dates and times as typed: what is read is a day of the calendar, and the same day when it is written and read again. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "web/fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_ARENA struct arena a = {0};
	struct civil c = {.year = -1}, again;
	enum date_part part;
	char s[512];

	if (n >= sizeof(s))
		return 0;
	memcpy(s, data, n);
	s[n] = '\0';
	if (time_read(s, &c) == NULL)
		assert(c.hour >= 0 && c.hour < 24 && c.minute >= 0 && c.minute < 60);
	c = (struct civil){.year = -1};
	if (date_read(s, &c, &part) != NULL) {
		assert(c.year == -1);
		return 0;
	}
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		assert(date_read(date_typed(&a, (enum lang)l, time_from_civil(&c) * NS_PER_S, "UTC"), &again, NULL) == NULL);
		assert(again.year == c.year && again.month == c.month && again.day == c.day);
	}
	return 0;
}

/* What a page's rows stand for as text: thousands in one answer, so without printf and two digits at a time. */
#include <string.h>

#include "base/clock.h"
#include "record/priv.h"

#define TENS(x) x "0" x "1" x "2" x "3" x "4" x "5" x "6" x "7" x "8" x "9"
#define SIXTEENS(x) TENS(x) x "a" x "b" x "c" x "d" x "e" x "f"

static const char decimal[] = TENS("0") TENS("1") TENS("2") TENS("3") TENS("4") TENS("5") TENS("6") TENS("7") TENS("8") TENS("9");
static const char hex[] = SIXTEENS("0") SIXTEENS("1") SIXTEENS("2") SIXTEENS("3") SIXTEENS("4") SIXTEENS("5") SIXTEENS("6") SIXTEENS("7")
    SIXTEENS("8") SIXTEENS("9") SIXTEENS("a") SIXTEENS("b") SIXTEENS("c") SIXTEENS("d") SIXTEENS("e") SIXTEENS("f");

static void put_two(char *to, unsigned v) { memcpy(to, decimal + 2UL * v, 2); }

char *page_row_id(const struct page_row *row, char out[LIMIT_STIX_ID + 1])
{
	static const uint8_t place[16] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
	const size_t n = strnlen(row->type, LIMIT_STIX_TYPE);
	char *const to = out + n + 2;

	memcpy(out, row->type, n);
	to[-2] = to[-1] = to[8] = to[13] = to[18] = to[23] = '-';
	for (size_t i = 0; i < sizeof(place); i++)
		memcpy(to + place[i], hex + 2UL * row->uuid[i], 2);
	to[36] = '\0';
	return to + 36;
}

/* As time_format(), for any number of digits up to 9 and years of four. */
char *page_put_time(struct page_day *d, int64_t ns, unsigned digits, char *to)
{
	const int64_t s = ns / NS_PER_S - (ns % NS_PER_S < 0), day = s / 86400 - (s % 86400 < 0);
	const unsigned in_day = (unsigned)(s - day * 86400);
	unsigned rest = (unsigned)(ns - s * NS_PER_S);
	struct civil c;

	if (!d->known || d->day != day) {
		time_civil(ns, &c);
		put_two(d->text, (unsigned)c.year / 100);
		put_two(d->text + 2, (unsigned)c.year % 100);
		put_two(d->text + 5, (unsigned)c.month);
		put_two(d->text + 8, (unsigned)c.day);
		d->text[4] = d->text[7] = '-';
		d->text[10] = 'T';
		d->day = day;
		d->known = true;
	}
	memcpy(to, d->text, sizeof(d->text));
	put_two(to + 11, in_day / 3600);
	put_two(to + 14, in_day / 60 % 60);
	put_two(to + 17, in_day % 60);
	to[13] = to[16] = ':';
	to += 19;
	if (digits > 0) {
		char nine[10];

		nine[0] = (char)('0' + rest / 100000000);
		rest %= 100000000;
		for (unsigned i = 7; i < 9; i -= 2, rest /= 100)
			put_two(nine + i, rest % 100);
		*to++ = '.';
		memcpy(to, nine, digits);
		to += digits;
	}
	to[0] = 'Z';
	to[1] = '\0';
	return to + 1;
}

void added_text(int64_t us, char out[ADDED_TEXT + 1])
{
	struct page_day d = {.known = false};

	IGNORE(page_put_time(&d, us * 1000, 6, out), "its length is known");
}

/* Written with more digits than a number of nanoseconds has, or no time at all. */
static int read_text(struct record_reader *rd, const struct page_row *row, char out[LIMIT_TIMESTAMP + 1], struct err *e)
{
	struct index_entry at;
	struct entry en;
	const char *text;
	int rc;

	if ((rc = index_at_frame(rd->ix, row->frame, &at, e)) != 0 || (rc = record_read(rd, &at, &en, e)) != 0)
		return rc;
	if ((text = json_get_str(en.object.val, "modified")) == NULL)
		text = json_get_str(en.object.val, "created");
	if (text == NULL || strlen(text) > LIMIT_TIMESTAMP)
		added_text(row->added, out);
	else
		memcpy(out, text, strlen(text) + 1);
	entry_free(&en);
	return 0;
}

int record_page_version(struct record_reader *rd, const struct page_row *row, struct page_day *d, char out[LIMIT_TIMESTAMP + 1], struct err *e)
{
	if (row->version_digits == PAGE_TEXT)
		return read_text(rd, row, out, e);
	IGNORE(page_put_time(d, row->version_ns, row->version_digits <= 9 ? row->version_digits : 9, out), "the text ends itself");
	return 0;
}

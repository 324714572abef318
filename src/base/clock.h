/*
 * base/clock.h - RFC 3339 times and the injected clock.
 * Instants are nanoseconds since 1970-01-01T00:00:00Z (int64_t: years 1678 to 2262).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define NS_PER_S 1000000000LL

/* Where the time comes from. Nothing but this struct's implementations reads a clock. */
struct clock {
	int64_t (*now)(void *ctx); /* ns since the epoch */
	void *ctx;
};
struct clock clock_system(void);          /* CLOCK_REALTIME */
static inline int64_t clock_now(const struct clock *c) { return c->now(c->ctx); }

struct civil { int year, month, day, hour, minute, second; int weekday; /* 0 = Sunday */ };

/*
 * RFC 3339 §5.6 with "T" and "Z" only (STIX 2.1 §2.16), fraction optional with ≥ 1 digit.
 * Checks the calendar (leap days; second 60 refused). Digits beyond ns are checked, then cut.
 */
NODISCARD bool time_parse(const char *s, size_t n, int64_t *ret_ns);
/* Compare two valid time texts at full precision of their fractions, whatever its length: <0, 0, >0. */
int time_compare(const char *a, size_t na, const char *b, size_t nb);
/* "2016-09-09T00:30:00.000Z" with 0, 3, 6 or 9 fraction digits. buf ≥ 31 bytes. */
void time_format(int64_t ns, int digits, char *buf, size_t n);
void time_civil(int64_t ns, struct civil *ret);
/* Civil UTC date and time to seconds since the epoch. */
int64_t time_from_civil(const struct civil *c);
/* Offset of a zone we show ("Europe/Berlin", "Asia/Tokyo", "UTC") at an instant, in seconds, and its
 * abbreviation in *ret_abbr ("MEZ"/"MESZ"/"JST"/"UTC"). True to the tz database from 1952 on; later law as today's. false: unknown zone. */
NODISCARD bool time_zone(const char *zone, int64_t ns, int *ret_offset_s, const char **ret_abbr);

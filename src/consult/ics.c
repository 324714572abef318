#include "consult/ics.h"

#include <string.h>

#include "base/clock.h"
#include "base/enc.h"
#include "base/err.h"

/*
 * The law of a zone since a day, as RFC 5545 §3.6.5 says it. Local times before that day stand in UTC: what a reader's program
 * makes of a VTIMEZONE is true only where it is.
 */
static const struct zone { const char *name; int64_t since_s; const char *vtimezone; } zones[] = {
	/* EU summer time in its present form: Directive 94/21/EC, from 1996 on. */
	{"Europe/Berlin", 846378000 /* 1996-10-27T01:00:00Z */,
		"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"
		"BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n"
		"BEGIN:DAYLIGHT\r\nDTSTART:19970330T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n"
		"END:VTIMEZONE\r\n"},
	/* No summer time since 1951. */
	{"Asia/Tokyo", -577962000 /* 1951-09-08T15:00:00Z */,
		"BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\n"
		"BEGIN:STANDARD\r\nDTSTART:19510909T000000\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nTZNAME:JST\r\nEND:STANDARD\r\n"
		"END:VTIMEZONE\r\n"},
};

/* The zone an event's times stand in; NULL: UTC. */
static const struct zone *zone_of(const struct ics_event *v)
{
	if (v->all_day || v->zone == NULL)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(zones); i++)
		if (strcmp(zones[i].name, v->zone) == 0)
			return v->start >= zones[i].since_s * NS_PER_S ? &zones[i] : NULL;
	return NULL;
}

/* ---- content lines: RFC 5545 §3.1: at most 75 octets, folded between characters ---- */

#define LINE 75

struct lines { struct buf *out, now; };

static void end_line(struct lines *l)
{
	size_t at = 0, room = LINE;

	while (l->now.n - at > room) {
		size_t end = at + room;

		while (((unsigned char)l->now.p[end] & 0xc0) == 0x80)
			end--;
		buf_put(l->out, l->now.p + at, end - at);
		buf_puts(l->out, "\r\n ");
		at = end;
		room = LINE - 1;
	}
	buf_put(l->out, l->now.p + at, l->now.n - at);
	buf_puts(l->out, "\r\n");
	if (l->now.err != 0)
		l->out->err = l->now.err;
	buf_clear(&l->now);
}

static void put(struct lines *l, const char *name, const char *value)
{
	buf_printf(&l->now, "%s:%s", name, value);
	end_line(l);
}

/* §3.3.11: TEXT. Control characters have no place in it. */
static void put_text(struct lines *l, const char *name, const char *lang, const char *s)
{
	if (s == NULL)
		return;
	buf_puts(&l->now, name);
	if (lang != NULL)
		buf_printf(&l->now, ";LANGUAGE=%s", lang);
	buf_putc(&l->now, ':');
	for (; *s != '\0'; s++) {
		const unsigned char c = (unsigned char)*s;

		if (c == '\n')
			buf_puts(&l->now, "\\n");
		else if (c == '\\' || c == ';' || c == ',')
			buf_printf(&l->now, "\\%c", c);
		else if (c >= 0x20 && c != 0x7f)
			buf_putc(&l->now, *s);
		else if (c == '\t')
			buf_putc(&l->now, ' ');
	}
	end_line(l);
}

static void put_utc(struct lines *l, const char *name, int64_t ns)
{
	struct civil c;

	time_civil(ns, &c);
	buf_printf(&l->now, "%s:%04d%02d%02dT%02d%02d%02dZ", name, c.year, c.month, c.day, c.hour, c.minute, c.second);
	end_line(l);
}

static void put_day(struct lines *l, const char *name, int64_t ns)
{
	struct civil c;

	time_civil(ns, &c);
	buf_printf(&l->now, "%s;VALUE=DATE:%04d%02d%02d", name, c.year, c.month, c.day);
	end_line(l);
}

static void put_local(struct lines *l, const char *name, int64_t ns, const struct zone *z)
{
	struct civil c;
	const char *abbr;
	int offset = 0;

	if (z == NULL || !time_zone(z->name, ns, &offset, &abbr)) {
		put_utc(l, name, ns);
		return;
	}
	time_civil(ns + offset * NS_PER_S, &c);
	buf_printf(&l->now, "%s;TZID=%s:%04d%02d%02dT%02d%02d%02d", name, z->name, c.year, c.month, c.day, c.hour, c.minute, c.second);
	end_line(l);
}

/* ---- events ---- */

static void put_times(struct lines *l, const struct ics_event *v)
{
	const struct zone *z = zone_of(v);

	if (v->all_day) {
		put_day(l, "DTSTART", v->start);
		put_day(l, "DTEND", v->end + 86400 * NS_PER_S); /* §3.8.2.2: the end is not in it */
		return;
	}
	put_local(l, "DTSTART", v->start, z);
	if (v->end > v->start)
		put_local(l, "DTEND", v->end, z);
}

static void put_event(struct lines *l, const struct ics_event *v)
{
	static const char *const status[] = {[ICS_CONFIRMED] = "CONFIRMED", [ICS_TENTATIVE] = "TENTATIVE", [ICS_CANCELLED] = "CANCELLED"};
	static const char *const class[] = {[ICS_PUBLIC] = "PUBLIC", [ICS_PRIVATE] = "PRIVATE", [ICS_CONFIDENTIAL] = "CONFIDENTIAL"};

	put(l, "BEGIN", "VEVENT");
	put_text(l, "UID", NULL, v->uid);
	put_utc(l, "DTSTAMP", v->modified);
	put_utc(l, "CREATED", v->created);
	put_utc(l, "LAST-MODIFIED", v->modified);
	buf_printf(&l->now, "SEQUENCE:%u", v->sequence);
	end_line(l);
	put_times(l, v);
	put_text(l, "SUMMARY", v->lang, v->summary);
	put_text(l, "DESCRIPTION", v->lang, v->description);
	put_text(l, "LOCATION", v->lang, v->location);
	if (v->url != NULL)
		put(l, "URL", v->url);
	put(l, "STATUS", status[v->status]);
	put(l, "CLASS", class[v->class]);
	put(l, "TRANSP", v->busy && v->status != ICS_CANCELLED ? "OPAQUE" : "TRANSPARENT");
	put(l, "END", "VEVENT");
}

static bool is_utf8(const char *s) { return s == NULL || utf8_check(s, strlen(s)) == strlen(s); }

/* An address goes out as it is, so nothing in it may end the line. */
static bool is_plain(const char *s)
{
	for (; s != NULL && *s != '\0'; s++)
		if ((unsigned char)*s <= 0x20 || *s == 0x7f)
			return false;
	return true;
}

static int check_event(const struct ics_event *v, size_t number, struct err *e)
{
	const struct { const char *name, *s; } texts[] = {
		{"UID", v->uid}, {"SUMMARY", v->summary}, {"DESCRIPTION", v->description}, {"LOCATION", v->location}, {"URL", v->url},
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!is_utf8(texts[i].s))
			return fail(e, E_FORMAT, "calendar: event %zu: %s is not UTF-8", number, texts[i].name);
		if (i < 2 && (texts[i].s == NULL || texts[i].s[0] == '\0'))
			return fail(e, E_FORMAT, "calendar: event %zu has no %s", number, texts[i].name);
	}
	if (!is_plain(v->url) || !is_plain(v->uid))
		return fail(e, E_FORMAT, "calendar: event %zu: spaces or control characters in %s", number, is_plain(v->url) ? "UID" : "URL");
	for (const char *c = v->lang; c != NULL && *c != '\0'; c++)
		if (!((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z') && *c != '-')
			return fail(e, E_FORMAT, "calendar: event %zu: no language \"%s\"", number, v->lang);
	if (v->end < v->start)
		return fail(e, E_FORMAT, "calendar: event %zu ends before it starts", number);
	return 0;
}

static void put_zones(struct lines *l, const struct ics_calendar *c)
{
	for (size_t z = 0; z < ARRAY_LEN(zones); z++)
		for (size_t i = 0; i < c->n; i++)
			if (zone_of(&c->v[i]) == &zones[z]) {
				buf_puts(l->out, zones[z].vtimezone);
				break;
			}
}

static void put_head(struct lines *l, const struct ics_calendar *c)
{
	put(l, "BEGIN", "VCALENDAR");
	put(l, "VERSION", "2.0");
	put(l, "PRODID", "-//Verbale//Verbale " VERBALE_VERSION "//EN");
	put(l, "CALSCALE", "GREGORIAN");
	put(l, "METHOD", "PUBLISH");
	put_text(l, "NAME", NULL, c->name);
	put_text(l, "X-WR-CALNAME", NULL, c->name); /* what most programs read */
	if (c->url != NULL) {
		buf_printf(&l->now, "SOURCE;VALUE=URI:%s", c->url);
		end_line(l);
	}
	if (c->refresh_minutes > 0) {
		buf_printf(&l->now, "REFRESH-INTERVAL;VALUE=DURATION:PT%uM", c->refresh_minutes);
		end_line(l);
	}
}

int ics_write(const struct ics_calendar *c, struct buf *out, struct err *e)
{
	struct lines l = {.out = out};
	int r = 0;

	if (!is_utf8(c->name) || !is_plain(c->url) || !is_utf8(c->url))
		return fail(e, E_FORMAT, "calendar: its name or address cannot be written");
	for (size_t i = 0; r == 0 && i < c->n; i++)
		r = check_event(&c->v[i], i + 1, e);
	if (r < 0)
		return r;
	put_head(&l, c);
	put_zones(&l, c);
	for (size_t i = 0; i < c->n; i++)
		put_event(&l, &c->v[i]);
	put(&l, "END", "VCALENDAR");
	buf_free(&l.now);
	return buf_err(out, e, "calendar");
}

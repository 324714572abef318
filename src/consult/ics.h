/*
 * consult/ics.h - rounds, deadlines and promises as a calendar to subscribe to (RFC 5545, RFC 7986). Pure.
 * Times in a zone we know ("Europe/Berlin" from 1996-10-27 on, "Asia/Tokyo") stand in local time with their VTIMEZONE,
 * all others in UTC, and so does
 * the hour that comes twice in autumn. A changed event keeps its uid and raises its sequence; one that is off stays, as cancelled.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum ics_status { ICS_CONFIRMED, ICS_TENTATIVE, ICS_CANCELLED };
enum ics_class { ICS_PUBLIC, ICS_PRIVATE, ICS_CONFIDENTIAL };
struct ics_event {
	const char *uid;             /* same for ever: the object's id and what of it, "round--…/deadline@log.example" */
	unsigned sequence;           /* version of the event, from 0 */
	int64_t created, modified;   /* ns */
	bool all_day;                /* start and end are 00:00Z of the first and the last day; zone is not used */
	int64_t start, end;          /* ns; end behind start, or equal: a moment (a deadline) or one day */
	const char *zone;            /* IANA name of the place, or NULL: UTC */
	const char *summary;
	const char *description, *location, *url;  /* or NULL */
	const char *lang;            /* "de"; of the three texts, or NULL */
	enum ics_status status;
	enum ics_class class;
	bool busy;                   /* takes up the day of its reader: a round does, a deadline does not */
};
struct ics_calendar {
	const char *name;            /* shown by the reader's program */
	const char *url;             /* where it is subscribed, or NULL */
	unsigned refresh_minutes;    /* how often to ask again; 0: not said */
	const struct ics_event *v; size_t n;
};
/* E_FORMAT naming event and property: not UTF-8, no uid or summary, end before start, an address with a control character. */
NODISCARD int ics_write(const struct ics_calendar *c, struct buf *out, struct err *e);

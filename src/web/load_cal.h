/* web/load_cal.h - calendars and feeds: what the loader's reader may see, as files for programs. */
#pragma once
#include "web/visit.h"

/* Rounds, deadlines, embargoes, silence procedures and commitments; of one series (an id) or, NULL, of all. */
NODISCARD int load_calendar(struct visit *v, const char *series, const char *name, const char *url, struct buf *out, struct err *e);
/* Texts that are public; of one series or all. title: of the feed; path: its address behind the language. */
NODISCARD int load_feed(struct visit *v, const char *series, const char *title, const char *path, struct buf *out, struct err *e);
/* The id of a series by its short name. */
NODISCARD int load_series_id(struct visit *v, const char *slug, const char **ret, struct bitext *ret_title, struct err *e);

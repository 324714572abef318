/* web/strip.h - the numbered time line as SVG numbers: computed here, drawn by the template, coloured by the stylesheet. */
#pragma once
#include "web/view.h"

#define STRIP_EVENTS 12
struct strip_tick { int x; const char *label; };
struct strip {
	int x[STRIP_EVENTS];             /* of each event of the round, in a box 1152 wide */
	struct strip_tick tick[14]; size_t ticks; /* months (or years, when it runs long) */
	const char *axis, *run;          /* path data */
};
/* Events beyond STRIP_EVENTS must not be there (the loader keeps to it). */
void strip_make(struct arena *a, enum lang l, const struct v_round *r, struct strip *ret);

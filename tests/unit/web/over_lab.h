/* The two nodes of the demo with people on the German side, and the text all agreed to with a promise in it. */
#pragma once
#include "lab.h"
#include "people_lab.h"

struct over_lab { struct weblab w; struct people_lab p; struct find *find; struct homes *homes; struct subs *subs; struct keep *keep; char series[LIMIT_STIX_ID + 1], promise[LIMIT_STIX_ID + 1]; };
/* Statement published on 12 September 2016, the round closed, "Berlin, 2017" taken as a commitment of both sides, a reader and a desk officer. */
void over_open(struct over_lab *d);
void over_close(struct over_lab *d);
void over_set(struct over_lab *d, const char *time);

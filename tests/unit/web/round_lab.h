/* Two nodes with the demo's consultation, with people, papers and a browser each. */
#pragma once
#include "lab.h"
#include "people_lab.h"
#include "web/homes.h"

enum side { SIDE_DE, SIDE_JP, SIDES };
struct round_lab { struct weblab w; struct people_lab side[SIDES]; struct homes *homes[SIDES]; struct buf log; };
void round_lab_open(struct round_lab *d, const char *origin); /* of both nodes' pages */
void round_lab_close(struct round_lab *d);
/* Let both nodes hear of each other. */
void round_lab_meet(struct round_lab *d);

/* One browser of one person. */
struct person { struct round_lab *d; enum side side; char cookie[128], token[128]; };
void person_in(struct round_lab *d, enum side side, const char *name, struct person *ret);
int person_see(struct person *p, const char *target, struct got *ret);  /* the status; got_free */
int person_status(struct person *p, const char *target);
/* Sends fields ("a=b&c=d", encoded) with the form's token; follows nothing. */
int person_send(struct person *p, const char *target, const char *fields, struct got *ret);
/* All fields of the first sheet on a page as a browser would send them back, without csrf; malloc'ed. */
char *sheet_fields(const struct got *g);
/* "name=" replaced by a new encoded value; malloc'ed, frees `fields`. */
char *with_field(char *fields, const char *name, const char *value);

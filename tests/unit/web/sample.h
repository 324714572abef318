/* Hand-made views for the page tests: one statement between two parties, in every part a page can show. */
#pragma once
#include "web/view.h"

/* evil: NULL for real text, else every string of the views is this one. */
struct sample {
	struct page page, person;            /* nobody's, and of one who is signed in */
	struct v_series_list list;
	struct v_round *round;
	struct v_document *statement, *agenda;
	struct v_proof proof;
	struct v_record record;
	struct v_error error;
	const char *evil;
};
void sample_make(struct arena *a, enum lang l, const char *evil, struct sample *ret);

enum sample_page { S_HOME, S_LIST, S_SERIES, S_ROUND, S_STATEMENT, S_AGENDA, S_PROOF, S_RECORD, S_ERROR, S_PERSON /* the frame of one who is signed in */,
	S_SIGN_IN, S_SECOND, S_SIGN_OUT, S_SETTINGS, S_TOTP, S_CODES, S_USERS, S_USER, S_AUDIT, S_FORM, S_HELP, S_ACCESSIBILITY, S_PRIVACY, S_PAGES };
void sample_render(const struct sample *s, enum sample_page which, struct buf *out);
const char *sample_name(enum sample_page which);
void sample_people(const struct sample *s, enum sample_page which, struct out *o); /* sample_people.c */

/* web/acting.h - acts of the person who sent a form, and where the page goes after them. */
#pragma once
#include "consult/acts.h"
#include "web/visit.h"

/* In the name of the party, by the person signed in. Lives as long as v. */
struct actor acting(struct visit *v);
/* After an act: rc 0 goes on to `to`, which says `done`; anything else is returned. */
NODISCARD int acted(struct visit *v, int rc, struct url to, const char *done, struct err *e);
/* A text typed in the reader's language. */
struct texts acting_text(const struct visit *v, const char *field);
/* name-de, name-ja, name-en */
struct texts acting_texts(struct visit *v, const char *field);
bool texts_empty(const struct texts *t);

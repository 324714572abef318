/* web/acting.h - acts of the person who sent a form, from its texts. */
#pragma once
#include "web/at_desk.h"

/* In the name of the party, by the person signed in; what needs a second person waits. Lives as long as the visit. */
NODISCARD int acting(struct visit *v, const struct actor **ret, struct err *e);
/* A text typed in the reader's language. */
struct texts acting_text(const struct visit *v, const char *field);
/* name-de, name-ja, name-en */
struct texts acting_texts(struct visit *v, const char *field);
bool texts_empty(const struct texts *t);

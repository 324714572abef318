/*
 * A position is the frame behind which the next page begins. It is sealed because frame numbers count what others wrote
 * too, and bound to collection and reader, so that a token that wanders to another collection is an error and no data
 * of the wrong place. Filters are no part of it: clients change them between pages, and the position still holds.
 */
#include "base/enc.h"
#include "taxii/priv.h"

#define SEALED (8 + ACCESS_SEAL)
_Static_assert(BASE64_LEN(SEALED) == CURSOR_TEXT, "a cursor fills its base64");

struct context { uint8_t bytes[32 + 16 + LIMIT_PARTY + LIMIT_AGENCY + LIMIT_USER + 3]; size_t n; };

static void add(struct context *x, const void *p, size_t n)
{
	memcpy(x->bytes + x->n, p, n);
	x->n += n;
}

static void add_text(struct context *x, const char *s, size_t max) { add(x, s != NULL ? s : "", s != NULL ? strnlen(s, max - 1) + 1 : 1); }

static struct context context_of(const struct call *c)
{
	static const char purpose[] = "verbale/taxii/next/v1";
	struct context x = {.n = 0};

	add(&x, purpose, sizeof(purpose));
	add(&x, c->uuid, sizeof(c->uuid));
	add_text(&x, c->who.reader.party, LIMIT_PARTY + 1);
	add_text(&x, c->who.reader.agency, LIMIT_AGENCY + 1);
	add_text(&x, c->who.reader.person, LIMIT_USER + 1);
	return x;
}

/* RFC 4648 §5 and §4 differ in two digits; 48 bytes need no padding. */
static void swap(char *s, const char *from, const char *to)
{
	for (; *s != '\0'; s++)
		*s = *s == from[0] ? to[0] : *s == from[1] ? to[1] : *s;
}

int cursor_seal(struct call *c, uint64_t frame, char out[CURSOR_TEXT + 1], struct err *e)
{
	const struct context x = context_of(c);
	uint8_t plain[8], sealed[SEALED];
	int rc;

	be_put(plain, frame, sizeof(plain));
	if ((rc = access_seal(c->t->conf.access, x.bytes, x.n, plain, sizeof(plain), sealed, e)) != 0)
		return rc;
	base64_encode(sealed, sizeof(sealed), out);
	swap(out, "+/", "-_");
	return 0;
}

int cursor_open(struct call *c, const char *text, uint64_t *ret_frame, struct err *e)
{
	const struct context x = context_of(c);
	uint8_t plain[8], sealed[SEALED];
	char copy[CURSOR_TEXT + 1];
	size_t n;

	if (strlen(text) != CURSOR_TEXT || strpbrk(text, "+/=") != NULL)
		return fail(e, E_FORMAT, "next: not from this server, or for another collection or reader");
	memcpy(copy, text, sizeof(copy));
	swap(copy, "-_", "+/");
	if (!base64_decode(copy, CURSOR_TEXT, sealed, sizeof(sealed), &n) || n != sizeof(sealed) ||
	    !access_unseal(c->t->conf.access, x.bytes, x.n, sealed, sizeof(sealed), plain))
		return fail(e, E_FORMAT, "next: not from this server, or for another collection or reader");
	*ret_frame = be_get(plain, sizeof(plain));
	return 0;
}

/*
 * stix/pattern.h - what scanner, grammar and checks of a pattern share (STIX 2.1 §9): pattern.l cuts the text into
 * symbols, pattern.y puts them together, pattern.c checks what the standard asks of them beyond the grammar.
 */
#pragma once
#include "stix/priv.h"

/* What a constant can be compared with (§9.2): those of one kind may stand in one set. */
enum pattern_kind { PATTERN_IS_NOTHING, PATTERN_IS_BOOL, PATTERN_IS_NUMBER, PATTERN_IS_TEXT, PATTERN_IS_BYTES, PATTERN_IS_TIME };
enum { QUALIFIED_START = 1, QUALIFIED_WITHIN = 2, QUALIFIED_REPEATS = 4 };

/* One symbol on the parser's stack. */
struct pattern_sym {
	uint32_t at, n;          /* bytes of the pattern */
	unsigned char kind;      /* of a constant or a set: enum pattern_kind */
	unsigned char qualified; /* of an observation: qualifiers it has; of a qualifier: which it is */
	bool hashes;             /* of a path: its last step names a dictionary of hashes */
	unsigned char digits;    /* of a path: it ends at a digest of so many hexadecimal digits; 0: it does not */
};

struct pattern {
	const char *s; size_t n; /* the pattern, as it was given */
	struct pattern_sym last; /* the symbol read last */
	unsigned nested;         /* open parentheses */
	unsigned char digits;    /* of the path compared now */
	int code;                /* what `e` says */
	struct err *e;
	struct err *name;        /* gets the first property name that is only a custom_name(); NULL: that is an error */
	size_t used;             /* bytes of `room` given to the scanner, which asks for its few hundred bytes once */
	union { char bytes[512]; max_align_t align; } room;
};

/*
 * pattern.l: parse p->n bytes of text at `copy`, which the scanner writes into while it reads; two NUL bytes follow them.
 * 0, or the code of p->e.
 */
NODISCARD int pattern_run(struct pattern *p, char *copy);

/* "position N: …" with N counted in characters from 1. Returns false. */
PRINTF(3, 4) bool pattern_fail(struct pattern *p, size_t at, const char *fmt, ...) __attribute__((cold));

/* Something stands where it may not: what, and what could; a hint where the slip is a usual one. */
void pattern_unexpected(struct pattern *p, const struct pattern_sym *found, const char *expected) __attribute__((cold));

/* pattern.c: constants, as soon as they are read. false: refused, the message stands. */
NODISCARD bool pattern_hex(struct pattern *p, const struct pattern_sym *c);
NODISCARD bool pattern_binary(struct pattern *p, const struct pattern_sym *c);
NODISCARD bool pattern_time(struct pattern *p, const struct pattern_sym *c);
NODISCARD bool pattern_int(struct pattern *p, const struct pattern_sym *c);
/* Parts, as soon as they are put together. */
NODISCARD bool pattern_type(struct pattern *p, const struct pattern_sym *type);
NODISCARD bool pattern_property(struct pattern *p, struct pattern_sym *path);
void pattern_step(const struct pattern *p, struct pattern_sym *path, const struct pattern_sym *step);
NODISCARD bool pattern_equal(struct pattern *p, const struct pattern_sym *c);
NODISCARD bool pattern_member(struct pattern *p, struct pattern_sym *set, const struct pattern_sym *c);
NODISCARD bool pattern_subnet(struct pattern *p, const struct pattern_sym *c);
NODISCARD bool pattern_positive(struct pattern *p, const struct pattern_sym *c);
NODISCARD bool pattern_span(struct pattern *p, const struct pattern_sym *start, const struct pattern_sym *stop);
NODISCARD bool pattern_qualify(struct pattern *p, struct pattern_sym *observation, const struct pattern_sym *qualifier);

/*
 * release.h - random records for test_release.c: three parties with logs of their own and what they write in one or two
 * shared collections, remembered beside the record so that the test can say by itself who may read what.
 */
#pragma once
#include "support.h"

enum { DE, JP, FR, BR, PARTIES };          /* BR reads only */
extern const char *const party_code[PARTIES];
enum { WRITERS = 3, MAX_COLS = 2, MAX_OBJS = 320, MAX_TO = 3 };

/* A collection as the founder wrote it, and as DE goes by it now. */
struct col_rules { unsigned members, community; int ceiling; bool open; };
struct col { char uuid[37]; int founder; struct col_rules now; bool accepted; };

enum what { PLAIN, DOCUMENT, PROPOSAL, ASSENT, PUBLICATION, INSIDE /* among members for ever: invitations, comments, promises … */ };
struct obj {
	enum what what;
	int writer, col;
	char id[LIMIT_STIX_ID + 1], modified[40], marker[20], name[24]; /* name: number or slug in addresses, or "" */
	const char *type;
	int level;                              /* 0 none, 1 clear … 5 red, 6 unknown: the strictest of what it carries */
	int stated;                             /* the definition of the plain statement it carries, or -1 */
	bool narrowed; const char *to[MAX_TO]; int to_n;
	int64_t time;
	/* documents */
	bool bracketed, revoked; int64_t embargo; int round;
	/* words */
	int about; const char *verb; int64_t publish_at;
	/* as recorded */
	uint64_t index; bool held; char *p; size_t n; uint8_t salt[32];
	char sha[65];                           /* of the object, not the entry */
};

struct rec {
	struct lab lab;
	struct node node[PARTIES];
	struct col col[MAX_COLS]; int cols;
	struct obj obj[MAX_OBJS]; int objs;
	int statement[WRITERS];                 /* each writer's own plain statement, or -1 */
	uint64_t rnd;
	uint64_t base;                          /* where this record begins in DE's log */
};
uint64_t pick(struct rec *m, uint64_t below);
static inline bool chance(struct rec *m, unsigned percent) { return pick(m, 100) < percent; }

/* Four nodes that know each other. */
void rec_open(struct rec *m, uint64_t seed);
/* A fresh random record in collections of its own, known to DE; what was there before is forgotten here, not there. */
void rec_fill(struct rec *m);
void rec_close(struct rec *m);

/*
 * The rules of doc/RELEASE.md, said once more: may the node of `party` (-1: nobody) read this at this time? Only what
 * DE holds counts.
 */
bool expect(const struct rec *m, int party, const struct obj *o, int64_t now);
/* The same for one person of the party. */
bool expect_person(const struct rec *m, int party, const char *agency, const char *person, const struct obj *o, int64_t now);
/* One object more by DE, for nobody of those who ask; the record is not looked at through `m` any more. false: it was refused. */
bool rec_hide(struct rec *m, int c);

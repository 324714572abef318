/*
 * web/view.h - what the templates see: plain structs, filled by web/load.c from the record, or by hand in tests.
 * Everything pointed at lives in the page's arena (or is static). Text from the record is untrusted here;
 * the templates escape it.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "consult/consult.h"
#include "policy/rights.h"
#include "web/arena.h"
#include "web/out.h"
#include "web/url.h"

#define VIEW_COLS LANG_COUNT

/* One text in up to three languages; NULL where it is missing. */
struct bitext { const char *s[LANG_COUNT]; };
/* A text and the language it is really in. */
struct shown { const char *s; enum lang lang; };
/* The wanted language, else English, else any; "" if the text is empty. */
struct shown bitext_in(const struct bitext *t, enum lang want);

/* ---- the frame around every page ---- */
enum nav { NAV_NONE, NAV_HOME, NAV_SERIES, NAV_COMMITMENTS, NAV_SEARCH, NAV_RECORD, NAV_DESK /* what waits for one */, NAV_SETTINGS };
struct crumb { struct shown text; struct url url; };
struct page {
	struct arena *a;
	enum lang lang;
	bool has_second; enum lang second;   /* the other side's language, for headings in pairs; none in English */
	const char *title;                   /* of the window */
	const char *description;             /* or NULL */
	struct url self[LANG_COUNT];         /* this page in each language */
	struct url absolute[LANG_COUNT];     /* the same with host; s NULL: no permanent address is configured */
	enum nav nav;
	struct crumb crumb[6]; size_t crumbs; /* the last one is this page */
	bool example;                        /* shows invented data */
	bool unlisted;                       /* error pages: no alternates, not for search engines */
	const char *party;                   /* whose node answers; may be NULL */
	const char *foot_record;             /* short record line for print, or NULL */
	bool sign_in;                        /* one can sign in here */
	bool feed;                           /* what is published can be subscribed to */
	const char *user, *csrf;             /* signed in: whose name, and the token of his forms; or NULL */
	bool may[RIGHT_COUNT_];              /* what his role includes */
	unsigned waiting;                    /* acts that wait for a second person, if he may confirm them */
	int64_t session_end;                 /* ns */
	const char *done;                    /* message id: what was just done, or NULL */
	bool era;                            /* the reader wants Japanese dates with the era's year */
};

/* ---- content ---- */
struct v_link { struct bitext title; struct url url; const char *host; };
struct v_links { const struct v_link *v; size_t n; };

struct v_badge { const char *icon, *tone /* class */, *word /* message id */; };
/* How the state of a document is shown; all_agreed tells two members from more. */
struct v_badge badge_of(enum doc_state s, size_t members);
struct v_badge badge_unconfirmed(void);

struct v_assent { const char *party; enum assent_verb verb; int64_t at; };

struct v_unit {
	const char *number;
	struct bitext text;
	bool bracketed; const char *bracketed_by;
	bool has_time; int64_t start, end;
	const char *lead;                    /* "DE, JP" or NULL */
	bool pause;
};

struct v_event { int64_t at; const char *what; /* message id */ bool now, due; };

struct v_document {
	const char *kind;                    /* message id: "Joint press release" */
	const char *kind_code;               /* "press-release" */
	const char *number, *id, *modified;
	unsigned version, versions;          /* 1… in order of modification */
	struct bitext title;
	int64_t date;
	enum doc_state state;
	struct v_assent assent[LIMIT_MEMBERS]; size_t assents; /* members' latest word, alternat order */
	bool has_publication; int64_t publish_at;
	const char *sha256;                  /* of the object's canonical form, 64 digits */
	const char *writer;
	struct v_unit *unit; size_t units;
	bool authentic[LANG_COUNT], provisional[LANG_COUNT];
	enum lang col[VIEW_COLS]; size_t cols;
	struct v_links reading;
	struct url page, proof, permanent, json;
	struct url print_permanent;          /* absolute, if a base is configured */
	struct url with_english, mail;       /* s NULL: not offered */
	struct url pdf, txt, draft, compare, feed; /* likewise; draft: for whom signs in */
	struct bitext correction, withdrawal; /* why, or empty */
	const char *origin; uint64_t index, log_size;
	bool confirmed;                      /* proof checked just now */
	int64_t since;                       /* by the other sides' clocks, all of it was in the record by then; 0: not known */
	bool example;
};

struct v_member { const char *native, *latin, *reading; struct bitext function, agency, rank; const char *agency_code, *role; bool unnamed; /* "N. N." */ };
struct v_delegation {
	const char *party; struct v_member *member; size_t members;
	bool has_expires, ended; int64_t expires; /* ended: the names are not there any more */
	const char *id, *modified;
};
struct v_observer { struct bitext name; const char *party; };

struct v_round {
	const char *id;
	const char *series_slug;
	uint64_t ordinal;                    /* 0: not counted */
	const char *key;                     /* what the address names the round by */
	struct bitext title, series_title, venue;
	int64_t start, end; bool has_end;
	const char *precision;               /* "day", "month", "year": how much of start is meant; NULL: all of it */
	bool vague;                          /* only a month or a year */
	const char *zone;                    /* of the venue */
	const char *zone2;                   /* the other side's, or NULL */
	const char *own, *other;             /* the same two, the reader's own side first: for what did not happen at the venue */
	const char *mode, *status, *host;    /* codes */
	struct v_observer *observer; size_t observers;
	struct v_delegation *delegation; size_t delegations;
	struct v_document *document; size_t documents;
	const struct v_document *agenda;     /* newest agreed one, or NULL */
	const struct v_document *statement;  /* joint statement or press release, or NULL */
	struct v_event *event; size_t events;
	struct v_links reading;
	struct url page, statement_page, agenda_page;
	const struct v_round_more *more;     /* web/view_round.h; NULL: not loaded */
	bool example;
};

struct v_series {
	const char *id, *slug, *noun;
	struct bitext title, mandate, rhythm;
	const char *member[LIMIT_MEMBERS]; size_t members;
	struct v_round *round; size_t rounds;    /* newest first */
	struct url page;
	const struct v_series_more *more;    /* web/view_round.h; NULL: not loaded */
	bool example;
};
struct v_series_list { struct v_series *v; size_t n; };

/* ---- proof ---- */
struct v_cosign { const char *party, *name; int64_t at; };
struct v_bound { const char *witness; int64_t after, until; bool has_after, has_until; };
struct v_evidence {
	const char *what;                    /* message id: "The document", "Assent of a side" */
	const char *party;                   /* whose log */
	const char *id, *modified;
	struct url json, proof, policy;
	const char *json_name, *proof_name, *policy_name;
	int step;                            /* steps passed, 4 = all (tlog/tlog.h proof_report) */
	const char *fault;                   /* English detail where a step failed */
	bool pending;                        /* everything holds but no peer has cosigned this head yet */
	const char *entry_sha256, *leaf, *leaf_hash, *root, *origin, *vkey, *key_der; /* RFC 8410 SubjectPublicKeyInfo, base64 */
	const char **path; size_t path_n;
	uint64_t index, size;
	struct v_cosign *cosign; size_t cosigns;
	struct v_bound *bound; size_t bounds;
};
struct v_proof {
	const struct v_document *doc;
	const struct v_round *round;         /* or NULL */
	struct v_evidence *evidence; size_t n;
	bool ok;                             /* everything holds that needs no other side, and no word is missing */
	bool pending;                        /* but some head still waits for another side's confirmation */
	int64_t checked_at;
	const char *zone, *zone2;
	const char *object_sha256;
	const char *base_url;                /* for the commands; "" if unknown */
};

struct v_log { const char *party, *origin, *vkey, *root; uint64_t size; bool own, known; struct v_cosign *cosign; size_t cosigns; };
struct v_record { struct v_log *log; size_t logs; const char *zone, *zone2; };

/* A document that was public once and is withdrawn. */
struct v_gone { const char *id, *number, *writer, *round_id; struct bitext reason; int64_t at; const char *zone, *zone2; struct url round; };

struct v_error { int status; const char *title, *text; /* message ids */ const char *detail; /* in English, or NULL */ };

/* ---- words for codes and times ---- */
const char *party_name(enum lang l, const char *party);    /* "Germany"; the code itself when we have no word */
const char *party_side(enum lang l, const char *party);    /* "German side" */
const char *party_zone(const char *party);                 /* "Europe/Berlin"; "UTC" when unknown */
enum lang party_lang(const char *party);                   /* LANG_EN when unknown */
/* Alternat: own side first in its own language; otherwise the given order. Negative, 0, positive for qsort. */
int alternat(enum lang l, const char *a, const char *b);
const char *word_mode(enum lang l, const char *mode);
const char *word_status(enum lang l, const char *status);
const char *tone_status(const char *status);
const char *word_role(enum lang l, const char *role);
const char *word_kind(const char *kind);                   /* message id */
const char *word_kind_short(const char *kind);             /* message id: for paths and lists */
const char *word_verb(enum assent_verb v);                 /* message id */
const char *lang_name(enum lang l);                        /* in its own language */
const char *status_mark(enum lang of, const struct v_document *d); /* "authentic text" in that language, or NULL */

/* 09.09.2016 | 2016年9月9日（金） | 9 September 2016, as the calendar stands in `zone`. */
const char *date_text(struct arena *a, enum lang l, int64_t ns, const char *zone);
const char *date_shown(const struct page *p, int64_t ns, const char *zone);                /* the same, with the era if that is wanted: 2016年（平成28年）9月9日（金） */
const char *clock_text(struct arena *a, int64_t ns, const char *zone);                     /* 09:30 */
const char *zone_text(enum lang l, int64_t ns, const char *zone);                          /* JST, MESZ, CEST, 日本時間 */
/* "10:15 MESZ / 17:15 JST"; the second zone's date is named when it is another day. zone2 may be NULL or equal. */
const char *clocks_text(struct arena *a, enum lang l, int64_t ns, const char *zone, const char *zone2);
const char *moment_text(struct arena *a, enum lang l, int64_t ns, const char *zone, const char *zone2); /* date, clocks */
const char *exactly_text(struct arena *a, enum lang l, int64_t ns, const char *zone, const char *zone2); /* with seconds */
/* "2017", "May 2017" or the whole date, as exactly as it is meant. */
const char *exact_date(struct arena *a, enum lang l, int64_t ns, const char *zone, const char *precision);
/* "2017", "31.12.2017" as it was meant. */
const char *due_text(const struct page *p, int64_t due, const char *precision);
const char *iso_date(struct arena *a, int64_t ns, const char *zone);
const char *iso_time(struct arena *a, int64_t ns);
const char *ordinal_text(struct arena *a, enum lang l, uint64_t n);                        /* 1. Runde, 第1回, Round 1 */
const char *hash_short(struct arena *a, const char *hex);                                  /* 9f2c 41ab … 7d03 */
const char *hash_groups(struct arena *a, const char *hex);                                 /* groups of 8 */

/* The sprite's symbol, and other embedded files, under their cacheable address. */
struct url icon_url(struct arena *a, const char *name);
struct url asset_url(struct arena *a, const char *file);
struct safe script_of(struct arena *a);                    /* the element that loads the one script, app.js */

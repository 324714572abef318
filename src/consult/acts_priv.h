/* consult/acts_priv.h - what the files of the acts share; nobody else includes it. */
#pragma once
#include "base/buf.h"
#include "base/clock.h"
#include "consult/acts.h"
#include "consult/priv.h"

/*
 * Properties from plain texts. put_…: of the object itself, so what is absent becomes null, which takes it away from a
 * version; add_…: inside lists, where what is absent is not there.
 */
void put_null(struct buf *b, bool *first, const char *key);
void put_text(struct buf *b, bool *first, const char *key, const char *s);
void put_number(struct buf *b, bool *first, const char *key, unsigned n);
void put_true(struct buf *b, bool *first, const char *key, bool yes);
void put_texts(struct buf *b, bool *first, const char *key, const struct texts *t);
void put_strings(struct buf *b, bool *first, const char *key, const char *const *v, size_t n);
void add_text(struct buf *b, bool *first, const char *key, const char *s);
void add_texts(struct buf *b, bool *first, const char *key, const struct texts *t);
bool has_texts(const struct texts *t);
/* false: the list is empty and null stands there; else its closing bracket is due. */
bool list_begin(struct buf *b, bool *first, const char *key, size_t n);

/* Id, modified and hash of a version, under these names. */
extern const char *const document_keys[3], *const object_keys[3];
NODISCARD int put_version(struct buf *b, bool *first, const char *const key[3], const struct entry *en, struct err *e);
/* The version of `id` with this modified; NULL: the newest. E_NOTFOUND, E_CONFLICT. */
NODISCARD int read_version(struct record_reader *rd, const char *id, const char *modified, struct entry *ret, struct err *e);
/* Is this, the newest, the version seen? E_CONFLICT naming both; `seen` NULL: yes. */
NODISCARD int is_seen(const struct entry *en, const char *seen, struct err *e);
/* act_write() of "{…" in props, which is closed and freed here. at NULL: where what it is about stands. */
NODISCARD int act_props(const struct actor *who, enum stix_kind kind, const struct act_at *at, struct buf *props, struct add_result *ret, struct err *e);
void put_leads(struct buf *b, bool *first, const char *key, const struct act_lead *v, size_t n);
/* An assent with what a person cannot give: the silence procedure it rests on, or NULL. */
NODISCARD int write_assent(const struct actor *a, const struct entry *about, enum assent_verb verb, const struct texts *reason, const char *silence, struct add_result *ret, struct err *e);
/* ---- a second person: acts_hold.c ---- */
/* One object on its way. after: the version before, "": none. */
struct going { const uint8_t *collection; const char *after; const char *p; size_t n; };
NODISCARD int send_object(const struct actor *a, const struct going *g, struct add_result *ret, struct err *e);
/* Add it to a->ready instead. */
NODISCARD int keep_ready(const struct actor *a, const struct going *g, struct add_result *ret, struct err *e);
/* 0: nobody else is needed; ACT_HELD: it waits. `about`: whose version it is, or what it is about, or NULL. */
NODISCARD int hold_write(const struct actor *a, enum stix_kind kind, const struct act_at *at, const struct json_val *props, const struct going *g, const char *about, struct err *e);
NODISCARD int hold_accept(const struct actor *a, const char *proposal, const char *seen, const struct texts *reason, struct err *e);

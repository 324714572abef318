/* tlog/inside.h - what the files of this module share among themselves; nobody else includes it. */
#pragma once
#include "tlog/tlog.h"

/* Root of `n` hashes, n a power of two up to TILE_WIDTH. */
void perfect_root(const struct hash *h, unsigned n, struct hash *ret);
/*
 * Fold the `width` hashes of a right-edge tile (0..255) into *acc, which holds the root of everything to
 * their right, if `any`. RFC 6962 §2.1: perfect subtrees, smallest at the right, joined from the right.
 */
void edge_fold(const struct hash *h, unsigned width, struct hash *acc, bool *any);
bool hash_equal(const struct hash *a, const struct hash *b);

/* Next line without its LF. false: no LF ahead (also at the end). */
bool line_next(const char **p, size_t *n, const char **ret_line, size_t *ret_n);
/* A base64 line of exactly one hash. */
bool hash_parse(const char *s, size_t n, struct hash *ret);

/* Where the signatures begin in a note; *ret_text_n: length of the signed text. E_FORMAT, E_LIMIT. */
NODISCARD int note_split(const char *p, size_t n, size_t *ret_text_n, struct err *e);
/* One signature line without its LF. */
NODISCARD bool note_sig_parse(const char *line, size_t n, struct note_sig *ret);
bool note_sig_same(const struct note_sig *a, const struct note_sig *b); /* (name, id) */
bool note_sig_by(const struct note_sig *s, const struct note_key *k);   /* is it named as k's? */

/*
 * checkpoint_open for several logs: the key that counts is one whose name is the origin, but a bad
 * signature of any known key refuses the note. *ret_log: the key that signed.
 */
NODISCARD int checkpoint_open_any(const char *note, size_t n, const struct note_key *logs, size_t log_count,
    const struct note_key *witness, size_t witnesses, struct checkpoint *ret, const struct note_key **ret_log,
    struct cosigned *ret_cosigned, size_t *ret_count, struct err *e);

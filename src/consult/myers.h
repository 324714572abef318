/* consult/myers.h - the shortest edit script between two sequences of numbers. Private to consult/. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * Marks in `del` (a_n) and `ins` (b_n), zero before, what goes and what comes. E. Myers, An O(ND) Difference Algorithm and
 * Its Variations, Algorithmica 1 (1986) §4b: time O((a_n + b_n)·D), memory O(a_n + b_n).
 * *ret_far: it takes more than max_edits deletions and insertions; the marks are not to be used then. E_NOMEM.
 */
NODISCARD int myers(const uint32_t *a, size_t a_n, const uint32_t *b, size_t b_n, size_t max_edits, bool *del, bool *ins, bool *ret_far);

/* consult/fold.h - one character of a text as the search sees it. Private to consult/. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fold_class { FOLD_NONE /* stands between words */, FOLD_WORD, FOLD_CJK };
struct folded {
	enum fold_class class;
	char text[2][12];  /* long and short form: "ae" and "a"; "" for what is dropped */
};
/* The character at *at of a valid UTF-8 text with the combining marks behind it; *at moves behind them. */
void fold_next(const char *s, size_t n, size_t *at, struct folded *ret);

/* consult/chars.h - characters of texts in three languages: scripts and widths. Private to consult/. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum script {
	SCRIPT_OTHER,                /* a mark: stands by itself */
	SCRIPT_SPACE, SCRIPT_DIGIT,
	SCRIPT_LETTER,               /* of a script that puts spaces between words */
	SCRIPT_WIDE_DIGIT, SCRIPT_WIDE_LETTER,
	SCRIPT_KANJI, SCRIPT_HIRAGANA, SCRIPT_KATAKANA,
	SCRIPT_JOIN,                 /* combining: belongs to what stands before it */
};
/* The character at *at of a valid UTF-8 text; *at moves behind it. */
uint32_t char_next(const char *s, size_t *at);
/* UTF-8 of a character to buf; number of bytes, 1..4. */
unsigned char_put(uint32_t c, char buf[4]);
enum script char_script(uint32_t c);
/* Columns in a fixed-width print: 0, 1, 2 (UAX #11, what is ambiguous is narrow). */
unsigned char_columns(uint32_t c);
/* Characters of a valid text. */
size_t char_count(const char *s, size_t n);

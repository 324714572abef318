/*
 * base/text.h - the three languages. A message id is the English text; de and ja come from
 * po/de.po and po/ja.po, compiled into the binary by tools/msgc.c. An id without both
 * translations fails the build (tools/messages.sh).
 * Mark ids with _() where a `lang` is at hand as in tr(lang, "…"), or N_() in tables.
 */
#pragma once
#include <stddef.h>

enum lang { LANG_DE, LANG_JA, LANG_EN, LANG_COUNT };

const char *lang_code(enum lang l);                /* "de" "ja" "en" */
/* "de", "de-AT", "ja_JP.UTF-8"… to a language; returns `otherwise` for anything else or NULL. */
enum lang lang_parse(const char *s, size_t n, enum lang otherwise);
/* Translation of id; the id itself for en or when it is unknown. Never NULL, static storage. */
const char *tr(enum lang l, const char *id) __attribute__((format_arg(2)));
/* Plural: English ids for one and many; ja has one form, de as English. */
const char *trn(enum lang l, const char *one, const char *many, unsigned long n) __attribute__((format_arg(2), format_arg(3)));

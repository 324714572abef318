/* consult/places.h - words of a list in a text, in the notation of consult/glossary.def. Private to consult/. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct place { size_t from, n; bool found; };
/* The first of the list's words in the text, the longest of those that begin there. Either may be NULL: nothing found. */
struct place find_words(const char *s, const char *list);

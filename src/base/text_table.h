/* base/text_table.h - the table tools/msgc makes of po/; for base/text.c and its tests only. */
#pragma once
#include <stddef.h>

/* Sorted by id in byte order. NULL: no translation. [0] for one (and where there is no plural), [1] for many; ja has no [1]. */
struct text_row { const char *id, *de, *de_many, *ja, *ja_many; };
extern const struct text_row text_table[];
extern const size_t text_rows;

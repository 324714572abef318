/* web/asset.h - the embedded files: a table made by tools/embed from web/assets/. */
#pragma once
#include <stddef.h>

struct asset { const char *name, *type; const unsigned char *p; size_t n; };
extern const struct asset assets[];
extern const size_t assets_n;
extern const char assets_version[]; /* 12 digits; changes with any file */

/* cli/conf.h - configuration: rows of conf.def, from default, file, environment and flag. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fs.h"
#include "http/http.h"
#include "stix/stix.h"

enum conf_key {
#define CONF(key, type, def, arg, doc) CONF_##key,
#include "cli/conf.def"
#undef CONF
	CONF_COUNT_
};
enum conf_source { FROM_DEFAULT, FROM_FILE, FROM_ENV, FROM_FLAG };
struct conf { char *value[CONF_COUNT_]; enum conf_source from[CONF_COUNT_]; };

/* All defaults. conf_free releases; NULL is fine. */
NODISCARD int conf_init(struct conf *c, struct err *e);
void conf_free(struct conf *c);
/* DIR/verbale.conf; unknown keys, doubled keys and bad values name the line. A missing file is E_NOTFOUND. */
NODISCARD int conf_read(struct conf *c, const struct fs *fs, const char *dir, struct err *e);
NODISCARD int conf_env(struct conf *c, const char *(*get)(const char *name), struct err *e);
NODISCARD int conf_set(struct conf *c, enum conf_key k, const char *value, enum conf_source from, struct err *e); /* checks type */
/* "listen-http" or "listen_http"; -1: no such key. */
int conf_find(const char *name, size_t n);
const char *conf_name(enum conf_key k);
const char *conf_arg(enum conf_key k);    /* message ids */
const char *conf_doc(enum conf_key k);
const char *conf_source_name(enum conf_source s);
/* Values that differ from the defaults, as a file with a comment per row. */
void conf_put(const struct conf *c, struct buf *out);

static inline const char *conf_text(const struct conf *c, enum conf_key k) { return c->value[k]; }
uint64_t conf_number(const struct conf *c, enum conf_key k);
enum stix_strict conf_strict(const struct conf *c);
/* false: switched off. `addr` gets the address. */
bool conf_listen(const struct conf *c, enum conf_key k, char addr[64], uint16_t *ret_port);

#include "cli/conf.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/limits.h"
#include "base/mem.h"

enum type { TEXT, NUMBER, LISTEN, LEVEL };

static const struct row { const char *key, *def, *arg, *doc; enum type type; } rows[CONF_COUNT_] = {
#define CONF(key, type, def, arg, doc) {#key, def, arg, doc, type},
#include "cli/conf.def"
#undef CONF
};
static const char *const levels[] = {[STIX_LENIENT] = "lenient", [STIX_DEFAULT] = "default", [STIX_STRICT] = "strict"};

const char *conf_name(enum conf_key k) { return rows[k].key; }
const char *conf_arg(enum conf_key k) { return rows[k].arg; }
const char *conf_doc(enum conf_key k) { return rows[k].doc; }

const char *conf_source_name(enum conf_source s)
{
	static const char *const names[] = {N_("default"), N_("file"), N_("environment"), N_("flag")};

	return names[s];
}

int conf_find(const char *name, size_t n)
{
	for (int k = 0; k < CONF_COUNT_; k++) {
		size_t i = 0;

		while (i < n && rows[k].key[i] != '\0' && (rows[k].key[i] == name[i] || (rows[k].key[i] == '_' && name[i] == '-')))
			i++;
		if (i == n && rows[k].key[i] == '\0')
			return k;
	}
	return -1;
}

static bool split_listen(const char *v, size_t *ret_host, uint64_t *ret_port)
{
	const char *colon = strrchr(v, ':');

	if (colon == NULL || colon == v || colon - v > 60)
		return false;
	*ret_host = (size_t)(colon - v);
	return dec_parse(colon + 1, strlen(colon + 1), 65535, ret_port);
}

static bool value_ok(enum type t, const char *v)
{
	uint64_t n;
	size_t host;

	switch (t) {
	case TEXT:
		for (const char *s = v; *s != '\0'; s++)
			if ((unsigned char)*s < ' ' || *s == 0x7f)
				return false;
		return utf8_check(v, strlen(v)) == strlen(v);
	case NUMBER:
		return dec_parse(v, strlen(v), 1000000000, &n);
	case LISTEN:
		return v[0] == '\0' || split_listen(v, &host, &n);
	case LEVEL:
		for (size_t i = 0; i < ARRAY_LEN(levels); i++)
			if (strcmp(v, levels[i]) == 0)
				return true;
		return false;
	}
	return false;
}

int conf_set(struct conf *c, enum conf_key k, const char *value, enum conf_source from, struct err *e)
{
	static const char *const due[] = {"text in UTF-8 without control bytes", "a number", "address:port, or nothing", "lenient, default or strict"};
	char *copy;

	if (!value_ok(rows[k].type, value))
		return fail(e, E_USAGE, "%s = \"%s\": %s is due", rows[k].key, value, due[rows[k].type]);
	if ((copy = mem_strdup(value)) == NULL)
		return fail(e, E_NOMEM, "configuration");
	mem_free(c->value[k]);
	c->value[k] = copy;
	c->from[k] = from;
	return 0;
}

int conf_init(struct conf *c, struct err *e)
{
	int rc = 0;

	memset(c, 0, sizeof(*c));
	for (int k = 0; rc == 0 && k < CONF_COUNT_; k++)
		rc = conf_set(c, (enum conf_key)k, rows[k].def, FROM_DEFAULT, e);
	return rc;
}

void conf_free(struct conf *c)
{
	for (int k = 0; c != NULL && k < CONF_COUNT_; k++) {
		mem_free(c->value[k]);
		c->value[k] = NULL;
	}
}

static char *trim(char *s)
{
	size_t n;

	while (*s == ' ' || *s == '\t')
		s++;
	n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r'))
		s[--n] = '\0';
	return s;
}

static int read_line(struct conf *c, char *line, unsigned no, const char *path, struct err *e)
{
	char *eq, *key, *value;
	int k;

	line = trim(line);
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if ((eq = strchr(line, '=')) == NULL)
		return fail(e, E_USAGE, "%s: line %u: \"key = value\" is due", path, no);
	*eq = '\0';
	key = trim(line);
	value = trim(eq + 1);
	if ((k = conf_find(key, strlen(key))) < 0)
		return fail(e, E_USAGE, "%s: line %u: no option is called \"%s\"", path, no, key);
	if (c->from[k] == FROM_FILE)
		return fail(e, E_USAGE, "%s: line %u: \"%s\" stands twice", path, no, key);
	if (conf_set(c, (enum conf_key)k, value, FROM_FILE, e) != 0)
		return fail_wrap(e, E_USAGE, "%s: line %u: ", path, no);
	return 0;
}

int conf_read(struct conf *c, const struct fs *fs, const char *dir, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/verbale.conf", dir);
	CLEANUP_BUF struct buf b = BUF_INIT(65536);
	unsigned no = 0;
	char *next;
	int rc = path == NULL ? fail(e, E_NOMEM, "configuration") : fs_read_file(fs, path, 65536, &b, e);

	if (rc != 0)
		return rc;
	if (b.n > 0 && memchr(b.p, '\0', b.n) != NULL)
		return fail(e, E_USAGE, "%s: a zero byte inside", path);
	for (char *line = b.p; rc == 0 && line != NULL; line = next) {
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		rc = read_line(c, line, ++no, path, e);
	}
	return rc;
}

int conf_env(struct conf *c, const char *(*get)(const char *name), struct err *e)
{
	char name[64] = "VERBALE_";
	int rc = 0;

	for (int k = 0; rc == 0 && k < CONF_COUNT_; k++) {
		const char *v;
		size_t n = 8;

		for (const char *s = rows[k].key; *s != '\0'; s++)
			name[n++] = (char)toupper((unsigned char)*s);
		name[n] = '\0';
		if ((v = get(name)) != NULL && (rc = conf_set(c, (enum conf_key)k, v, FROM_ENV, e)) != 0)
			rc = fail_wrap(e, rc, "%s: ", name);
	}
	return rc;
}

void conf_put(const struct conf *c, struct buf *out)
{
	for (int k = 0; k < CONF_COUNT_; k++)
		if (c->from[k] != FROM_DEFAULT)
			buf_printf(out, "# %s\n%s = %s\n", rows[k].doc, rows[k].key, c->value[k]);
}

uint64_t conf_number(const struct conf *c, enum conf_key k)
{
	uint64_t n = 0;

	IGNORE(!dec_parse(c->value[k], strlen(c->value[k]), UINT64_MAX, &n), "checked when set");
	return n;
}

enum stix_strict conf_strict(const struct conf *c)
{
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (strcmp(c->value[CONF_strict], levels[i]) == 0)
			return (enum stix_strict)i;
	return STIX_DEFAULT;
}

bool conf_listen(const struct conf *c, enum conf_key k, char addr[64], uint16_t *ret_port)
{
	const char *v = c->value[k];
	uint64_t port;
	size_t host;

	if (v[0] == '\0' || !split_listen(v, &host, &port))
		return false;
	if (v[0] == '[' && v[host - 1] == ']') { /* [::1]:8080 */
		v++;
		host -= 2;
	}
	memcpy(addr, v, host);
	addr[host] = '\0';
	*ret_port = (uint16_t)port;
	return true;
}

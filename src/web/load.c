/* Choosing entries, and taking values out of their JSON. */
#include "web/load.h"

#include <string.h>

#include "base/enc.h"

/* Whom no grant lets into the collection still reads what everybody may. */
static int may_see(struct loader *l, const struct entry *en, struct err *e)
{
	static const struct reader nobody = {.role = ROLE_NONE, .via = VIA_WEB};
	const bool granted = l->who == NULL || access_may(l->access, l->who, en->row.collection, ACCESS_READ);

	return record_may_read(l->rd, granted ? &l->reader : &nobody, en, e);
}

int load_row(struct loader *l, const struct index_entry *row, struct entry *ret, struct err *e)
{
	struct entry en;
	int rc = record_read(l->rd, row, &en, e);

	if (rc != 0)
		return rc;
	rc = may_see(l, &en, e);
	/* A log whose keys are no longer pinned has no party to show and no key to check with. */
	if (rc == 0 && (en.party == NULL || en.object.id == NULL))
		rc = fail(e, E_NOTFOUND, "not found");
	if (rc != 0)
		entry_free(&en);
	else
		*ret = en;
	return rc;
}

struct gather { struct loader *l; struct picks *to; uint64_t last; size_t seen; };

static int take_row(void *ctx, const struct index_entry *row, struct err *e)
{
	struct gather *g = ctx;
	struct index_entry *more;

	g->last = row->frame;
	g->seen++;
	if (g->to->n == LIMIT_WEB_ROWS)
		return fail(e, E_LIMIT, "more than %d rows for one page", LIMIT_WEB_ROWS);
	if (g->to->n == g->to->cap) {
		g->to->cap = g->to->cap == 0 ? 16 : 2 * g->to->cap;
		if ((more = arena_array(g->l->a, g->to->cap, sizeof *more)) == NULL)
			return fail(e, E_NOMEM, "page");
		if (g->to->n > 0)
			memcpy(more, g->to->row, g->to->n * sizeof *more);
		g->to->row = more;
	}
	g->to->row[g->to->n++] = *row;
	return 0;
}

int load_rows_of_type(struct loader *l, const char *type, struct picks *ret, struct err *e)
{
	struct gather g = {.l = l, .to = ret};
	int rc;

	do {
		g.seen = 0;
		if ((rc = index_page(record_index(l->rd), g.last, NULL, type, 256, take_row, &g, e)) != 0)
			return rc;
	} while (g.seen == 256);
	return 0;
}

int load_rows_about(struct loader *l, const char *subject, struct picks *ret, struct err *e)
{
	struct gather g = {.l = l, .to = ret};

	return index_subjects(record_index(l->rd), subject, take_row, &g, e);
}

static bool same_home(const struct index_entry *a, const struct index_entry *b)
{
	return a->log == b->log && memcmp(a->collection, b->collection, 16) == 0;
}

static bool later(const struct index_entry *a, const struct index_entry *b)
{
	return time_compare(a->modified, strlen(a->modified), b->modified, strlen(b->modified)) > 0;
}

/* Rows at home, newest first. */
static size_t sort_versions(struct picks *rows)
{
	const struct index_entry home = rows->row[0];
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		const struct index_entry row = rows->row[i];
		size_t at = n;

		if (!same_home(&row, &home) || row.modified[0] == '\0')
			continue;
		for (; at > 0 && later(&row, &rows->row[at - 1]); at--)
			rows->row[at] = rows->row[at - 1];
		rows->row[at] = row;
		n++;
	}
	return n;
}

int load_version(struct loader *l, const char *id, const char *modified, struct picked *ret, struct err *e)
{
	struct picks rows = {0};
	struct gather g = {.l = l, .to = &rows};
	struct picked p = {0};
	bool found = false;
	struct entry en;
	int rc = index_versions(record_index(l->rd), id, NULL, take_row, &g, e);

	if (rc != 0)
		return rc;
	rows.n = rows.n > 0 ? sort_versions(&rows) : 0;
	/* From the oldest, so that the number of a version does not depend on those to come. */
	for (size_t i = rows.n; rc == 0 && i-- > 0; ) {
		rc = load_row(l, &rows.row[i], &en, e);
		if (rc == E_NOTFOUND) {
			rc = 0;
			continue;
		}
		if (rc != 0)
			break;
		p.versions++;
		if (modified != NULL && strcmp(rows.row[i].modified, modified) != 0) {
			entry_free(&en);
			continue;
		}
		if (found)
			entry_free(&p.entry);
		p.entry = en;
		p.version = p.versions;
		found = true;
	}
	if (rc == 0 && !found)
		rc = fail(e, E_NOTFOUND, "not found");
	if (rc == 0)
		*ret = p;
	else if (found)
		entry_free(&p.entry);
	return rc;
}

size_t load_ids(struct loader *l, const struct picks *rows, const char *type, const uint8_t *collection, const char ***ret)
{
	const char **ids = arena_array(l->a, rows->n + 1, sizeof *ids);
	const size_t type_n = strlen(type);
	size_t n = 0, k;

	for (size_t i = 0; ids != NULL && i < rows->n; i++) {
		const struct index_entry *row = &rows->row[i];

		if (strncmp(row->id, type, type_n) != 0 || strncmp(row->id + type_n, "--", 2) != 0)
			continue;
		if (collection != NULL && memcmp(row->collection, collection, 16) != 0)
			continue;
		for (k = 0; k < n && strcmp(ids[k], row->id) != 0; k++)
			;
		if (k == n)
			ids[n++] = row->id;
	}
	*ret = ids;
	return n;
}

/* ---- values ---- */

const char *get_str(struct loader *l, const struct json_val *o, const char *key) { return arena_str(l->a, json_get_str(o, key)); }

struct bitext get_text(struct loader *l, const struct json_val *o, const char *key)
{
	const struct json_val *map = json_get(o, key);
	struct bitext t = {{NULL}};

	for (unsigned k = 0; k < LANG_COUNT; k++) {
		const char *s = json_get_str(map, lang_code((enum lang)k));

		t.s[k] = s != NULL && s[0] != '\0' ? arena_str(l->a, s) : NULL;
	}
	return t;
}

int64_t get_time(const struct json_val *o, const char *key, int64_t otherwise)
{
	const char *s = json_get_str(o, key);
	int64_t ns;

	return s != NULL && time_parse(s, strlen(s), &ns) ? ns : otherwise;
}

bool get_bool(const struct json_val *o, const char *key)
{
	bool b = false;

	return json_bool(json_get(o, key), &b) && b;
}

static const char *host_of(struct loader *l, const char *url)
{
	const char *s = strstr(url, "://");

	return s == NULL ? url : arena_strn(l->a, s + 3, strcspn(s + 3, "/?#"));
}

struct v_links get_links(struct loader *l, const struct json_val *o, const char *key)
{
	const struct json_val *list = json_get(o, key), *item;
	struct v_link *v = arena_array(l->a, json_len(list) + 1, sizeof *v);
	struct v_links ret = {v, 0};
	struct json_iter it;

	if (!is_list(list) || v == NULL)
		return ret;
	for (json_iter(&it, list); json_next(&it, NULL, &item); ) {
		const char *url = json_get_str(item, "url");

		if (url == NULL)
			continue;
		v[ret.n++] = (struct v_link){get_text(l, item, "title"), url_foreign(l->a, url), host_of(l, url)};
	}
	return ret;
}

const char *hex_text(struct loader *l, const void *p, size_t n)
{
	char *s = arena_get(l->a, HEX_LEN(n) + 1);

	if (s == NULL)
		return "";
	hex_encode(p, n, s);
	return s;
}

/* ---- by name ---- */

struct named { struct loader *l; const char *id[8]; size_t n; };

static int take_id(void *ctx, const char *id, struct err *e)
{
	struct named *k = ctx;

	(void)e;
	if (k->n < ARRAY_LEN(k->id))
		k->id[k->n++] = arena_str(k->l->a, id);
	return 0;
}

/* From the index of names while it knows all there is; else by looking at every object of the type. */
int load_named(struct loader *l, enum find_name kind, const char *name, const char ***ret, size_t *ret_n, struct err *e)
{
	const char *const type = kind == FIND_NUMBER ? "verbale-document" : "verbale-series";
	struct named *k = arena_get(l->a, sizeof *k);
	struct picks rows = {0};
	bool whole = false;
	int rc;

	if (k == NULL)
		return fail(e, E_NOMEM, "page");
	k->l = l;
	if (l->find != NULL && (rc = find_named(l->find, l->rd, kind, name, take_id, k, &whole, e)) != 0)
		return rc;
	*ret = k->id;
	*ret_n = k->n;
	if (whole && k->n < ARRAY_LEN(k->id))
		return 0;
	if ((rc = load_rows_of_type(l, type, &rows, e)) == 0)
		*ret_n = load_ids(l, &rows, type, NULL, ret);
	return rc;
}

static int find_number(struct loader *l, const char *number, const char **ret, struct err *e)
{
	const char **ids = NULL;
	size_t n = 0;
	int rc = load_named(l, FIND_NUMBER, number, &ids, &n, e);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct picked p;
		bool same;

		if ((rc = load_version(l, ids[i], NULL, &p, e)) == E_NOTFOUND) {
			rc = 0;
			continue;
		}
		if (rc != 0)
			return rc;
		same = json_str_is(json_get(p.entry.object.val, "number"), number);
		entry_free(&p.entry);
		if (same) {
			*ret = ids[i];
			return 0;
		}
	}
	return rc != 0 ? rc : fail(e, E_NOTFOUND, "not found");
}

int load_find(struct loader *l, const char *name, const char *modified, struct picked *ret, struct err *e)
{
	const char *id = name;
	int rc = stix_id_ok(name, strlen(name)) ? 0 : find_number(l, name, &id, e);

	return rc != 0 ? rc : load_version(l, id, modified, ret, e);
}

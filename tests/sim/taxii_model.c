/* The list and what the standard says of it. */
#include "taxii_model.h"

#include <string.h>

#include "base/mem.h"
#include "check.h"

/* ---- release ---- */

static bool names(const char *entry, const struct m_reader *r)
{
	const size_t n = strlen(r->party);
	const char *s = entry;

	if (strncmp(s, r->party, n) != 0 || (s[n] != '/' && s[n] != '\0'))
		return false;
	if (s[n] == '\0')
		return true;
	s += n + 1;
	if (r->agency == NULL || strncmp(s, r->agency, strlen(r->agency)) != 0)
		return false;
	s += strlen(r->agency);
	return *s == '\0' || (*s == '/' && r->person != NULL && strcmp(s + 1, r->person) == 0);
}

static bool named(const struct m_version *v, const struct m_reader *r, bool persons_only)
{
	for (size_t i = 0; i < M_NAMES && v->name[i] != NULL; i++) {
		const char *const first = strchr(v->name[i], '/');

		if (persons_only && (first == NULL || strchr(first + 1, '/') == NULL))
			continue;
		if (names(v->name[i], r))
			return true;
	}
	return false;
}

static int level_of(const struct model *m, const struct m_version *v) { return v->marking == M_UNMARKED ? m->col.ceiling : v->marking; }

bool m_sees(const struct model *m, const struct m_reader *r, const struct m_version *v)
{
	const int level = level_of(m, v);
	bool member, community;

	if (r->party == NULL)
		return m->col.open && level == M_CLEAR && !v->narrowed;
	member = strcmp(r->party, "DE") == 0 || (strcmp(r->party, "JP") == 0 && m->col.jp_member);
	community = member || (strcmp(r->party, "JP") == 0 && m->col.jp_community);
	if (level == M_CLEAR ? !m->col.open && !community : level == M_GREEN ? !community : !member)
		return false;
	return level == M_RED ? named(v, r, true) : !v->narrowed || named(v, r, false);
}

/* ---- reading (§3.4) ---- */

static bool among(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], s) == 0)
			return true;
	return n == 0;
}

static bool asks(const struct m_query *q, int what)
{
	for (size_t i = 0; i < q->picks; i++)
		if (q->pick[i].what == what)
			return true;
	return q->picks == 0 && what == M_LAST;
}

static bool asks_time(const struct m_query *q, int64_t ns)
{
	for (size_t i = 0; i < q->picks; i++)
		if (q->pick[i].what == M_AT && q->pick[i].ns == ns)
			return true;
	return false;
}

static bool narrow(const struct model *m, const struct m_reader *r, const struct m_query *q, bool *in)
{
	bool any = false;

	for (size_t i = 0; i < m->n; i++) {
		const struct m_version *const v = &m->v[i];

		in[i] = !v->gone && m_sees(m, r, v) && v->added > q->after_added && among(q->id, q->ids, v->id) && among(q->type, q->types, v->type) &&
		    (!q->any_spec || (v->v20 ? q->v20 : q->v21));
		any = any || in[i];
	}
	return any;
}

/* The newest specification an object has goes before the others. */
static void newest_spec(const struct model *m, bool *in)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; in[i] && m->v[i].v20 && k < m->n; k++)
			if (in[k] && !m->v[k].v20 && strcmp(m->v[k].id, m->v[i].id) == 0)
				in[i] = false;
}

static bool picked(const struct model *m, const struct m_query *q, const bool *in, size_t i)
{
	bool first = true, last = true;

	for (size_t k = 0; k < m->n; k++) {
		if (!in[k] || k == i || strcmp(m->v[k].id, m->v[i].id) != 0)
			continue;
		/* of equal times the one that came first is both */
		first = first && (m->v[i].ns < m->v[k].ns || (m->v[i].ns == m->v[k].ns && i < k));
		last = last && (m->v[i].ns > m->v[k].ns || (m->v[i].ns == m->v[k].ns && i < k));
	}
	return asks(q, M_ALL) || (first && asks(q, M_FIRST)) || (last && asks(q, M_LAST)) || asks_time(q, m->v[i].ns);
}

void m_page(const struct model *m, const struct m_reader *r, const struct m_query *q, struct m_page *ret)
{
	bool in[M_VERSIONS];

	*ret = (struct m_page){.n = 0};
	if (!narrow(m, r, q, in))
		return;
	if (!q->any_spec)
		newest_spec(m, in);
	for (size_t i = 0; i < m->n; i++) {
		if (!in[i] || m->v[i].added <= q->position || !picked(m, q, in, i))
			continue;
		if (ret->n == q->limit) {
			ret->more = true;
			return;
		}
		ret->at[ret->n++] = i;
	}
}

bool m_there(const struct model *m, const struct m_reader *r, const char *id)
{
	for (size_t i = 0; i < m->n; i++)
		if (!m->v[i].gone && strcmp(m->v[i].id, id) == 0 && m_sees(m, r, &m->v[i]))
			return true;
	return false;
}

bool m_taken_back(const struct model *m, const struct m_reader *r, const char *id, const struct m_query *q)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].of_dated && strcmp(m->v[i].of, id) == 0 && asks_time(q, m->v[i].of_ns) && m_sees(m, r, &m->v[i]))
			return true;
	return false;
}

/* ---- adding ---- */

bool m_reaches(const struct model *m, const struct m_version *v, const char *name)
{
	const bool jp = m->col.jp_member || (m->col.jp_community && level_of(m, v) <= M_GREEN);

	return strncmp(name, "DE", 2) == 0 || (jp && strncmp(name, "JP", 2) == 0);
}

static bool reaches(const struct model *m, const struct m_version *v)
{
	for (size_t i = 0; i < M_NAMES && v->name[i] != NULL; i++)
		if (!m_reaches(m, v, v->name[i]))
			return false;
	return true;
}

enum m_added m_would_add(const struct model *m, const struct m_version *v, bool bad)
{
	if (bad || (v->v20 && !m->col.takes20))
		return M_REFUSED;
	for (size_t i = 0; i < m->n; i++)
		if (!m->v[i].gone && strcmp(m->v[i].id, v->id) == 0 && strcmp(m->v[i].text, v->text) == 0)
			return strcmp(m->v[i].json, v->json) == 0 ? M_AGAIN : M_KEPT;
	return level_of(m, v) > m->col.ceiling || !reaches(m, v) ? M_REFUSED : M_NEW;
}

void m_put(struct model *m, const struct m_version *v)
{
	assert_true(m->n < M_VERSIONS);
	m->v[m->n++] = *v;
}

void m_clear(struct model *m)
{
	for (size_t i = 0; i < m->n; i++)
		mem_free(m->v[i].json);
	m->n = 0;
}

/*
 * cairo tags structure but has no word for languages, which readers aloud need (PDF 32000-1 §14.9.2). It writes PDF 1.4 as
 * plain objects with one table of offsets, so they are put in here and the table is written anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "pdf/priv.h"

struct object { size_t from, end, number, to; };
struct file { const char *p; size_t n; struct object *v; size_t objects; size_t table, trailer; };

static int strange(struct err *e, const char *what) { return fail(e, E_ENV, "cairo wrote a PDF that is not understood: %s", what); }

static const char *find(const char *p, size_t n, const char *what) { return n > 0 ? memmem(p, n, what, strlen(what)) : NULL; }

static bool read_number(const char **p, const char *end, size_t *ret)
{
	const char *from = *p;
	size_t v = 0;

	while (*p < end && **p >= '0' && **p <= '9' && *p - from < 12)
		v = 10 * v + (size_t)(*(*p)++ - '0');
	*ret = v;
	return *p > from;
}

/* Moves behind what must stand here. */
static bool skip(const char **p, const char *end, const char *what)
{
	const size_t n = strlen(what);

	if ((size_t)(end - *p) < n || memcmp(*p, what, n) != 0)
		return false;
	*p += n;
	return true;
}

/* "startxref\nOFFSET\n%%EOF" at the end, "xref\n0 N\n" there. *ret: the first of N rows of 20 bytes. */
static bool find_table(const struct buf *in, struct file *f, const char **ret)
{
	const char *end = in->p + in->n, *p = in->n > 64 ? find(end - 64, 64, "startxref\n") : NULL;

	if (p == NULL || !skip(&p, end, "startxref\n") || !read_number(&p, end, &f->table) || f->table >= in->n)
		return false;
	p = in->p + f->table;
	if (!skip(&p, end, "xref\n0 ") || !read_number(&p, end, &f->objects) || !skip(&p, end, "\n"))
		return false;
	*ret = p;
	return f->objects > 0 && f->objects <= (size_t)(end - p) / 20;
}

static int read_table(const struct buf *in, struct file *f, struct err *e)
{
	const char *end = in->p + in->n, *p;

	f->p = in->p;
	f->n = in->n;
	if (!find_table(in, f, &p))
		return strange(e, "xref");
	f->v = mem_array(f->objects, sizeof *f->v);
	if (f->v == NULL)
		return fail(e, E_NOMEM, "pdf");
	for (size_t i = 0; i < f->objects; i++, p += 20) {
		const char *q = p;

		f->v[i].number = i;
		if (!read_number(&q, end, &f->v[i].from) || f->v[i].from >= f->table || (i > 0 && p[17] != 'n'))
			return strange(e, "row of xref");
	}
	f->trailer = (size_t)(p - in->p);
	return skip(&p, end, "trailer\n") ? 0 : strange(e, "trailer");
}

static int by_place(const void *a, const void *b)
{
	const struct object *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static int by_number(const void *a, const void *b)
{
	const struct object *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* Objects in their order in the file; row 0 is free and stays in front with offset 0. */
static void set_ends(struct file *f)
{
	qsort(f->v, f->objects, sizeof *f->v, by_place);
	for (size_t i = 0; i < f->objects; i++)
		f->v[i].end = i + 1 < f->objects ? f->v[i + 1].from : f->table;
}

/* The object's dictionary ends here; NULL if it has none of this type. */
static const char *end_of_dictionary(const struct file *f, const struct object *o, const char *type)
{
	const char *p = f->p + o->from, *head = find(p, o->end - o->from, "<<");
	const char *t = head != NULL ? find(head, o->end - o->from - (size_t)(head - p), type) : NULL, *last = NULL;

	if (t == NULL || t - head > 16)
		return NULL;
	for (const char *q = t; (q = find(q, (size_t)(f->p + o->end - q), ">>")) != NULL; q += 2)
		last = q;
	return last;
}

static bool has_name(const struct file *f, const struct object *o, const char *name)
{
	char key[40];
	const int n = snprintf(key, sizeof key, "/S /%s\n", name);

	return n > 0 && (size_t)n < sizeof key && find(f->p + o->from, o->end - o->from, key) != NULL;
}

static void put_object(const struct file *f, const struct object *o, const char *at, const char *what, enum lang lang, struct buf *out)
{
	const char *p = f->p + o->from;

	if (at == NULL) {
		buf_put(out, p, o->end - o->from);
		return;
	}
	buf_put(out, p, (size_t)(at - p));
	buf_printf(out, "   /Lang (%s)\n%s", lang_code(lang), what);
	buf_put(out, at, o->end - o->from - (size_t)(at - p));
}

/* Row 0 has no object; what stands before the first one is the file's head. */
static int copy_objects(struct file *f, const struct tag *tags, size_t n, enum lang document, struct buf *out, struct err *e)
{
	size_t tag = 0;

	for (size_t i = 0; i < f->objects; i++) {
		struct object *o = &f->v[i];
		const char *element = i > 0 ? end_of_dictionary(f, o, "/Type /StructElem") : NULL;

		o->to = out->n;
		if (element == NULL) {
			put_object(f, o, i > 0 ? end_of_dictionary(f, o, "/Type /Catalog") : NULL, "   /ViewerPreferences << /DisplayDocTitle true >>\n", document, out);
			continue;
		}
		if (tag == n || !has_name(f, o, tags[tag].name))
			return strange(e, "structure");
		put_object(f, o, element, "", tags[tag++].lang, out);
	}
	return tag == n ? 0 : strange(e, "number of structure elements");
}

static void put_table(struct file *f, struct buf *out)
{
	const size_t table = out->n;
	const char *rest = f->p + f->trailer, *end = find(rest, f->n - f->trailer, "startxref\n");

	qsort(f->v, f->objects, sizeof *f->v, by_number);
	buf_printf(out, "xref\n0 %zu\n0000000000 65535 f \n", f->objects);
	for (size_t i = 1; i < f->objects; i++)
		buf_printf(out, "%010zu 00000 n \n", f->v[i].to);
	buf_put(out, rest, end != NULL ? (size_t)(end - rest) : 0);
	buf_printf(out, "startxref\n%zu\n%%%%EOF\n", table);
}

int pdf_say_languages(const struct buf *in, const struct tag *tags, size_t n, enum lang document, struct buf *out, struct err *e)
{
	struct file f = {.n = 0};
	int r = read_table(in, &f, e);

	if (r == 0) {
		set_ends(&f);
		r = copy_objects(&f, tags, n, document, out, e);
	}
	if (r == 0) {
		put_table(&f, out);
		r = buf_err(out, e, "pdf");
	}
	mem_free(f.v);
	return r;
}

/*
 * tools/msgc.c - message catalogues to C: msgc OUT.c de.po ja.po
 *
 * Reads the part of the PO format that we use (msgid, msgid_plural, msgstr, msgstr[n], comments) and refuses the
 * rest, so that building needs no gettext. Fuzzy and empty translations are left out here: the program then shows
 * the English id; tools/messages.sh is what refuses to let that pass.
 */
#include "tool.h"

enum { DE, JA, LANGS };

struct msg {
	const char *id, *plural;
	const char *text[LANGS][2];
	const char *file[LANGS];
	int line[LANGS];
};
struct catalogue { struct msg *m; size_t n, cap; };

struct po_entry { char *id, *plural, *str[2]; int has_str[2]; int fuzzy, line; };

static char *append_quoted(struct tool *t, char *old, const char *s)
{
	const size_t used = old != NULL ? strlen(old) : 0;
	char *to = tool_alloc(t, used + strlen(s) + 1);
	char *w = to + used;

	if (old != NULL)
		memcpy(to, old, used);
	if (*s++ != '"')
		tool_die(t, "a quoted string was expected");
	for (; *s != '"'; s++) {
		if (*s == '\0')
			tool_die(t, "the string does not end on its line");
		if (*s != '\\') {
			*w++ = *s;
			continue;
		}
		s++;
		if (*s == 'n')
			*w++ = '\n';
		else if (*s == 't')
			*w++ = '\t';
		else if (*s == '"' || *s == '\\')
			*w++ = *s;
		else
			tool_die(t, "unknown escape \\%c", *s);
	}
	if (s[1 + strspn(s + 1, " \t\r")] != '\0')
		tool_die(t, "text behind the string");
	return to;
}

static struct msg *find(struct catalogue *c, const char *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->m[i].id, id) == 0)
			return &c->m[i];
	return NULL;
}

static struct msg *add(struct tool *t, struct catalogue *c, const char *id)
{
	struct msg *more;

	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 256 : 2 * c->cap;
		more = tool_alloc(t, c->cap * sizeof *more);
		if (c->n > 0)
			memcpy(more, c->m, c->n * sizeof *more);
		c->m = more;
	}
	c->m[c->n] = (struct msg){.id = id};
	return &c->m[c->n++];
}

static int same(const char *a, const char *b)
{
	return (a == NULL && b == NULL) || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void keep(struct tool *t, struct catalogue *c, int lang, const struct po_entry *en)
{
	struct msg *m;
	const int line = t->line;
	const char *s0 = en->str[0], *s1 = en->plural != NULL && lang != JA ? en->str[1] : NULL;

	if (en->id == NULL || *en->id == '\0' || en->fuzzy || s0 == NULL || *s0 == '\0')
		return;
	t->line = en->line;
	if (en->plural != NULL && lang != JA && (s1 == NULL || *s1 == '\0'))
		return;
	m = find(c, en->id);
	if (m == NULL)
		m = add(t, c, en->id);
	/* Two people may add the same message; only two different translations are a mistake. */
	if (m->text[lang][0] != NULL && (!same(m->text[lang][0], s0) || !same(m->text[lang][1], s1)))
		tool_die(t, "\"%s\" is translated differently in line %d", en->id, m->line[lang]);
	if (m->plural != NULL && en->plural != NULL && strcmp(m->plural, en->plural) != 0)
		tool_die(t, "\"%s\" has another plural id in %s:%d", en->id, m->file[DE] != NULL ? m->file[DE] : "?", m->line[DE]);
	if (en->plural != NULL)
		m->plural = en->plural;
	m->text[lang][0] = s0;
	m->text[lang][1] = s1;
	m->file[lang] = t->file;
	m->line[lang] = en->line;
	t->line = line;
}

/* The field a keyword line fills, or NULL for no keyword of ours. */
static char **field_of(struct tool *t, struct po_entry *en, const char *s, const char **ret_rest)
{
	static const struct { const char *word; int which; } words[] = {
		{"msgid_plural ", 1}, {"msgid ", 0}, {"msgstr[0] ", 2}, {"msgstr[1] ", 3}, {"msgstr ", 2},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		const size_t n = strlen(words[i].word);

		if (strncmp(s, words[i].word, n) != 0)
			continue;
		*ret_rest = s + n + strspn(s + n, " \t");
		if (words[i].which == 0) {
			en->line = t->line;
			return &en->id;
		}
		return words[i].which == 1 ? &en->plural : &en->str[words[i].which - 2];
	}
	return NULL;
}

static void read_po(struct tool *t, struct catalogue *c, int lang, const char *path)
{
	char *text = tool_slurp(t, path, NULL), *line, *save = text, **field = NULL;
	struct po_entry en = {0};
	int fuzzy_next = 0;
	const char *rest;

	for (t->line = 1; save != NULL; t->line++) {
		line = save;
		save = strchr(line, '\n');
		if (save != NULL)
			*save++ = '\0';
		if (*line == '"') {
			if (field == NULL)
				tool_die(t, "a string without a keyword");
			*field = append_quoted(t, *field, line);
			continue;
		}
		if (strncmp(line, "#,", 2) == 0 && strstr(line, "fuzzy") != NULL)
			fuzzy_next = 1;
		if (*line == '#' || line[strspn(line, " \t\r")] == '\0')
			continue;
		if (strncmp(line, "msgid ", 6) == 0) {
			keep(t, c, lang, &en);
			en = (struct po_entry){.fuzzy = fuzzy_next};
			fuzzy_next = 0;
		}
		field = field_of(t, &en, line, &rest);
		if (field == NULL)
			tool_die(t, "not understood: %.40s", line);
		if (*field != NULL)
			tool_die(t, "the same keyword twice in one entry");
		*field = append_quoted(t, NULL, rest);
	}
	keep(t, c, lang, &en);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct msg *)a)->id, ((const struct msg *)b)->id);
}

static void put_text(FILE *f, const char *s)
{
	if (s == NULL)
		fputs("NULL", f);
	else
		tool_put_cstr(f, s, strlen(s));
}

int main(int argc, char **argv)
{
	struct tool t = {.file = "msgc"};
	struct catalogue c = {0};

	if (argc != 4) {
		fputs("usage: msgc OUT.c de.po ja.po\n", stderr);
		return 2;
	}
	read_po(&t, &c, DE, argv[2]);
	read_po(&t, &c, JA, argv[3]);
	if (c.n > 0)
		qsort(c.m, c.n, sizeof c.m[0], by_id);
	tool_open_out(&t, argv[1]);
	fputs("/* Made by tools/msgc from po/. */\n#include \"base/text_table.h\"\n\nconst struct text_row text_table[] = {\n", t.out);
	for (size_t i = 0; i < c.n; i++) {
		fputs("\t{", t.out);
		put_text(t.out, c.m[i].id);
		for (int l = 0; l < LANGS; l++)
			for (int k = 0; k < 2; k++) {
				fputs(", ", t.out);
				put_text(t.out, c.m[i].text[l][k]);
			}
		fputs("},\n", t.out);
	}
	fprintf(t.out, "\t{NULL, NULL, NULL, NULL, NULL},\n};\nconst size_t text_rows = %zu;\n", c.n);
	tool_close_out(&t);
	tool_end(&t);
	return 0;
}

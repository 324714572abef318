/*
 * tools/tmplc.c - HTML templates to C: tmplc OUT.c OUT.h FILE.html…
 *
 * Follows the HTML tokenizer (WHATWG HTML §13.2.5) closely enough to know, at every byte, whether it stands in text,
 * in a tag or in a quoted attribute value. An output is translated to a call that fits its place; where no call is
 * safe, the build stops. Escaping can therefore not be forgotten, only refused.
 *
 *   {{include "web/view.h"}}   header for the generated files (outside of templates)
 *   {{define name(params)}} … {{end}}        void name(struct out *o, params)
 *   {{expr}}                   text or attribute value, escaped by its C type; in href, src, action: struct url only
 *   {{_ "message", args…}}     translated; printf arguments allowed       {{_n "one", "many", n, args…}}   plural
 *   {{if c}} {{elif c}} {{else}} {{end}}     {{for a; b; c}} … {{end}}    {{let declaration}}
 *   {{call name(args)}}        another template (in text only)            {{# comment}}
 */
#include <ctype.h>
#include <stdbool.h>

#include "tool.h"

enum html {
	H_TEXT, H_LT, H_END_TAG, H_TAG_NAME, H_BETWEEN, H_ATTR, H_BEFORE_VALUE,
	H_DQ, H_SQ, H_AFTER_VALUE, H_DECL, H_COMMENT
};
struct place {                   /* where in the HTML we are */
	enum html at;
	char tag[24], attr[32];
	size_t value_n;          /* bytes and outputs of the value so far */
	bool url_done;           /* an output filled the value: only the closing quote may follow */
	bool keep_space;         /* inside pre or textarea */
};
enum block { B_DEFINE, B_IF, B_FOR };
struct open_block { enum block kind; int line; bool has_else, has_first_end; struct place start, end; };

struct compiler {
	struct tool t;
	FILE *h;
	const char *s;           /* next byte */
	const char *base;        /* file name for #line */
	char *lit; size_t lit_n, lit_cap;
	bool line_start;
	struct place p;
	struct open_block block[32];
	int blocks;
};

static void check_attr_name(struct compiler *c)
{
	static const char *const never[] = {"style", "srcdoc"};

	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		if (strcmp(c->p.attr, never[i]) == 0)
			tool_die(&c->t, "attribute %s is refused: use the stylesheet", never[i]);
	if (strncmp(c->p.attr, "on", 2) == 0)
		tool_die(&c->t, "event attribute %s is refused: the page runs no script", c->p.attr);
}

static bool is_url_attr(const char *name)
{
	static const char *const names[] = {"href", "src", "action", "formaction", "poster", "cite", "data", "srcset", "ping",
		"background", "manifest", "xlink:href"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void check_tag_name(struct compiler *c)
{
	static const char *const never[] = {"script", "style", "iframe", "object", "embed", "base", "noscript", "xmp", "plaintext"};

	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		if (strcmp(c->p.tag, never[i]) == 0)
			tool_die(&c->t, "element <%s> is refused", never[i]);
}

static void push_name(struct compiler *c, char *name, size_t size, char ch)
{
	const size_t n = strlen(name);

	if (n + 1 >= size)
		tool_die(&c->t, "name too long");
	name[n] = (char)tolower((unsigned char)ch);
	name[n + 1] = '\0';
}

static void tag_done(struct compiler *c)
{
	if (strcmp(c->p.tag, "pre") == 0 || strcmp(c->p.tag, "textarea") == 0)
		c->p.keep_space = true;
	c->p.at = H_TEXT;
}

static void step_in_tag(struct compiler *c, char ch)
{
	struct place *p = &c->p;

	if (p->at == H_TAG_NAME && (isalnum((unsigned char)ch) || ch == '-')) {
		push_name(c, p->tag, sizeof p->tag, ch);
		return;
	}
	if (p->at == H_ATTR && (isalnum((unsigned char)ch) || strchr("-_:", ch) != NULL)) {
		push_name(c, p->attr, sizeof p->attr, ch);
		return;
	}
	if (p->at == H_TAG_NAME)
		check_tag_name(c);
	if (p->at == H_ATTR) {
		check_attr_name(c);
		if (ch == '=') {
			p->at = H_BEFORE_VALUE;
			return;
		}
	}
	if (isspace((unsigned char)ch))
		p->at = H_BETWEEN;
	else if (ch == '>')
		tag_done(c);
	else if (ch == '/')
		p->at = H_BETWEEN;
	else if (p->at == H_BETWEEN && isalpha((unsigned char)ch)) {
		p->at = H_ATTR;
		p->attr[0] = '\0';
		push_name(c, p->attr, sizeof p->attr, ch);
	} else
		tool_die(&c->t, "'%c' is not expected in a tag", ch);
}

static void step_value(struct compiler *c, char ch)
{
	struct place *p = &c->p;

	if (p->at == H_BEFORE_VALUE) {
		if (ch != '"' && ch != '\'')
			tool_die(&c->t, "the value of %s must be quoted", p->attr);
		p->at = ch == '"' ? H_DQ : H_SQ;
		p->value_n = 0;
		p->url_done = false;
	} else if (ch == (p->at == H_DQ ? '"' : '\''))
		p->at = H_AFTER_VALUE;
	else if (p->url_done)
		tool_die(&c->t, "an address in %s is one whole value", p->attr);
	else {
		if (p->value_n == 0 && is_url_attr(p->attr) && ch != '/' && ch != '#' && ch != '?')
			tool_die(&c->t, "a fixed %s starts with / # or ?", p->attr);
		p->value_n++;
	}
}

static void step_text(struct compiler *c, char ch)
{
	struct place *p = &c->p;

	if (p->at == H_TEXT) {
		if (ch == '<')
			p->at = H_LT;
	} else if (ch == '!') {
		p->at = strncmp(c->s, "!--", 3) == 0 ? H_COMMENT : H_DECL;
	} else if (ch == '/') {
		p->at = H_END_TAG;
		p->tag[0] = '\0';
	} else if (isalpha((unsigned char)ch)) {
		p->at = H_TAG_NAME;
		p->tag[0] = '\0';
		push_name(c, p->tag, sizeof p->tag, ch);
	} else
		tool_die(&c->t, "write &lt; for a plain <");
}

static void step_end_tag(struct compiler *c, char ch)
{
	struct place *p = &c->p;

	if (ch == '>') {
		if (strcmp(p->tag, "pre") == 0 || strcmp(p->tag, "textarea") == 0)
			p->keep_space = false;
		p->at = H_TEXT;
	} else if (isalnum((unsigned char)ch) || ch == '-')
		push_name(c, p->tag, sizeof p->tag, ch);
	else
		tool_die(&c->t, "'%c' is not expected in an end tag", ch);
}

/* One byte of fixed HTML; c->s stands on it. */
static void step(struct compiler *c, char ch)
{
	struct place *p = &c->p;

	switch (p->at) {
	case H_TEXT:
	case H_LT:
		step_text(c, ch);
		break;
	case H_END_TAG:
		step_end_tag(c, ch);
		break;
	case H_TAG_NAME:
	case H_BETWEEN:
	case H_ATTR:
	case H_AFTER_VALUE:
		step_in_tag(c, ch);
		break;
	case H_BEFORE_VALUE:
	case H_DQ:
	case H_SQ:
		step_value(c, ch);
		break;
	case H_DECL:
		if (ch == '>')
			p->at = H_TEXT;
		break;
	case H_COMMENT:
		if (ch == '>' && strncmp(c->s - 2, "--", 2) == 0)
			p->at = H_TEXT;
		break;
	}
}

/* ---- fixed text ---- */

static void lit_put(struct compiler *c, char ch)
{
	if (c->lit_n == c->lit_cap) {
		char *more = tool_alloc(&c->t, c->lit_cap = c->lit_cap == 0 ? 4096 : 2 * c->lit_cap);

		if (c->lit_n > 0)
			memcpy(more, c->lit, c->lit_n);
		c->lit = more;
	}
	c->lit[c->lit_n++] = ch;
}

/* C99 promises 4095 bytes per literal; stay far below and never split a UTF-8 character. */
static void lit_flush(struct compiler *c)
{
	size_t at = 0, n;

	while (at < c->lit_n) {
		n = c->lit_n - at;
		if (n > 900)
			for (n = 900; ((unsigned char)c->lit[at + n] & 0xc0) == 0x80; n--)
				;
		fputs("\to_lit(o, ", c->t.out);
		tool_put_cstr(c->t.out, c->lit + at, n);
		fprintf(c->t.out, ", %zu);\n", n);
		at += n;
	}
	c->lit_n = 0;
}

/* A directive alone on its line leaves no trace of the line. */
static void drop_own_line(struct compiler *c, const char *after)
{
	const char *q = after + strspn(after, " \t\r");

	if (c->p.at != H_TEXT || !c->line_start || *q != '\n')
		return;
	c->t.line++;
	c->s = q + 1;
}

static void at_line(struct compiler *c) { fprintf(c->t.out, "#line %d \"%s\"\n", c->t.line, c->base); }

/* ---- directives ---- */

static void need_template(struct compiler *c)
{
	if (c->blocks == 0)
		tool_die(&c->t, "outside of {{define}}");
}

static void put_escaped(struct compiler *c, const char *call, const char *expr)
{
	struct place *p = &c->p;

	need_template(c);
	lit_flush(c);
	if (p->at == H_DQ || p->at == H_SQ) {
		if (is_url_attr(p->attr)) {
			if (call != NULL)
				tool_die(&c->t, "a message cannot be an address");
			if (p->value_n > 0 || *c->s != (p->at == H_DQ ? '"' : '\''))
				tool_die(&c->t, "an address in %s is one whole value", p->attr);
			p->url_done = true;
		}
		p->value_n++;
	} else if (p->at == H_COMMENT || p->at == H_DECL)
		tool_die(&c->t, "output inside a comment or declaration");
	else if (p->at == H_BEFORE_VALUE)
		tool_die(&c->t, "the value of %s must be quoted", p->attr);
	else if (p->at != H_TEXT)
		tool_die(&c->t, "output inside a tag");
	at_line(c);
	if (call != NULL)
		fprintf(c->t.out, "\t%s%s);\n", call, expr);
	else
		fprintf(c->t.out, "\t%s(o, (%s));\n", p->at == H_TEXT ? "OUT_TEXT" : p->url_done ? "OUT_URL" : "OUT_ATTR", expr);
	c->line_start = false;
}

/* Behind a string literal: the next byte that is no white space. */
static const char *skip_literals(struct compiler *c, const char *s)
{
	if (*s != '"')
		tool_die(&c->t, "a message id is a string literal");
	while (*s == '"') {
		for (s++; *s != '"'; s++)
			if (*s == '\\')
				s++;
		s++;
		s += strspn(s, " \t\n");
	}
	return s;
}

static void put_message(struct compiler *c, const char *s)
{
	const char *after = skip_literals(c, s);
	char *expr = tool_alloc(&c->t, strlen(s) + 8);

	if (*after == '\0') {
		sprintf(expr, "%s)", s);
		put_escaped(c, "o_text(o, tr(o->lang, ", expr);
	} else if (*after == ',') {
		sprintf(expr, "%.*s), %s", (int)(after - s), s, after + 1);
		put_escaped(c, "o_textf(o, tr(o->lang, ", expr);
	} else
		tool_die(&c->t, "\",\" expected behind the message id");
}

static void put_plural(struct compiler *c, const char *s)
{
	const char *one = skip_literals(c, s), *many, *n;
	char *expr = tool_alloc(&c->t, 2 * strlen(s) + 80);
	int depth = 0;

	if (*one != ',')
		tool_die(&c->t, "{{_n \"one\", \"many\", n}}");
	many = skip_literals(c, one + 1 + strspn(one + 1, " \t"));
	if (*many != ',')
		tool_die(&c->t, "{{_n \"one\", \"many\", n}}");
	for (n = many + 1; *n != '\0' && (depth > 0 || *n != ','); n++)
		depth += (*n == '(') - (*n == ')');
	sprintf(expr, "%.*s, (unsigned long)(%.*s)), (unsigned long)(%.*s)%s", (int)(many - s), s, (int)(n - many - 1), many + 1,
	    (int)(n - many - 1), many + 1, n);
	put_escaped(c, "o_textf(o, trn(o->lang, ", expr);
}

/* Between attributes, "just behind a name" and "just behind a value" mean the same: white space must follow. */
static void settle(struct compiler *c)
{
	switch (c->p.at) {
	case H_TAG_NAME:
		check_tag_name(c);
		c->p.at = H_AFTER_VALUE;
		break;
	case H_ATTR:
		check_attr_name(c);
		c->p.at = H_AFTER_VALUE;
		break;
	case H_BETWEEN:
	case H_AFTER_VALUE:
		c->p.at = H_AFTER_VALUE;
		break;
	case H_DQ:
	case H_SQ:
		if (is_url_attr(c->p.attr))
			tool_die(&c->t, "an address in %s is one whole value", c->p.attr);
		break;
	case H_TEXT:
		break;
	case H_LT:
	case H_END_TAG:
	case H_BEFORE_VALUE:
	case H_DECL:
	case H_COMMENT:
		tool_die(&c->t, "a directive cannot stand here");
	}
	c->p.url_done = false;
}

static bool same_place(const struct place *a, const struct place *b)
{
	if (a->at != b->at || a->keep_space != b->keep_space)
		return false;
	if (a->at == H_TEXT)
		return true;
	return a->at == H_AFTER_VALUE || strcmp(a->attr, b->attr) == 0;
}

static void open_block(struct compiler *c, enum block kind)
{
	settle(c);
	if (c->blocks == (int)(sizeof c->block / sizeof c->block[0]))
		tool_die(&c->t, "nested too deep");
	c->block[c->blocks++] = (struct open_block){.kind = kind, .line = c->t.line, .start = c->p};
}

/* The end of one branch: all branches must leave the HTML in the same place. */
static void end_branch(struct compiler *c, struct open_block *b)
{
	settle(c);
	if (!b->has_first_end) {
		b->end = c->p;
		b->has_first_end = true;
	} else if (!same_place(&b->end, &c->p))
		tool_die(&c->t, "the branches of {{if}} in line %d end in different places of the HTML", b->line);
	if (b->kind != B_IF && !same_place(&b->start, &c->p))
		tool_die(&c->t, "the block opened in line %d does not end where it began in the HTML", b->line);
}

static void do_else(struct compiler *c, const char *cond)
{
	struct open_block *b = c->blocks > 0 ? &c->block[c->blocks - 1] : NULL;

	if (b == NULL || b->kind != B_IF || b->has_else)
		tool_die(&c->t, "{{else}} without {{if}}");
	lit_flush(c);
	end_branch(c, b);
	c->p = b->start;
	b->has_else = cond == NULL;
	at_line(c);
	if (cond == NULL)
		fputs("\t} else {\n", c->t.out);
	else
		fprintf(c->t.out, "\t} else if (%s) {\n", cond);
}

static void do_end(struct compiler *c)
{
	struct open_block *b;

	need_template(c);
	b = &c->block[--c->blocks];
	lit_flush(c);
	end_branch(c, b);
	if (b->kind == B_IF && !b->has_else && !same_place(&b->start, &c->p))
		tool_die(&c->t, "without {{else}}, the {{if}} of line %d must end where it began in the HTML", b->line);
	fputs(b->kind == B_DEFINE ? "}\n" : "\t}\n", c->t.out);
}

static void do_define(struct compiler *c, const char *s)
{
	const char *paren = strchr(s, '(');

	if (c->blocks > 0)
		tool_die(&c->t, "{{define}} inside a template");
	if (paren == NULL || s[strlen(s) - 1] != ')')
		tool_die(&c->t, "{{define name(parameters)}}");
	fprintf(c->h, "void %.*s(struct out *o%s%s;\n", (int)(paren - s), s, paren[1] == ')' ? "" : ", ", paren + 1);
	fputc('\n', c->t.out);
	at_line(c);
	fprintf(c->t.out, "void %.*s(struct out *o%s%s\n{\n", (int)(paren - s), s, paren[1] == ')' ? "" : ", ", paren + 1);
	c->p = (struct place){.at = H_TEXT};
	c->line_start = true;
	open_block(c, B_DEFINE);
}

static void do_call(struct compiler *c, const char *s)
{
	const char *paren = strchr(s, '(');

	need_template(c);
	if (c->p.at != H_TEXT)
		tool_die(&c->t, "{{call}} inside a tag");
	if (paren == NULL)
		tool_die(&c->t, "{{call name(arguments)}}");
	lit_flush(c);
	at_line(c);
	fprintf(c->t.out, "\t%.*s(o%s%s;\n", (int)(paren - s), s, paren[1] == ')' ? "" : ", ", paren + 1);
}

static const char *word(const char *s, const char *w)
{
	const size_t n = strlen(w);

	if (strncmp(s, w, n) != 0 || (s[n] != '\0' && !isspace((unsigned char)s[n])))
		return NULL;
	return s + n + strspn(s + n, " \t\n");
}

static void put_line(struct compiler *c, const char *before, const char *s, const char *behind)
{
	need_template(c);
	lit_flush(c);
	at_line(c);
	fprintf(c->t.out, "\t%s%s%s\n", before, s, behind);
}

/* true: a control directive, whose line disappears if it stands alone. */
static bool control(struct compiler *c, const char *s)
{
	const char *r;

	if (*s == '#')
		return true;
	if ((r = word(s, "include")) != NULL)
		fprintf(c->h, "#include %s\n", r);
	else if ((r = word(s, "define")) != NULL)
		do_define(c, r);
	else if ((r = word(s, "if")) != NULL) {
		put_line(c, "if (", r, ") {");
		open_block(c, B_IF);
	} else if ((r = word(s, "for")) != NULL) {
		put_line(c, "for (", r, ") {");
		open_block(c, B_FOR);
	} else if ((r = word(s, "elif")) != NULL)
		do_else(c, r);
	else if (word(s, "else") != NULL)
		do_else(c, NULL);
	else if (word(s, "end") != NULL)
		do_end(c);
	else if ((r = word(s, "let")) != NULL)
		put_line(c, "", r, ";");
	else if ((r = word(s, "call")) != NULL)
		do_call(c, r);
	else
		return false;
	return true;
}

/* c->s stands behind "{{". Finds "}}" outside of C strings and characters. */
static char *take_directive(struct compiler *c)
{
	const char *s = c->s, *start;
	char quote = '\0', *copy;
	size_t n;

	for (; *s != '\0' && (quote != '\0' || strncmp(s, "}}", 2) != 0); s++) {
		if (*s == '\n')
			tool_die(&c->t, "{{ is not closed on its line");
		if (quote != '\0' && *s == '\\' && s[1] != '\0')
			s++;
		else if (quote != '\0' ? *s == quote : *s == '"' || (*s == '\'' && *c->s != '#'))
			quote = quote != '\0' ? '\0' : *s;
	}
	if (*s == '\0')
		tool_die(&c->t, "{{ is not closed");
	start = c->s + strspn(c->s, " \t");
	n = (size_t)(s - start);
	while (n > 0 && isspace((unsigned char)start[n - 1]))
		n--;
	if (n == 0)
		tool_die(&c->t, "empty {{}}");
	copy = tool_alloc(&c->t, n + 1);
	memcpy(copy, start, n);
	c->s = s + 2;
	return copy;
}

static void directive(struct compiler *c)
{
	const char *s = take_directive(c), *r;

	if ((r = word(s, "_")) != NULL)
		put_message(c, r);
	else if ((r = word(s, "_n")) != NULL)
		put_plural(c, r);
	else if (control(c, s))
		drop_own_line(c, c->s);
	else
		put_escaped(c, NULL, s);
}

static void fixed_byte(struct compiler *c)
{
	const char ch = *c->s;

	if (c->blocks == 0 && !isspace((unsigned char)ch))
		tool_die(&c->t, "text outside of {{define}}");
	if (ch == '\n')
		c->t.line++;
	if (c->blocks > 0) {
		/* Indentation is for the author, not for the reader. */
		if (!(c->line_start && (ch == '\t' || ch == ' ') && c->p.at == H_TEXT && !c->p.keep_space)) {
			step(c, ch);
			lit_put(c, ch);
			c->line_start = ch == '\n';
		}
	}
	c->s++;
}

static void compile(struct compiler *c, const char *path)
{
	const char *slash = strrchr(path, '/');

	c->s = tool_slurp(&c->t, path, NULL);
	c->base = slash != NULL ? slash + 1 : path;
	c->line_start = true;
	while (*c->s != '\0') {
		if (strncmp(c->s, "{{", 2) == 0) {
			c->s += 2;
			directive(c);
		} else
			fixed_byte(c);
	}
	if (c->blocks > 0) {
		c->t.line = c->block[c->blocks - 1].line;
		tool_die(&c->t, "this block has no {{end}}");
	}
}

int main(int argc, char **argv)
{
	struct compiler c = {.t = {.file = "tmplc"}};
	const char *slash;

	if (argc < 4) {
		fputs("usage: tmplc OUT.c OUT.h FILE.html...\n", stderr);
		return 2;
	}
	c.h = fopen(argv[2], "wb");
	if (c.h == NULL) {
		perror(argv[2]);
		return 1;
	}
	tool_open_out(&c.t, argv[1]);
	slash = strrchr(argv[2], '/');
	fputs("/* Made by tools/tmplc. */\n#pragma once\n#include \"web/out.h\"\n", c.h);
	fprintf(c.t.out, "/* Made by tools/tmplc. */\n#include \"%s\"\n", slash != NULL ? slash + 1 : argv[2]);
	for (int i = 3; i < argc; i++)
		compile(&c, argv[i]);
	if (fclose(c.h) != 0)
		tool_die(&c.t, "%s cannot be written", argv[2]);
	tool_close_out(&c.t);
	tool_end(&c.t);
	return 0;
}

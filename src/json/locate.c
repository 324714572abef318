/*
 * Only for errors: finds line, byte and path of a spot by scanning the text once more, so that the
 * good case pays nothing for it.
 */
#include "json/impl.h"

#include <string.h>

#include "base/enc.h"

#define DEPTH_SHOWN (LIMIT_JSON_DEPTH + 1)

struct level {
	bool object, in_value;      /* in_value: behind the colon */
	size_t count;               /* elements begun before this one */
	size_t name, name_n;        /* name of the member we are in, as written between its quotes */
};

struct scan {
	const char *p;
	size_t n, pos;              /* pos: start of the token at hand */
	size_t value;               /* values seen before it */
	size_t depth;               /* may exceed DEPTH_SHOWN; then the path is cut */
	struct level level[DEPTH_SHOWN];
};

static struct level *top(struct scan *s)
{
	return s->depth > 0 && s->depth <= DEPTH_SHOWN ? &s->level[s->depth - 1] : NULL;
}

static size_t string_end(const struct scan *s)
{
	size_t i = s->pos + 1;

	while (i < s->n && s->p[i] != '"')
		i += s->p[i] == '\\' ? 2 : 1;
	return i < s->n ? i + 1 : s->n;
}

static size_t word_end(const struct scan *s)
{
	size_t i = s->pos;

	while (i < s->n && strchr(" \t\r\n,:[]{}\"", s->p[i]) == NULL)
		i++;
	return i > s->pos ? i : s->pos + 1;
}

static bool too_big(const char *p, size_t n)
{
	static const char max[] = "9007199254740991";

	if (n > 0 && *p == '-') {
		p++;
		n--;
	}
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return n > sizeof(max) - 1 || (n == sizeof(max) - 1 && memcmp(p, max, n) > 0);
}

static void punctuation(struct scan *s)
{
	struct level *l = top(s);

	switch (s->p[s->pos]) {
	case '}': case ']':
		s->depth -= s->depth > 0;
		break;
	case ':':
		if (l != NULL)
			l->in_value = true;
		break;
	case ',':
		if (l != NULL) {
			l->in_value = false;
			l->count++;
		}
		break;
	default:
		break;
	}
	s->pos++;
}

static void enter(struct scan *s)
{
	s->depth++;
	if (top(s) != NULL)
		*top(s) = (struct level){.object = s->p[s->pos] == '{'};
	s->pos++;
}

/* A NUL byte counts as white space here: strchr finds the terminator. */
static bool is_value(char c) { return strchr(" \t\r\n,:]}", c) == NULL; }

/* Is the token at hand, which ends before `end`, the spot? */
static bool reached(const struct scan *s, size_t end, enum json_goal goal, size_t goal_n)
{
	switch (goal) {
	case JSON_AT_VALUE:
		return s->value == goal_n;
	case JSON_AT_INTEGER:
		return too_big(s->p + s->pos, end - s->pos);
	case JSON_AT_OFFSET:
		break;
	}
	return goal_n < end;
}

static bool find(struct scan *s, enum json_goal goal, size_t goal_n)
{
	while (s->pos < s->n) {
		const char c = s->p[s->pos];
		const bool opens = c == '{' || c == '[';
		struct level *l = top(s);
		size_t end = s->pos + 1;

		if (goal == JSON_AT_OFFSET && goal_n <= s->pos)
			return true;
		if (!is_value(c)) {
			punctuation(s);
			continue;
		}
		if (!opens)
			end = c == '"' ? string_end(s) : word_end(s);
		if (l != NULL && l->object && !l->in_value && c == '"' && end - s->pos >= 2) {
			l->name = s->pos + 1;
			l->name_n = end - s->pos - 2;
		}
		if (reached(s, end, goal, goal_n))
			return true;
		s->value++;
		if (opens)
			enter(s);
		else
			s->pos = end;
	}
	return goal == JSON_AT_OFFSET;
}

struct path { char *p; size_t n; };

/* All or nothing, so that a cut never splits a character; afterwards the path takes no more. */
static void add(struct path *t, const char *s, size_t n)
{
	static const char cut[] = "...";

	if (t->n + n > LIMIT_JSON_PATH - (sizeof(cut) - 1)) {
		if (t->n < LIMIT_JSON_PATH)
			memcpy(t->p + t->n, cut, sizeof(cut));
		t->n = LIMIT_JSON_PATH;
		return;
	}
	memcpy(t->p + t->n, s, n);
	t->n += n;
	t->p[t->n] = '\0';
}

static bool plain_name(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char c = s[i];
		const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (i == 0 || (c != '-' && (c < '0' || c > '9'))))
			return false;
	}
	return n > 0;
}

/* C0, DEL, and C1 (C2 80..9F) */
static bool control(const char *s, size_t len)
{
	const unsigned char a = (unsigned char)s[0];

	return a < 0x20 || a == 0x7f || (len == 2 && a == 0xc2 && (unsigned char)s[1] < 0xa0);
}

/* The name may be anything, also broken: what would harm a terminal or a log line becomes '?'. */
static void add_name(struct path *t, const char *s, size_t n)
{
	if (plain_name(s, n)) {
		add(t, ".", 1);
		add(t, s, n);
		return;
	}
	add(t, "[\"", 2);
	for (size_t i = 0; i < n && t->n < LIMIT_JSON_PATH;) {
		size_t len = 1;

		while (len < 4 && i + len < n && ((unsigned char)s[i + len] & 0xc0) == 0x80)
			len++;
		if (utf8_check(s + i, len) != len || control(s + i, len))
			add(t, "?", 1);
		else
			add(t, s + i, len);
		i += len;
	}
	add(t, "\"]", 2);
}

static void add_index(struct path *t, size_t i)
{
	char text[JSON_NUM_MAX];

	add(t, "[", 1);
	add(t, text, json_int_text((int64_t)i, text));
	add(t, "]", 1);
}

bool json_locate(const char *text, size_t n, enum json_goal goal, size_t goal_n, struct json_spot *ret)
{
	struct scan s = {.p = text, .n = n};
	struct path t = {ret->path, 0};
	size_t at, line = 1, start = 0;

	if (!find(&s, goal, goal_n))
		return false;
	at = goal == JSON_AT_OFFSET ? (goal_n < n ? goal_n : n) : s.pos;
	for (size_t i = 0; i < at; i++)
		if (text[i] == '\n') {
			line++;
			start = i + 1;
		}
	ret->line = line;
	ret->byte = at - start + 1;
	add(&t, "$", 1);
	for (size_t i = 0; i < s.depth && i < DEPTH_SHOWN; i++) {
		const struct level *l = &s.level[i];

		if (!l->object)
			add_index(&t, l->count);
		else if (l->name != 0)
			add_name(&t, text + l->name, l->name_n);
	}
	return true;
}

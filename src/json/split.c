#include "json/split.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "json/json.h"
#include "json/scan.h"

#define HEAD 4096 /* bytes of a skipped element that are shown */

/* Where between two values we stand: what may come next. */
enum at { AT_START, AT_FIRST_ELEMENT, AT_ELEMENT, AT_NEXT_ELEMENT, AT_FIRST_NAME, AT_NAME, AT_COLON, AT_MEMBER, AT_NEXT_MEMBER,
	AT_LINE, AT_DONE, AT_VALUE };
/* What the value under way is for. */
enum role { ROLE_ELEMENT, ROLE_LINE, ROLE_NAME, ROLE_MEMBER };

/* A stretch of the stream: copied only when it does not lie in one piece. */
struct hold {
	struct buf b;
	const char *from;   /* in the piece at hand: not copied yet; NULL: not holding */
	uint64_t len;       /* of what was copied or would have been */
};

/* A member of the wrapping object, as offsets into what is held of it. */
struct member { size_t key, key_n, value, value_n; };

struct json_splitter {
	struct json_split_opt opt;
	struct json_split_sink sink;
	enum at at;
	enum role role;
	struct json_scan scan;
	struct hold element;    /* the element under way */
	struct hold frame;      /* the top object without what is inside its list */
	struct member member;   /* the one under way */
	struct buf waiting;     /* struct member: seen before it was known whether this is a wrapping object */
	bool frame_open;        /* inside the top object */
	bool listing;           /* inside its list */
	bool is_list, list_named, list_seen; /* the member under way is called so; one was; one was, and was a list */
	uint64_t elements;
	uint64_t line, byte;    /* of the start of the piece at hand; from 1 */
	const char *piece;
};

static const char *const expected[] = {
	[AT_START] = "an object or a list", [AT_FIRST_ELEMENT] = "a value or ']'", [AT_ELEMENT] = "a value", [AT_NEXT_ELEMENT] = "',' or ']'",
	[AT_FIRST_NAME] = "a member name or '}'", [AT_NAME] = "a member name", [AT_COLON] = "':'", [AT_MEMBER] = "a value",
	[AT_NEXT_MEMBER] = "',' or '}'", [AT_LINE] = "an object", [AT_DONE] = "the end", [AT_VALUE] = "the rest of a value",
};

static bool allowed(const struct json_splitter *s, unsigned shape) { return (s->opt.shapes & shape) != 0; }

/* Known to be a wrapping object: nothing else is allowed, or its list was met. */
static bool decided(const struct json_splitter *s) { return !allowed(s, SPLIT_LINES) || s->list_seen; }

/* --- errors: line and byte --- */

static void walk(struct json_splitter *s, const char *to)
{
	const char *after;
	const uint64_t lines = json_scan_lines(s->piece, to, &after);

	if (lines > 0)
		s->byte = 1;
	s->line += lines;
	s->byte += (uint64_t)(to - after);
	s->piece = to;
}

static int refuse(struct json_splitter *s, int code, const char *p, const char *why, struct err *e)
{
	walk(s, p);
	return fail(e, code, "%s: line %" PRIu64 ", byte %" PRIu64 ": %s", s->opt.what, s->line, s->byte, why);
}

static int unexpected(struct json_splitter *s, const char *p, struct err *e)
{
	const bool bom = s->at == AT_START && (unsigned char)*p == 0xef;

	walk(s, p);
	return fail(e, E_FORMAT, "%s: line %" PRIu64 ", byte %" PRIu64 ": expected %s%s", s->opt.what, s->line, s->byte, expected[s->at],
		bom ? ", not a byte order mark" : "");
}

/* --- holding --- */

static void hold_start(struct hold *h, const char *p)
{
	buf_clear(&h->b);
	h->len = 0;
	h->from = p;
}

/* Copy up to p; from now on nothing is held. Beyond the maximum only the length goes on. */
static void hold_pause(const struct json_splitter *s, struct hold *h, const char *p)
{
	const size_t keep = s->opt.max_element > HEAD ? s->opt.max_element : HEAD;
	const size_t n = (size_t)(p - h->from), room = keep - h->b.n;

	buf_put(&h->b, h->from, n < room ? n : room);
	h->len += n;
	h->from = NULL;
}

static bool over(const struct json_splitter *s, const struct hold *h) { return h->len > s->opt.max_element; }

static int give(struct json_splitter *s, const char *p, uint64_t len, struct err *e)
{
	const uint64_t n = s->elements++;

	if (len <= s->opt.max_element)
		return s->sink.element(s->sink.ctx, n, p, (size_t)len, e);
	return s->sink.skipped(s->sink.ctx, n, p, len < HEAD ? (size_t)len : HEAD, len, e);
}

/* The held bytes up to p are an element. */
static int give_held(struct json_splitter *s, struct hold *h, const char *p, struct err *e)
{
	const char *from = h->from;
	int rc;

	if (h->len == 0) {
		h->from = NULL;
		return give(s, from, (uint64_t)(p - from), e);
	}
	hold_pause(s, h, p);
	if ((rc = buf_err(&h->b, e, s->opt.what)) != 0)
		return rc;
	return give(s, h->b.p, h->len, e);
}

/* --- the wrapping object --- */

static size_t frame_offset(const struct json_splitter *s, const char *p) { return (size_t)s->frame.len + (size_t)(p - s->frame.from); }

/* What is held of the frame, up to p, in one piece. */
static int frame_text(struct json_splitter *s, const char *p, struct err *e)
{
	hold_pause(s, &s->frame, p);
	s->frame.from = p;
	if (decided(s) && over(s, &s->frame))
		return refuse(s, E_LIMIT, p, "the members beside the list are too long", e);
	return buf_err(&s->frame.b, e, s->opt.what);
}

static bool name_is(const char *name, size_t n, const char *want)
{
	struct json_doc *d = NULL;
	bool same;

	if (memchr(name, '\\', n) == NULL)
		return n == strlen(want) && memcmp(name, want, n) == 0;
	if (json_read(name - 1, n + 2, NULL, &d, NULL) != 0)
		return false; /* judged with the whole frame */
	same = json_str_is(json_root(d), want);
	json_free(d);
	return same;
}

static int name_done(struct json_splitter *s, const char *p, struct err *e)
{
	const int rc = frame_text(s, p, e);

	s->at = AT_COLON;
	s->is_list = false;
	if (rc != 0 || over(s, &s->frame))
		return rc;
	s->member.key_n = (size_t)s->frame.len - s->member.key - 1;
	s->is_list = name_is(s->frame.b.p + s->member.key, s->member.key_n, s->opt.list);
	if (s->is_list && s->list_named)
		return refuse(s, E_FORMAT, p, "duplicate member name", e);
	s->list_named |= s->is_list;
	return 0;
}

static int give_member(const struct json_splitter *s, const struct member *m, struct err *e)
{
	const char *p = s->frame.b.p;

	return s->sink.member(s->sink.ctx, p + m->key, m->key_n, p + m->value, m->value_n, e);
}

static int member_done(struct json_splitter *s, const char *p, struct err *e)
{
	const int rc = frame_text(s, p, e);

	s->at = AT_NEXT_MEMBER;
	if (rc != 0 || over(s, &s->frame) || s->sink.member == NULL)
		return rc;
	s->member.value_n = (size_t)s->frame.len - s->member.value;
	if (decided(s))
		return give_member(s, &s->member, e);
	buf_put(&s->waiting, &s->member, sizeof(s->member));
	return buf_err(&s->waiting, e, s->opt.what);
}

static int enter_list(struct json_splitter *s, const char *p, struct err *e)
{
	int rc;

	s->list_seen = s->listing = true;
	s->at = AT_FIRST_ELEMENT;
	if ((rc = frame_text(s, p + 1, e)) != 0)
		return rc;
	s->frame.from = NULL;
	for (size_t i = 0; rc == 0 && i < s->waiting.n; i += sizeof(struct member)) {
		struct member m;

		memcpy(&m, s->waiting.p + i, sizeof(m));
		rc = give_member(s, &m, e);
	}
	buf_free(&s->waiting);
	return rc;
}

/* Everything of the frame that was passed over so far: names twice, broken values, wrong escapes. */
static int judge_frame(struct json_splitter *s, const char *p, struct err *e)
{
	CLEANUP_STR char *what = mem_printf("%s (list left out)", s->opt.what);
	const struct json_read_opt opt = {.max_bytes = s->opt.max_element, .what = what};
	struct json_doc *d = NULL;
	int rc = frame_text(s, p, e);

	if (rc != 0)
		return rc;
	s->frame.from = NULL;
	rc = json_read(s->frame.b.p, s->frame.b.n, &opt, &d, e);
	json_free(d);
	return rc;
}

static int frame_done(struct json_splitter *s, const char *p, struct err *e)
{
	s->frame_open = false;
	if (decided(s)) {
		s->at = AT_DONE;
		return judge_frame(s, p, e);
	}
	s->at = AT_LINE;
	buf_free(&s->waiting);
	return give_held(s, &s->frame, p, e);
}

static int list_done(struct json_splitter *s, const char *p)
{
	s->listing = false;
	s->at = s->frame_open ? AT_NEXT_MEMBER : AT_DONE;
	if (s->frame_open)
		s->frame.from = p;
	return 0;
}

/* --- values --- */

static void begin(struct json_splitter *s, enum role role, const char *p)
{
	s->at = AT_VALUE;
	s->role = role;
	json_scan_start(&s->scan, *p);
	if (role == ROLE_ELEMENT || role == ROLE_LINE)
		hold_start(&s->element, p);
	else if (role == ROLE_NAME)
		s->member = (struct member){.key = frame_offset(s, p) + 1};
	else
		s->member.value = frame_offset(s, p);
}

static int value_done(struct json_splitter *s, const char *p, struct err *e)
{
	switch (s->role) {
	case ROLE_NAME: return name_done(s, p, e);
	case ROLE_MEMBER: return member_done(s, p, e);
	case ROLE_ELEMENT: s->at = AT_NEXT_ELEMENT; break;
	case ROLE_LINE: s->at = AT_LINE; break;
	}
	return give_held(s, &s->element, p, e);
}

/* --- one byte of the frame that is no white space; *ret_p goes past it unless a value begins there --- */

static int top(struct json_splitter *s, const char *p, struct err *e)
{
	const bool first = s->at == AT_START;

	if (first && *p == '[' && allowed(s, SPLIT_ARRAY)) {
		s->at = AT_FIRST_ELEMENT;
	} else if (first && *p == '{' && allowed(s, SPLIT_WRAPPED)) {
		hold_start(&s->frame, p);
		s->frame_open = true;
		s->at = AT_FIRST_NAME;
	} else if (*p == '{' && allowed(s, SPLIT_LINES)) {
		begin(s, ROLE_LINE, p);
	} else {
		return unexpected(s, p, e);
	}
	return 0;
}

static int in_object(struct json_splitter *s, const char *p, struct err *e)
{
	if (*p == '"' && s->at != AT_NEXT_MEMBER)
		begin(s, ROLE_NAME, p);
	else if (*p == ',' && s->at == AT_NEXT_MEMBER)
		s->at = AT_NAME;
	else if (*p == '}' && s->at != AT_NAME)
		return frame_done(s, p + 1, e);
	else
		return unexpected(s, p, e);
	return 0;
}

static int in_list(struct json_splitter *s, const char *p, struct err *e)
{
	if (*p == ']' && s->at != AT_ELEMENT)
		return list_done(s, p);
	if (s->at == AT_NEXT_ELEMENT) {
		if (*p != ',')
			return unexpected(s, p, e);
		s->at = AT_ELEMENT;
		return 0;
	}
	if (!json_scan_begins(*p))
		return unexpected(s, p, e);
	begin(s, ROLE_ELEMENT, p);
	return 0;
}

static int member_value(struct json_splitter *s, const char *p, struct err *e)
{
	if (s->is_list && *p == '[')
		return enter_list(s, p, e);
	if (s->is_list && decided(s))
		return refuse(s, E_FORMAT, p, "expected a list", e);
	if (!json_scan_begins(*p))
		return unexpected(s, p, e);
	begin(s, ROLE_MEMBER, p);
	return 0;
}

static int between(struct json_splitter *s, const char *p, struct err *e)
{
	switch (s->at) {
	case AT_START: case AT_LINE:
		return top(s, p, e);
	case AT_FIRST_NAME: case AT_NAME: case AT_NEXT_MEMBER:
		return in_object(s, p, e);
	case AT_FIRST_ELEMENT: case AT_ELEMENT: case AT_NEXT_ELEMENT:
		return in_list(s, p, e);
	case AT_MEMBER:
		return member_value(s, p, e);
	case AT_COLON:
		if (*p != ':')
			return unexpected(s, p, e);
		s->at = AT_MEMBER;
		return 0;
	case AT_DONE:
		return unexpected(s, p, e);
	case AT_VALUE:
		break;
	}
	assert(false);
	return 0;
}

static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

static int feed(struct json_splitter *s, const char *p, const char *end, struct err *e)
{
	bool done;
	int rc = 0;

	while (rc == 0 && p < end) {
		if (s->at == AT_VALUE) {
			p = json_scan(&s->scan, p, end, &done);
			rc = done ? value_done(s, p, e) : 0;
		} else if (is_space(*p)) {
			p++;
		} else {
			rc = between(s, p, e);
			p += s->at != AT_VALUE; /* a value's first byte belongs to its scan */
		}
	}
	return rc;
}

int json_split_feed(struct json_splitter *s, const void *p, size_t n, struct err *e)
{
	const char *const end = (const char *)p + n;
	int rc;

	if (n == 0)
		return 0;
	s->piece = p;
	if (s->at == AT_VALUE && (s->role == ROLE_ELEMENT || s->role == ROLE_LINE))
		s->element.from = p;
	if (s->frame_open && !s->listing)
		s->frame.from = p;
	if ((rc = feed(s, p, end, e)) != 0)
		return rc;
	if (s->element.from != NULL)
		hold_pause(s, &s->element, end);
	if (s->frame.from != NULL)
		hold_pause(s, &s->frame, end);
	walk(s, end);
	return 0;
}

/* --- around --- */

int json_split_new(const struct json_split_opt *opt, const struct json_split_sink *sink, struct json_splitter **ret, struct err *e)
{
	struct json_splitter *s = mem_zalloc(sizeof(*s));

	if (s == NULL)
		return fail(e, E_NOMEM, "%s: out of memory", opt->what != NULL ? opt->what : "JSON");
	s->opt = *opt;
	s->sink = *sink;
	if (s->opt.list == NULL)
		s->opt.list = "objects";
	if (s->opt.max_element == 0)
		s->opt.max_element = LIMIT_JSON_BYTES;
	if (s->opt.what == NULL)
		s->opt.what = "JSON";
	s->line = s->byte = 1;
	*ret = s;
	return 0;
}

int json_split_end(struct json_splitter *s, uint64_t *ret_elements, bool *ret_wrapped, struct err *e)
{
	if (s->at == AT_START)
		return fail(e, E_FORMAT, "%s: empty", s->opt.what);
	if (s->at != AT_LINE && s->at != AT_DONE)
		return fail(e, E_FORMAT, "%s: line %" PRIu64 ", byte %" PRIu64 ": cut short, expected %s", s->opt.what, s->line, s->byte, expected[s->at]);
	*ret_elements = s->elements;
	*ret_wrapped = s->list_seen;
	return 0;
}

void json_split_free(struct json_splitter *s)
{
	if (s == NULL)
		return;
	buf_free(&s->element.b);
	buf_free(&s->frame.b);
	buf_free(&s->waiting);
	mem_free(s);
}

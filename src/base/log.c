#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/limits.h"
#include "base/lock.h"
#include "base/mem.h"

static const struct event_row {
	const char *name, *level;
} rows[] = {
#define EVENT(name, level, meaning) {#name, level},
#include "base/event.def"
#undef EVENT
};

struct log {
	int fd;
	struct clock clock;
	pthread_mutex_t lock; /* keeps the rest of a short write behind its beginning */
	bool torn;            /* a line stopped in its middle (disk full): the next one must not continue it */
};

/* A line being made. `n` never exceeds LIMIT_LOG_LINE - 1: the newline always has room. */
struct line {
	char p[LIMIT_LOG_LINE];
	size_t n;
	bool cut; /* something did not fit */
};

static const char cut_mark[] = " cut=1";

struct log *log_new(int fd, struct clock clock)
{
	struct log *l = mem_zalloc(sizeof(*l));

	if (l == NULL)
		return NULL;
	l->fd = fd;
	l->clock = clock;
	if (brief_mutex_init(&l->lock) != 0) {
		mem_free(l);
		return NULL;
	}
	return l;
}

void log_free(struct log *l)
{
	if (l == NULL)
		return;
	(void)pthread_mutex_destroy(&l->lock);
	mem_free(l);
}

static void put(struct line *o, const char *s, size_t n)
{
	if (n > sizeof(o->p) - sizeof(cut_mark) - 1 - o->n) {
		o->cut = true;
		return;
	}
	memcpy(o->p + o->n, s, n);
	o->n += n;
}

static void puts_line(struct line *o, const char *s) { put(o, s, strlen(s)); }

/* Keys come from our own code; whatever else arrives is made harmless. */
static void put_key(struct line *o, const char *key)
{
	size_t start;

	put(o, " ", 1);
	start = o->n;
	put(o, key, strlen(key));
	for (char *p = o->p + start; p < o->p + o->n; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_' || *p == '-' || *p == '.'))
			*p = '_';
	put(o, "=", 1);
}

/*
 * Length of a character that would move the cursor, end the line or turn its direction
 * although it is well-formed UTF-8: C1 controls, U+2028 to U+202E, U+2066 to U+2069. 0: harmless.
 */
static size_t unsafe_utf8(const unsigned char *s, size_t n)
{
	if (n >= 2 && s[0] == 0xc2 && s[1] < 0xa0)
		return 2;
	if (n < 3 || s[0] != 0xe2)
		return 0;
	if (s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xae)
		return 3;
	return s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9 ? 3 : 0;
}

/* How many of the next bytes must be written as \xHH; `valid` bytes from here are well-formed UTF-8. */
static size_t must_escape(const unsigned char *s, size_t valid)
{
	if (valid == 0 || s[0] < 0x20 || s[0] == 0x7f)
		return 1;
	return unsafe_utf8(s, valid);
}

static void put_escaped(struct line *o, const unsigned char *s, size_t n)
{
	char x[4] = "\\x";

	for (size_t i = 0; i < n; i++) {
		char hex[HEX_LEN(1) + 1];

		hex_encode(s + i, 1, hex);
		memcpy(x + 2, hex, 2);
		put(o, x, sizeof(x));
	}
}

/* All that is printed but " = \ and the blank, as ranges of ASCII, those of most texts first. */
static bool plain_byte(char c) { return (c >= '_' && c <= '~') || (c >= '#' && c <= '<') || (c >= '>' && c <= '[') || c == '!' || c == ']' || c == '^'; }

static bool plain_value(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!plain_byte(s[i]))
			return false;
	return n > 0;
}

/* Bytes of the character that starts at s, which is well-formed. */
static size_t char_len(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4; }

/* `n` bytes between quotes; stops between characters when the line is full. */
static void put_quoted(struct line *o, const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t ok = 0; /* text[i..ok) is well-formed */

	put(o, "\"", 1);
	for (size_t i = 0; i < n && !o->cut;) {
		size_t step;

		if (i >= ok)
			ok = i + utf8_check(text + i, n - i);
		if ((step = must_escape(s + i, ok - i)) > 0) {
			put_escaped(o, s + i, step);
		} else {
			step = char_len(s[i]);
			if (s[i] == '"' || s[i] == '\\')
				put(o, "\\", 1);
			put(o, text + i, step);
		}
		i += step;
	}
	put(o, "\"", 1);
}

/* One pair, whole or not at all: a half pair would say something else. */
static void put_pair(struct line *o, const char *key, const char *value)
{
	const size_t start = o->n, len = strnlen(value, LIMIT_LOG_VALUE + 1);
	const size_t n = len > LIMIT_LOG_VALUE ? LIMIT_LOG_VALUE : len;

	put_key(o, key);
	if (plain_value(value, n))
		put(o, value, n);
	else
		put_quoted(o, value, n);
	if (o->cut)
		o->n = start;
	else if (len > n)
		o->cut = true;
}

/* How many of the n bytes went out. Nobody to tell if not all: the log is where failures are told. */
static size_t write_all(int fd, const char *p, size_t n)
{
	size_t done = 0;

	while (done < n) {
		const ssize_t r = write(fd, p + done, n - done);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			break;
		done += (size_t)r;
	}
	return done;
}

static void write_line(struct log *l, const char *p, size_t n)
{
	size_t done;

	(void)pthread_mutex_lock(&l->lock);
	if (l->torn && write_all(l->fd, "\n", 1) == 1)
		l->torn = false;
	if (!l->torn) {
		done = write_all(l->fd, p, n);
		l->torn = done > 0 && done < n;
	}
	(void)pthread_mutex_unlock(&l->lock);
}

void log_event(struct log *l, enum log_event ev, ...)
{
	UNINIT struct line o;
	const char *key, *value;
	char time[32];
	va_list ap;

	if (l == NULL)
		return;
	o.n = 0;
	o.cut = false;
	time_format(clock_now(&l->clock), 3, time, sizeof(time));
	puts_line(&o, "time=");
	puts_line(&o, time);
	puts_line(&o, " level=");
	puts_line(&o, rows[ev].level);
	puts_line(&o, " event=");
	puts_line(&o, rows[ev].name);
	va_start(ap, ev);
	while (!o.cut && (key = va_arg(ap, const char *)) != NULL)
		if ((value = va_arg(ap, const char *)) != NULL)
			put_pair(&o, key, value);
	va_end(ap);
	if (o.cut) {
		memcpy(o.p + o.n, cut_mark, sizeof(cut_mark) - 1);
		o.n += sizeof(cut_mark) - 1;
	}
	o.p[o.n++] = '\n';
	write_line(l, o.p, o.n);
}

const char *log_event_name(enum log_event ev) { return ev < EV_COUNT_ ? rows[ev].name : "?"; }

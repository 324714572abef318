/* Audit rows: made of whatever texts there are, printed for people and programs. */
#include <stdio.h>
#include <string.h>

#include "access/people_priv.h"
#include "base/clock.h"
#include "base/enc.h"
#include "json/json.h"

/* Cut at a character's border; what a log may not hold becomes '?'. */
static void put_text(char *to, size_t room, const char *text, const char *otherwise)
{
	const char *const from = text != NULL ? text : otherwise;
	size_t n = strnlen(from, room - 1);

	while (n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80)
		n--;
	memcpy(to, from, n);
	to[n] = '\0';
	for (size_t i = 0; to[i] != '\0'; i++)
		if ((unsigned char)to[i] < ' ' || to[i] == 0x7f)
			to[i] = '?';
	for (size_t bad; (bad = utf8_check(to, strlen(to))) < strlen(to);)
		to[bad] = '?';
}

int audit_note_state(const struct clock *c, struct state *s, const char *who, const char *from, const char *act, const char *subject, const char *outcome, struct err *e)
{
	struct state_audit row = {.at_us = clock_now(c) / 1000};

	put_text(row.who, sizeof(row.who), who, "");
	put_text(row.from, sizeof(row.from), from, "");
	put_text(row.act, sizeof(row.act), act, "?");
	put_text(row.subject, sizeof(row.subject), subject, "");
	put_text(row.outcome, sizeof(row.outcome), outcome, "done");
	return state_audit_add(s, &row, e);
}

int audit_note(struct access *a, const char *who, const char *from, const char *act, const char *subject, const char *outcome, struct err *e)
{
	int rc;

	pthread_mutex_lock(&a->lock);
	rc = audit_note_state(&a->w.clock, a->state, who, from, act, subject, outcome, e);
	pthread_mutex_unlock(&a->lock);
	return rc;
}

void audit_heading(enum audit_format as, struct buf *out)
{
	if (as == AUDIT_TSV)
		buf_puts(out, "number\ttime\twho\tfrom\tact\tsubject\toutcome\n");
}

void audit_line(enum audit_format as, const struct state_audit *row, struct buf *out)
{
	const struct { const char *name, *value; } text[] = {{"who", row->who}, {"from", row->from}, {"act", row->act}, {"subject", row->subject}, {"outcome", row->outcome}};
	char time[40];

	time_format(row->at_us * 1000, 6, time, sizeof(time));
	if (as == AUDIT_TSV) {
		buf_printf(out, "%llu\t%s", (unsigned long long)row->n, time);
		for (size_t i = 0; i < ARRAY_LEN(text); i++)
			buf_printf(out, "\t%s", text[i].value);
		buf_putc(out, '\n');
		return;
	}
	buf_printf(out, "{\"number\":%llu,\"time\":\"%s\"", (unsigned long long)row->n, time);
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		buf_printf(out, ",\"%s\":", text[i].name);
		json_put_str(out, text[i].value, strlen(text[i].value));
	}
	buf_puts(out, "}\n");
}

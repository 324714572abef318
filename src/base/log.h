/*
 * base/log.h - the structured event log: one line per event, key=value, UTC time first.
 * Events are rows of base/event.def (name, level, meaning); an unknown key or a value with
 * control bytes cannot break a line: values are quoted and escaped. The sink is passed in.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"

enum log_event {
#define EVENT(name, level, meaning) EV_##name,
#include "base/event.def"
#undef EVENT
	EV_COUNT_
};

struct log;                                   /* safe to use from several threads */
/* Writes lines to fd (not closed). NULL: no memory. free: log_free. */
NODISCARD struct log *log_new(int fd, struct clock clock);
void log_free(struct log *l);
/*
 * One event. After `ev` come pairs of (const char *key, const char *value), then NULL.
 * l NULL drops the event. A value of NULL leaves its pair out.
 */
void log_event(struct log *l, enum log_event ev, ... /* NULL */) __attribute__((sentinel));
const char *log_event_name(enum log_event ev);

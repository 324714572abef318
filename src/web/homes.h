/*
 * web/homes.h - handles of home.sqlite for the threads that answer pages: a handle belongs to one thread at a time, so
 * one is lent for a request and given back. There are never more than requests that looked at papers at once.
 * Thread-safe.
 */
#pragma once
#include "store/home.h"

struct homes;
/* Opens the first one, so that a damaged or foreign file is told of at the start. Errors as of home_open. */
NODISCARD int homes_open(const char *path, struct homes **ret, struct err *e);
void homes_close(struct homes *h);           /* NULL is fine; all are back */
NODISCARD int homes_take(struct homes *h, struct home **ret, struct err *e);
void homes_back(struct homes *h, struct home *one); /* NULL is fine */

/*
 * web/url.h - the only makers of struct url. Every part that is not ours is percent-encoded (RFC 3986 §2.1);
 * foreign addresses pass only as https: or http:.
 */
#pragma once
#include "web/arena.h"
#include "web/out.h"

/* "/" part "/" part …, NULL ends; parts may hold anything. */
struct url url_path(struct arena *a, ... /* const char *, NULL */) __attribute__((sentinel));
/* More text behind an address: a fixed suffix (".json"), a query pair, a fragment. */
struct url url_suffix(struct arena *a, struct url u, const char *suffix);
struct url url_query(struct arena *a, struct url u, const char *name, const char *value);
struct url url_fragment(struct arena *a, const char *id);
struct url url_anchor(struct arena *a, struct url u, const char *id); /* that place on a page */
/* base ("https://host") in front of a path. */
struct url url_absolute(struct arena *a, const char *base, struct url u);
/* An address of ours that came back with a form (people_return_ok() said yes): what may not stand in a header is written as %XX. */
struct url url_own(struct arena *a, const char *path);
/* A foreign address: http(s) with a host and no control, space or quote; anything else gives "#". */
struct url url_foreign(struct arena *a, const char *s);
struct url url_mail(struct arena *a, const char *subject, const char *body);

/* Pages of people who are signed in, of the release test. */
#include <stdio.h>
#include <string.h>

#include "consult/find.h"
#include "tour.h"
#include "web/subs.h"

/* What a session has of its own on each page: the token of forms, and when it ends, which each page moves on. */
void mask_session(struct buf *b)
{
	static const struct { const char *from, *to; } own[] = {{"name=\"csrf\" value=\"", "\""}, {"data-ends=\"", "</p>"}, {"<ul class=\"about\">", "</footer>"}};

	buf_putc(b, '\0');
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		for (char *s = strstr(b->p, own[i].from); s != NULL; s = strstr(s, own[i].from)) {
			const char *const end = strstr(s + strlen(own[i].from), own[i].to);

			for (s += strlen(own[i].from); end != NULL && s < end; s++)
				*s = '*';
		}
	b->n--;
}

/* Pages of those who sign in: the way there, whoever asks for whatever. */
void do_people(struct tour *t, const char *pattern)
{
	char path[400], name[400];

	for (unsigned k = 0; k < LANG_COUNT; k++) {
		(void)snprintf(name, sizeof name, "%s", pattern + 3);
		if (strstr(name, "{}") != NULL)
			memcpy(strstr(name, "{}"), "de", 2);
		(void)snprintf(path, sizeof path, "/%s%.390s", lang_code((enum lang)k), name);
		if (ask(t, path, NULL, NULL) != (!t->signed_in ? 303 : strcmp(name, "/settings") == 0 || strcmp(name, "/calendar") == 0 ? 200 : 403))
			fault(path, "neither sent to sign in nor kept out", t->asker.name);
	}
	(void)snprintf(path, sizeof path, "/fr%.390s", pattern + 3);
	must_none(t, path, NULL);
}

void do_asset(struct tour *t, const char *pattern)
{
	(void)pattern;
	must_none(t, "/a/0/app.css", NULL);
	must_none(t, "/a/0/none.css", NULL);
}

/*
 * Pages of people who are signed in: others are sent to sign in, whatever the address names; to people what they may not
 * see is not there. Names of what there is, hidden or not, take the places of the pattern.
 */
void do_shut(struct tour *t, const char *pattern)
{
	for (int k = 0; k < t->m->objs; k++) {
		const struct obj *x = &t->m->obj[k];
		char path[400], *w = path;
		unsigned place = 0;
		int status;

		if (x->modified[0] == '\0' || !some(t, 12))
			continue;
		for (const char *p = pattern; *p != '\0'; p++) {
			const char *name;

			if (strncmp(p, "{}", 2) != 0) {
				*w++ = *p;
				continue;
			}
			/* The way to the sign-in repeats the address, so one who is signed out asks for what there is not. */
			name = place == 0 ? lang_code((enum lang)(k % LANG_COUNT)) : !t->signed_in ? "nm-unknown" : place == 1 && x->what != DOCUMENT && x->name[0] != '\0' ? x->name : place == 2 ? "1" : x->id;
			w = stpcpy(w, name);
			place++;
			p++;
		}
		*w = '\0';
		status = ask(t, path, NULL, NULL);
		if (!t->signed_in ? status != 303 : place > 1 && !t->may[k] && status != 404 && status != 403)
			fault(path, "answered about what may not be seen", t->asker.name);
	}
}

/* Pages of the text for those who sign in: others are sent there; nobody is answered about what he may not see. */
void do_text(struct tour *t, const char *pattern)
{
	const char *below = strstr(pattern, "rounds/{}"), *under = strstr(pattern, "documents/{}");
	char path[400];

	for (int s = 0; s < t->m->objs; s++)
		for (int k = 0; k < t->m->objs; k++) {
			const struct obj *o = &t->m->obj[s], *x = &t->m->obj[k];
			const char *lang = lang_code((enum lang)(sum.pages++ % LANG_COUNT));
			bool hidden;
			int status;

			if (strcmp(o->type, "verbale-series") != 0 || x->col != o->col || (under != NULL ? x->what != DOCUMENT : strcmp(x->type, "verbale-round") != 0) || !some(t, 25))
				continue;
			/* The way to the sign-in repeats the address, so one who is signed out asks for what there is not. */
			if (under != NULL)
				(void)snprintf(path, sizeof path, "/%s/series/%s/rounds/%d/documents/%s%s", lang, t->signed_in ? o->name : "nm-unknown", 1 + k % 2, t->signed_in ? x->name : "nm-unknown", under + strlen("documents/{}"));
			else
				(void)snprintf(path, sizeof path, "/%s/series/%s/rounds/%d%s", lang, t->signed_in ? o->name : "nm-unknown", 1 + k % 2, below + strlen("rounds/{}"));
			hidden = !t->may[s] || (under != NULL && !sees_version(t, k));
			status = ask(t, path, NULL, NULL);
			if (!t->signed_in ? status != 303 : hidden && status != 404 && status != 403)
				fault(path, "answered about what may not be seen", t->asker.name);
		}
}

/* ---- overview, promises, search ---- */

void tour_search(struct tour *t)
{
	char path[400];
	struct err e = {0};

	(void)snprintf(path, sizeof path, "%s/tour-search.sqlite", t->m->node[DE].dir);
	if (find_open(path, &t->web.find, &e) != 0)
		fault(path, e.msg, "the test");
	(void)snprintf(path, sizeof path, "%s/state.sqlite", t->m->node[DE].dir);
	if (subs_open(path, &t->web.subs, &e) != 0)
		fault(path, e.msg, "the test");
}

void tour_search_end(struct tour *t)
{
	find_close(t->web.find);
	subs_close(t->web.subs);
}

/* For the words of what may be seen: with it comes nothing else. (A page repeats what was asked for, so no hidden word is.) */
void do_search(struct tour *t, const char *pattern)
{
	const int all = t->signed_in ? t->m->objs : 1;
	char q[40];

	(void)pattern;
	for (int k = 0; k < all; k++) {
		int status;

		if (t->signed_in && (!t->may[k] || !some(t, 12)))
			continue;
		(void)snprintf(q, sizeof q, "q=%s", t->signed_in ? t->m->obj[k].marker : "x");
		status = ask(t, "/de/search", q, NULL);
		if (status != (t->signed_in ? 200 : 303))
			fault("/de/search", "neither found nor sent to sign in", t->asker.name);
	}
}

/* Addresses that end with an object's id. */
void do_id(struct tour *t, const char *pattern)
{
	char path[400];

	for (int k = 0; k < t->m->objs; k++) {
		const struct obj *x = &t->m->obj[k];

		if (!some(t, 25))
			continue;
		(void)snprintf(path, sizeof path, "/%s%.60s", lang_code((enum lang)(k % LANG_COUNT)), pattern + 3);
		(void)snprintf(path + strlen(path) - 2, sizeof path - 80, "%s", x->id);
		if (!sees_version(t, k))
			must_none(t, path, NULL);
		else
			IGNORE(ask(t, path, NULL, NULL), "scanned");
	}
}

/* Files of a series. */
void do_of_series(struct tour *t, const char *pattern)
{
	const char *file = strrchr(pattern, '/');
	char path[400];

	for (int k = 0; k < t->m->objs; k++) {
		const struct obj *x = &t->m->obj[k];

		if (strcmp(x->type, "verbale-series") != 0)
			continue;
		(void)snprintf(path, sizeof path, "/%s/series/%s%s", lang_code((enum lang)(k % LANG_COUNT)), x->name, file);
		if (!t->may[k])
			must_none(t, path, NULL);
		else
			IGNORE(ask(t, path, NULL, NULL), "scanned");
	}
}

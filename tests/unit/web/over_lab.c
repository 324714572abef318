#include "over_lab.h"

#include <stdio.h>
#include <string.h>

#include "consult/acts.h"
#include "consult/find.h"
#include "web/homes.h"
#include "web/keep.h"
#include "web/subs.h"

#define OK(call) do { struct err e_ = {0}; if ((call) != 0) fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, e_.msg); } while (0)

void over_set(struct over_lab *d, const char *time)
{
	weblab_set(&d->w, time);
	d->p.l.now = d->w.l.now;
}

static void take_promise(struct over_lab *d)
{
	static const char *const owner[] = {"DE", "JP"};
	struct actor a = {.r = d->w.jp.r, .rd = d->w.jp.rd, .role = ROLE_NODE};
	const struct act_commitment c = {.document = d->w.ids.id[DEMO_STATEMENT], .unit = "7", .title = {{"Zweite Runde in Berlin", "第2回協議をベルリンで開催", "Second round in Berlin"}},
		.owner = owner, .owners = 2, .due = "2017-01-01T00:00:00.000Z", .due_precision = "year", .next_round = true};
	struct add_result res;

	d->w.l.now += 60 * NS_PER_S;
	OK(act_commit(&a, &c, &res, &e_));
	memcpy(d->promise, res.id, sizeof d->promise);
	OK(follow_direct(&d->w.de, &d->w.jp, &e_));
}

void over_open(struct over_lab *d)
{
	struct access_conf c;
	char path[300];

	memset(d, 0, sizeof *d);
	weblab_open(&d->w);
	weblab_publish(&d->w, "2016-09-12T08:00:00.000Z");
	weblab_set(&d->w, "2016-09-12T08:20:00Z");
	memcpy(d->series, d->w.ids.id[DEMO_SERIES], sizeof d->series);
	take_promise(d);
	c = (struct access_conf){.w = &d->w.l.w, .party = "DE", .origin = "https://verbale.example"};
	OK(access_open(&c, record_dir(d->w.de.r), &d->p.a, &e_));
	(void)snprintf(path, sizeof path, "%s/state.sqlite", record_dir(d->w.de.r));
	OK(state_open(path, &d->p.s, &e_));
	OK(keep_new(&d->keep, &e_));
	OK(subs_open(path, &d->subs, &e_));
	(void)snprintf(path, sizeof path, "%s/search.sqlite", record_dir(d->w.de.r));
	OK(find_open(path, &d->find, &e_));
	(void)snprintf(path, sizeof path, "%s/home.sqlite", record_dir(d->w.de.r));
	OK(homes_open(path, &d->homes, &e_));
	d->p.l = d->w.l;
	d->p.n = d->w.de;
	d->p.web = (struct web){.record = d->w.de.r, .access = d->p.a, .base_url = "https://verbale.example", .find = d->find, .keep = d->keep, .subs = d->subs, .homes = d->homes};
	people_user(&d->p, "leser", "AA", "reader");
	people_user(&d->p, "muster", "AA", "desk-officer");
}

void over_close(struct over_lab *d)
{
	access_close(d->p.a);
	state_close(d->p.s);
	find_close(d->find);
	subs_close(d->subs);
	keep_free(d->keep);
	homes_close(d->homes);
	weblab_close(&d->w);
}

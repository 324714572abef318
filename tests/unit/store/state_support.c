#include "state_support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct state_ground g;
struct err e;

void open_it(void) { OK(state_open(g.path, &g.s, &e)); }

int state_setup(void **state)
{
	(void)state;
	(void)snprintf(g.dir, sizeof(g.dir), "/tmp/verbale-state-XXXXXX");
	assert_non_null(mkdtemp(g.dir));
	(void)snprintf(g.path, sizeof(g.path), "%s/state.sqlite", g.dir);
	open_it();
	return 0;
}

int state_teardown(void **state)
{
	DIR *d;
	char path[400];

	(void)state;
	state_close(g.s);
	g.s = NULL;
	d = opendir(g.dir);
	for (const struct dirent *f; d != NULL && (f = readdir(d)) != NULL;) {
		(void)snprintf(path, sizeof(path), "%s/%s", g.dir, f->d_name);
		unlink(path);
	}
	closedir(d);
	rmdir(g.dir);
	return 0;
}

struct state_user user(const char *name)
{
	struct state_user u = {.party = "DE", .agency = "BSI", .role = "editor", .password = "$argon2id$x", .created_s = 17, .seen_s = 18};

	(void)snprintf(u.name, sizeof(u.name), "%s", name);
	return u;
}

struct state_token token(unsigned n)
{
	struct state_token t = {.user = "muster", .label = "SIEM im Lagezentrum", .read = true, .created_s = 5};

	(void)snprintf(t.id, sizeof(t.id), "%016x", n);
	memcpy(t.hash, &n, sizeof(n));
	return t;
}

uint64_t generation(struct state *s)
{
	uint64_t v = 0;

	OK(state_generation(s, &v, &e));
	return v;
}

/* What stays at home: a home full of marked words beside a record; none of them may come out, or lie in any other file. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/home.h"
#include "tour.h"

static void must(int rc, const struct err *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "home: %s\n", e->msg);
	abort();
}

/* The first twelve bytes are all a search looks at. */
struct mark { char text[40]; };
static struct mark mark(const struct rec *m, unsigned n, const char *what, home_mark *found)
{
	struct mark k;

	(void)snprintf(k.text, sizeof(k.text), "H%03u%08x %s", n % 1000, (unsigned)(m->lab.seed * 2654435761u) ^ n * 40503u, what);
	found(what, k.text, strlen(k.text));
	return k;
}

void home_fill(struct rec *m, home_mark *found)
{
	static const char *const part[HOME_TEXTS] = {"body", "speaking points", "answers"};
	CLEANUP_STR char *path = mem_printf("%s/home.sqlite", m->node[DE].dir);
	struct home *h = NULL;
	struct err e = {0};
	unsigned n = 0;

	must(path != NULL ? home_open(path, &h, &e) : E_NOMEM, &e);
	for (enum home_kind kind = HOME_REQUEST; kind < HOME_KINDS; kind++) {
		struct home_paper p = {.kind = kind, .state = HOME_SENT, .round = "verbale-round--00000000-0000-4000-8000-000000000001", .agency = "BSI", .author = "daheim"};
		const struct mark title = mark(m, ++n, "title", found);
		struct mark text[HOME_TEXTS];

		(void)snprintf(p.id, sizeof(p.id), "%08x%08x", ++n * 2654435761u, (unsigned)m->lab.seed ^ 0x9e3779b9u);
		found("paper's id", p.id, 16);
		p.title = title.text;
		for (enum home_text t = HOME_BODY; t < HOME_TEXTS; t++)
			if (home_text_name(kind, t) != NULL) {
				text[t] = mark(m, ++n, part[t], found);
				p.text[t] = text[t].text;
			}
		must(home_put(h, &p, 0, NULL, &e), &e);
	}
	for (unsigned i = 0; i < 2; i++) {
		const struct mark k = mark(m, ++n, "waiting act", found), why = mark(m, ++n, "reason", found);
		struct home_wait w = {.asked_by = "daheim", .verb = "write", .marking = "amber"}, to = {.state = WAIT_REFUSED, .decided_by = "daheim2", .reason = why.text};
		CLEANUP_STR char *act = mem_printf("{\"verb\":\"write\",\"props\":{\"text\":{\"de\":\"%s\"}}}", k.text);

		(void)snprintf(w.id, sizeof(w.id), "%016x", 0xabcdef00u + i);
		memcpy(to.id, w.id, sizeof(to.id));
		w.act = act;
		w.act_n = strlen(act);
		must(home_wait_put(h, &w, &e), &e);
		if (i > 0)
			must(home_wait_step(h, &to, &e), &e);
	}
	home_close(h);
}

static void look_into(const struct rec *m, const char *path, const bool *may)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const struct scan s = {m, may, path, "the disk"};
	static char piece[(1 << 20) + 64];
	off_t at = 0;
	ssize_t n;

	/* Segments are made long beforehand: only what was written is read. */
	while (fd >= 0 && (at = lseek(fd, at, SEEK_DATA)) >= 0 && (n = pread(fd, piece, sizeof(piece), at)) > 0) {
		scan(&s, piece, (size_t)n);
		if ((size_t)n < sizeof(piece))
			break;
		at += n - 64; /* nothing is cut in two */
	}
	if (fd >= 0)
		close(fd);
}

void home_files(const struct rec *m, const char *dir, const bool *may)
{
	DIR *d = opendir(dir);

	for (const struct dirent *f; d != NULL && (f = readdir(d)) != NULL;) {
		CLEANUP_STR char *path = mem_printf("%s/%s", dir, f->d_name);
		struct stat st;

		if (f->d_name[0] == '.' || strncmp(f->d_name, "home.sqlite", 11) == 0 || lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			home_files(m, path, may);
		else if (S_ISREG(st.st_mode))
			look_into(m, path, may);
	}
	if (d != NULL)
		closedir(d);
}

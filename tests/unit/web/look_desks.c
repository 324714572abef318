/*
 * look_desks PORT: two sides with people ("desk", "chief", "reader"; password "korrekt pferd batterie") on 127.0.0.1, DE at
 * PORT, JP at the next, until standard input ends; each line read lets the nodes hear of each other. For eyes and browsers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "desks.h"

static void *thread_new(void *ctx, struct err *e)
{
	struct record_reader *rd = NULL;

	return record_reader_new(((struct side *)ctx)->n->r, &rd, e) == 0 ? rd : NULL;
}

static void thread_free(void *rd) { record_reader_free(rd); }

static struct http_server *serve(struct desks *d, struct side *s, int port, char base[64])
{
	struct http_conf c = {.threads = 2, .security_headers = web_security_headers, .error_page = web_error_page, .route_ctx = &s->web};
	struct http_server *ret = NULL;
	struct err e = {0};

	(void)snprintf(base, 64, "http://127.0.0.1:%d", port);
	s->web.base_url = base;
	c.listen[0] = (struct http_listen){.addr = "127.0.0.1", .port = (uint16_t)port};
	c.listeners = 1;
	c.clock = d->w.l.w.clock;
	c.app = (struct http_app){s, thread_new, thread_free};
	c.routes = web_routes(&c.route);
	if (http_start(&c, &ret, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
		exit(1);
	}
	printf("%s/\n", base);
	return ret;
}

int main(int argc, char **argv)
{
	static struct desks d;
	char base[2][64], ch;

	if (argc < 2)
		return 2;
	desks_open(&d);
	if (argc > 2)
		weblab_publish(&d.w, "2016-09-12T08:00:00.000Z");
	struct http_server *de = serve(&d, &d.de, atoi(argv[1]), base[0]), *jp = serve(&d, &d.jp, atoi(argv[1]) + 1, base[1]);

	fflush(stdout);
	while (read(STDIN_FILENO, &ch, 1) > 0)
		if (ch == '\n') {
			desks_meet(&d);
			printf("met\n");
			fflush(stdout);
		}
	http_stop(de);
	http_stop(jp);
	desks_close(&d);
	return 0;
}

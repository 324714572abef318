/* look_over PORT [TIME]: serves the pages of one who is signed in on 127.0.0.1 until standard input ends, and prints the cookie. For eyes and browsers. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "over_lab.h"

static struct over_lab d;

static void *thread_new(void *ctx, struct err *e)
{
	struct record_reader *rd = NULL;

	(void)ctx;
	return record_reader_new(d.w.de.r, &rd, e) == 0 ? rd : NULL;
}

static void thread_free(void *rd) { record_reader_free(rd); }

int main(int argc, char **argv)
{
	struct http_conf c = {.threads = 2, .security_headers = web_security_headers, .error_page = web_error_page, .route_ctx = &d.p.web};
	struct http_server *s = NULL;
	struct err e = {0};
	char cookie[128], ch;

	if (argc < 2)
		return 2;
	over_open(&d);
	if (argc > 2)
		over_set(&d, argv[2]);
	people_sign_in(&d.p, "muster", cookie);
	c.listen[0] = (struct http_listen){.addr = "127.0.0.1", .port = (uint16_t)atoi(argv[1])};
	c.listeners = 1;
	c.clock = d.w.l.w.clock;
	c.app = (struct http_app){&d, thread_new, thread_free};
	c.routes = web_routes(&c.route);
	if (http_start(&c, &s, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	printf("%s\n%s\n", cookie, d.promise);
	fflush(stdout);
	while (read(STDIN_FILENO, &ch, 1) > 0)
		;
	http_stop(s);
	over_close(&d);
	return 0;
}

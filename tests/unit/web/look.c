/* look PORT: serves the lab's pages on 127.0.0.1 until standard input ends. For eyes and browsers, not a test. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lab.h"

static void *thread_new(void *ctx, struct err *e)
{
	struct record_reader *rd = NULL;

	return record_reader_new(((struct weblab *)ctx)->de.r, &rd, e) == 0 ? rd : NULL;
}

static void thread_free(void *rd) { record_reader_free(rd); }

int main(int argc, char **argv)
{
	static struct weblab w;
	struct http_conf c = {.threads = 2, .security_headers = web_security_headers, .error_page = web_error_page, .route_ctx = &w.web};
	struct http_server *s = NULL;
	struct err e = {0};
	char base[64], ch;

	if (argc < 2)
		return 2;
	weblab_open(&w);
	if (argc < 3)
		weblab_publish(&w, "2016-09-12T08:00:00.000Z");
	weblab_set(&w, "2016-09-12T08:20:00Z");
	(void)snprintf(base, sizeof base, "http://127.0.0.1:%s", argv[1]);
	w.web.base_url = base;
	c.listen[0] = (struct http_listen){.addr = "127.0.0.1", .port = (uint16_t)atoi(argv[1])};
	c.listeners = 1;
	c.clock = w.l.w.clock;
	c.app = (struct http_app){&w, thread_new, thread_free};
	c.routes = web_routes(&c.route);
	if (http_start(&c, &s, &e) != 0) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	printf("%s/de/\n", base);
	fflush(stdout);
	while (read(STDIN_FILENO, &ch, 1) > 0)
		;
	http_stop(s);
	weblab_close(&w);
	return 0;
}

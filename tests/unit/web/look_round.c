/* look_round PORT: serves both sides' pages on 127.0.0.1 (PORT: Germany, PORT+1: Japan) until standard input ends. For eyes and browsers, not a test. */
#include <stdio.h>
#include <stdlib.h>

#include "round_lab.h"

static void *thread_new(void *ctx, struct err *e)
{
	struct record_reader *rd = NULL;

	return record_reader_new(((struct people_lab *)ctx)->n.r, &rd, e) == 0 ? rd : NULL;
}

static void thread_free(void *rd) { record_reader_free(rd); }

int main(int argc, char **argv)
{
	static struct round_lab d;
	struct http_server *s[SIDES] = {NULL};
	struct err e = {0};

	if (argc < 2)
		return 2;
	round_lab_open(&d, NULL);
	for (size_t i = 0; i < SIDES; i++) {
		struct http_conf c = {.threads = 2, .security_headers = web_security_headers, .error_page = web_error_page, .route_ctx = &d.side[i].web};

		c.listen[0] = (struct http_listen){.addr = "127.0.0.1", .port = (uint16_t)(atoi(argv[1]) + (int)i)};
		c.listeners = 1;
		c.clock = d.w.l.w.clock;
		c.app = (struct http_app){&d.side[i], thread_new, thread_free};
		c.routes = web_routes(&c.route);
		if (http_start(&c, &s[i], &e) != 0) {
			fprintf(stderr, "%s\n", e.msg);
			return 1;
		}
	}
	printf("ready\n");
	fflush(stdout);
	/* A line: both hear of each other; "2021-05-17T06:00:00Z": the clock. */
	for (char line[64]; fgets(line, sizeof(line), stdin) != NULL; ) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '2')
			weblab_set(&d.w, line);
		round_lab_meet(&d);
		printf("met\n");
		fflush(stdout);
	}
	for (size_t i = 0; i < SIDES; i++)
		http_stop(s[i]);
	round_lab_close(&d);
	return 0;
}

/*
 * bare_http FILE [THREADS] - the HTTP library alone: answers every request with the same bytes from memory. Prints its
 * port; ends when standard input does. What a server built on this library could reach at best.
 */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct MHD_Response *whole;
static char started;

static enum MHD_Result serve(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *upload, size_t *upload_n, void **ctx)
{
	(void)cls;
	(void)url;
	(void)method;
	(void)version;
	(void)upload;
	if (*ctx == NULL) { /* a reply to the first call would close the connection */
		*ctx = &started;
		return MHD_YES;
	}
	*upload_n = 0;
	return MHD_queue_response(c, MHD_HTTP_OK, whole);
}

int main(int argc, char **argv)
{
	const unsigned threads = argc > 2 ? (unsigned)atoi(argv[2]) : 2;
	FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
	size_t n = 0, room = 64u << 20;
	char *p = malloc(room), end;
	struct MHD_Daemon *d;

	if (f == NULL || p == NULL) {
		fprintf(stderr, "usage: bare_http FILE [THREADS]\n");
		return 2;
	}
	n = fread(p, 1, room, f);
	fclose(f);
	whole = MHD_create_response_from_buffer(n, p, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(whole, "Content-Type", "application/taxii+json;version=2.1");
	d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, serve, NULL, MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_END);
	if (d == NULL)
		return 1;
	printf("%u\n", (unsigned)MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	while (read(STDIN_FILENO, &end, 1) > 0)
		;
	MHD_stop_daemon(d);
	MHD_destroy_response(whole);
	free(p);
	return 0;
}

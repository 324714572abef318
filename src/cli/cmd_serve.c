#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cli/desk.h"

#define AGAIN_S 86400 /* once a day all entries are asked for anew: what was released to us since it was first asked */

/* Wait for the end, following the peers in between. */
static void wait_and_sync(struct cli *cli, struct node_server *s, const sigset_t *end)
{
	const uint64_t every = conf_number(&cli->conf, CONF_sync_interval);
	const struct timespec pause = {.tv_sec = every > 0 ? (time_t)every : 3600};

	uint64_t since = 0;

	for (;; since += every) {
		const bool again = since >= AGAIN_S;

		if (every > 0)
			IGNORE(node_sync_all(cli, again, NULL) != 0, "each failure is in the log; the next round tries again");
		if (again)
			since = 0;
		IGNORE(consult_tick(cli->record, cli->rd, &(size_t){0}, NULL) != 0, "the next round tries again");
		IGNORE(cli_resume(cli, NULL) != 0, "the next round tries again");

		node_care(s);
		if (sigtimedwait(end, NULL, &pause) > 0)
			return;
	}
}

/* Every connection is a descriptor; the usual soft limit of 1,024 is below LIMIT_HTTP_CONNS and the files beside. */
static void raise_descriptors(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		IGNORE(setrlimit(RLIMIT_NOFILE, &l) != 0, "connections are refused earlier then");
	}
}

int cmd_serve(struct cli *cli, struct err *e)
{
	struct node_server *s = NULL;
	uint16_t http = 0, tls = 0;
	sigset_t end;
	int rc, fd = -1;

	sigemptyset(&end);
	sigaddset(&end, SIGINT);
	sigaddset(&end, SIGTERM);
	raise_descriptors();
	sigprocmask(SIG_BLOCK, &end, NULL); /* before any thread: they inherit it */
	if ((rc = cli_open(cli, cli->arg[0], CLI_ALONE, e)) != 0 || (rc = cli_log(cli, &fd, &cli->w.log, e)) != 0)
		return rc;
	record_set_log(cli->record, cli->w.log);
	if ((rc = record_gate_open(cli->record, e)) == 0 && (rc = node_serve(cli, cli->w.log, &s, &http, &tls, e)) == 0) {
		log_event(cli->w.log, EV_start, "origin", record_self(cli->record)->origin, NULL);
		if (http != 0)
			printf("http://127.0.0.1:%u/\n", http);
		if (tls != 0)
			printf("https://%s (TLS, %u)\n", conf_text(&cli->conf, CONF_listen_tls), tls);
		fflush(stdout);
		wait_and_sync(cli, s, &end);
		node_stop(s);
		log_event(cli->w.log, EV_stop, NULL);
	}
	record_gate_close(cli->record);
	record_set_log(cli->record, NULL);
	log_free(cli->w.log);
	cli->w.log = NULL;
	if (fd >= 0)
		close(fd);
	return rc;
}

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/server.h"

void linger_add(struct http_server *s, int fd)
{
	const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	bool kept;

	if (copy < 0)
		return;
	shutdown(copy, SHUT_WR);
	pthread_mutex_lock(&s->lock);
	if ((kept = s->lingers < LINGER_MAX))
		s->linger[s->lingers++] = (struct lingering){copy, LIMIT_HTTP_DRAIN, atomic_load(&s->tick) + LIMIT_HTTP_LINGER_S + 1};
	pthread_mutex_unlock(&s->lock);
	if (kept)
		server_wake(s);
	else
		close(copy);
}

size_t linger_poll(struct http_server *s, struct pollfd p[LINGER_MAX])
{
	size_t n;

	pthread_mutex_lock(&s->lock);
	n = s->lingers;
	for (size_t i = 0; i < n; i++)
		p[i] = (struct pollfd){.fd = s->linger[i].fd, .events = POLLIN};
	pthread_mutex_unlock(&s->lock);
	return n;
}

/* Drop what is there. false: the client is done, or has had its share. */
static bool drop(struct lingering *l)
{
	char scrap[8192];
	ssize_t got;

	for (int i = 0; i < 64; i++) {
		if ((got = recv(l->fd, scrap, sizeof(scrap), MSG_DONTWAIT)) <= 0)
			return got < 0 && (errno == EAGAIN || errno == EINTR);
		if ((size_t)got >= l->left)
			return false;
		l->left -= (size_t)got;
	}
	return true;
}

void linger_read(struct http_server *s)
{
	const uint64_t now = atomic_load(&s->tick);

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->lingers;) {
		if (now <= s->linger[i].until && drop(&s->linger[i])) {
			i++;
			continue;
		}
		close(s->linger[i].fd);
		s->linger[i] = s->linger[--s->lingers];
	}
	pthread_mutex_unlock(&s->lock);
}

void linger_close_all(struct http_server *s)
{
	for (size_t i = 0; i < s->lingers; i++)
		close(s->linger[i].fd);
	s->lingers = 0;
}

/* The configuration file: whatever is in it, it is read whole or refused; what is written reads back the same. */
#include <string.h>

#include "cli/conf.h"
#include "fuzz.h"

struct file { const uint8_t *p; size_t n; };

static int file_open(void *ctx, const char *path, int flags, mode_t mode)
{
	(void)ctx;
	(void)path;
	(void)flags;
	(void)mode;
	return 3;
}

static int file_close(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return 0;
}

static ssize_t file_pread(void *ctx, int fd, void *to, size_t n, off_t off)
{
	const struct file *f = ctx;
	const size_t at = (size_t)off < f->n ? (size_t)off : f->n, left = f->n - at;

	(void)fd;
	n = n < left ? n : left;
	if (n > 0)
		memcpy(to, f->p + at, n);
	return (ssize_t)n;
}

static int read_text(const void *p, size_t n, struct conf *c)
{
	struct file f = {p, n};
	const struct fs fs = {.ctx = &f, .open = file_open, .close = file_close, .pread = file_pread};

	MUST(conf_init(c, NULL) == 0);
	return conf_read(c, &fs, "node", NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 << 20);
	struct conf a, b;
	char addr[64];
	uint16_t port;

	if (read_text(data, size, &a) == 0) {
		conf_put(&a, &out);
		MUST(out.err == 0);
		MUST(read_text(out.p, out.n, &b) == 0);
		for (int k = 0; k < CONF_COUNT_; k++)
			MUST(strcmp(a.value[k], b.value[k]) == 0 && a.from[k] == b.from[k]);
		if (conf_listen(&a, CONF_listen_http, addr, &port))
			MUST(strlen(addr) < sizeof(addr));
		conf_free(&b);
	}
	conf_free(&a);
	return 0;
}

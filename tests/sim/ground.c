#include "ground.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faultvfs.h"
#include "support.h"

#define SIM_FD 100000 /* descriptors of the disk start here, those of the system stay below */

struct ground {
	char *dir, *saved;
	struct fs real, sim;
	struct disk *disk, *base;
	struct faultfs *fault;
	pthread_mutex_t lock;
	long left, calls;     /* of the index's side */
	enum fault what;
	bool fired, crashed;
	long long wal_synced; /* bytes of the write-ahead log that a power loss leaves */
	uint64_t rng;
};

#define must(x) do { if (!(x)) { fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)

static char *text2(const char *a, const char *b)
{
	char *p = NULL;

	must(asprintf(&p, "%s%s", a, b) > 0);
	return p;
}

/* ---- two places behind one table ---- */

static bool is_key(const char *path) { return strstr(path, "/keys/") != NULL; }
static bool is_peer(const char *path) { return strstr(path, "/peers/") != NULL; }

static int g_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct ground *g = ctx;
	int fd;

	if (is_key(path))
		return g->real.open(g->real.ctx, path, flags, mode);
	fd = g->sim.open(g->sim.ctx, path, flags, mode);
	return fd < 0 ? fd : fd + SIM_FD;
}

static int g_close(void *ctx, int fd)
{
	struct ground *g = ctx;

	return fd < SIM_FD ? g->real.close(g->real.ctx, fd) : g->sim.close(g->sim.ctx, fd - SIM_FD);
}

static ssize_t g_pread(void *ctx, int fd, void *p, size_t n, off_t off)
{
	struct ground *g = ctx;

	return fd < SIM_FD ? g->real.pread(g->real.ctx, fd, p, n, off) : g->sim.pread(g->sim.ctx, fd - SIM_FD, p, n, off);
}

static ssize_t g_pwrite(void *ctx, int fd, const void *p, size_t n, off_t off)
{
	struct ground *g = ctx;

	return fd < SIM_FD ? g->real.pwrite(g->real.ctx, fd, p, n, off) : g->sim.pwrite(g->sim.ctx, fd - SIM_FD, p, n, off);
}

static int g_fdatasync(void *ctx, int fd)
{
	struct ground *g = ctx;

	return fd < SIM_FD ? 0 : g->sim.fdatasync(g->sim.ctx, fd - SIM_FD);
}

static int g_fsync(void *ctx, int fd)
{
	struct ground *g = ctx;

	return fd < SIM_FD ? 0 : g->sim.fsync(g->sim.ctx, fd - SIM_FD);
}

static int g_ftruncate(void *ctx, int fd, off_t n)
{
	struct ground *g = ctx;

	return fd < SIM_FD ? g->real.ftruncate(g->real.ctx, fd, n) : g->sim.ftruncate(g->sim.ctx, fd - SIM_FD, n);
}

static int g_fallocate(void *ctx, int fd, off_t off, off_t n)
{
	struct ground *g = ctx;

	return fd < SIM_FD ? g->real.fallocate(g->real.ctx, fd, off, n) : g->sim.fallocate(g->sim.ctx, fd - SIM_FD, off, n);
}

static void touch(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	must(fd >= 0);
	close(fd);
}

static int g_rename(void *ctx, const char *from, const char *to)
{
	struct ground *g = ctx;
	int r;

	if (is_key(from))
		return g->real.rename(g->real.ctx, from, to);
	if ((r = g->sim.rename(g->sim.ctx, from, to)) == 0 && is_peer(to))
		touch(to);
	return r;
}

static int g_unlink(void *ctx, const char *path)
{
	struct ground *g = ctx;

	return is_key(path) ? g->real.unlink(g->real.ctx, path) : g->sim.unlink(g->sim.ctx, path);
}

static int g_mkdir(void *ctx, const char *path, mode_t mode)
{
	struct ground *g = ctx;
	const int r = g->sim.mkdir(g->sim.ctx, path, mode);

	if (r == 0)
		must(mkdir(path, mode) == 0 || errno == EEXIST);
	return r;
}

static const struct fs both = {.open = g_open, .close = g_close, .pread = g_pread, .pwrite = g_pwrite, .fdatasync = g_fdatasync,
	.fsync = g_fsync, .ftruncate = g_ftruncate, .fallocate = g_fallocate, .rename = g_rename, .unlink = g_unlink, .mkdir = g_mkdir};

/* ---- faults ---- */

static int ask(void *ctx, bool changes)
{
	struct ground *g = ctx;
	int r = 0;

	pthread_mutex_lock(&g->lock);
	if (ground_crashed(g)) {
		r = 1;
	} else if (changes) {
		g->calls++;
		if (g->left > 0 && --g->left == 0) {
			g->fired = true;
			r = g->what == FAULT_ENOSPC ? 2 : 1;
			if (g->what == FAULT_CRASH) { /* takes the other side with it, at its next call */
				g->crashed = true;
				faultfs_plan(g->fault, 1, FAULT_ALL, FAULT_CRASH, true);
			}
		}
	}
	pthread_mutex_unlock(&g->lock);
	return r;
}

static void synced(void *ctx, long long wal_bytes)
{
	struct ground *g = ctx;

	pthread_mutex_lock(&g->lock);
	g->wal_synced = wal_bytes;
	pthread_mutex_unlock(&g->lock);
}

bool ground_crashed(struct ground *g) { return g->crashed || (g->what == FAULT_CRASH && faultfs_fired(g->fault)); }

void ground_plan(struct ground *g, enum side side, long n, unsigned kinds, enum fault what)
{
	g->what = what;
	g->fired = g->crashed = false;
	g->left = side == SIDE_INDEX ? n : 0;
	faultfs_plan(g->fault, side == SIDE_FS ? n : 0, kinds, what, false);
}

bool ground_fired(struct ground *g) { return g->fired || faultfs_fired(g->fault); }

long ground_calls(struct ground *g, enum side side, unsigned kinds)
{
	return side == SIDE_INDEX ? g->calls : faultfs_calls(g->fault, kinds);
}

/* ---- the machine ---- */

/* "/" and all above `dir`, durable. */
static void make_parents(struct ground *g)
{
	struct err e;
	char *p = text2(g->dir, "");

	for (char *s = strchr(p + 1, '/'); ; s = strchr(s + 1, '/')) {
		if (s != NULL)
			*s = '\0';
		must(g->sim.mkdir(g->sim.ctx, p, 0700) == 0 && fs_sync_parent(&g->sim, p, &e) == 0);
		if (s == NULL)
			break;
		*s = '/';
	}
	free(p);
}

static void set_disk(struct ground *g, struct disk *d)
{
	disk_free(g->disk);
	g->disk = d;
	g->sim = disk_fs(d);
}

struct ground *ground_new(const char *dir, uint64_t seed)
{
	struct ground *g = calloc(1, sizeof(*g));
	struct faultvfs_hook h = {ask, synced, g};
	struct fs below = both;

	must(g != NULL);
	g->dir = text2(dir, "");
	g->saved = text2(dir, ".saved");
	g->rng = seed;
	g->real = fs_system();
	pthread_mutex_init(&g->lock, NULL);
	set_disk(g, disk_new(seed));
	make_parents(g);
	below.ctx = g;
	g->fault = faultfs_new(&below);
	faultvfs_set(&h);
	return g;
}

void ground_free(struct ground *g)
{
	if (g == NULL)
		return;
	faultvfs_set(NULL);
	faultfs_free(g->fault);
	disk_free(g->disk);
	disk_free(g->base);
	remove_tree(g->saved);
	pthread_mutex_destroy(&g->lock);
	free(g->dir);
	free(g->saved);
	free(g);
}

struct fs ground_fs(struct ground *g) { return faultfs_fs(g->fault); }

void ground_save(struct ground *g)
{
	disk_free(g->base);
	g->base = disk_clone(g->disk);
	remove_tree(g->saved);
	copy_tree(g->dir, g->saved);
}

void ground_restore(struct ground *g, uint64_t seed)
{
	ground_plan(g, SIDE_FS, 0, 0, FAULT_EIO);
	set_disk(g, disk_clone(g->base));
	disk_reseed(g->disk, seed);
	g->rng = seed;
	g->wal_synced = 0;
	remove_tree(g->dir);
	copy_tree(g->saved, g->dir);
}

/* Names the disk lost are lost in the real folder as well, with what only that one holds. */
static void follow_names(struct ground *g, const char *path)
{
	DIR *d = opendir(path);
	struct dirent *x;

	must(d != NULL);
	while ((x = readdir(d)) != NULL) {
		char *tail, *sub;
		struct stat st;
		int fd;

		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		tail = text2("/", x->d_name);
		sub = text2(path, tail);
		must(stat(sub, &st) == 0);
		if (!S_ISDIR(st.st_mode)) {
			if (is_peer(sub) && disk_size(g->disk, sub) < 0)
				must(unlink(sub) == 0);
		} else if ((fd = g->sim.open(g->sim.ctx, sub, O_RDONLY | O_DIRECTORY, 0)) < 0) {
			remove_tree(sub);
		} else {
			g->sim.close(g->sim.ctx, fd);
			follow_names(g, sub);
		}
		free(tail);
		free(sub);
	}
	closedir(d);
}

static void copy_or_remove(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out;
	char b[8192];
	size_t n;

	unlink(to);
	if (in == NULL)
		return;
	must((out = fopen(to, "wb")) != NULL);
	while ((n = fread(b, 1, sizeof(b), in)) > 0)
		must(fwrite(b, 1, n, out) == n);
	fclose(in);
	must(fclose(out) == 0);
}

/* Of what SQLite wrote ahead and did not sync, any prefix may be on the disk. */
static void cut_short(struct ground *g, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && st.st_size > g->wal_synced)
		must(truncate(path, g->wal_synced + (off_t)sim_below(&g->rng, (uint64_t)(st.st_size - g->wal_synced) + 1)) == 0);
}

static void index_power(struct ground *g, const char *node)
{
	static const char *const files[] = {"/index.sqlite", "/index.sqlite-wal", "/keys/signed"};
	char *old_node = text2(g->saved, node + strlen(g->dir)), *shm = text2(node, "/index.sqlite-shm");
	const uint64_t chance = sim_below(&g->rng, 4);

	for (int i = 0; i < 3; i++) {
		char *now = text2(node, files[i]), *old = text2(old_node, files[i]);

		if (chance == 1 || (chance == 2 && i == 2))
			copy_or_remove(old, now);
		if (chance >= 2 && i == 1)
			cut_short(g, now);
		free(now);
		free(old);
	}
	unlink(shm);
	free(shm);
	free(old_node);
}

static void each_node(struct ground *g, void (*f)(struct ground *, const char *))
{
	DIR *d = opendir(g->dir);
	struct dirent *x;

	must(d != NULL);
	while ((x = readdir(d)) != NULL) {
		char *tail, *sub;

		if (x->d_name[0] == '.')
			continue;
		tail = text2("/", x->d_name);
		sub = text2(g->dir, tail);
		f(g, sub);
		free(tail);
		free(sub);
	}
	closedir(d);
}

void ground_kill(struct ground *g)
{
	ground_plan(g, SIDE_FS, 0, 0, FAULT_EIO);
	disk_kill(g->disk);
	follow_names(g, g->dir);
}

void ground_power(struct ground *g)
{
	ground_plan(g, SIDE_FS, 0, 0, FAULT_EIO);
	disk_crash(g->disk);
	follow_names(g, g->dir);
	each_node(g, index_power);
}

/* The in-memory disk of faultfs.h. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faultfs.h"

struct page { bool dirty; uint8_t live[DISK_PAGE], disk[DISK_PAGE]; };
struct inode {
	bool dir;
	uint64_t live_size, disk_size;
	struct page **page;   /* NULL: zeros on both sides */
	size_t pages;
};
struct name { char *path; struct inode *live, *disk; };
/* A change of names not yet durable: both halves of a rename stand or fall together. */
struct change { char *folder, *path[2]; struct inode *to[2]; };
struct handle { struct inode *ino; char *path; int flags; };

struct disk {
	pthread_mutex_t lock;
	uint64_t rng, space, used;
	struct inode **inode; size_t inodes;
	struct name *name; size_t names;
	struct change *change; size_t changes;
	struct handle *handle; size_t handles; /* fd = index; ino NULL: free */
};

static void *grown(void *p, size_t n, size_t size)
{
	p = realloc(p, n * size);
	if (p == NULL)
		abort();
	return p;
}

static void *fresh(size_t n)
{
	void *p = calloc(1, n);

	if (p == NULL)
		abort();
	return p;
}

static char *copy(const char *s)
{
	char *p = strdup(s);

	if (p == NULL)
		abort();
	return p;
}

uint64_t sim_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t sim_below(uint64_t *state, uint64_t n) { return sim_next(state) % n; }

/* ---- inodes and pages ---- */

static struct inode *inode_new(struct disk *d, bool dir)
{
	struct inode *ino = fresh(sizeof(*ino));

	ino->dir = dir;
	d->inode = grown(d->inode, d->inodes + 1, sizeof(struct inode *));
	d->inode[d->inodes++] = ino;
	return ino;
}

static struct page *page_at(struct inode *ino, uint64_t k, bool make)
{
	if (k >= ino->pages) {
		if (!make)
			return NULL;
		ino->page = grown(ino->page, (size_t)k + 1, sizeof(struct page *));
		for (; ino->pages <= k; ino->pages++)
			ino->page[ino->pages] = NULL;
	}
	if (ino->page[k] == NULL && make)
		ino->page[k] = fresh(sizeof(struct page));
	return ino->page[k];
}

static void inode_read(struct inode *ino, void *p, size_t n, uint64_t at)
{
	uint8_t *to = p;

	while (n > 0) {
		const uint64_t off = at % DISK_PAGE;
		const size_t part = n < DISK_PAGE - off ? n : (size_t)(DISK_PAGE - off);
		const struct page *pg = page_at(ino, at / DISK_PAGE, false);

		if (pg != NULL)
			memcpy(to, pg->live + off, part);
		else
			memset(to, 0, part);
		to += part;
		at += part;
		n -= part;
	}
}

static void inode_write(struct inode *ino, const void *p, size_t n, uint64_t at)
{
	const uint8_t *from = p;

	while (n > 0) {
		const uint64_t off = at % DISK_PAGE;
		const size_t part = n < DISK_PAGE - off ? n : (size_t)(DISK_PAGE - off);
		struct page *pg = page_at(ino, at / DISK_PAGE, true);

		memcpy(pg->live + off, from, part);
		pg->dirty = true;
		from += part;
		at += part;
		n -= part;
	}
}

/* Bytes from `size` on read as zero if the file grows again. */
static void inode_shrink(struct inode *ino, uint64_t size)
{
	for (uint64_t k = size / DISK_PAGE; k < ino->pages; k++) {
		const size_t off = k == size / DISK_PAGE ? (size_t)(size % DISK_PAGE) : 0;

		if (ino->page[k] == NULL)
			continue;
		memset(ino->page[k]->live + off, 0, DISK_PAGE - off);
		ino->page[k]->dirty = true;
	}
}

static void inode_sync(struct inode *ino)
{
	for (size_t k = 0; k < ino->pages; k++) {
		if (ino->page[k] == NULL || !ino->page[k]->dirty)
			continue;
		memcpy(ino->page[k]->disk, ino->page[k]->live, DISK_PAGE);
		ino->page[k]->dirty = false;
	}
	ino->disk_size = ino->live_size;
}

static void page_crash(struct page *pg, uint64_t *rng)
{
	switch (sim_below(rng, 3)) {
	case 0:
		memcpy(pg->disk, pg->live, DISK_PAGE);
		break;
	case 1:
		break;
	default:
		for (size_t s = 0; s < DISK_PAGE; s += DISK_SECTOR)
			if (sim_below(rng, 2) == 0)
				memcpy(pg->disk + s, pg->live + s, DISK_SECTOR);
		break;
	}
}

static void inode_crash(struct inode *ino, uint64_t *rng)
{
	for (size_t k = 0; k < ino->pages; k++) {
		if (ino->page[k] == NULL)
			continue;
		if (ino->page[k]->dirty)
			page_crash(ino->page[k], rng);
		memcpy(ino->page[k]->live, ino->page[k]->disk, DISK_PAGE);
		ino->page[k]->dirty = false;
	}
	if (ino->live_size != ino->disk_size && sim_below(rng, 2) == 0)
		ino->disk_size = ino->live_size;
	ino->live_size = ino->disk_size;
	inode_shrink(ino, ino->live_size);
	inode_sync(ino);
}

/* ---- names ---- */

static struct name *name_find(struct disk *d, const char *path)
{
	for (size_t i = 0; i < d->names; i++)
		if (strcmp(d->name[i].path, path) == 0)
			return &d->name[i];
	return NULL;
}

static struct inode *lookup(struct disk *d, const char *path)
{
	const struct name *n = name_find(d, path);

	return n != NULL ? n->live : NULL;
}

static struct name *name_make(struct disk *d, const char *path)
{
	struct name *n = name_find(d, path);

	if (n != NULL)
		return n;
	d->name = grown(d->name, d->names + 1, sizeof(struct name));
	d->name[d->names] = (struct name){.path = copy(path)};
	return &d->name[d->names++];
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *p = copy(slash == NULL ? "." : path);

	if (slash != NULL)
		p[slash == path ? 1 : slash - path] = '\0';
	return p;
}

/* Is the folder that would hold `path` there? */
static bool folder_there(struct disk *d, const char *path)
{
	char *folder = folder_of(path);
	const struct inode *ino = lookup(d, folder);

	free(folder);
	return ino != NULL && ino->dir;
}

static void log_change(struct disk *d, const char *a, struct inode *to_a, const char *b, struct inode *to_b)
{
	d->change = grown(d->change, d->changes + 1, sizeof(struct change));
	d->change[d->changes++] = (struct change){folder_of(a), {copy(a), b != NULL ? copy(b) : NULL}, {to_a, to_b}};
	name_make(d, a)->live = to_a;
	if (b != NULL)
		name_make(d, b)->live = to_b;
}

static void change_apply(struct disk *d, const struct change *c)
{
	for (int i = 0; i < 2; i++)
		if (c->path[i] != NULL)
			name_make(d, c->path[i])->disk = c->to[i];
}

static void change_free(struct change *c)
{
	free(c->folder);
	free(c->path[0]);
	free(c->path[1]);
}

/* Make the changes of one folder durable (the first `upto` of them) and forget all of its changes. */
static void folder_settle(struct disk *d, const char *folder, size_t upto)
{
	size_t kept = 0, seen = 0;
	char *name = copy(folder);

	for (size_t i = 0; i < d->changes; i++) {
		if (strcmp(d->change[i].folder, name) != 0) {
			d->change[kept++] = d->change[i];
			continue;
		}
		if (seen++ < upto)
			change_apply(d, &d->change[i]);
		change_free(&d->change[i]);
	}
	d->changes = kept;
	free(name);
}

static size_t folder_changes(const struct disk *d, const char *folder)
{
	size_t n = 0;

	for (size_t i = 0; i < d->changes; i++)
		n += strcmp(d->change[i].folder, folder) == 0;
	return n;
}

/* A folder that was lost takes its content with it. */
static void drop_orphans(struct disk *d)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < d->names; i++) {
			if (d->name[i].live != NULL && strcmp(d->name[i].path, "/") != 0 && !folder_there(d, d->name[i].path)) {
				d->name[i].live = d->name[i].disk = NULL;
				again = true;
			}
		}
	}
}

static void handles_die(struct disk *d)
{
	for (size_t i = 0; i < d->handles; i++) {
		free(d->handle[i].path);
		d->handle[i] = (struct handle){.ino = NULL, .flags = -1}; /* not given out again: a stale fd stays wrong */
	}
}

/* ---- the table ---- */

static struct handle *handle_of(struct disk *d, int fd)
{
	return fd >= 0 && (size_t)fd < d->handles && d->handle[fd].ino != NULL ? &d->handle[fd] : NULL;
}

static int open_locked(struct disk *d, const char *path, int flags)
{
	struct inode *ino = lookup(d, path);
	size_t fd = 0;

	if (!folder_there(d, path))
		return -ENOENT;
	if (ino == NULL && (flags & O_CREAT) == 0)
		return -ENOENT;
	if (ino != NULL && (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return -EEXIST;
	if (ino != NULL && (flags & O_DIRECTORY) != 0 && !ino->dir)
		return -ENOTDIR;
	if (ino != NULL && ino->dir && (flags & O_ACCMODE) != O_RDONLY)
		return -EISDIR;
	if (ino == NULL) {
		ino = inode_new(d, false);
		log_change(d, path, ino, NULL, NULL);
	}
	if ((flags & O_TRUNC) != 0) {
		d->used -= ino->live_size;
		inode_shrink(ino, 0);
		ino->live_size = 0;
	}
	while (fd < d->handles && (d->handle[fd].ino != NULL || d->handle[fd].flags == -1))
		fd++;
	if (fd == d->handles)
		d->handle = grown(d->handle, ++d->handles, sizeof(struct handle));
	d->handle[fd] = (struct handle){ino, copy(path), flags};
	return (int)fd;
}

static int disk_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct disk *d = ctx;
	int r;

	(void)mode;
	pthread_mutex_lock(&d->lock);
	r = open_locked(d, path, flags);
	pthread_mutex_unlock(&d->lock);
	return r;
}

static int disk_close(void *ctx, int fd)
{
	struct disk *d = ctx;
	struct handle *h;

	pthread_mutex_lock(&d->lock);
	if ((h = handle_of(d, fd)) != NULL) {
		free(h->path);
		*h = (struct handle){0};
	}
	pthread_mutex_unlock(&d->lock);
	return h != NULL ? 0 : -EBADF;
}

static ssize_t disk_pread(void *ctx, int fd, void *p, size_t n, off_t off)
{
	struct disk *d = ctx;
	const uint64_t at = (uint64_t)off;
	struct handle *h;
	ssize_t r = -EBADF;

	pthread_mutex_lock(&d->lock);
	if ((h = handle_of(d, fd)) != NULL && (h->flags & O_ACCMODE) != O_WRONLY) {
		const uint64_t left = at < h->ino->live_size ? h->ino->live_size - at : 0;

		n = n < left ? n : (size_t)left;
		inode_read(h->ino, p, n, at);
		r = (ssize_t)n;
	}
	pthread_mutex_unlock(&d->lock);
	return r;
}

/* Room for a file to reach `size`. */
static bool take_space(struct disk *d, struct inode *ino, uint64_t size)
{
	if (size <= ino->live_size)
		return true;
	if (d->space != 0 && d->used + (size - ino->live_size) > d->space)
		return false;
	d->used += size - ino->live_size;
	ino->live_size = size;
	return true;
}

static struct handle *writable_handle(struct disk *d, int fd)
{
	struct handle *h = handle_of(d, fd);

	return h != NULL && (h->flags & O_ACCMODE) != O_RDONLY ? h : NULL;
}

static ssize_t disk_pwrite(void *ctx, int fd, const void *p, size_t n, off_t off)
{
	struct disk *d = ctx;
	struct handle *h;
	ssize_t r = -EBADF;

	pthread_mutex_lock(&d->lock);
	if ((h = writable_handle(d, fd)) != NULL) {
		r = -ENOSPC;
		if (take_space(d, h->ino, (uint64_t)off + n)) {
			inode_write(h->ino, p, n, (uint64_t)off);
			r = (ssize_t)n;
		}
	}
	pthread_mutex_unlock(&d->lock);
	return r;
}

static int disk_fsync(void *ctx, int fd)
{
	struct disk *d = ctx;
	struct handle *h;

	pthread_mutex_lock(&d->lock);
	if ((h = handle_of(d, fd)) != NULL && h->ino->dir)
		folder_settle(d, h->path, SIZE_MAX);
	else if (h != NULL)
		inode_sync(h->ino);
	pthread_mutex_unlock(&d->lock);
	return h != NULL ? 0 : -EBADF;
}

static int disk_ftruncate(void *ctx, int fd, off_t n)
{
	struct disk *d = ctx;
	struct handle *h;
	int r = -EBADF;

	pthread_mutex_lock(&d->lock);
	if ((h = writable_handle(d, fd)) != NULL) {
		r = take_space(d, h->ino, (uint64_t)n) ? 0 : -ENOSPC;
		if (r == 0 && (uint64_t)n < h->ino->live_size) {
			inode_shrink(h->ino, (uint64_t)n);
			d->used -= h->ino->live_size - (uint64_t)n;
			h->ino->live_size = (uint64_t)n;
		}
	}
	pthread_mutex_unlock(&d->lock);
	return r;
}

static int disk_fallocate(void *ctx, int fd, off_t off, off_t n)
{
	struct disk *d = ctx;
	struct handle *h;
	int r = -EBADF;

	pthread_mutex_lock(&d->lock);
	if ((h = writable_handle(d, fd)) != NULL)
		r = take_space(d, h->ino, (uint64_t)off + (uint64_t)n) ? 0 : -ENOSPC;
	pthread_mutex_unlock(&d->lock);
	return r;
}

static int rename_locked(struct disk *d, const char *from, const char *to)
{
	struct inode *ino = lookup(d, from), *old = lookup(d, to);
	char *a = folder_of(from), *b = folder_of(to);
	const bool same = strcmp(a, b) == 0;

	free(a);
	free(b);
	if (ino == NULL || !folder_there(d, to))
		return -ENOENT;
	if (!same || ino->dir)
		return -EXDEV; /* the model keeps one history per folder */
	if (old != NULL)
		d->used -= old->live_size;
	log_change(d, to, ino, from, NULL);
	return 0;
}

static int disk_rename(void *ctx, const char *from, const char *to)
{
	struct disk *d = ctx;
	int r;

	pthread_mutex_lock(&d->lock);
	r = rename_locked(d, from, to);
	pthread_mutex_unlock(&d->lock);
	return r;
}

static int disk_unlink(void *ctx, const char *path)
{
	struct disk *d = ctx;
	struct inode *ino;
	int r = -ENOENT;

	pthread_mutex_lock(&d->lock);
	if ((ino = lookup(d, path)) != NULL) {
		r = ino->dir ? -EISDIR : 0;
		if (r == 0) {
			d->used -= ino->live_size;
			log_change(d, path, NULL, NULL, NULL);
		}
	}
	pthread_mutex_unlock(&d->lock);
	return r;
}

static int disk_mkdir(void *ctx, const char *path, mode_t mode)
{
	struct disk *d = ctx;
	int r = 0;

	(void)mode;
	pthread_mutex_lock(&d->lock);
	if (lookup(d, path) != NULL)
		r = -EEXIST;
	else if (!folder_there(d, path))
		r = -ENOENT;
	else
		log_change(d, path, inode_new(d, true), NULL, NULL);
	pthread_mutex_unlock(&d->lock);
	return r;
}

struct fs disk_fs(struct disk *d)
{
	return (struct fs){.ctx = d, .open = disk_open, .close = disk_close, .pread = disk_pread, .pwrite = disk_pwrite,
	    .fdatasync = disk_fsync, .fsync = disk_fsync, .ftruncate = disk_ftruncate, .fallocate = disk_fallocate,
	    .rename = disk_rename, .unlink = disk_unlink, .mkdir = disk_mkdir};
}

/* ---- life and death ---- */

struct disk *disk_new(uint64_t seed)
{
	static const char *const roots[] = {"/", "."};
	struct disk *d = fresh(sizeof(*d));

	pthread_mutex_init(&d->lock, NULL);
	d->rng = seed;
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		struct name *n = name_make(d, roots[i]);

		n->live = n->disk = inode_new(d, true);
	}
	return d;
}

void disk_free(struct disk *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->inodes; i++) {
		for (size_t k = 0; k < d->inode[i]->pages; k++)
			free(d->inode[i]->page[k]);
		free(d->inode[i]->page);
		free(d->inode[i]);
	}
	for (size_t i = 0; i < d->names; i++)
		free(d->name[i].path);
	for (size_t i = 0; i < d->changes; i++)
		change_free(&d->change[i]);
	handles_die(d);
	free(d->inode);
	free(d->name);
	free(d->change);
	free(d->handle);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

static struct inode *inode_copy(struct disk *to, const struct inode *from)
{
	struct inode *ino = inode_new(to, from->dir);

	ino->live_size = from->live_size;
	ino->disk_size = from->disk_size;
	for (size_t k = 0; k < from->pages; k++)
		if (from->page[k] != NULL)
			*page_at(ino, k, true) = *from->page[k];
	return ino;
}

/* The clone's inode for one of the original's: same place in the table, behind the two roots made by disk_new. */
static struct inode *twin(struct disk *to, const struct disk *from, const struct inode *ino)
{
	for (size_t i = 0; i < from->inodes; i++)
		if (from->inode[i] == ino)
			return to->inode[i];
	return NULL;
}

struct disk *disk_clone(struct disk *d)
{
	struct disk *c = disk_new(d->rng);

	pthread_mutex_lock(&d->lock);
	c->space = d->space;
	c->used = d->used;
	for (size_t i = 2; i < d->inodes; i++)
		inode_copy(c, d->inode[i]);
	for (size_t i = 0; i < d->names; i++) {
		struct name *n = name_make(c, d->name[i].path);

		n->live = twin(c, d, d->name[i].live);
		n->disk = twin(c, d, d->name[i].disk);
	}
	for (size_t i = 0; i < d->changes; i++) {
		const struct change *x = &d->change[i];

		c->change = grown(c->change, c->changes + 1, sizeof(struct change));
		c->change[c->changes++] = (struct change){copy(x->folder), {copy(x->path[0]), x->path[1] != NULL ? copy(x->path[1]) : NULL},
		    {twin(c, d, x->to[0]), twin(c, d, x->to[1])}};
	}
	pthread_mutex_unlock(&d->lock);
	return c;
}

/* After the names were settled: what is used now, and no name leads nowhere. */
static void recount(struct disk *d)
{
	d->used = 0;
	for (size_t i = 0; i < d->names; i++)
		d->name[i].live = d->name[i].disk;
	drop_orphans(d);
	for (size_t i = 0; i < d->names; i++)
		if (d->name[i].live != NULL)
			d->used += d->name[i].live->live_size;
}

void disk_crash(struct disk *d)
{
	pthread_mutex_lock(&d->lock);
	handles_die(d);
	for (size_t i = 0; i < d->inodes; i++)
		inode_crash(d->inode[i], &d->rng);
	while (d->changes > 0)
		folder_settle(d, d->change[0].folder, (size_t)sim_below(&d->rng, folder_changes(d, d->change[0].folder) + 1));
	recount(d);
	pthread_mutex_unlock(&d->lock);
}

void disk_kill(struct disk *d)
{
	pthread_mutex_lock(&d->lock);
	handles_die(d);
	for (size_t i = 0; i < d->inodes; i++)
		inode_sync(d->inode[i]);
	while (d->changes > 0)
		folder_settle(d, d->change[0].folder, SIZE_MAX);
	recount(d);
	pthread_mutex_unlock(&d->lock);
}

void disk_reseed(struct disk *d, uint64_t seed) { d->rng = seed; }
void disk_set_space(struct disk *d, uint64_t bytes) { d->space = bytes; }

void disk_flip(struct disk *d, const char *path, uint64_t at, uint8_t mask)
{
	struct inode *ino = lookup(d, path);
	struct page *pg;

	if (ino == NULL || at >= ino->live_size)
		abort();
	pg = page_at(ino, at / DISK_PAGE, true);
	pg->live[at % DISK_PAGE] ^= mask;
	pg->disk[at % DISK_PAGE] ^= mask;
}

int64_t disk_size(struct disk *d, const char *path)
{
	const struct inode *ino = lookup(d, path);

	return ino != NULL ? (int64_t)ino->live_size : -1;
}

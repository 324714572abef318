/*
 * Objects on disk until they are written. One file per envelope: a head, then items, then an end with their number; all
 * lengths big-endian. Only a file that was sealed is ever read; what a crash left half there is removed.
 *
 *   head  "verbale spool 2\n" collection[16] role[1]
 *   item  'o' names[4] object[4] then id NUL version NUL why NUL, then the object's text
 *   end   'e' items[8]
 */
#include <errno.h>
#include <fcntl.h>

#include "base/enc.h"
#include "base/mem.h"
#include "taxii/write.h"

#define MAGIC "verbale spool 2\n"
#define MAGIC_1 "verbale spool 1\n" /* the same, with the roles of then: editor 2, head 3 */
#define HEAD_LEN (sizeof(MAGIC) - 1 + 16 + 1)
#define ITEM_LEN 9
#define END_LEN 9
#define PIECE (1024UL * 1024)  /* bytes read or written at once */
#define FLUSH 65536            /* bytes */

struct spool {
	const struct fs *fs;
	char *path;
	int fd;
	struct buf b;                        /* to be written; or what was read */
	off_t at;                            /* end of what is written; or of the items given out */
	uint64_t items;                      /* put; or given out */
	off_t was; uint64_t was_items;       /* the same before the last spool_read */
	bool ended;
};

static int spool_new(const struct fs *fs, const char *folder, const char *id, struct spool **ret, struct err *e)
{
	struct spool *const s = mem_zalloc(sizeof(*s));

	if (s == NULL || (s->path = mem_printf("%s/%s", folder, id)) == NULL) {
		mem_free(s);
		return fail(e, E_NOMEM, "spool");
	}
	s->fs = fs;
	s->fd = -1;
	*ret = s;
	return 0;
}

static int flush(struct spool *s, struct err *e)
{
	int rc = buf_err(&s->b, e, "spool");

	if (rc == 0 && s->b.n > 0)
		rc = fs_pwrite_all(s->fs, s->fd, s->b.p, s->b.n, s->at, s->path, e);
	if (rc != 0)
		return rc;
	s->at += (off_t)s->b.n;
	buf_clear(&s->b);
	return 0;
}

int spool_create(const struct fs *fs, const char *folder, const struct spool_head *h, struct spool **ret, struct err *e)
{
	struct spool *s = NULL;
	int rc = spool_new(fs, folder, h->id, &s, e);

	if (rc != 0)
		return rc;
	if ((s->fd = fs->open(fs->ctx, s->path, O_RDWR | O_CREAT | O_EXCL, 0600)) < 0) {
		rc = fail_errno(e, E_IO, -s->fd, "%s", s->path);
		spool_close(s, false);
		return rc;
	}
	buf_puts(&s->b, MAGIC);
	buf_put(&s->b, h->collection, 16);
	buf_putc(&s->b, (char)h->role);
	*ret = s;
	return 0;
}

int spool_put(struct spool *s, const struct spool_item *it, struct err *e)
{
	const char *const name[] = {it->id, it->version, it->why != NULL ? it->why : ""};
	size_t names = 0;

	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		names += strlen(name[i]) + 1;
	buf_putc(&s->b, 'o');
	buf_put_be(&s->b, names, 4);
	buf_put_be(&s->b, it->n, 4);
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		buf_put(&s->b, name[i], strlen(name[i]) + 1);
	buf_put(&s->b, it->p, it->n);
	s->items++;
	return s->b.n < FLUSH && s->b.err == 0 ? 0 : flush(s, e);
}

static void rewind_to_items(struct spool *s)
{
	buf_free(&s->b);
	s->at = (off_t)HEAD_LEN;
	s->items = 0;
	s->ended = false;
}

int spool_seal(struct spool *s, bool sync, struct err *e)
{
	int rc, r;

	buf_putc(&s->b, 'e');
	buf_put_be(&s->b, s->items, 8);
	if ((rc = flush(s, e)) != 0)
		return rc;
	if (sync && (r = s->fs->fsync(s->fs->ctx, s->fd)) < 0)
		return fail_errno(e, E_IO, -r, "%s", s->path);
	if (sync && (rc = fs_sync_parent(s->fs, s->path, e)) != 0)
		return rc;
	rewind_to_items(s);
	return 0;
}

static int damaged(const struct spool *s, struct err *e) { return fail(e, E_CORRUPT, "%s: damaged behind item %llu", s->path, (unsigned long long)s->items); }

/* What an older version left behind is written all the same. */
static bool known_head(uint8_t head[HEAD_LEN])
{
	static const uint8_t then[] = {ROLE_NONE, ROLE_READER, ROLE_DESK, ROLE_RELEASER};
	uint8_t *const role = &head[HEAD_LEN - 1];

	if (memcmp(head, MAGIC_1, sizeof(MAGIC_1) - 1) != 0)
		return memcmp(head, MAGIC, sizeof(MAGIC) - 1) == 0 && *role < ROLE_NODE;
	if (*role >= ARRAY_LEN(then))
		return false;
	*role = then[*role];
	return true;
}

int spool_open(const struct fs *fs, const char *folder, const char *id, struct spool_head *ret_head, struct spool **ret, struct err *e)
{
	uint8_t head[HEAD_LEN];
	struct spool *s = NULL;
	size_t got = 0;
	int rc = spool_new(fs, folder, id, &s, e);

	if (rc != 0)
		return rc;
	if ((s->fd = fs->open(fs->ctx, s->path, O_RDWR, 0)) < 0)
		rc = fail_errno(e, s->fd == -ENOENT ? E_NOTFOUND : E_IO, -s->fd, "%s", s->path);
	else if ((rc = fs_pread_all(fs, s->fd, head, sizeof(head), 0, &got, s->path, e)) == 0 && (got != sizeof(head) || !known_head(head)))
		rc = damaged(s, e);
	if (rc != 0) {
		spool_close(s, false);
		return rc;
	}
	memcpy(ret_head->id, id, strnlen(id, sizeof(ret_head->id) - 1));
	memcpy(ret_head->collection, head + sizeof(MAGIC) - 1, 16);
	ret_head->role = (enum role)head[HEAD_LEN - 1];
	rewind_to_items(s);
	*ret = s;
	return 0;
}

/* One more piece behind what is in b; an object longer than that gets as much as it needs. */
static int read_more(struct spool *s, size_t need, struct err *e)
{
	const size_t have = s->b.n, want = need > PIECE ? need : PIECE;
	size_t got = 0;
	char *p;
	int rc;

	if ((p = buf_grow(&s->b, want)) == NULL)
		return buf_err(&s->b, e, "spool");
	rc = fs_pread_all(s->fs, s->fd, p, want, s->at + (off_t)have, &got, s->path, e);
	s->b.n = have + got;
	return rc;
}

/* The item at p of n bytes: its length; 0: more has to be read first, *ret_need at least; SIZE_MAX: damaged. */
static size_t item_at(const char *p, size_t n, struct spool_item *it, size_t *ret_need)
{
	const char *name[3], *s, *end;
	size_t names, len;

	*ret_need = ITEM_LEN;
	if (n < ITEM_LEN)
		return 0;
	names = (size_t)be_get(p + 1, 4);
	len = (size_t)be_get(p + 5, 4);
	if (*p != 'o' || names < 3 || names > LIMIT_STATUS_BYTES || len > LIMIT_JSON_BYTES)
		return SIZE_MAX;
	*ret_need = ITEM_LEN + names + len;
	if (n < *ret_need)
		return 0;
	s = p + ITEM_LEN;
	end = s + names;
	for (size_t i = 0; i < ARRAY_LEN(name); i++) {
		name[i] = s;
		if ((s = memchr(s, '\0', (size_t)(end - s))) == NULL)
			return SIZE_MAX;
		s++;
	}
	*it = (struct spool_item){name[0], name[1], name[2], end, len};
	return s == end ? *ret_need : SIZE_MAX;
}

static bool is_end(struct spool *s, const char *p, size_t n)
{
	s->ended = n >= END_LEN && *p == 'e' && be_get(p + 1, 8) == s->items;
	return s->ended;
}

int spool_read(struct spool *s, struct spool_item *it, size_t max, size_t *ret_n, struct err *e)
{
	size_t used = 0, len, need;
	int rc;

	*ret_n = 0;
	buf_clear(&s->b);
	s->was = s->at;
	s->was_items = s->items;
	if (s->ended)
		return 0;
	if ((rc = read_more(s, 0, e)) != 0)
		return rc;
	while (*ret_n < max && !is_end(s, s->b.p + used, s->b.n - used)) {
		if ((len = item_at(s->b.p + used, s->b.n - used, &it[*ret_n], &need)) == SIZE_MAX)
			return damaged(s, e);
		if (len == 0) {
			const size_t have = s->b.n;

			/* Items point into b: only the first may make it move. */
			if (*ret_n > 0)
				break;
			if ((rc = read_more(s, need, e)) != 0)
				return rc;
			if (s->b.n == have)
				return damaged(s, e);
			continue;
		}
		used += len;
		++*ret_n;
		s->items++;
	}
	s->at += (off_t)used;
	return 0;
}

void spool_rest(struct spool *s) { buf_free(&s->b); }

void spool_unread(struct spool *s)
{
	s->at = s->was;
	s->items = s->was_items;
	s->ended = false;
}

void spool_close(struct spool *s, bool remove)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		IGNORE(s->fs->close(s->fs->ctx, s->fd) < 0, "what had to be durable was synced");
	if (remove)
		IGNORE(s->fs->unlink(s->fs->ctx, s->path) < 0, "the next start removes it");
	buf_free(&s->b);
	mem_free(s->path);
	mem_free(s);
}

int spool_remove(const struct fs *fs, const char *folder, const char *id, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/%s", folder, id);
	int r;

	if (path == NULL)
		return fail(e, E_NOMEM, "spool");
	if ((r = fs->unlink(fs->ctx, path)) < 0 && r != -ENOENT)
		return fail_errno(e, E_IO, -r, "%s", path);
	return 0;
}

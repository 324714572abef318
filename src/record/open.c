/* Opening a data folder: lock, journal, index caught up, signer compared with the journal. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"
#include "record/priv.h"

char *record_path(const struct record *r, const char *name) { return mem_printf("%s/%s", r->dir, name); }
const struct party_keys *record_self(const struct record *r) { return &r->self; }
const struct world *record_world(const struct record *r) { return &r->w; }
const char *record_dir(const struct record *r) { return r->dir; }

void record_set_log(struct record *r, struct log *log) { r->w.log = log; }

void record_set_strict(struct record *r, enum stix_strict strict) { r->strict = strict; }

void record_set_rules(struct record *r, record_rule *rule, record_public *pub, void *ctx)
{
	r->rule = rule;
	r->pub = pub;
	r->rules_ctx = ctx;
}

/* flock ends with the process, however it ends; the number inside is only for the error message. */
static int take_lock(struct record *r, struct err *e)
{
	CLEANUP_STR char *path = record_path(r, "lock");
	char pid[32] = "";
	ssize_t n;

	if (path == NULL)
		return fail(e, E_NOMEM, "%s", r->dir);
	if ((r->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return fail_errno(e, E_IO, errno, "%s", path);
	if (flock(r->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		n = pread(r->lock_fd, pid, sizeof(pid) - 1, 0);
		pid[n > 0 ? n : 0] = '\0';
		pid[strcspn(pid, "\n")] = '\0';
		return fail(e, E_BUSY, "%s: opened for writing by process %s", r->dir, pid[0] != '\0' ? pid : "unknown");
	}
	n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	IGNORE(ftruncate(r->lock_fd, 0) != 0 || pwrite(r->lock_fd, pid, (size_t)n, 0) != n, "for the message only");
	return 0;
}

/* ---- index follows journal ---- */

#define CATCH_UP_FRAMES 20000 /* frames per index transaction while catching up: bounds the WAL */

struct catcher { struct record *r; uint64_t in_tx; struct frame_ref last; };

static int tx_end(struct catcher *c, struct err *e)
{
	int rc = applier_flush(&c->r->apply, e);

	if (rc == 0)
		rc = index_commit(c->r->index, c->last.no, c->last.at, e);
	c->in_tx = 0;
	return rc;
}

static int catch_frame(void *ctx, const struct frame *f, struct err *e)
{
	struct catcher *c = ctx;
	int rc = 0;

	if (c->in_tx == 0)
		rc = index_begin(c->r->index, e);
	if (rc == 0)
		rc = applier_frame(&c->r->apply, f, e);
	c->last = f->ref;
	c->in_tx++;
	if (c->r->progress != NULL && f->ref.no % 1000 == 0)
		c->r->progress->tick(c->r->progress->ctx, N_("index"), f->ref.no, journal_head(c->r->journal).no);
	if (rc == 0 && f->last && c->in_tx >= CATCH_UP_FRAMES)
		rc = tx_end(c, e);
	return rc;
}

int catch_up(struct record *r, struct err *e)
{
	struct catcher c = {.r = r};
	const struct frame_ref head = journal_head(r->journal);
	struct frame_ref from = {0, 0};
	uint64_t at = 0;
	int rc;

	index_head(r->index, &from.no, &at);
	if (from.no > head.no)
		return fail(e, E_CORRUPT, "the index knows frame %llu, the journal ends at %llu", (unsigned long long)from.no, (unsigned long long)head.no);
	if (from.no == head.no)
		return 0;
	from.no++;
	rc = journal_scan(r->journal, from, catch_frame, &c, e);
	if (rc == 0 && c.in_tx > 0)
		rc = tx_end(&c, e);
	if (rc != 0)
		index_rollback(r->index);
	else
		log_event(r->w.log, EV_index_caught_up, NULL);
	return rc;
}

static int load_index(struct record *r, const char *path, struct err *e)
{
	int rc = index_open(path, &r->index, e);

	if (rc == 0)
		rc = applier_init(&r->apply, r->index, r->self.origin, e);
	if (rc == 0 && (rc = catch_up(r, e)) == 0)
		r->added_last = index_last_added(r->index);
	return rc;
}

static void drop_index(struct record *r)
{
	applier_free(&r->apply);
	index_close(r->index);
	r->index = NULL;
}

static int open_index(struct record *r, struct err *e)
{
	CLEANUP_STR char *path = record_path(r, "index.sqlite");
	int rc;

	if (path == NULL)
		return fail(e, E_NOMEM, "%s", r->dir);
	rc = r->fresh_index ? index_remove(path, e) : 0;
	if (rc == 0)
		rc = load_index(r, path, e);
	if (rc != E_CORRUPT)
		return rc;
	/* Derived data: throw it away and make it anew; a journal at fault says so again. */
	drop_index(r);
	log_event(r->w.log, EV_index_rebuilt, "why", e != NULL ? e->msg : "", NULL);
	if ((rc = index_remove(path, e)) == 0)
		rc = load_index(r, path, e);
	return rc;
}

static int open_journal(struct record *r, struct err *e)
{
	CLEANUP_STR char *path = record_path(r, "journal");
	struct journal_opened found = {0};
	char cut[32];
	int rc;

	if (path == NULL)
		return fail(e, E_NOMEM, "%s", r->dir);
	rc = journal_open(&r->w.fs, path, r->writable, &r->journal, &found, e);
	if (rc == 0 && found.cut_bytes > 0) {
		(void)snprintf(cut, sizeof(cut), "%llu", (unsigned long long)found.cut_bytes);
		log_event(r->w.log, EV_journal_cut, "bytes", cut, NULL);
	}
	return rc;
}

/* ---- signer ---- */

static int compare_memory(struct record *r, struct err *e)
{
	const struct log_state *own = r->apply.log[0];
	const struct hash root = tree_head(&own->tree);
	struct signed_head mem;
	int rc = signer_memory(r->signer, r->self.origin, &mem, e);

	if (rc != 0 || own->row.note_frame == 0)
		return rc;
	if (own->row.note_size != own->row.size)
		return fail(e, E_CORRUPT, "the journal has %llu entries, its checkpoint says %llu", (unsigned long long)own->row.size, (unsigned long long)own->row.note_size);
	if (mem.size > own->row.size || (mem.size == own->row.size && mem.size > 0 && memcmp(&mem.root, &root, sizeof(root)) != 0))
		return fail(e, E_REWRITE, "%s: the journal ends at size %llu but this node has signed size %llu: an old copy was put back?",
		    r->dir, (unsigned long long)own->row.size, (unsigned long long)mem.size);
	return signer_confirm(r->signer, r->self.origin, own->row.size, &root, e);
}

static int open_signer(struct record *r, struct err *e)
{
	CLEANUP_STR char *log = record_path(r, "keys/log.key"), *witness = record_path(r, "keys/witness.key"), *mem = record_path(r, "keys/signed");
	struct keypair a, b;
	int rc;

	if (log == NULL || witness == NULL || mem == NULL)
		return fail(e, E_NOMEM, "%s", r->dir);
	if ((rc = keyfile_read(&r->w.fs, log, "log", &a, e)) != 0)
		return rc;
	if ((rc = keyfile_read(&r->w.fs, witness, "witness", &b, e)) == 0) {
		if (memcmp(a.pk, r->self.log.pk, ED25519_PK) != 0 || memcmp(b.pk, r->self.witness.pk, ED25519_PK) != 0)
			rc = fail(e, E_CORRUPT, "%s/keys: not the keys self.peer names", r->dir);
		else
			rc = signer_start(mem, r->self.origin, r->self.witness.name, &a, &b, &r->signer, e);
	}
	keypair_wipe(&a);
	keypair_wipe(&b);
	return rc == 0 ? compare_memory(r, e) : rc;
}

/* An empty log, signed, so that peers can pin it before anything is said: the last step of making a node. */
static int first_checkpoint(struct record *r, struct err *e)
{
	const struct hash root = empty_root();
	CLEANUP_BUF struct buf note = BUF_INIT(LIMIT_NOTE_BYTES);
	struct frame_in f = {.type = FRAME_CHECKPOINT};
	int rc;

	if (journal_head(r->journal).no > 0)
		return 0;
	if ((rc = signer_checkpoint(r->signer, 0, &root, &note, e)) != 0)
		return rc;
	f.p = note.p;
	f.n = note.n;
	if ((rc = commit_frames(r, &f, 1, e)) == 0)
		rc = signer_confirm(r->signer, r->self.origin, 0, &root, e);
	return rc;
}

static int open_writer(struct record *r, struct err *e)
{
	int rc;

	if ((rc = take_lock(r, e)) != 0 || (rc = open_journal(r, e)) != 0 || (rc = open_index(r, e)) != 0 || (rc = open_signer(r, e)) != 0)
		return rc;
	if ((r->view = mem_zalloc(sizeof(*r->view))) == NULL)
		return fail(e, E_NOMEM, "%s", r->dir);
	r->view->r = r;
	r->view->ix = index_view(r->index);
	return first_checkpoint(r, e);
}

static int open_folder(const struct world *w, const char *dir, bool writable, bool fresh_index, const struct progress *p, struct record **ret, struct err *e)
{
	struct record *r = mem_zalloc(sizeof(*r));
	int rc;

	if (r == NULL || (r->dir = mem_strdup(dir)) == NULL) {
		mem_free(r);
		return fail(e, E_NOMEM, "%s", dir);
	}
	r->w = *w;
	r->lock_fd = -1;
	r->added_last = INT64_MIN;
	r->writable = writable;
	r->strict = STIX_DEFAULT;
	r->fresh_index = fresh_index;
	r->progress = p;
	r->queue_tail = &r->queue;
	pthread_mutex_init(&r->mu, NULL);
	pthread_cond_init(&r->cond, NULL);
	if ((rc = crypto_init(e)) == 0 && (rc = keys_load_all(r, e)) == 0)
		rc = writable ? open_writer(r, e) : open_journal(r, e);
	if (rc == E_NOTFOUND)
		rc = fail(e, E_ENV, "%s: no node here (verbale init makes one)", dir);
	if (rc != 0) {
		record_close(r);
		return rc;
	}
	r->progress = NULL;
	*ret = r;
	return 0;
}

int record_open(const struct world *w, const char *dir, bool writable, struct record **ret, struct err *e)
{
	return open_folder(w, dir, writable, false, NULL, ret, e);
}

int record_open_add(const struct world *w, const char *dir, struct record **ret, struct err *e)
{
	int rc = record_open(w, dir, true, ret, e);

	if (rc != E_BUSY || !gate_there(dir))
		return rc;
	if ((rc = record_open(w, dir, false, ret, e)) == 0)
		(*ret)->through_gate = true;
	return rc;
}

int record_open_fresh(const struct world *w, const char *dir, const struct progress *p, struct record **ret, struct err *e)
{
	return open_folder(w, dir, true, true, p, ret, e);
}

void record_close(struct record *r)
{
	if (r == NULL)
		return;
	gate_close(r->gate);
	record_reader_free(r->view);
	signer_stop(r->signer);
	drop_index(r);
	journal_close(r->journal);
	if (r->lock_fd >= 0)
		close(r->lock_fd);
	pthread_cond_destroy(&r->cond);
	pthread_mutex_destroy(&r->mu);
	mem_free(r->peer);
	mem_free(r->dir);
	mem_free(r);
}

/* ---- one batch of frames that is not made of own entries ---- */

int commit_frames(struct record *r, const struct frame_in *in, size_t count, struct err *e)
{
	struct frame_ref *ref = mem_array(count, sizeof(*ref));
	struct err inner = {0};
	int rc = ref == NULL ? fail(e, E_NOMEM, "commit") : journal_append(r->journal, in, count, ref, e);

	if (rc != 0) {
		mem_free(ref);
		return rc;
	}
	/* Durable from here on: an index that cannot follow now catches up later. */
	rc = index_begin(r->index, &inner);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct frame f = {in[i].type, ref[i], in[i].p, in[i].n, i + 1 == count};

		rc = applier_frame(&r->apply, &f, &inner);
	}
	if (rc == 0)
		rc = applier_flush(&r->apply, &inner);
	if (rc == 0)
		rc = index_commit(r->index, ref[count - 1].no, ref[count - 1].at, &inner);
	if (rc != 0) {
		index_rollback(r->index);
		r->lag = true;
		log_event(r->w.log, EV_commit_failed, "what", "index", "why", inner.msg, NULL);
	}
	mem_free(ref);
	return 0;
}

/* Checkpoints (C2SP tlog-checkpoint) and cosignatures (tlog-cosignature). */
#include <assert.h>
#include <string.h>

#include "base/enc.h"
#include "tlog/inside.h"

void checkpoint_put(const struct checkpoint *c, struct buf *out)
{
	buf_printf(out, "%s\n%llu\n", c->origin, (unsigned long long)c->size);
	base64_put(out, c->root.b, HASH_LEN);
	buf_putc(out, '\n');
}

int checkpoint_parse(const char *text, size_t n, struct checkpoint *ret, struct err *e)
{
	const struct hash empty = empty_root();
	const char *line[3];
	size_t len[3];
	struct checkpoint c = {.size = 0};

	for (int i = 0; i < 3; i++)
		if (!line_next(&text, &n, &line[i], &len[i]))
			return fail(e, E_FORMAT, "checkpoint: line %d is missing", i + 1);
	if (n != 0)
		return fail(e, E_FORMAT, "checkpoint: more than three lines");
	if (!origin_ok(line[0], len[0]))
		return fail(e, E_FORMAT, "checkpoint: the origin is not 1 to %d printable ASCII bytes without space and '+'", LIMIT_ORIGIN);
	if (!dec_parse(line[1], len[1], LIMIT_LOG_SIZE - 1, &c.size))
		return fail(e, E_FORMAT, "checkpoint: line 2 is not a tree size");
	if (!hash_parse(line[2], len[2], &c.root))
		return fail(e, E_FORMAT, "checkpoint: line 3 is not the base64 of 32 bytes");
	if (c.size == 0 && !hash_equal(&c.root, &empty))
		return fail(e, E_FORMAT, "checkpoint: size 0 with the root of something");
	memcpy(c.origin, line[0], len[0]);
	*ret = c;
	return 0;
}

void checkpoint_sign(const struct checkpoint *c, const struct keypair *k, struct buf *out)
{
	const size_t from = out->n;
	struct note_key key;
	uint8_t sig[ED25519_SIG];
	const int r = note_key_make(&key, c->origin, NOTE_ED25519, k->pk, NULL);

	assert(r == 0);
	(void)r;
	checkpoint_put(c, out);
	if (out->err != 0)
		return;
	ed25519_sign(k, out->p + from, out->n - from, sig);
	buf_putc(out, '\n');
	note_put_sig(out, key.name, key.id, sig, sizeof(sig));
}

void cosignature_message(uint64_t time_s, const char *text, size_t n, struct buf *out)
{
	buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
	buf_put(out, text, n);
}

void cosignature_sign(const char *name, const struct keypair *k, uint64_t time_s, const char *text, size_t n, struct buf *out)
{
	CLEANUP_BUF struct buf msg = BUF_INIT(LIMIT_NOTE_BYTES + 64);
	struct note_key key;
	uint8_t sig[8 + ED25519_SIG];
	const int r = note_key_make(&key, name, NOTE_COSIGNATURE_V1, k->pk, NULL);

	assert(r == 0);
	(void)r;
	cosignature_message(time_s, text, n, &msg);
	if (msg.err != 0) {
		out->err = out->err != 0 ? out->err : msg.err;
		return;
	}
	be_put(sig, time_s, 8);
	ed25519_sign(k, msg.p, msg.n, sig + 8);
	note_put_sig(out, key.name, key.id, sig, sizeof(sig));
}

/* Verify one line by the key it is named after. 0, E_PROOF, E_NOMEM. */
static int sig_verify(const struct note_key *k, const struct note_sig *s, const char *text, size_t n, uint64_t *ret_time, struct err *e)
{
	CLEANUP_BUF struct buf msg = BUF_INIT(LIMIT_NOTE_BYTES + 64);
	const bool timed = k->type == NOTE_COSIGNATURE_V1;
	uint64_t time_s = 0;
	int r;

	if (s->blob_n != (timed ? 4 + 8 + ED25519_SIG : 4 + ED25519_SIG))
		return fail(e, E_PROOF, "signature of %s: wrong length", k->name);
	if (timed) {
		time_s = be_get(s->blob + 4, 8);
		if (time_s > INT64_MAX)
			return fail(e, E_PROOF, "signature of %s: time out of range", k->name);
		cosignature_message(time_s, text, n, &msg);
		if ((r = buf_err(&msg, e, "cosigned text")) < 0)
			return r;
		text = msg.p;
		n = msg.n;
	}
	if (!ed25519_verify(k->pk, text, n, s->blob + (timed ? 12 : 4)))
		return fail(e, E_PROOF, "the signature of %s (key %08x) is not valid", k->name, (unsigned)k->id);
	*ret_time = time_s;
	return 0;
}

static int log_sigs_verify(const struct note *t, const char *origin, const struct note_key *logs, size_t count,
    const struct note_key **ret_log, struct err *e)
{
	const struct note_key *log = NULL;
	uint64_t unused;
	int r;

	for (size_t i = 0; i < t->sigs; i++) {
		for (size_t j = 0; j < count; j++) {
			if (!note_sig_by(&t->sig[i], &logs[j]))
				continue;
			if ((r = sig_verify(&logs[j], &t->sig[i], t->text, t->text_n, &unused, e)) < 0)
				return r;
			if (log == NULL && strcmp(logs[j].name, origin) == 0)
				log = &logs[j];
		}
	}
	if (log == NULL)
		return fail(e, E_PROOF, "no trusted key of the log %s signed this checkpoint", origin);
	*ret_log = log;
	return 0;
}

static bool cosigned_by(const struct cosigned *c, size_t n, const struct note_key *k)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].key.id == k->id && strcmp(c[i].key.name, k->name) == 0)
			return true;
	return false;
}

/* Each witness counts once, with its first line; its other lines must be valid all the same. */
static int cosigs_verify(const struct note *t, const struct note_key *witness, size_t witnesses,
    struct cosigned *ret, size_t *ret_count, struct err *e)
{
	uint64_t time_s;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < t->sigs; i++) {
		for (size_t j = 0; j < witnesses; j++) {
			if (!note_sig_by(&t->sig[i], &witness[j]))
				continue;
			if ((r = sig_verify(&witness[j], &t->sig[i], t->text, t->text_n, &time_s, e)) < 0)
				return r;
			if (ret != NULL && !cosigned_by(ret, n, &witness[j]))
				ret[n++] = (struct cosigned){.key = witness[j], .time_s = time_s};
		}
	}
	if (ret_count != NULL)
		*ret_count = n;
	return 0;
}

static int key_types_ok(const struct note_key *k, size_t n, enum note_key_type type, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (k[i].type != type)
			return fail(e, E_USAGE, "key %s has type 0x%02x, 0x%02x wanted here", k[i].name, (unsigned)k[i].type, (unsigned)type);
	return 0;
}

int checkpoint_open_any(const char *note, size_t n, const struct note_key *logs, size_t log_count,
    const struct note_key *witness, size_t witnesses, struct checkpoint *ret, const struct note_key **ret_log,
    struct cosigned *ret_cosigned, size_t *ret_count, struct err *e)
{
	struct checkpoint c;
	struct note t;
	int r;

	if ((r = key_types_ok(logs, log_count, NOTE_ED25519, e)) < 0 ||
	    (r = key_types_ok(witness, witnesses, NOTE_COSIGNATURE_V1, e)) < 0 ||
	    (r = note_parse(note, n, &t, e)) < 0 || (r = checkpoint_parse(t.text, t.text_n, &c, e)) < 0 ||
	    (r = log_sigs_verify(&t, c.origin, logs, log_count, ret_log, e)) < 0 ||
	    (r = cosigs_verify(&t, witness, witnesses, ret_cosigned, ret_count, e)) < 0)
		return r;
	*ret = c;
	return 0;
}

int checkpoint_open(const char *note, size_t n, const struct note_key *log,
    const struct note_key *witness, size_t witnesses, struct checkpoint *ret,
    struct cosigned *ret_cosigned, size_t *ret_count, struct err *e)
{
	const struct note_key *signer;

	return checkpoint_open_any(note, n, log, 1, witness, witnesses, ret, &signer, ret_cosigned, ret_count, e);
}

/* Notes and checkpoints: what is taken can be written back to the same bytes, and what opens was signed. */
#include <string.h>

#include "fuzz.h"
#include "tlog/tlog.h"

/* tests/golden/tlog: the only text these keys ever signed there. */
static const char log_vkey[] = "log.example/verbale+cb2dceb7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
static const char witness_vkey[] = "witness.example/w+cb1393dc+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
static const char signed_text[] = "log.example/verbale\n300\nQkgD84vLhaY5a0Wlf6aZomiSrLyVPrYh4yMvVVPABLE=\n";

static bool same(const struct buf *b, const void *p, size_t n)
{
	return b->err == 0 && b->n == n && (n == 0 || memcmp(b->p, p, n) == 0);
}

static void checkpoint_round_trip(const char *p, size_t n)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct checkpoint c;

	if (checkpoint_parse(p, n, &c, NULL) < 0)
		return;
	checkpoint_put(&c, &b);
	MUST(same(&b, p, n));
}

static void note_round_trip(const struct note *t, const char *p, size_t n)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0), once = BUF_INIT(0), twice = BUF_INIT(0);

	MUST(t->text == p && t->text_n > 0 && t->text[t->text_n - 1] == '\n' && t->sigs > 0);
	buf_put(&b, t->text, t->text_n);
	buf_putc(&b, '\n');
	for (size_t i = 0; i < t->sigs; i++) {
		const struct note_sig *s = &t->sig[i];

		buf_put(&b, s->line, s->line_n);
		MUST(s->name > s->line && s->name + s->name_n < s->line + s->line_n && s->name_n > 0 && s->blob_n > 4);
	}
	MUST(same(&b, p, n));
	MUST(note_merge(p, n, p, n, &once, NULL) == 0);
	MUST(note_merge(once.p, once.n, p, n, &twice, NULL) == 0);
	MUST(same(&twice, once.p, once.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	struct note_key log, witness;
	struct cosigned by[1];
	struct checkpoint c;
	struct note t;
	size_t count;

	MUST(crypto_init(NULL) == 0);
	MUST(note_key_parse(log_vkey, strlen(log_vkey), &log, NULL) == 0);
	MUST(note_key_parse(witness_vkey, strlen(witness_vkey), &witness, NULL) == 0);
	checkpoint_round_trip(p, size);
	if (note_parse(p, size, &t, NULL) < 0) {
		MUST(checkpoint_open(p, size, &log, &witness, 1, &c, by, &count, NULL) < 0);
		return 0;
	}
	note_round_trip(&t, p, size);
	checkpoint_round_trip(t.text, t.text_n);
	if (checkpoint_open(p, size, &log, &witness, 1, &c, by, &count, NULL) == 0) {
		MUST(count <= 1 && c.size == 300);
		MUST(t.text_n == strlen(signed_text) && memcmp(t.text, signed_text, t.text_n) == 0);
	}
	return 0;
}

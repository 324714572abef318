/*
 * The TAXII server beside a model of it: random sequences of requests, every answer compared in status, headers and body.
 *
 *   test_taxii_model                       $TAXII_MODEL, or seed 1, 10000 sequences
 *   TAXII_MODEL=SEED/SEQUENCES[/FIRST]     what a failure prints repeats it
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "taxii_run.h"

struct model_args args = {1, 10000, 0};

static void people(struct run *r)
{
	const struct taxiilab *const x = &r->x;
	const struct who who[WHO] = {
		[NOBODY] = {"nobody", NULL, {NULL, NULL, NULL}, true, false},
		[LESER] = {"leser", x->reader, {"DE", "BSI", "leser"}, true, false},
		[MUSTER] = {"muster", x->editor, {"DE", "BSI", "muster"}, true, true},
		[FREMD] = {"fremd", x->agency, {"DE", "BKA", "fremd"}, true, false},
		[MIZUSHIMA] = {"mizushima", x->jp_user, {"JP", "MOFA", "mizushima"}, true, false},
		[READ_ONLY] = {"muster, reading", x->read_only, {"DE", "BSI", "muster"}, true, false},
		[WRITE_ONLY] = {"muster, writing", x->write_only, {"DE", "BSI", "muster"}, false, true},
		[SCOPED] = {"muster, elsewhere", x->scoped, {"DE", "BSI", "muster"}, false, false},
	};

	memcpy(r->who, who, sizeof(who));
}

/* ---- sequences ---- */

static const struct kind { struct m_col c; const char *ceiling, *members; int marking; } kinds[] = {
	{{.takes20 = true, .jp_member = true, .ceiling = M_AMBER}, "amber", "\"DE\",\"JP\"", M_UNMARKED},
	{{.open = true, .ceiling = M_CLEAR}, "clear", "\"DE\"", M_CLEAR},
	{{.ceiling = M_AMBER}, "amber", "\"DE\"", M_UNMARKED},
	{{.takes20 = true, .jp_community = true, .ceiling = M_AMBER}, "amber", "\"DE\"", M_GREEN},
	{{.takes20 = true, .jp_member = true, .ceiling = M_RED}, "red", "\"DE\",\"JP\"", M_AMBER},
	{{.open = true, .takes20 = true, .jp_member = true, .ceiling = M_AMBER}, "amber", "\"DE\",\"JP\"", M_CLEAR},
	{{.open = true, .takes20 = true, .ceiling = M_AMBER}, "amber", "\"DE\"", M_CLEAR},
};

/* The collection as it stands in the model, as its next version. */
static void put_collection(struct run *r)
{
	const struct side *const s = &r->side[r->at];
	const struct kind *const k = &kinds[s->kind];
	CLEANUP_BUF struct buf b = {0};
	struct m_version v = {.type = "verbale-collection", .marking = k->marking};

	(void)snprintf(v.text, sizeof(v.text), "2016-09-01T08:00:00.%03uZ", s->changes);
	(void)snprintf(v.id, sizeof(v.id), "verbale-collection--%s", r->uuid);
	buf_printf(&b, "{\"type\":\"verbale-collection\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"%s\",\"modified\":\"%s\",\"created_by_ref\":\"%s\","
	    "\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}},\"members\":[%s],\"ceiling\":\"%s\",\"public\":%s,\"name\":{\"en\":\"X\"}",
	    v.id, times[0], v.text, record_self(r->x.de.r)->identity, k->members, k->ceiling, r->m->col.open ? "true" : "false");
	if (r->m->col.takes20)
		buf_puts(&b, ",\"spec_versions\":[\"2.0\",\"2.1\"]");
	if (r->m->col.jp_community)
		buf_puts(&b, ",\"community\":[\"JP\"]");
	put_marking(&v, &b);
	buf_puts(&b, "}");
	put(&r->x, r->uuid, b.p);
	v.json = canon(b.p, b.n);
	learn(r, &v, 1);
}

static void turn_to(struct run *r, unsigned at)
{
	r->at = at;
	r->m = &r->side[at].m;
	r->uuid = r->side[at].uuid;
}

static void found(struct run *r, unsigned at)
{
	turn_to(r, at);
	r->side[at].kind = below(ARRAY_LEN(kinds));
	r->side[at].changes = 0;
	r->m->col = kinds[r->side[at].kind].c;
	(void)snprintf(r->uuid, 37, "0b7c2d2e-6a0b-4d0e-9d5%u-%012lx", 2 + at, r->k & 0xffffffffffff);
	put_collection(r);
}

/* Where DE is alone it says who else reads; from the next answer on, whatever was remembered for the last. */
static void change(struct run *r)
{
	const unsigned who = percent(60) ? MIZUSHIMA : below(WHO);

	if (r->m->col.jp_member)
		return;
	do_get_all(r, who);
	if (percent(50))
		r->m->col.open = !r->m->col.open;
	else
		r->m->col.jp_community = !r->m->col.jp_community;
	r->side[r->at].changes++;
	buf_printf(&r->did, "  changed: open %d, community %d\n", r->m->col.open, r->m->col.jp_community);
	put_collection(r);
	do_get_all(r, who);
}

static void step(struct run *r, unsigned i)
{
	const unsigned what = below(1000);

	if (percent(40))
		turn_to(r, !r->at);
	if (what < 280 || (i < 4 && what < 800)) {
		do_post(r);
	} else if (what < 340) {
		do_delete(r);
	} else if (what < 343) {
		buf_puts(&r->did, "  restart\n");
		taxiilab_restart(&r->x);
		sum.restarts++;
	} else if (what < 360) {
		change(r);
	} else {
		do_get(r);
	}
}

static void sequence(struct run *r, unsigned long k)
{
	static const char *const type[IDS] = {"indicator", "indicator", "indicator", "identity", "process"};
	unsigned n;

	r->k = k;
	chance = mix(args.seed * 1000003 + k);
	n = 10 + below(31);
	if (r->nexts > 0)
		memcpy(r->foreign, r->next[0].text, sizeof(r->foreign));
	r->nexts = 0;
	buf_clear(&r->did);
	for (size_t i = 0; i < IDS; i++)
		(void)snprintf(r->id[i], sizeof(r->id[i]), "%s--%08lx-0000-4000-8000-%012zx", type[i], k, i);
	found(r, 1);
	found(r, 0);
	for (unsigned i = 0; i < n; i++)
		step(r, i);
	m_clear(&r->side[0].m);
	m_clear(&r->side[1].m);
}

static void test_model(void **unused)
{
	struct run *const r = mem_zalloc(sizeof(*r));

	(void)unused;
	assert_non_null(r);
	for (unsigned long k = 0; k < args.sequences; k++) {
		if (k % PER_NODE == 0) {
			taxiilab_open(&r->x, 0);
			people(r);
			r->frame = 0;
			r->added = INT64_MIN;
			r->foreign[0] = '\0';
			r->nexts = 0;
		}
		sequence(r, args.first + k);
		if (k % PER_NODE == PER_NODE - 1 || k + 1 == args.sequences)
			taxiilab_close(&r->x);
	}
	buf_free(&r->did);
	mem_free(r);
	printf("seed %llu, %lu sequences from %lu: %lu requests (%lu refused), %lu pages of %lu rows, %lu posts of %lu objects, %lu versions deleted, %lu restarts\n",
	    (unsigned long long)args.seed, args.sequences, args.first, sum.requests, sum.refused, sum.pages, sum.rows, sum.posts, sum.objects, sum.deletes, sum.restarts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_model)};
	const char *const how = getenv("TAXII_MODEL");
	unsigned long long seed = 1;

	if (how != NULL && sscanf(how, "%llu/%lu/%lu", &seed, &args.sequences, &args.first) < 1) {
		fprintf(stderr, "TAXII_MODEL=SEED/SEQUENCES[/FIRST]\n");
		return 2;
	}
	args.seed = seed;
	if (access("/dev/shm", W_OK) == 0)
		IGNORE(setenv("TMPDIR", "/dev/shm", 0) != 0, "then it takes longer");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

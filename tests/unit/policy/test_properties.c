/*
 * Promises that hold for every record, tried on random ones. The seed is printed; give it as the first argument to
 * run the same again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "policy/policy.h"
#include "check.h"

#define ROUNDS 200000

/* Small alphabets, so that names meet often. */
static const char *const parties[] = {"DE", "JP", "FR", "BR", "D", "JPN"};
static const char *const agencies[] = {"AA", "MOFA", NULL};
static const char *const persons[] = {"a", "b", NULL};
static const char *const entries[] = {
	"DE", "JP", "FR", "BR", "DE/AA", "JP/MOFA", "JP/AA", "FR/AA", "DE/AA/a", "JP/MOFA/a", "JP/MOFA/b", "FR/AA/a", "BR/MOFA/b", "JP/", "/", "", "JP//a", "DE/AA/a/b",
};

static uint64_t seed, state_;

static uint32_t draw(uint32_t n) /* xorshift64*: 0 … n - 1 */
{
	state_ ^= state_ >> 12;
	state_ ^= state_ << 25;
	state_ ^= state_ >> 27;
	return (uint32_t)((state_ * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

struct record { struct collection col; struct policy_object o; const char *list[6]; struct reader r; };

static void random_record(struct record *x)
{
	*x = (struct record){.o = {.tlp = (enum tlp)draw(TLP_UNKNOWN + 1), .published = draw(2) == 0}};
	for (size_t i = 0; i < ARRAY_LEN(parties); i++) {
		if (draw(3) == 0)
			(void)snprintf(x->col.party[x->col.members++], LIMIT_PARTY + 1, "%s", parties[i]);
		else if (draw(3) == 0)
			(void)snprintf(x->col.community[x->col.community_n++], LIMIT_PARTY + 1, "%s", parties[i]);
	}
	x->col.ceiling = draw(10) == 0 ? (enum tlp)draw(TLP_UNKNOWN + 1) : (enum tlp)(TLP_CLEAR + draw(5));
	x->col.is_public = draw(3) != 0;
	x->o.has_release_to = draw(2) == 0;
	x->o.release_to = x->list;
	for (x->o.release_to_n = 0; x->o.has_release_to && x->o.release_to_n < draw(5);)
		x->list[x->o.release_to_n++] = entries[draw(ARRAY_LEN(entries))];
	x->o.writer = draw(10) == 0 ? NULL : parties[draw(ARRAY_LEN(parties))];
	x->r = (struct reader){.party = draw(8) == 0 ? NULL : parties[draw(ARRAY_LEN(parties))], .agency = agencies[draw(3)], .person = persons[draw(3)],
	    .role = (enum role)draw(ROLE_NODE + 1), .via = (enum via)draw(VIA_COMMAND + 1)};
}

static void tell(const struct record *x, const char *promise)
{
	print_error("seed %llu: %s\n%s published %d public %d ceiling %s writer %s reader %s/%s/%s role %u release_to %d:", (unsigned long long)seed, promise,
	    tlp_name(x->o.tlp), x->o.published, x->col.is_public, tlp_name(x->col.ceiling), x->o.writer != NULL ? x->o.writer : "-",
	    x->r.party != NULL ? x->r.party : "-", x->r.agency != NULL ? x->r.agency : "-", x->r.person != NULL ? x->r.person : "-", (unsigned)x->r.role, x->o.has_release_to);
	for (size_t i = 0; i < x->o.release_to_n; i++)
		print_error(" %s", x->list[i]);
	fail_msg(" ");
}

static struct verdict ask(const struct record *x) { return may_read(&x->r, &x->o, &x->col); }

/* After `changed`, nobody reads who did not before. */
static void no_new_reader(const struct record *before, const struct record *changed, const char *promise)
{
	struct record after = *changed;

	after.o.release_to = after.list;
	if (ask(&after).yes && !ask(before).yes)
		tell(before, promise);
}

/* The first release_to narrows from everybody of the level to whom it names; taking a name away narrows further. */
static void release_narrows(const struct record *x)
{
	struct record y = *x;

	if (!x->o.has_release_to) {
		y.o.has_release_to = true;
		y.list[y.o.release_to_n++] = entries[draw(ARRAY_LEN(entries))];
		if (!(x->o.tlp == TLP_RED || (x->o.tlp == TLP_NONE && x->col.ceiling == TLP_RED))) /* RED without names has no reader to narrow */
			no_new_reader(x, &y, "adding release_to adds a reader");
	} else if (x->o.release_to_n > 0) {
		y.o.release_to_n--;
		no_new_reader(x, &y, "taking a name out of release_to adds a reader");
	}
}

static void stricter_narrows(const struct record *x)
{
	struct record y = *x;

	if (x->o.tlp == TLP_NONE)
		return;
	y.o.tlp = (enum tlp)(x->o.tlp + (x->o.tlp < TLP_UNKNOWN));
	no_new_reader(x, &y, "a stricter marking adds a reader");
}

static void fewer_members_narrow(const struct record *x)
{
	struct record y = *x;

	if (y.col.members > 0)
		y.col.members--;
	no_new_reader(x, &y, "one member less adds a reader");
	y = *x;
	if (y.col.community_n > 0)
		y.col.community_n--;
	no_new_reader(x, &y, "one party of the community less adds a reader");
	y = *x;
	y.o.published = false;
	no_new_reader(x, &y, "not publishing adds a reader");
	y = *x;
	y.col.is_public = false;
	no_new_reader(x, &y, "closing the collection adds a reader");
}

/* Signed out: only what is clear, published, not narrowed, in a public collection. Nobody outside reads more than that. */
static void outsiders(const struct record *x)
{
	struct record y = *x;
	struct verdict v;
	const enum tlp level = x->o.tlp == TLP_NONE ? x->col.ceiling : x->o.tlp;

	y.o.release_to = y.list;
	y.r = (struct reader){.role = ROLE_NONE, .via = x->r.via};
	v = ask(&y);
	if (v.yes != (level == TLP_CLEAR && x->o.published && x->col.is_public && !x->o.has_release_to && x->col.ceiling >= TLP_CLEAR && x->col.ceiling <= TLP_RED))
		tell(x, "signed out reads otherwise than promised");
	if (v.yes && v.why != YES_PUBLIC)
		tell(x, "signed out reads by another reason than public");
}

static void shape(const struct record *x)
{
	const struct verdict v = ask(x);
	struct record y = *x;

	if (v.yes != (v.why <= YES_WRITER) || v.why > NO_ABOVE_CEILING)
		tell(x, "answer and reason disagree");
	y.o.release_to = y.list;
	for (size_t i = 0; i + 1 < y.o.release_to_n; i++) { /* order of names and of members says nothing */
		const char *t = y.list[i];

		y.list[i] = y.list[i + 1];
		y.list[i + 1] = t;
	}
	for (size_t i = 0; i < x->col.members; i++)
		memcpy(y.col.party[i], x->col.party[x->col.members - 1 - i], LIMIT_PARTY + 1);
	y.r.via = (enum via)draw(VIA_COMMAND + 1);
	if (ask(&y).why != v.why)
		tell(x, "order of names or the way out changes the answer");
}

/* What the person reads, the node of its party may hold. */
static void node_holds(const struct record *x)
{
	struct record y = *x;

	y.o.release_to = y.list;
	y.r = (struct reader){.party = x->r.party, .role = ROLE_NODE, .via = VIA_SYNC};
	if (ask(x).yes && !ask(&y).yes)
		tell(x, "a person reads what its node may not hold");
}

/* What may be written is readable by no one outside the collection, unless it is clear or green. */
static void written_is_contained(const struct record *x)
{
	const struct write_request w = {.party = x->o.writer, .role = ROLE_DESK, .author_is_writer = true, .object = x->o};
	bool member = false;

	for (size_t i = 0; i < x->col.members; i++)
		member = member || (x->r.party != NULL && strcmp(x->r.party, x->col.party[i]) == 0);
	if (may_write(&w, &x->col) == WRITE_OK && ask(x).yes && !member && (x->o.tlp == TLP_NONE ? x->col.ceiling : x->o.tlp) > TLP_GREEN)
		tell(x, "somebody outside reads what was written above GREEN");
}

static void promises(void **state)
{
	struct record x;
	size_t yes = 0;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		random_record(&x);
		shape(&x);
		release_narrows(&x);
		stricter_narrows(&x);
		fewer_members_narrow(&x);
		outsiders(&x);
		node_holds(&x);
		written_is_contained(&x);
		yes += ask(&x).yes;
	}
	print_message("seed %llu: %zu of %d may read\n", (unsigned long long)seed, yes, ROUNDS);
	assert_true(yes > ROUNDS / 20 && yes < ROUNDS / 2); /* else the random records test nothing */
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(promises)};
	const struct rng rng = rng_system();

	if (rng_fill(&rng, &seed, sizeof(seed)) != 0)
		return 1;
	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10);
	state_ = seed | 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

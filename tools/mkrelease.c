/*
 * tools/mkrelease.c - prints the tables of doc/RELEASE.md from the code that decides.
 * mkrelease FILE replaces what stands behind the marker line in FILE; mkrelease --check FILE fails if it differs.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"
#include "policy/policy.h"

#define MARKER "<!-- The tables below are printed by tools/mkrelease.c from src/policy. -->\n"

static const struct { const char *name; struct reader r; } readers[] = {
	{"nobody", {.role = ROLE_NONE}},
	{"other party", {.party = "BR", .agency = "MRE", .person = "silva", .role = ROLE_RELEASER}},
	{"community", {.party = "FR", .agency = "MEAE", .person = "durand", .role = ROLE_RELEASER}},
	{"community node", {.party = "FR", .role = ROLE_NODE}},
	{"JP/NPA/sato", {.party = "JP", .agency = "NPA", .person = "sato", .role = ROLE_READER}},
	{"JP/MOFA/mizushima", {.party = "JP", .agency = "MOFA", .person = "mizushima", .role = ROLE_READER}},
	{"JP node", {.party = "JP", .role = ROLE_NODE}},
	{"DE/AA/muster", {.party = "DE", .agency = "AA", .person = "muster", .role = ROLE_RELEASER}},
	{"DE node (writer)", {.party = "DE", .role = ROLE_NODE}},
};

static const struct { const char *name; const char *list[1]; size_t n; bool has; } releases[] = {
	{"–", {NULL}, 0, false},
	{"JP", {"JP"}, 1, true},
	{"JP/MOFA", {"JP/MOFA"}, 1, true},
	{"JP/MOFA/mizushima", {"JP/MOFA/mizushima"}, 1, true},
	{"FR", {"FR"}, 1, true},
	{"BR", {"BR"}, 1, true},
	{"(empty)", {NULL}, 0, true},
};

static const struct collection example = {
	.party = {"DE", "JP"}, .members = 2, .community = {"FR"}, .community_n = 1, .ceiling = TLP_RED, .is_public = true,
};

static void put_head(struct buf *b, bool ceiling)
{
	buf_puts(b, ceiling ? "| ceiling | marking | release_to |" : "| marking | release_to |");
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		buf_printf(b, " %s |", readers[i].name);
	buf_puts(b, ceiling ? "\n|---|---|---|" : "\n|---|---|");
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		buf_puts(b, "---|");
	buf_putc(b, '\n');
}

static void put_row(struct buf *b, enum tlp t, size_t release, bool published, const struct collection *col)
{
	const struct policy_object o = {.tlp = t, .has_release_to = releases[release].has, .release_to = releases[release].list,
	    .release_to_n = releases[release].n, .writer = "DE", .published = published};

	buf_printf(b, "| %s | %s |", tlp_name(t), releases[release].name);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		const struct verdict v = may_read(&readers[i].r, &o, col);

		buf_printf(b, v.yes ? " **%s** |" : " %s |", verdict_name(v.why));
	}
	buf_putc(b, '\n');
}

static void put_reads(struct buf *b, const char *title, bool published, const struct collection *col)
{
	buf_printf(b, "\n### %s\n\n", title);
	put_head(b, false);
	for (enum tlp t = TLP_CLEAR; t <= TLP_UNKNOWN; t++)
		for (size_t i = 0; i < ARRAY_LEN(releases); i++)
			put_row(b, t, i, published, col);
}

/* Unmarked counts as the ceiling, so one line per ceiling says it all. */
static void put_ceilings(struct buf *b)
{
	struct collection col = example;

	buf_puts(b, "\n### Published, by the ceiling of the collection\n\n");
	put_head(b, true);
	for (col.ceiling = TLP_CLEAR; col.ceiling <= TLP_RED; col.ceiling++)
		for (enum tlp t = TLP_NONE; t <= TLP_RED; t++) {
			buf_printf(b, "| %s ", tlp_name(col.ceiling));
			put_row(b, t, 0, true, &col);
		}
}

/* --- writing --- */

static void put_writes(struct buf *b)
{
	static const char *const jp[] = {"JP/MOFA"}, *const fr[] = {"FR"}, *const br[] = {"BR"}, *const odd[] = {"JP//x"};
	static const struct {
		const char *name, *party;
		enum role role;
		bool own_type, author_is_writer;
		const char *written_by;
		enum tlp tlp;
		const char *const *list;
		bool known;
	} asks[] = {
		{"a desk officer of a member, TLP:AMBER", "DE", ROLE_DESK, true, true, NULL, TLP_AMBER, NULL, true},
		{"unmarked", "DE", ROLE_DESK, true, true, NULL, TLP_NONE, NULL, true},
		{"the node itself", "DE", ROLE_NODE, true, true, NULL, TLP_AMBER, NULL, true},
		{"a contributor, own type", "DE", ROLE_CONTRIBUTOR, true, true, NULL, TLP_AMBER, NULL, true},
		{"a contributor, other type", "DE", ROLE_CONTRIBUTOR, false, true, NULL, TLP_AMBER, NULL, true},
		{"a reader", "DE", ROLE_READER, true, true, NULL, TLP_AMBER, NULL, true},
		{"without a role", "DE", ROLE_NONE, true, true, NULL, TLP_AMBER, NULL, true},
		{"unknown collection", "DE", ROLE_DESK, true, true, NULL, TLP_AMBER, NULL, false},
		{"FR, of the community", "FR", ROLE_DESK, true, true, NULL, TLP_GREEN, NULL, true},
		{"BR, outside", "BR", ROLE_DESK, true, true, NULL, TLP_CLEAR, NULL, true},
		{"above the ceiling", "DE", ROLE_DESK, true, true, NULL, TLP_AMBER_STRICT, NULL, true},
		{"unknown marking", "DE", ROLE_DESK, true, true, NULL, TLP_UNKNOWN, NULL, true},
		{"own type, other author", "DE", ROLE_DESK, true, false, NULL, TLP_AMBER, NULL, true},
		{"other type, other author", "DE", ROLE_DESK, false, false, NULL, TLP_AMBER, NULL, true},
		{"new version of its own object", "DE", ROLE_DESK, true, true, "DE", TLP_AMBER, NULL, true},
		{"new version of JP's object", "DE", ROLE_DESK, true, true, "JP", TLP_AMBER, NULL, true},
		{"release_to JP/MOFA", "DE", ROLE_DESK, true, true, NULL, TLP_AMBER, jp, true},
		{"release_to FR, TLP:AMBER", "DE", ROLE_DESK, true, true, NULL, TLP_AMBER, fr, true},
		{"release_to FR, TLP:GREEN", "DE", ROLE_DESK, true, true, NULL, TLP_GREEN, fr, true},
		{"release_to BR, TLP:CLEAR", "DE", ROLE_DESK, true, true, NULL, TLP_CLEAR, br, true},
		{"release_to malformed", "DE", ROLE_DESK, true, true, NULL, TLP_AMBER, odd, true},
	};
	struct collection amber = example;

	amber.ceiling = TLP_AMBER;
	buf_puts(b, "\n## Writing\n\nMembers DE and JP, community FR, ceiling TLP:AMBER; DE writes unless the line says otherwise.\n\n| case | answer |\n|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		const struct write_request w = {.party = asks[i].party, .role = asks[i].role, .own_type = asks[i].own_type,
		    .author_is_writer = asks[i].author_is_writer, .written_by = asks[i].written_by, .object = {.tlp = asks[i].tlp,
		    .writer = asks[i].party, .has_release_to = asks[i].list != NULL, .release_to = asks[i].list, .release_to_n = asks[i].list != NULL}};
		const enum write_reason r = may_write(&w, asks[i].known ? &amber : NULL);

		buf_printf(b, "| %s | %s%s |\n", asks[i].name, r == WRITE_OK ? "**yes**" : "no: ", r == WRITE_OK ? "" : write_reason_text(r));
	}
}

static void put_tables(struct buf *b)
{
	struct collection closed = example;

	closed.is_public = false;
	buf_puts(b, "\n## Reading\n\nMembers DE and JP, community FR, ceiling TLP:RED; DE wrote the object. JP/NPA/sato is a person with a reader's role.\n**Bold** is yes, with the reason; plain is no, with the reason.\n");
	put_reads(b, "Published, public collection", true, &example);
	put_reads(b, "Draft (not published)", false, &example);
	put_reads(b, "Published, collection not public", true, &closed);
	put_ceilings(b);
	put_writes(b);
}

int main(int argc, char **argv)
{
	const bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
	const struct fs fs = fs_system();
	CLEANUP_BUF struct buf old = BUF_INIT(0), new = BUF_INIT(0);
	struct err e = {.code = 0};
	const char *at;

	if (argc != 2 + check) {
		(void)fprintf(stderr, "usage: mkrelease [--check] FILE\n");
		return 2;
	}
	if (fs_read_file(&fs, argv[1 + check], LIMIT_JSON_BYTES, &old, &e) != 0 || (at = strstr(old.p, MARKER)) == NULL) {
		(void)fprintf(stderr, "mkrelease: %s: %s\n", argv[1 + check], e.code != 0 ? e.msg : "no marker line");
		return 1;
	}
	buf_put(&new, old.p, (size_t)(at - old.p) + sizeof(MARKER) - 1);
	put_tables(&new);
	if (check && (new.n != old.n || memcmp(new.p, old.p, new.n) != 0)) {
		(void)fprintf(stderr, "mkrelease: %s differs from the code: run mkrelease on it\n", argv[2]);
		return 1;
	}
	if (new.err != 0 || (!check && fs_replace_file(&fs, argv[1], new.p, new.n, 0644, &e) != 0)) {
		(void)fprintf(stderr, "mkrelease: %s\n", e.msg);
		return 1;
	}
	return 0;
}

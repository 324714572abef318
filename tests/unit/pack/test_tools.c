/* With the gzip and zstd commands of the system, where they are; else these tests are skipped. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "pack/pack.h"

static const struct tool { enum pack pack; const char *write[4], *read; } tools[] = {
	{PACK_GZIP, {"gzip -c", "gzip -9 -c", "gzip -1 -n -c", NULL}, "gzip -dc"},
	{PACK_ZSTD, {"zstd -q -c", "zstd -q -19 --check -c", "zstd -q --long=24 --no-check -c", NULL}, "zstd -q -dc"},
};

static bool present(const struct tool *t)
{
	CLEANUP_STR char *line = mem_printf("command -v %s >/dev/null 2>&1", pack_name(t->pack));

	return system(line) == 0;
}

static int take(void *ctx, const void *p, size_t n, struct err *e)
{
	(void)e;
	buf_put(ctx, p, n);
	return 0;
}

static char folder[] = "/tmp/verbale-pack-XXXXXX";

static void store(const char *name, const void *p, size_t n)
{
	CLEANUP_STR char *path = mem_printf("%s/%s", folder, name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void load(const char *name, struct buf *out)
{
	const struct fs fs = fs_system();
	CLEANUP_STR char *path = mem_printf("%s/%s", folder, name);

	assert_int_equal(fs_read_file(&fs, path, 64UL << 20, out, NULL), 0);
}

/* `command` <from >to, in the folder */
static void pipe_through(const char *command, const char *from, const char *to)
{
	CLEANUP_STR char *line = mem_printf("cd %s && %s <%s >%s", folder, command, from, to);

	assert_int_equal(system(line), 0);
}

static void sample(struct buf *b, size_t lines)
{
	for (size_t i = 0; i < lines; i++)
		buf_printf(b, "{\"type\":\"ipv4-addr\",\"value\":\"10.%zu.%zu.%zu\"}\n", i * 7 % 251, i * 31 % 256, i % 256);
}

static void we_read_what_they_write(void **state)
{
	bool any = false;

	(void)state;
	for (const struct tool *t = tools; t < tools + ARRAY_LEN(tools); t++) {
		if (!present(t))
			continue;
		any = true;
		for (size_t lines = 0; lines < 100000; lines = lines * 10 + 1)
			for (const char *const *w = t->write; *w != NULL; w++) {
				CLEANUP_BUF struct buf in = BUF_INIT(0), packed = BUF_INIT(0), got = BUF_INIT(0);
				struct pack_stream *s = NULL;

				sample(&in, lines);
				store("in", in.p != NULL ? in.p : "", in.n);
				pipe_through(*w, "in", "packed");
				load("packed", &packed);
				assert_int_equal(pack_detect(packed.p, packed.n), t->pack);
				assert_int_equal(unpack_open(t->pack, take, &got, &s, NULL), 0);
				assert_int_equal(pack_feed(s, packed.p, packed.n, NULL), 0);
				assert_int_equal(pack_end(s, NULL), 0);
				pack_close(s);
				assert_int_equal(got.n, in.n);
				assert_true(in.n == 0 || memcmp(got.p, in.p, in.n) == 0);
			}
	}
	if (!any)
		skip();
}

static void they_read(const struct tool *t, const struct buf *packed, const struct buf *want)
{
	CLEANUP_BUF struct buf got = BUF_INIT(0);

	store("packed", packed->p, packed->n);
	pipe_through(t->read, "packed", "out");
	load("out", &got);
	assert_int_equal(got.n, want->n);
	assert_true(want->n == 0 || memcmp(got.p, want->p, want->n) == 0);
}

static void they_read_what_we_write(void **state)
{
	struct packer *k = packer_new();
	bool any = false;

	(void)state;
	for (const struct tool *t = tools; t < tools + ARRAY_LEN(tools); t++) {
		if (!present(t))
			continue;
		any = true;
		for (size_t lines = 0; lines < 100000; lines = lines * 10 + 1) {
			CLEANUP_BUF struct buf in = BUF_INIT(0), once = BUF_INIT(0), stream = BUF_INIT(0);
			struct pack_stream *s = NULL;

			sample(&in, lines);
			assert_int_equal(pack_all(k, t->pack, in.p, in.n, &once, NULL), 0);
			they_read(t, &once, &in);
			assert_int_equal(pack_open(t->pack, take, &stream, &s, NULL), 0);
			for (size_t at = 0; at < in.n; at += 50001)
				assert_int_equal(pack_feed(s, in.p + at, in.n - at < 50001 ? in.n - at : 50001, NULL), 0);
			assert_int_equal(pack_end(s, NULL), 0);
			pack_close(s);
			they_read(t, &stream, &in);
		}
	}
	packer_free(k);
	if (!any)
		skip();
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"in", "packed", "out"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP_STR char *path = mem_printf("%s/%s", folder, names[i]);

		unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(we_read_what_they_write),
		cmocka_unit_test(they_read_what_we_write),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

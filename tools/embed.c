/*
 * tools/embed.c - files to C: embed OUT.c FILE…, or one file under a name of its own: embed --as NAME HEADER OUT.c FILE
 * (HEADER declares unsigned char NAME[] and size_t NAME_n).
 *
 * All files share one version, a hash over names and contents that becomes part of their address: they can be cached
 * for ever, and relative links between them hold. It only tells versions apart, so FNV-1a (64 bit) is enough.
 */
#include <stdint.h>

#include "tool.h"

static uint64_t fnv(uint64_t h, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ ((const unsigned char *)p)[i]) * 0x100000001b3u;
	return h;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static const char *type_of(struct tool *t, const char *name)
{
	static const struct { const char *end, *type; } types[] = {
		{".css", "text/css; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".svg", "image/svg+xml"}, {".txt", "text/plain; charset=utf-8"},
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		const size_t n = strlen(types[i].end), all = strlen(name);

		if (all > n && strcmp(name + all - n, types[i].end) == 0)
			return types[i].type;
	}
	tool_die(t, "no media type is known for this file");
}

static void put_bytes(struct tool *t, const char *p, size_t n)
{
	for (size_t k = 0; k < n; k++)
		fprintf(t->out, "%s%u,", k % 24 == 0 ? "\n\t" : "", (unsigned)(unsigned char)p[k]);
	fputs("\n};\n", t->out);
}

static int embed_one(struct tool *t, char **argv)
{
	size_t n;
	const char *p;

	tool_open_out(t, argv[4]);
	p = tool_slurp(t, argv[5], &n);
	fprintf(t->out, "/* Made by tools/embed. */\n#include \"%s\"\n\nconst unsigned char %s[] = {", argv[3], argv[2]);
	put_bytes(t, p, n);
	fprintf(t->out, "const size_t %s_n = %zu;\n", argv[2], n);
	tool_close_out(t);
	tool_end(t);
	return 0;
}

int main(int argc, char **argv)
{
	struct tool t = {.file = "embed"};
	uint64_t h = 0xcbf29ce484222325u;
	size_t *size;

	if (argc == 6 && strcmp(argv[1], "--as") == 0)
		return embed_one(&t, argv);
	if (argc < 3) {
		fputs("usage: embed OUT.c FILE...\n       embed --as NAME HEADER OUT.c FILE\n", stderr);
		return 2;
	}
	size = tool_alloc(&t, (size_t)argc * sizeof *size);
	tool_open_out(&t, argv[1]);
	fputs("/* Made by tools/embed. */\n#include \"web/asset.h\"\n", t.out);
	for (int i = 2; i < argc; i++) {
		const char *p = tool_slurp(&t, argv[i], &size[i]);

		h = fnv(fnv(h, name_of(argv[i]), strlen(name_of(argv[i])) + 1), p, size[i]);
		fprintf(t.out, "\nstatic const unsigned char data_%d[] = {", i);
		put_bytes(&t, p, size[i]);
	}
	fputs("\nconst struct asset assets[] = {\n", t.out);
	for (int i = 2; i < argc; i++) {
		t.file = argv[i];
		fputs("\t{", t.out);
		tool_put_cstr(t.out, name_of(argv[i]), strlen(name_of(argv[i])));
		fprintf(t.out, ", \"%s\", data_%d, %zu},\n", type_of(&t, name_of(argv[i])), i, size[i]);
	}
	fprintf(t.out, "};\nconst size_t assets_n = %d;\nconst char assets_version[] = \"%012llx\";\n", argc - 2,
	    (unsigned long long)(h & 0xffffffffffffu));
	tool_close_out(&t);
	tool_end(&t);
	return 0;
}

/* preview DIR: writes every sample page in every language, and the embedded files, to look at them without a node. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sample.h"
#include "web/asset.h"

static int put(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");
	int bad;

	if (f == NULL)
		return 1;
	bad = fwrite(p, 1, n, f) != n;
	return (fclose(f) != 0) | bad;
}

int main(int argc, char **argv)
{
	char path[4096];
	int bad = 0;

	if (argc != 2)
		return 2;
	for (unsigned l = 0; l < LANG_COUNT; l++)
		for (int w = 0; w < S_PAGES; w++) {
			CLEANUP_ARENA struct arena a = {0};
			CLEANUP_BUF struct buf b = BUF_INIT(0);
			struct sample s;

			sample_make(&a, (enum lang)l, NULL, &s);
			sample_render(&s, (enum sample_page)w, &b);
			snprintf(path, sizeof path, "%s/%s-%s.html", argv[1], sample_name((enum sample_page)w), lang_code((enum lang)l));
			bad |= put(path, b.p, b.n);
		}
	snprintf(path, sizeof path, "%s/a", argv[1]);
	mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/a/%s", argv[1], assets_version);
	mkdir(path, 0777);
	for (size_t i = 0; i < assets_n; i++) {
		snprintf(path, sizeof path, "%s/a/%s/%s", argv[1], assets_version, assets[i].name);
		bad |= put(path, assets[i].p, assets[i].n);
	}
	return bad;
}

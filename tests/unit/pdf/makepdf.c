/* makepdf FILE UNITS LANGUAGES - writes the sample, for others' programs to judge (tests/interop/pdf.sh). */
#include <stdio.h>
#include <stdlib.h>

#include "pdf/pdf.h"
#include "sample.h"

int main(int argc, char **argv)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	static struct sample s;
	const struct pdf_fonts fonts = pdf_fonts_usual();
	struct err e = {.code = 0};

	if (argc != 4)
		return 2;
	sample_fill(&s, (size_t)atoi(argv[2]) % (SAMPLE_UNITS + 1), (size_t)atoi(argv[3]) % (LANG_COUNT + 1));
	if (pdf_write(&s.p, &fonts, &out, &e) < 0) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	FILE *f = fopen(argv[1], "wb");

	return f == NULL || fwrite(out.p, 1, out.n, f) != out.n || fclose(f) != 0;
}

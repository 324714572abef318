#include "web/qr.h"

#include <qrencode.h>

#include "base/buf.h"

#define MARGIN 4

/* Runs of dark modules of one row become one rectangle. */
static void put_row(struct buf *b, const unsigned char *row, int width, int y)
{
	for (int x = 0, run; x < width; x += run + 1) {
		for (run = 0; x + run < width && (row[x + run] & 1) != 0; run++)
			;
		if (run > 0)
			buf_printf(b, "M%d %dh%dv1h-%dz", x + MARGIN, y + MARGIN, run, run);
	}
}

const char *qr_path(struct arena *a, const char *text, unsigned *ret_size)
{
	CLEANUP_BUF struct buf b = BUF_INIT(65536);
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	const char *s = NULL;

	if (code == NULL)
		return NULL;
	for (int y = 0; y < code->width; y++)
		put_row(&b, code->data + (size_t)y * (size_t)code->width, code->width, y);
	if (b.err == 0 && b.p != NULL) {
		*ret_size = (unsigned)code->width + 2 * MARGIN;
		s = arena_str(a, b.p);
	}
	QRcode_free(code);
	return s;
}

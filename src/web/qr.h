/* web/qr.h - a QR code (ISO/IEC 18004) as the path of an SVG: one unit per module, a margin of 4 included. */
#pragma once
#include "web/arena.h"

/* The path, and the width and height of the picture; NULL: too long, or no memory. */
const char *qr_path(struct arena *a, const char *text, unsigned *ret_size);

/* Tile paths: one spelling per tile. */
#include <string.h>

#include "fuzz.h"
#include "tlog/tlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct tile_name t;

	if (!tile_path_parse((const char *)data, size, &t))
		return 0;
	MUST(t.width >= 1 && t.width <= TILE_WIDTH && t.level <= 63 && t.n < LIMIT_LOG_SIZE);
	tile_path(&t, &b);
	MUST(b.err == 0 && b.n == size + 5 && memcmp(b.p, "tile/", 5) == 0 && memcmp(b.p + 5, data, size) == 0);
	if (tile_exists(&t, LIMIT_LOG_SIZE - 1))
		MUST(t.entries || t.level < TILE_LEVELS);
	return 0;
}

#include "web/asset.h"

#include "web/view.h"

struct url asset_url(struct arena *a, const char *file) { return url_path(a, "a", assets_version, file, NULL); }

struct url icon_url(struct arena *a, const char *name)
{
	return (struct url){arena_printf(a, "%s%s", asset_url(a, "icons.svg").s, url_fragment(a, name).s)};
}

#include "web/asset.h"

#include <string.h>

#include "web/view.h"

struct url asset_url(struct arena *a, const char *file) { return url_path(a, "a", assets_version, file, NULL); }

struct url icon_url(struct arena *a, const char *name)
{
	return (struct url){arena_printf(a, "%s%s", asset_url(a, "icons.svg").s, url_fragment(a, name).s)};
}

/* tmplc refuses the element altogether; this one, with nothing in it, is the exception. */
struct safe script_of(struct arena *a)
{
	const char *s = arena_printf(a, "<script type=\"module\" src=\"%s\"></script>", asset_url(a, "app.js").s);

	return (struct safe){s, strlen(s)};
}

#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <stdio.h>
#include <string.h>

#include "pdf/priv.h"

struct pdf_fonts pdf_fonts_usual(void)
{
	return (struct pdf_fonts){
		.latin = "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
		.latin_bold = "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf",
		.japanese = "/usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Regular.ttf",
		.japanese_bold = "/usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Bold.ttf",
	};
}

/* The family a file gives itself; it is the newest one of the set. */
static int add_font(FcConfig *config, const char *file, char *family, size_t size, struct err *e)
{
	const FcFontSet *before = FcConfigGetFonts(config, FcSetApplication);
	const int n = before != NULL ? before->nfont : 0;
	FcChar8 *name = NULL;

	if (!FcConfigAppFontAddFile(config, (const FcChar8 *)file))
		return fail(e, E_ENV, "font %s is missing or cannot be read", file);
	const FcFontSet *set = FcConfigGetFonts(config, FcSetApplication);

	if (set == NULL || set->nfont <= n || FcPatternGetString(set->fonts[n], FC_FAMILY, 0, &name) != FcResultMatch)
		return fail(e, E_ENV, "font %s is missing or cannot be read", file);
	const size_t length = strlen((const char *)name);

	if (length >= size || strchr((const char *)name, ',') != NULL)
		return fail(e, E_ENV, "font %s: its name cannot be used", file);
	memcpy(family, name, length + 1);
	return 0;
}

static int add_fonts(FcConfig *config, const struct pdf_fonts *fonts, struct font_set *s, struct err *e)
{
	const char *const files[] = {fonts->latin, fonts->latin_bold, fonts->japanese, fonts->japanese_bold};
	char family[4][100];
	int r = 0;

	for (unsigned i = 0; r == 0 && i < 4; i++)
		r = add_font(config, files[i], family[i], sizeof family[i], e);
	if (r < 0)
		return r;
	IGNORE(snprintf(s->family[0], sizeof s->family[0], "%s,%s", family[0], family[2]) < 0, "two names of less than 100");
	IGNORE(snprintf(s->family[1], sizeof s->family[1], "%s,%s", family[2], family[0]) < 0, "two names of less than 100");
	return 0;
}

int font_set_open(struct font_set *s, const struct pdf_fonts *fonts, struct err *e)
{
	FcConfig *config = FcConfigCreate();
	int r;

	*s = (struct font_set){.config = config};
	if (config == NULL)
		return fail(e, E_NOMEM, "fonts");
	if ((r = add_fonts(config, fonts, s, e)) < 0) {
		font_set_close(s);
		return r;
	}
	s->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	if (s->map == NULL) {
		font_set_close(s);
		return fail(e, E_ENV, "cairo was built without FreeType");
	}
	pango_fc_font_map_set_config((PangoFcFontMap *)(void *)s->map, config);
	pango_cairo_font_map_set_resolution((PangoCairoFontMap *)(void *)s->map, 72); /* a unit is a point */
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		s->context[l] = pango_font_map_create_context(s->map);
		pango_context_set_round_glyph_positions(s->context[l], FALSE);
		pango_context_set_language(s->context[l], pango_language_from_string(lang_code((enum lang)l)));
	}
	return 0;
}

void font_set_close(struct font_set *s)
{
	for (unsigned l = 0; l < LANG_COUNT; l++)
		if (s->context[l] != NULL)
			g_object_unref(s->context[l]);
	if (s->map != NULL) {
		/* Pango 1.50 keeps what it was given when it goes. */
		pango_fc_font_map_set_config((PangoFcFontMap *)(void *)s->map, NULL);
		g_object_unref(s->map);
	}
	if (s->config != NULL)
		FcConfigDestroy(s->config);
	*s = (struct font_set){.config = NULL};
}

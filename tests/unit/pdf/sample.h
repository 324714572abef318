/* tests/unit/pdf/sample.h - a paper with everything in it, and one that runs over several pages. */
#pragma once
#include "consult/paper.h"

#define SAMPLE_UNITS 60
struct sample { struct paper p; struct paper_unit u[SAMPLE_UNITS]; char number[SAMPLE_UNITS][8]; };

static inline void sample_fill(struct sample *s, size_t units, size_t langs)
{
	static const struct paper_text texts[] = {
		{{[LANG_DE] = "Die ersten deutsch-japanischen Cyber-Konsultationen fanden am 9. September 2016 in Tokyo statt. Beide Seiten unterrichteten einander über ihre staatlichen Strukturen und über laufende Rechtsfragen.",
		  [LANG_JA] = "第1回日独サイバー協議は、2016年9月9日に東京で開催された。双方は、それぞれの政府の体制及び法的課題について説明を行った。",
		  [LANG_EN] = "The first German-Japanese cyber consultations took place in Tokyo on 9 September 2016."}},
		{{[LANG_DE] = "Sie sprachen über den Schutz kritischer Infrastruktur, die Anwendbarkeit des Völkerrechts („GGE“) und vertrauensbildende Maßnahmen – auch in der OSZE.",
		  [LANG_JA] = "双方は、重要インフラ防護、国際法の適用（国連政府専門家会合）及びＯＳＣＥを含む信頼醸成措置について意見交換を行った。",
		  [LANG_EN] = "They exchanged views on critical infrastructure protection and confidence building."}},
		{{[LANG_DE] = "Die nächsten Konsultationen sollen 2017 in Berlin stattfinden.", [LANG_JA] = "次回の協議は、2017年にベルリンで開催される予定である。",
		  [LANG_EN] = "The next consultations are to be held in Berlin in 2017."}},
	};

	*s = (struct sample){.p = {
		.number = "DJ-2016-0007", .kind = {{"Gemeinsame Pressemitteilung", "共同プレスリリース", "Joint press release"}},
		.title = {{"Deutsch-japanische Cyber-Konsultationen", "日独サイバー協議", "German-Japanese cyber consultations"}},
		.date = {{"Stand: 12.09.2016", "2016年9月12日（月）現在", "As of 12 September 2016"}}, .status = {{"Von beiden Seiten vereinbart", "双方が合意", "Agreed by both sides"}},
		.record = {{"Register de.example/verbale, Eintrag 412, SHA-256 9f2c41ab…7d03", "記録 de.example/verbale 412、SHA-256 9f2c41ab…7d03", "Log de.example/verbale, entry 412"}},
		.url = "https://de.example/r/DJ-2016-0007", .modified = 1473667200LL * 1000000000LL,
		.lang = {LANG_DE, LANG_JA, LANG_EN}, .langs = langs, .authentic = {[LANG_DE] = true}, .provisional = {[LANG_JA] = true}, .units = units}};
	for (size_t i = 0; i < units; i++) {
		unsigned n = (unsigned)i + 1;
		char *to = s->number[i];

		if (n >= 10)
			*to++ = (char)('0' + n / 10);
		*to++ = (char)('0' + n % 10);
		*to = '\0';
		s->u[i] = (struct paper_unit){.number = s->number[i], .text = texts[i % 3], .bracketed = i == 2, .bracketed_by = i == 2 ? "JP" : NULL};
	}
	s->p.unit = s->u;
}

/*
 * The texts. Terms follow the usage of the Auswärtiges Amt and of 外務省: German names Germany first and Japanese Japan
 * (alternat), Japanese names stand family name first, 一致する (share the view) is weaker than 合意する and is what is meant.
 */
#include "cli/demo_content.h"

const struct demo_text demo_name_de = {"Auswärtiges Amt", "ドイツ連邦共和国外務省", "Federal Foreign Office, Germany"};
const struct demo_text demo_name_jp = {"Außenministerium von Japan", "日本国外務省", "Ministry of Foreign Affairs of Japan"};

const struct demo_text demo_collection_name = {
	"Deutsch-japanische Cyber-Konsultationen: gemeinsame Aufzeichnung",
	"日独サイバー協議：共同記録",
	"German–Japanese cyber consultations: shared record"};
const struct demo_text demo_collection_about = {
	"Beispieldaten. Vorbereitung, Ablauf und Ergebnisse der Konsultationen, geführt vom Auswärtigen Amt und vom Außenministerium von Japan.",
	"例示用データ。日独両国の外務省が管理する、協議の準備、経過及び結果の記録。",
	"Example data. Preparation, course and outcome of the consultations, kept by the two foreign ministries."};

const struct demo_text demo_series_title = {
	"Deutsch-japanische Cyber-Konsultationen", "日独サイバー協議", "German–Japanese cyber consultations"};
const struct demo_text demo_series_rhythm = {"jährlich", "毎年", "yearly"};
const struct demo_text demo_round_title = {
	"Erste deutsch-japanische Cyber-Konsultationen", "第1回日独サイバー協議", "First German–Japanese cyber consultations"};
const struct demo_text demo_round_venue = {
	"Außenministerium von Japan, Tokyo", "外務省（東京）", "Ministry of Foreign Affairs of Japan, Tokyo"};

const struct demo_link demo_reading[2] = {
	{{"Bericht des Auswärtigen Amts, Stand 12. September 2016 (Deutsch)",
	  "ドイツ外務省による発表（2016年9月12日現在、ドイツ語）",
	  "Account by the Federal Foreign Office as of 12 September 2016 (in German)"},
	 "http://www.auswaertiges-amt.de/DE/Aussenpolitik/Themen/Cyber-Aussenpolitik/160912_dt_jap_Konsultationen.html"},
	{{"Pressemitteilung der Botschaft von Japan in Deutschland, 9. September 2016 (Deutsch)",
	  "在ドイツ日本国大使館による報道発表（2016年9月9日、ドイツ語）",
	  "Press release by the Embassy of Japan in Germany, 9 September 2016 (in German)"},
	 "https://www.de.emb-japan.go.jp/presse/pm_160909.html"},
};

const struct demo_agency demo_agency[] = {
	{"AA", {"Auswärtiges Amt", "連邦外務省", "Federal Foreign Office"}},
	{"BMI", {"Bundesministerium des Innern", "連邦内務省", "Federal Ministry of the Interior"}},
	{"BMVG", {"Bundesministerium der Verteidigung", "連邦国防省", "Federal Ministry of Defence"}},
	{"BSI", {"Bundesamt für Sicherheit in der Informationstechnik", "連邦情報セキュリティ庁", "Federal Office for Information Security"}},
	{"BO-TOKYO", {"Deutsche Botschaft Tokyo", "駐日ドイツ連邦共和国大使館", "German Embassy Tokyo"}},
	{"MOFA", {"Außenministerium", "外務省", "Ministry of Foreign Affairs"}},
	{"MIC", {"Ministerium für Inneres und Kommunikation", "総務省", "Ministry of Internal Affairs and Communications"}},
	{"MOD", {"Verteidigungsministerium", "防衛省", "Ministry of Defense"}},
	{"NPA", {"Nationale Polizeibehörde", "警察庁", "National Police Agency"}},
};
const size_t demo_agencies = ARRAY_LEN(demo_agency);

/* Named are only those whom both governments named. */
#define UNNAMED_DE "N. N.", "N. N.", NULL
#define UNNAMED_JP "（氏名省略）", "N. N.", NULL

const struct demo_member demo_delegation_de[] = {
	{"Thomas Fitschen", "Thomas FITSCHEN", "トーマス・フィッチェン",
	 {"Botschafter, Beauftragter für Vereinte Nationen, Cyber-Außenpolitik und Terrorismusbekämpfung",
	  "国連・サイバー外交・テロ対策担当大使",
	  "Ambassador, Commissioner for the United Nations, Cyber Foreign Policy and Counter-Terrorism"},
	 "AA", "head"},
	{UNNAMED_DE, {"Cyber-Außenpolitik", "サイバー外交担当", "Cyber foreign policy"}, "AA", "member"},
	{UNNAMED_DE, {"Cybersicherheit", "サイバーセキュリティ担当", "Cyber security"}, "BMI", "member"},
	{UNNAMED_DE, {"Cyberpolitik", "サイバー政策担当", "Cyber policy"}, "BMVG", "member"},
	{UNNAMED_DE, {"Internationale Beziehungen", "国際関係担当", "International relations"}, "BSI", "member"},
	{UNNAMED_DE, {"Politische Angelegenheiten", "政務担当", "Political affairs"}, "BO-TOKYO", "embassy"},
	{UNNAMED_DE, {"Protokollführung", "記録係", "Note-taker"}, "AA", "note-taker"},
};
const size_t demo_delegation_de_n = ARRAY_LEN(demo_delegation_de);

/* 水嶋光一: so written in MOFA's release on the second Japan-Australia Cyber Policy Dialogue, 8 August 2016. */
const struct demo_member demo_delegation_jp[] = {
	{"水嶋光一", "MIZUSHIMA Koichi", "みずしま こういち",
	 {"Botschafter für Cyberpolitik, stellvertretender Leiter der Abteilung für Außenpolitik",
	  "総合外交政策局審議官兼サイバー政策担当大使",
	  "Ambassador in charge of Cyber Policy, Deputy Director-General, Foreign Policy Bureau"},
	 "MOFA", "head"},
	{UNNAMED_JP, {"Cybersicherheitspolitik", "サイバー安全保障政策担当", "Cyber security policy"}, "MOFA", "member"},
	{UNNAMED_JP, {"Bekämpfung der Cyberkriminalität", "サイバー犯罪対策担当", "Countering cybercrime"}, "NPA", "member"},
	{UNNAMED_JP, {"Informationssicherheit", "情報セキュリティ担当", "Information security"}, "MIC", "member"},
	{UNNAMED_JP, {"Cyberpolitik", "サイバー政策担当", "Cyber policy"}, "MOD", "member"},
	{UNNAMED_JP, {"Protokollführung", "記録係", "Note-taker"}, "MOFA", "note-taker"},
	{UNNAMED_JP, {"Dolmetschen", "通訳", "Interpreter"}, "MOFA", "interpreter"},
};
const size_t demo_delegation_jp_n = ARRAY_LEN(demo_delegation_jp);

static const struct demo_unit invitation_unit[] = {
	{.number = "1", .text = {
		"Das Außenministerium von Japan begrüßt das Auswärtige Amt der Bundesrepublik Deutschland und beehrt sich, eine deutsche Delegation für Freitag, den 9. September 2016, zu den ersten deutsch-japanischen Cyber-Konsultationen nach Tokyo einzuladen.",
		"日本国外務省は、ドイツ連邦共和国外務省に敬意を表するとともに、2016年9月9日（金）に東京において開催する第1回日独サイバー協議に、ドイツ側代表団を招待する光栄を有する。",
		"The Ministry of Foreign Affairs of Japan presents its compliments to the Federal Foreign Office of the Federal Republic of Germany and has the honour to invite a German delegation to the first German–Japanese cyber consultations, to be held in Tokyo on Friday, 9 September 2016."}},
	{.number = "2", .text = {
		"Die japanische Delegation wird von dem für Cyberpolitik zuständigen Botschafter MIZUSHIMA Koichi geleitet. Das Ministerium regt an, dass beide Seiten ressortübergreifend vertreten sind.",
		"日本側代表団は、水嶋光一サイバー政策担当大使が率いる。外務省は、双方が政府横断的な構成で出席することを提案する。",
		"The Japanese delegation will be headed by Ambassador MIZUSHIMA Koichi, in charge of Cyber Policy. The Ministry suggests that both sides be represented across government."}},
	{.number = "3", .text = {
		"Der Entwurf einer Tagesordnung wird gesondert übermittelt. Für Anmerkungen und für die Mitteilung der Delegationsmitglieder bis zum 19. August 2016 wäre das Ministerium dankbar.",
		"議題案は別途送付する。外務省は、議題案に対する意見及び代表団の構成を2016年8月19日までに通知されるよう希望する。",
		"A draft agenda will be sent separately. The Ministry would be grateful for any comments, and for the composition of the delegation, by 19 August 2016."}},
	{.number = "4", .text = {
		"Das Ministerium benutzt diesen Anlass, das Auswärtige Amt erneut seiner ausgezeichneten Hochachtung zu versichern.",
		"外務省は、この機会に、ドイツ連邦共和国外務省に対し改めて敬意を表する。",
		"The Ministry avails itself of this opportunity to renew to the Federal Foreign Office the assurances of its highest consideration."}},
};
const struct demo_document demo_invitation = {
	.kind = "invitation", .number = "DJ-2016-0001", .date = "2016-06-28T01:00:00.000Z", .authentic = "ja", .provisional = "de,en",
	.title = {
		"Verbalnote: Einladung zu den ersten deutsch-japanischen Cyber-Konsultationen",
		"口上書：第1回日独サイバー協議への招待",
		"Note verbale: invitation to the first German–Japanese cyber consultations"},
	.unit = invitation_unit, .units = ARRAY_LEN(invitation_unit),
};

/* Tokyo is nine hours ahead of UTC. */
#define PAUSE(from, to, de, ja, en) .text = {de, ja, en}, .start = from, .end = to, .pause = true
static const struct demo_unit agenda_unit[] = {
	{.number = "1", .start = "2016-09-09T00:30:00.000Z", .end = "2016-09-09T01:00:00.000Z", .lead = "JP,DE", .text = {
		"Eröffnung durch die Delegationsleitungen, Annahme der Tagesordnung",
		"両団長による開会挨拶及び議題の採択",
		"Opening by the heads of delegation, adoption of the agenda"}},
	{.number = "2", .start = "2016-09-09T01:00:00.000Z", .end = "2016-09-09T02:10:00.000Z", .lead = "JP,DE", .text = {
		"Cybersicherheitsstrategien, staatliche Strukturen und Zuständigkeiten",
		"サイバーセキュリティ戦略、政府の体制及び所掌",
		"Cyber security strategies, government structures and responsibilities"}},
	{.number = "P1", PAUSE("2016-09-09T02:10:00.000Z", "2016-09-09T02:30:00.000Z", "Pause", "休憩", "Break")},
	{.number = "3", .start = "2016-09-09T02:30:00.000Z", .end = "2016-09-09T03:30:00.000Z", .lead = "DE", .text = {
		"Schutz kritischer Infrastrukturen",
		"重要インフラ防護",
		"Critical infrastructure protection"}},
	{.number = "P2", PAUSE("2016-09-09T03:30:00.000Z", "2016-09-09T05:00:00.000Z", "Mittagessen auf Einladung der japanischen Seite", "日本側主催昼食会", "Lunch hosted by the Japanese side")},
	{.number = "4", .start = "2016-09-09T05:00:00.000Z", .end = "2016-09-09T06:00:00.000Z", .lead = "DE", .text = {
		"Anwendbarkeit des Völkerrechts und Normen für verantwortungsbewusstes Staatenverhalten; Arbeit der Regierungsexpertengruppe der Vereinten Nationen",
		"国際法の適用及び国家の責任ある行動に関する規範、国連政府専門家会合における取組",
		"Application of international law and norms of responsible state behaviour; work of the United Nations Group of Governmental Experts"}},
	{.number = "5", .start = "2016-09-09T06:00:00.000Z", .end = "2016-09-09T06:40:00.000Z", .lead = "JP", .text = {
		"Vertrauensbildende Maßnahmen und Kapazitätsaufbau",
		"信頼醸成措置及び能力構築支援",
		"Confidence-building measures and capacity building"}},
	{.number = "P3", PAUSE("2016-09-09T06:40:00.000Z", "2016-09-09T07:00:00.000Z", "Pause", "休憩", "Break")},
	{.number = "6", .start = "2016-09-09T07:00:00.000Z", .end = "2016-09-09T07:40:00.000Z", .lead = "JP", .text = {
		"Bekämpfung der Cyberkriminalität",
		"サイバー犯罪対策",
		"Countering cybercrime"}},
	{.number = "7", .start = "2016-09-09T07:40:00.000Z", .end = "2016-09-09T08:30:00.000Z", .lead = "DE,JP", .text = {
		"Zusammenarbeit im Rahmen der G7, weiteres Vorgehen und Abschluss",
		"G7における協力、今後の進め方及び閉会",
		"Cooperation within the G7, next steps and closing"}},
};
const struct demo_document demo_agenda = {
	.kind = "agenda", .number = "DJ-2016-0002", .date = "2016-08-26T01:00:00.000Z", .authentic = "de,ja", .provisional = "en",
	.title = {
		"Tagesordnung der ersten deutsch-japanischen Cyber-Konsultationen",
		"第1回日独サイバー協議の議題",
		"Agenda of the first German–Japanese cyber consultations"},
	.unit = agenda_unit, .units = ARRAY_LEN(agenda_unit),
};

static const struct demo_unit statement_unit[] = {
	{.number = "1", .text = {
		"Deutschland und Japan haben am 9. September 2016 im japanischen Außenministerium in Tokyo ihre ersten Cyber-Konsultationen geführt. Die deutsche Delegation leitete Botschafter Thomas Fitschen, Beauftragter des Auswärtigen Amts für Vereinte Nationen, Cyber-Außenpolitik und Terrorismusbekämpfung, die japanische Delegation Botschafter MIZUSHIMA Koichi, im Außenministerium von Japan zuständig für Cyberpolitik.",
		"日独両政府は、2016年9月9日、東京の外務省において第1回日独サイバー協議を開催した。日本側は水嶋光一外務省総合外交政策局審議官兼サイバー政策担当大使、ドイツ側はトーマス・フィッチェン外務省国連・サイバー外交・テロ対策担当大使が、それぞれの代表団を率いた。",
		"Germany and Japan held their first cyber consultations at the Ministry of Foreign Affairs in Tokyo on 9 September 2016. The German delegation was headed by Ambassador Thomas Fitschen, Commissioner of the Federal Foreign Office for the United Nations, Cyber Foreign Policy and Counter-Terrorism, the Japanese delegation by MIZUSHIMA Koichi, Ambassador in charge of Cyber Policy at the Ministry of Foreign Affairs."}},
	{.number = "2", .text = {
		"Beide Delegationen waren ressortübergreifend zusammengesetzt. Für Deutschland waren neben dem Auswärtigen Amt das Bundesministerium des Innern, das Bundesministerium der Verteidigung, das Bundesamt für Sicherheit in der Informationstechnik und die Botschaft in Tokyo beteiligt, für Japan neben dem Außenministerium das Ministerium für Inneres und Kommunikation, das Verteidigungsministerium, die Nationale Polizeibehörde und weitere zuständige Stellen.",
		"両代表団は政府横断的に構成され、日本側からは外務省のほか、警察庁、総務省、防衛省その他の関係省庁が、ドイツ側からは連邦外務省のほか、連邦内務省、連邦国防省、連邦情報セキュリティ庁及び駐日ドイツ大使館が出席した。",
		"Both delegations represented their governments as a whole. Besides the Federal Foreign Office, the German side comprised the Federal Ministry of the Interior, the Federal Ministry of Defence, the Federal Office for Information Security and the Embassy in Tokyo; besides the Ministry of Foreign Affairs, the Japanese side comprised the Ministry of Internal Affairs and Communications, the Ministry of Defense, the National Police Agency and other agencies concerned."}},
	{.number = "3", .text = {
		"Beide Seiten stellten ihre Cybersicherheitsstrategien und die Aufgabenverteilung innerhalb ihrer Regierungen vor. Sie erörterten, wie kritische Infrastrukturen in enger Abstimmung mit den Betreibern wirksam geschützt werden können.",
		"双方は、それぞれのサイバーセキュリティ戦略及び政府内の役割分担について説明した。また、重要インフラ事業者との緊密な連携を通じた重要インフラ防護について意見交換を行った。",
		"Both sides presented their cyber security strategies and the division of responsibilities within their governments. They discussed how critical infrastructure can be protected effectively in close coordination with its operators."}},
	{.number = "4", .text = {
		"Beide Seiten bekräftigten, dass das geltende Völkerrecht auch auf das Verhalten von Staaten im Cyberraum anwendbar ist, und hoben die Bedeutung von Normen für verantwortungsbewusstes Staatenverhalten hervor. In der Regierungsexpertengruppe der Vereinten Nationen, der beide Länder angehören und in der Deutschland den Vorsitz führt, wollen sie sich weiterhin eng abstimmen.",
		"双方は、サイバー空間における国家の行動に既存の国際法が適用されることを確認し、国家の責任ある行動に関する規範の重要性を強調した。両国が参加し、ドイツが議長を務める国連政府専門家会合において、引き続き緊密に連携していくことで一致した。",
		"Both sides confirmed that existing international law applies to the conduct of States in cyberspace and underlined the importance of norms of responsible state behaviour. They intend to continue coordinating closely in the United Nations Group of Governmental Experts, of which both countries are members and which Germany chairs."}},
	{.number = "5", .text = {
		"Deutschland berichtete über die weiteren vertrauensbildenden Maßnahmen, auf die sich die Teilnehmerstaaten der OSZE im März 2016 unter deutschem Vorsitz verständigt haben. Japan, Kooperationspartner der OSZE, erläuterte seine Beiträge zur Vertrauensbildung in der eigenen Region. Beide Seiten sprachen darüber, wie sie Drittstaaten beim Kapazitätsaufbau unterstützen.",
		"ドイツ側は、2016年3月にドイツ議長国の下で欧州安全保障協力機構（OSCE）参加国が採択した追加的な信頼醸成措置について説明し、OSCEの「協力のためのパートナー国」である日本側は、地域における信頼醸成への取組を紹介した。双方は、第三国に対する能力構築支援についても意見交換を行った。",
		"Germany reported on the additional confidence-building measures adopted by the participating States of the OSCE in March 2016 under German chairmanship. Japan, an OSCE Partner for Co-operation, described its contributions to confidence building in its own region. Both sides discussed their support for capacity building in third countries."}},
	{.number = "6", .text = {
		"Weitere Themen waren aktuelle Rechtsfragen, die Zusammenarbeit bei der Bekämpfung der Cyberkriminalität und das gemeinsame Wirken im Rahmen der G7.",
		"このほか、双方は、最近の法的課題、サイバー犯罪対策における協力及びG7の枠組みにおける連携について協議した。",
		"Further topics were current legal questions, cooperation in countering cybercrime and joint efforts within the G7."}},
	{.number = "7", .text = {
		"Beide Seiten waren sich einig, das Gespräch in diesem Rahmen weiterzuführen.",
		"双方は、この枠組みの下での協議を続けていくことで一致した。",
		"Both sides shared the view that the exchange should be carried on in this framework."}},
};
const struct demo_document demo_statement = {
	.kind = "joint-statement", .number = "DJ-2016-0003", .date = "2016-09-09T08:30:00.000Z", .authentic = "de,ja", .provisional = "en",
	.title = {
		"Gemeinsame Erklärung zu den ersten deutsch-japanischen Cyber-Konsultationen",
		"第1回日独サイバー協議に関する共同声明",
		"Joint statement on the first German–Japanese cyber consultations"},
	.unit = statement_unit, .units = ARRAY_LEN(statement_unit),
};

const struct demo_text demo_proposed_text = {
	"Beide Seiten waren sich einig, die Konsultationen künftig jedes Jahr zu führen. Deutschland lud zur zweiten Runde im Jahr 2017 nach Berlin ein; die japanische Seite dankte für die Einladung.",
	"双方は、今後、本協議を毎年開催していくことで一致した。ドイツ側は、2017年にベルリンにおいて第2回協議を開催すべく日本側を招待し、日本側は謝意を表した。",
	"Both sides shared the view that the consultations should henceforth be held every year. Germany extended an invitation to Berlin for the second round in 2017, for which the Japanese side expressed its appreciation."};
const struct demo_text demo_proposal_reason = {
	"Ein fester Rhythmus und ein benannter nächster Gastgeber geben den beteiligten Ressorts beider Seiten Planungssicherheit.",
	"開催頻度及び次回の主催国を明記することで、双方の関係省庁が見通しをもって準備を進められるようにするため。",
	"A fixed rhythm and a named next host allow the agencies on both sides to plan ahead."};

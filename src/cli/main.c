/* verbale: the table of verbs. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"

/* Who acts, in all verbs that write acts of the consultation. */
#define AS_OPT \
	{"as", N_("NAME"), N_("who acts: a user of this node, within the own rights; what needs a second person waits. Without it: the operator of this machine")}
/* What all verbs have in common that write an object from a file. */
#define SAVE_OPTS \
	{"collection", N_("ID"), N_("the collection they go into")}, {"id", N_("ID"), N_("save: make a new version of this object; the file holds what changes")}, \
	{"seen", N_("TIME"), N_("the version this is about; another one being newest is a conflict")}, {"tlp", N_("LEVEL"), N_("marking: clear, green, amber, amber+strict, red; default: the collection's highest")}, \
	{"release-to", N_("CODE,CODE"), N_("keep it to these parties, agencies or persons")}, AS_OPT
#define SAVE_MORE N_("FILE holds the properties of the object as JSON (see schemas/), - for standard input; the rest is put by the node.")

static const struct verb verbs[] = {
	{"init", "DIR --party CODE --origin NAME", N_("make a node: keys, empty log, configuration"), cmd_init, 1, 1, {{0}}, true,
	    N_("The keys are made here and never leave the folder. Give DIR/self.peer to your peers by a channel you trust.")},
	{"serve", "DIR", N_("run the node: pages, log, peers"), cmd_serve, 1, 1, {{0}}, true, NULL},
	{"add", "DIR --collection ID [FILE|-]…", N_("check and record objects: one, a list, a bundle or an envelope"), cmd_add, 1, -1,
	    {{"collection", N_("ID"), N_("the collection they go into")}, {"all", NULL, N_("all or nothing: one refused object refuses all")}}, false, NULL},
	{"import", "DIR --collection ID [FILE|-]…", N_("take in bundles, envelopes, lists, JSON lines or MISP events of any size"), cmd_import, 1, -1,
	    {{"collection", N_("ID"), N_("the collection they go into")}, {"from-misp", NULL, N_("every object is a MISP event")},
	     {"refused", N_("FILE"), N_("write what was refused, and why, as JSON lines")}, {"progress", NULL, N_("say how far it is, also when no terminal listens")}}, false,
	    N_("Files may be packed with gzip or zstd. What is known already is counted, so an interrupted import is simply run again.")},
	{"export", "DIR --collection ID", N_("write out all this party may read of a collection, in order of arrival"), cmd_export, 1, 1,
	    {{"collection", N_("ID"), N_("the collection meant")}, {"since", N_("TIME"), N_("only what was added later than this, as 2016-09-12T08:00:00Z")},
	     {"as", "bundle|envelope|lines", N_("the form; default: bundle")}, {"pack", "gzip|zstd", N_("pack it")},
	     {"out", N_("FILE"), N_("where to write; default: standard output")}}, false, NULL},
	{"collection", "add|set|list DIR", N_("make a collection, change it, or list them"), cmd_collection, 2, 2,
	    {{"name", N_("TEXT"), N_("its name, in the language of this command")}, {"description", N_("TEXT"), N_("what it is for, in the language of this command")},
	     {"members", N_("CODE,CODE"), N_("member parties")}, {"ceiling", N_("LEVEL"), N_("highest marking: clear, green, amber, amber+strict, red")},
	     {"public", NULL, N_("what is marked TLP:CLEAR may be shown to anyone once published")}, {"private", NULL, N_("not public")},
	     {"alias", N_("WORD"), N_("its name in TAXII addresses")}, {"strictness", N_("LEVEL"), N_("how strictly STIX rules hold here: lenient, default, strict")},
	     {"stix", N_("2.0,2.1"), N_("versions of STIX it takes; default 2.1")}, {"id", N_("UUID"), N_("add: use this id; set: the collection meant")}}, false, NULL},
	{"user", "add|set|disable|list|totp|codes|devices|sessions|hand-over DIR [NAME [SUCCESSOR]]", N_("who may sign in at this node, and by what"), cmd_user, 2, 4,
	    {{"party", N_("CODE"), N_("the party they belong to; default: this node's")}, {"agency", N_("CODE"), N_("their agency")},
	     {"role", N_("ROLE"), N_("reader, contributor, desk-officer, releaser, administrator or auditor; default: reader")},
	     {"password-file", N_("FILE"), N_("password: the first line of this file, - for standard input; a terminal asks")},
	     {"cert", N_("FILE"), N_("client certificate they sign in with, PEM")}, {"no-password", NULL, N_("set: take the password away")},
	     {"no-cert", NULL, N_("set: take the certificate away")}, {"enable", NULL, N_("set: let them in again")},
	     {"label", N_("TEXT"), N_("totp: a name for the device")}, {"remove", N_("ID"), N_("devices: take this one away")},
	     {"end", N_("ID"), N_("sessions: end this one; all: every one")}}, false,
	    N_("Works beside a running node, which heeds every change with the next request.")},
	{"token", "add|list|revoke DIR [ID]", N_("API tokens: what programs sign in with"), cmd_token, 2, 3,
	    {{"user", N_("NAME"), N_("whose it is; without it a user of the label's name is made")}, {"label", N_("TEXT"), N_("what it is for")},
	     {"read", NULL, N_("may read; so it is when neither is said")}, {"write", NULL, N_("may write; alone: may not read")},
	     {"collection", N_("ID,ID"), N_("only these collections; default: all its user may use")}, {"from", N_("NET,NET"), N_("only from these addresses, as 192.0.2.0/24")},
	     {"expires", N_("TIME"), N_("until then: days from now, or 2027-01-31")}}, false,
	    N_("A token is shown once, when it is made. Send it as: Authorization: Bearer TOKEN. Works beside a running node.")},
	{"audit", "DIR", N_("who did what at this node: sign-ins, refusals, acts, administration"), cmd_audit, 1, 1,
	    {{"since", N_("TIME"), N_("from this day or time on, as 2016-09-09")}, {"until", N_("TIME"), N_("before this day or time")},
	     {"user", N_("NAME"), N_("only what this user did, or what was done to them")}, {"format", "tsv|jsonl", N_("the form; default: tsv")}}, false,
	    N_("Rows are numbered without gaps and never changed; option audit_keep_days says how long they stay.")},
	{"grant", "add|remove|list DIR", N_("keep a collection to some users, agencies or parties"), cmd_grant, 2, 2,
	    {{"collection", N_("ID"), N_("the collection meant")}, {"to", "user:NAME|agency:CODE|party:CODE", N_("whom")},
	     {"read", NULL, N_("may read; so it is when neither is said")}, {"write", NULL, N_("may write; alone: may not read")}}, false,
	    N_("Without grants all users of the own party may use a collection as their role says; with grants only those named. A grant never shows more than release does.")},
	{"series", "save DIR FILE | show DIR ID", N_("the consultations of two or more parties: write one, or say whether its next round is late"), cmd_consult, 3, 3, {SAVE_OPTS}, false, SAVE_MORE},
	{"round", "save|delegation DIR FILE | invite|offer|confirm|decline|cancel|settle|show DIR ID", N_("a round: write it or the own delegation, settle its date"), cmd_consult, 3, 3,
	    {SAVE_OPTS, {"date", "START[/END],...", N_("invite, offer, confirm: times as 2016-09-09T00:30:00.000Z")}, {"mode", "in-person|video|hybrid", N_("how it is held")},
	     {"venue", N_("TEXT"), N_("where, in the language of this command, or as JSON by language")}, {"text", N_("TEXT"), N_("words to it, in the language of this command, or as JSON by language")}},
	    false, SAVE_MORE},
	{"document", "save DIR FILE | propose DIR ID FILE | accept|decline|comment|freeze|silence|withdraw DIR ID", N_("a text: write a version, propose changes, answer, comment, freeze, agree by silence, withdraw"),
	    cmd_consult, 3, 4,
	    {SAVE_OPTS, {"text", N_("TEXT"), N_("words to it, in the language of this command, or as JSON by language")}, {"unit", N_("NUMBER"), N_("comment: the unit it is about")},
	     {"reply-to", N_("ID"), N_("comment: the comment it answers")}, {"at", N_("TIME"), N_("silence: the deadline, as 2016-09-12T08:00:00.000Z")}},
	    false, SAVE_MORE},
	{"commitment", "take DIR DOCUMENT | progress DIR ID open|started|done|dropped|carried | list DIR SERIES|ROUND", N_("promises: take one from an agreed text, say what became of it, list them"), cmd_consult, 3, 4,
	    {{"seen", N_("TIME"), N_("the version this is about; another one being newest is a conflict")}, {"unit", N_("NUMBER"), N_("take: the unit that promises it")},
	     {"title", N_("TEXT"), N_("take: what is promised")}, {"owners", N_("CODE,CODE"), N_("take: the parties that promised it")},
	     {"due", N_("DATE"), N_("until when: 2017, 2017-05, 2017-05-17 or a time; progress: the new date of what is carried on")},
	     {"next-round", NULL, N_("take: what is promised is the next round")}, {"text", N_("TEXT"), N_("words to it, in the language of this command, or as JSON by language")}, AS_OPT}, false, NULL},
	{"term", "save DIR FILE", N_("a word of the shared glossary"), cmd_consult, 3, 3, {SAVE_OPTS}, false, SAVE_MORE},
	{"assent", "DIR ID agree|object|withdraw", N_("give this party's word on the newest version of an object"), cmd_assent, 3, 3,
	    {AS_OPT, {"reason", N_("TEXT"), N_("why, in the party's own words")}, {"seen", N_("TIME"), N_("the version this is about; another one being newest is a conflict")}}, false, NULL},
	{"publish", "DIR ID", N_("release an agreed document"), cmd_publish, 2, 2,
	    {AS_OPT, {"at", N_("TIME"), N_("not before this time (embargo), as 2016-09-12T08:00:00.000Z")}, {"seen", N_("TIME"), N_("the version this is about; another one being newest is a conflict")}}, false, NULL},
	{"waiting", "list DIR | show|confirm|refuse DIR ID", N_("acts that wait for a second person: list them, read one, confirm or refuse it"), cmd_waiting, 2, 3,
	    {{"as", N_("NAME"), N_("whose rights count: a user of this node")}, {"all", NULL, N_("list: what was decided, too")}, {"reason", N_("TEXT"), N_("refuse: why")}}, false,
	    N_("Nobody confirms what he or she asked for. Whoever asked may take it back: refuse.")},
	{"home", "request DIR ROUND | contribute DIR REQUEST | merge DIR ROUND | save DIR ROUND KIND | edit DIR ID | list DIR [ROUND] | show DIR ID | print DIR ROUND", N_("national papers: ask agencies, contribute, merge, brief; they never leave this node"), cmd_home, 2, 4,
	    {{"as", N_("NAME"), N_("whose rights count: a user of this node")}, {"item", N_("NUMBER"), N_("the agenda item; without it the round as a whole")},
	     {"agency", N_("CODE,CODE"), N_("request: the agencies asked; save: whose paper it is; list: only its papers")}, {"until", N_("TIME"), N_("request: the deadline, as 2016-09-05 or 2016-09-05T10:00:00Z")},
	     {"title", N_("TEXT"), N_("its title")}, {"text", N_("TEXT"), N_("its text, - for standard input")}, {"points", N_("TEXT"), N_("briefing: speaking points, - for standard input")},
	     {"answers", N_("TEXT"), N_("briefing: questions and answers, - for standard input")}, {"state", "draft|sent|cleared|withdrawn", N_("where it stands; contribute: draft or sent")},
	     {"base", N_("NUMBER"), N_("the version this was made from; another one being newest is a conflict")}, {"version", N_("NUMBER"), N_("show: this version; default: the newest")},
	     {"open", NULL, N_("list: requests that were not answered, by deadline")}}, false,
	    N_("KIND: contribution, position, briefing, minutes or note. ID: 16 digits, as in lists.")},
	{"tick", "DIR", N_("do what is due by the clock: agree where a silence procedure has run out"), cmd_tick, 1, 1, {{0}}, false, NULL},
	{"pull", "DIR URL --collection ID", N_("follow a collection of a foreign TAXII 2.1 server into one of ours"), cmd_pull, 2, 2,
	    {{"collection", N_("ID"), N_("the collection they go into")}, {"from", N_("NAME"), N_("the foreign collection: id, alias or title; needed when there are several")},
	     {"token-file", N_("FILE"), N_("API token: the first line of this file, - for standard input")}, {"user", N_("NAME"), N_("user name for HTTP Basic")},
	     {"password-file", N_("FILE"), N_("password: the first line of this file, - for standard input")}, {"ca", N_("FILE"), N_("certificate authorities to trust instead of the system's")},
	     {"pin", "sha256//…", N_("trust exactly this TLS key")}, {"cert", N_("FILE"), N_("client certificate, PEM")}, {"key", N_("FILE"), N_("its key, PEM")},
	     {"every", N_("SECONDS"), N_("go on for ever, asking again after so many seconds")},
	     {"overlap", N_("SECONDS"), N_("ask again for what was dated so shortly before the end of the last pull; default 60")},
	     {"restart", NULL, N_("from the beginning, whatever was pulled before")}}, false,
	    N_("URL is the server's discovery address, an API root or a collection. An interrupted pull goes on where it was. Plain http only on this machine.")},
	{"show", "DIR ID", N_("show an object: where it stands, who wrote it, its content"), cmd_show, 2, 2,
	    {{"version", N_("TIME"), N_("the version with this modified time; default: the newest")}}, false, NULL},
	{"log", "DIR", N_("list what this node holds, in order of arrival"), cmd_log, 1, 1,
	    {{"after", N_("NUMBER"), N_("only what came after this frame")}, {"limit", N_("NUMBER"), N_("at most so many lines")}}, false, NULL},
	{"prove", "DIR ID", N_("write an object and its proof as files anyone can check"), cmd_prove, 2, 2,
	    {{"version", N_("TIME"), N_("the version with this modified time; default: the newest")}, {"out", N_("FOLDER"), N_("where to write; default: here")}}, false, NULL},
	{"verify", "FILES --key VKEY [--policy FILE]", N_("check proofs without any node or network"), cmd_verify, 1, -1,
	    {{"key", N_("VKEY"), N_("the log's public key")}, {"policy", N_("FILE"), N_("logs, witnesses and the quorum that must be met; without --key any of its logs will do")}}, false,
	    N_("Give X.json and X.tlog-proof, for as many X as you like. Exit status 0: all proven, 1: not.")},
	{"check", "DIR", N_("check the whole folder: every hash, tile, checkpoint, index against journal"), cmd_check, 1, 1, {{0}}, false, NULL},
	{"rebuild", "DIR", N_("make the index anew from the journal"), cmd_rebuild, 1, 1, {{0}}, false, NULL},
	{"peer", "add|list DIR [FILE|-]", N_("pin a peer's keys from its text, or list the pinned ones"), cmd_peer, 2, 3, {{0}}, false, NULL},
	{"sync", "DIR [PARTY]…", N_("follow peers to their newest checkpoint"), cmd_sync, 1, -1,
	    {{"again", NULL, N_("ask for all entries anew: what was released to this party since")}}, true, NULL},
	{"config", "DIR", N_("print every option, its value and where it came from"), cmd_config, 1, 1, {{0}}, true, NULL},
	{"demo", "[DIR]", N_("two nodes, Berlin and Tokyo, and the consultation of 9 September 2016"), cmd_demo, 0, 1,
	    {{"once", NULL, N_("end when the story is told instead of serving on")}, {"port", N_("NUMBER"), N_("first of four ports; default 8016")},
	     {"check", N_("PROGRAM"), N_("a program of others that checks the proof at the end")}}, false, NULL},
};

static const struct verb *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static void usage(const struct cli *cli, FILE *to)
{
	fprintf(to, "%s\n\n", _("verbale - the shared record of a consultation between parties"));
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		fprintf(to, "  verbale %-11s %s\n", verbs[i].name, _(verbs[i].summary));
	fprintf(to, "\n%s\n", _("verbale VERB --help says more. Exit status: 0 done, 1 refused or not proven, 2 wrong use, 3 environment."));
}

static void help(const struct cli *cli)
{
	const struct verb *v = cli->verb;

	printf("verbale %s %s\n%s\n", v->name, v->synopsis, _(v->summary));
	if (v->more != NULL)
		printf("\n%s\n", _(v->more));
	printf("\n");
	for (const struct cli_opt *o = v->opt; o < v->opt + CLI_OPTS_MAX && o->name != NULL; o++)
		printf("  --%s%s%s\n      %s\n", o->name, o->arg != NULL ? " " : "", o->arg != NULL ? _(o->arg) : "", _(o->doc));
	for (int k = 0; v->conf && k < CONF_COUNT_; k++) {
		printf("  --");
		for (const char *s = conf_name((enum conf_key)k); *s != '\0'; s++)
			putchar(*s == '_' ? '-' : *s);
		printf(" %s\n      %s\n", _(conf_arg((enum conf_key)k)), _(conf_doc((enum conf_key)k)));
	}
	printf("  --json\n      %s\n  --lang de|ja|en\n      %s\n", _("output for programs"), _("language of the output; default: from the environment"));
}

static enum lang env_lang(void)
{
	static const char *const names[] = {"VERBALE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = getenv(names[i]);

		if (v != NULL && v[0] != '\0')
			return lang_parse(v, strlen(v), LANG_EN);
	}
	return LANG_EN;
}

static int report(const struct cli *cli, int rc, const struct err *e)
{
	if (cli->json) {
		printf("{\"error\":\"%s\",\"detail\":", err_name(rc));
		cli_json_str(e->msg);
		printf("}\n");
	} else {
		fprintf(stderr, "verbale %s: %s: %s\n", cli->verb->name, _(err_headline(rc)), e->msg);
	}
	return err_exit(rc);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct err e = {0};
	int rc = cli_parse(cli, cli->verb, argc, argv, &e);

	if (rc == 0 && cli->help)
		help(cli);
	else if (rc == 0)
		rc = cli->verb->run(cli, &e);
	record_reader_free(cli->rd);
	record_close(cli->record);
	conf_free(&cli->conf);
	mem_free(cli->arg);
	if (rc == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		rc = fail(&e, E_IO, "standard output");
	return rc == 0 ? 0 : report(cli, rc, &e);
}

int main(int argc, char **argv)
{
	struct cli here = {.lang = env_lang(), .w = world_system()}, *cli = &here;

	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(cli, argc < 2 ? stderr : stdout);
		return argc < 2 ? 2 : 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("verbale %s\n", VERBALE_VERSION);
		return 0;
	}
	if ((cli->verb = find(argv[1])) == NULL) {
		fprintf(stderr, "verbale: ");
		fprintf(stderr, _("there is no verb \"%s\""), argv[1]);
		fprintf(stderr, "\n\n");
		usage(cli, stderr);
		return 2;
	}
	return run(cli, argc - 2, argv + 2);
}

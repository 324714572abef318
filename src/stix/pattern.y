/*
 * STIX patterns, STIX 2.1 §9, after the grammar published by the OASIS committee beside the standard. Canonical LR: at
 * an error nothing has been reduced on suspicion, so what is said to be expected is all that could have stood there.
 */
%code requires {
#include "stix/pattern.h"
}
%define api.pure full
%define api.prefix {stix_pattern_}
%define api.token.prefix {PATTERN_}
%define api.value.type {struct pattern_sym}
%define lr.type canonical-lr
%define parse.error custom
%parse-param {struct pattern *p} {void *scanner}
%lex-param {void *scanner}

%code {
#include <limits.h>

#include "base/mem.h"

/* The deepest a pattern can go: seven symbols for each open parenthesis, a score in the innermost. Never grows. */
#define YYINITDEPTH (7 * LIMIT_PATTERN_NESTED + 24)
#define YYMAXDEPTH YYINITDEPTH
#define YYMALLOC mem_alloc
#define YYFREE mem_free
#define MUST_BE(ok) do { if (!(ok)) YYABORT; } while (0)

int stix_pattern_lex(struct pattern_sym *sym, void *scanner);
static void stix_pattern_error(struct pattern *p, void *scanner, const char *why);
}

%token AND OR NOT FOLLOWEDBY IN LIKE MATCHES ISSUBSET ISSUPERSET EXISTS
%token START STOP WITHIN SECONDS REPEATS TIMES
%token NAME HYPHENATED EQ NE ORDER
%token INT NEGATIVE FLOAT NEGATIVE_FLOAT TEXT BINARY HEX TIME BOOL
%token OPEN "(" CLOSE ")" OPEN_SQUARE "[" CLOSE_SQUARE "]" COLON ":" DOT "." COMMA "," STAR "*"
%token RESERVED

%%
pattern: sequence ;

sequence: either | sequence FOLLOWEDBY either ;
either: both | either OR both ;
both: observation | both AND observation ;

observation:
  "[" any "]"            { $$ = $2; $$.qualified = 0; }
| "(" sequence ")"       { $$ = $2; $$.qualified = 0; }
| observation qualifier  { $$ = $1; MUST_BE(pattern_qualify(p, &$$, &$2)); }
;

qualifier:
  START TIME STOP TIME       { $$ = $1; $$.qualified = QUALIFIED_START; MUST_BE(pattern_span(p, &$2, &$4)); }
| WITHIN positive SECONDS    { $$ = $1; $$.qualified = QUALIFIED_WITHIN; }
| REPEATS INT TIMES          { $$ = $1; $$.qualified = QUALIFIED_REPEATS; MUST_BE(pattern_positive(p, &$2)); }
;
positive: INT  { MUST_BE(pattern_positive(p, &$1)); } | FLOAT  { MUST_BE(pattern_positive(p, &$1)); } ;

any: all | any OR all ;
all: test | all AND test ;

test:
  subject EQ value           { MUST_BE(pattern_equal(p, &$3)); }
| subject NE value           { MUST_BE(pattern_equal(p, &$3)); }
| subject ORDER ordered
| subject IN set
| subject LIKE TEXT
| subject MATCHES TEXT
| subject ISSUBSET TEXT      { MUST_BE(pattern_subnet(p, &$3)); }
| subject ISSUPERSET TEXT    { MUST_BE(pattern_subnet(p, &$3)); }
| EXISTS path
| NOT EXISTS path            { $$ = $1; }
| "(" any ")"
;
subject: path  { p->digits = $1.digits; } | path NOT  { p->digits = $1.digits; } ;

path:
  type ":" NAME              { $$ = $3; MUST_BE(pattern_property(p, &$$)); }
| type ":" TEXT              { $$ = $3; MUST_BE(pattern_property(p, &$$)); }
| path "." NAME              { $$ = $1; pattern_step(p, &$$, &$3); }
| path "." TEXT              { $$ = $1; pattern_step(p, &$$, &$3); }
| path "[" INT "]"           { $$ = $1; $$.hashes = false; $$.digits = 0; }
| path "[" "*" "]"           { $$ = $1; $$.hashes = false; $$.digits = 0; }
;
type: NAME  { MUST_BE(pattern_type(p, &$1)); } | HYPHENATED  { MUST_BE(pattern_type(p, &$1)); } ;

set: "(" ")" | "(" members ")"  { $$ = $2; } ;
members: value  { MUST_BE(pattern_equal(p, &$1)); } | members "," value  { $$ = $1; MUST_BE(pattern_member(p, &$$, &$3)); } ;
value: ordered | BOOL ;
ordered: INT | NEGATIVE | FLOAT | NEGATIVE_FLOAT | TEXT | BINARY | HEX | TIME ;
%%

/* Expected symbols in an analyst's words. Of a group its own word is said where at least `least` of it could stand. */
enum group { ALONE, NUMBER, QUOTED, OPERATOR, TYPE, GROUPS_ };
static const struct { unsigned least; const char *words; } groups[GROUPS_] = {
	[ALONE] = {UINT_MAX, NULL},
	[NUMBER] = {3, "a number"},
	[QUOTED] = {3, "a text in apostrophes"},
	[OPERATOR] = {3, "a comparison operator (=, !=, <, <=, >, >=, IN, LIKE, MATCHES, ISSUBSET, ISSUPERSET)"},
	[TYPE] = {2, "an object type like ipv4-addr"},
};
static const struct { const char *words; enum group group; } symbols[YYNTOKENS] = {
	[YYSYMBOL_YYEOF] = {"nothing more", ALONE},
	[YYSYMBOL_AND] = {"AND", ALONE}, [YYSYMBOL_OR] = {"OR", ALONE}, [YYSYMBOL_FOLLOWEDBY] = {"FOLLOWEDBY", ALONE},
	[YYSYMBOL_NOT] = {"NOT", ALONE}, [YYSYMBOL_EXISTS] = {"EXISTS", ALONE},
	[YYSYMBOL_EQ] = {"=", OPERATOR}, [YYSYMBOL_NE] = {"!=", OPERATOR}, [YYSYMBOL_ORDER] = {"<", OPERATOR}, [YYSYMBOL_IN] = {"IN", OPERATOR},
	[YYSYMBOL_LIKE] = {"LIKE", OPERATOR}, [YYSYMBOL_MATCHES] = {"MATCHES", OPERATOR},
	[YYSYMBOL_ISSUBSET] = {"ISSUBSET", OPERATOR}, [YYSYMBOL_ISSUPERSET] = {"ISSUPERSET", OPERATOR},
	[YYSYMBOL_START] = {"START", ALONE}, [YYSYMBOL_STOP] = {"STOP", ALONE}, [YYSYMBOL_WITHIN] = {"WITHIN", ALONE},
	[YYSYMBOL_SECONDS] = {"SECONDS", ALONE}, [YYSYMBOL_REPEATS] = {"REPEATS", ALONE}, [YYSYMBOL_TIMES] = {"TIMES", ALONE},
	[YYSYMBOL_NAME] = {"a property name", TYPE}, [YYSYMBOL_HYPHENATED] = {"an object type", TYPE},
	[YYSYMBOL_INT] = {"a whole number", NUMBER}, [YYSYMBOL_FLOAT] = {"a decimal number", NUMBER},
	[YYSYMBOL_NEGATIVE] = {"a negative number", NUMBER}, [YYSYMBOL_NEGATIVE_FLOAT] = {"a negative number", NUMBER},
	[YYSYMBOL_TEXT] = {"a text in apostrophes", QUOTED}, [YYSYMBOL_BINARY] = {"a constant b'…'", QUOTED},
	[YYSYMBOL_HEX] = {"a constant h'…'", QUOTED}, [YYSYMBOL_TIME] = {"a time t'…Z'", QUOTED},
	[YYSYMBOL_BOOL] = {"true/false", ALONE},
	[YYSYMBOL_OPEN] = {"\"(\"", ALONE}, [YYSYMBOL_CLOSE] = {"\")\"", ALONE}, [YYSYMBOL_OPEN_SQUARE] = {"\"[\"", ALONE}, [YYSYMBOL_CLOSE_SQUARE] = {"\"]\"", ALONE},
	[YYSYMBOL_COLON] = {"\":\"", ALONE}, [YYSYMBOL_DOT] = {"\".\"", ALONE}, [YYSYMBOL_COMMA] = {"\",\"", ALONE}, [YYSYMBOL_STAR] = {"\"*\"", ALONE},
};

static size_t put(char *out, size_t at, size_t max, const char *s)
{
	while (*s != '\0' && at + 1 < max)
		out[at++] = *s++;
	out[at] = '\0';
	return at;
}

/* "A", "A or B", "A, B or C". */
static void say_expected(const yypcontext_t *context, char *out, size_t max)
{
	yysymbol_kind_t expected[YYNTOKENS];
	const char *word[YYNTOKENS];
	unsigned members[GROUPS_] = {0};
	const int n = yypcontext_expected_tokens(context, expected, YYNTOKENS);
	size_t at = 0;
	int k = 0;

	for (int i = 0; i < n; i++)
		members[symbols[expected[i]].group]++;
	for (int i = 0; i < n; i++) {
		const enum group g = symbols[expected[i]].group;

		if (members[g] < groups[g].least)
			word[k++] = symbols[expected[i]].words;
		else if (k == 0 || word[k - 1] != groups[g].words)
			word[k++] = groups[g].words;
	}
	for (int i = 0; i < k; i++) {
		at = put(out, at, max, i == 0 ? "" : i + 1 < k ? ", " : " or ");
		at = put(out, at, max, word[i]);
	}
}

static int yyreport_syntax_error(const yypcontext_t *context, struct pattern *p, void *scanner)
{
	char expected[400] = "";

	(void)scanner;
	say_expected(context, expected, sizeof(expected));
	pattern_unexpected(p, &p->last, expected);
	return 0;
}

/* Only a stack that is too small comes here: syntax errors have a report of their own. */
static void stix_pattern_error(struct pattern *p, void *scanner, const char *why)
{
	(void)scanner;
	(void)pattern_fail(p, p->last.at, "%s", why);
}

/*
 * The template compiler: what it makes of a good template, and that each construct in which escaping could be
 * forgotten stops the build with file and line. argv: the compiler, a folder to write into.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../check.h"
#include "base/attr.h"
#include "t_good.h"

static const char *compiler, *folder;

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Runs the compiler on one file; exit status, and what it said. */
static int run(const char *text, char *said, size_t size)
{
	char in[512], out_c[512], out_h[512];
	int fd[2], status;
	ssize_t n = 0, k;
	pid_t pid;

	(void)snprintf(in, sizeof in, "%s/try.html", folder);
	(void)snprintf(out_c, sizeof out_c, "%s/try.c", folder);
	(void)snprintf(out_h, sizeof out_h, "%s/try.h", folder);
	write_file(in, text);
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fd[1], 2);
		close(fd[0]);
		execl(compiler, compiler, out_c, out_h, in, (char *)NULL);
		_exit(127);
	}
	close(fd[1]);
	while ((k = read(fd[0], said + n, size - 1 - (size_t)n)) > 0)
		n += k;
	said[n] = '\0';
	close(fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void good_template(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct out o = {&b, LANG_DE};

	(void)state;
	t_good(&o, "<\"'&>", (struct url){"/a?b=1&c=2"}, 2);
	assert_string_equal(b.p,
	    "<!DOCTYPE html>\n<!-- fixed comment -->\n"
	    "<p class=\"many\" title=\"&lt;&#34;&#39;&amp;&gt;\">&lt;&#34;&#39;&amp;&gt;</p>\n<ul>\n"
	    "<li><a href=\"/a?b=1&amp;c=2\">0</a>Nicht gefunden</li>\n<li><a href=\"/a?b=1&amp;c=2\">1</a>Nicht gefunden</li>\n</ul>\n"
	    "<p>&lt;&#34;&#39;&amp;&gt; 2 Runden 2. Runde</p>\n<pre>\n  kept\n</pre>\n<b>&lt;&#34;&#39;&amp;&gt;</b>");
}

static void branches(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct out o = {&b, LANG_EN};

	(void)state;
	t_good(&o, "x", (struct url){"/"}, 1);
	assert_non_null(strstr(b.p, "<p class='one' title=\"x\">"));
	buf_clear(&b);
	t_good(&o, "x", (struct url){"/"}, 0);
	assert_non_null(strstr(b.p, "<p hidden title=\"x\">"));
}

/* Body of a template in line 2, and a part of the refusal. */
static const struct { const char *body, *says; } refused[] = {
	{"<script>{{s}}</script>", "<script>"},
	{"<style>p{color:{{s}}}</style>", "<style>"},
	{"<p onclick=\"{{s}}\">x</p>", "onclick"},
	{"<p OnClick='{{s}}'>x</p>", "onclick"},
	{"<p style=\"{{s}}\">x</p>", "style"},
	{"<iframe srcdoc=\"{{s}}\"></iframe>", "iframe"},
	{"<p title={{s}}>x</p>", "quoted"},
	{"<p title=x{{s}}>x</p>", "quoted"},
	{"<p {{s}}>x</p>", "inside a tag"},
	{"<p{{s}}>x</p>", "inside a tag"},
	{"<{{s}}>x</p>", "inside a tag"},
	{"</{{s}}>", "inside a tag"},
	{"<!-- {{s}} -->", "comment"},
	{"<a href=\"/x{{s}}\">x</a>", "one whole value"},
	{"<a href=\"{{s}}x\">x</a>", "one whole value"},
	{"<a href=\"{{s}}{{s}}\">x</a>", "one whole value"},
	{"<a href=\"{{_ \"x\"}}\">x</a>", "cannot be an address"},
	{"<a href=\"javascript:x\">x</a>", "starts with"},
	{"<a href=\"https://other.example/\">x</a>", "starts with"},
	{"<p title=\"x\"class=\"y\">x</p>", "not expected"},
	{"<p{{if s}} hidden{{end}}den>x</p>", "not expected"},
	{"<a href=\"{{if s}}{{s}}{{end}}\">x</a>", "one whole value"},
	{"{{if s}}<p>{{else}}<p title=\"{{end}}", "different places"},
	{"{{if s}}<p title=\"{{end}}x\">", "must end where it began"},
	{"{{for ;;}}<p title=\"{{end}}", "does not end where it began"},
	{"<p title=\"", "does not end where it began"},
	{"{{if s}}x", "no {{end}}"},
	{"{{else}}", "without {{if}}"},
	{"{{_ s}}", "string literal"},
	{"{{s", "not closed"},
	{"{{}}", "empty"},
	{"a < b", "&lt;"},
};

static void refusals(void **state)
{
	char text[1024], said[2048];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		(void)snprintf(text, sizeof text, "{{define t(const char *s)}}\n%s\n{{end}}\n", refused[i].body);
		if (run(text, said, sizeof said) != 1 || strstr(said, refused[i].says) == NULL || strstr(said, "try.html:") == NULL)
			fail_msg("%s: %s", refused[i].body, said);
	}
	assert_int_equal(run("text outside\n", said, sizeof said), 1);
	assert_non_null(strstr(said, "try.html:1:"));
	assert_int_equal(run("{{define t(void)}}\n\n<p>\n{{s}}\n<p {{s}}>{{end}}\n", said, sizeof said), 1);
	assert_non_null(strstr(said, "try.html:5:"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good_template), cmocka_unit_test(branches), cmocka_unit_test(refusals)};

	if (argc != 3)
		return 2;
	compiler = argv[1];
	folder = argv[2];
	return cmocka_run_group_tests_name("web: template compiler", tests, NULL, NULL);
}

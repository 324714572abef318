/* The event log: whatever a value holds, one event is one line that says what it says. */
#include "../check.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#define HEAD "time=2016-09-09T00:30:00.123Z level=info event=start"

static int64_t fixed(void *ctx)
{
	(void)ctx;
	return 1473381000 * NS_PER_S + 123456789;
}

static const struct clock clock_fixed = {.now = fixed};

static char text[400000]; /* what the log wrote */

/* Everything in the memory file, as text; the file is closed. */
static size_t take(int fd)
{
	const ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	assert_int_equal(close(fd), 0);
	return (size_t)n;
}

static void one_value(const char *key, const char *value)
{
	const int fd = memfd_create("log", MFD_CLOEXEC);
	struct log *l = log_new(fd, clock_fixed);

	log_event(l, EV_start, key, value, NULL);
	log_free(l);
	(void)take(fd);
}

static const struct { const char *value, *want; } values[] = {
	{"8080", " k=8080\n"}, {"", " k=\"\"\n"}, {"Berlin node", " k=\"Berlin node\"\n"}, {"/tmp/x", " k=/tmp/x\n"},
	{"say \"hi\"", " k=\"say \\\"hi\\\"\"\n"}, {"a\\b", " k=\"a\\\\b\"\n"}, {"a=b", " k=\"a=b\"\n"}, {"\\x0a", " k=\"\\\\x0a\"\n"},
	{"x\nevent=stop", " k=\"x\\x0aevent=stop\"\n"}, {"\r\n", " k=\"\\x0d\\x0a\"\n"}, {"\t\x1b[2J\x7f\x01", " k=\"\\x09\\x1b[2J\\x7f\\x01\"\n"},
	{"日本 é", " k=\"日本 é\"\n"}, {"日本", " k=\"日本\"\n"}, {"😀", " k=\"😀\"\n"},
	{"\xc2\x85\xc2\x9b", " k=\"\\xc2\\x85\\xc2\\x9b\"\n"},                 /* C1: next line, CSI */
	{"\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6", " k=\"\\xe2\\x80\\xa8\\xe2\\x80\\xae\\xe2\\x81\\xa6\"\n"}, /* line separator, overrides */
	{"\xe2\x80\xa7\xe2\x80\xaf", " k=\"\xe2\x80\xa7\xe2\x80\xaf\"\n"},     /* their harmless neighbours */
	{"\xff\xe6\x97z\xc0\xaf", " k=\"\\xff\\xe6\\x97z\\xc0\\xaf\"\n"},      /* not UTF-8 */
};

static void values_are_quoted(void **state)
{
	char want[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		(void)snprintf(want, sizeof(want), HEAD "%s", values[i].want);
		one_value("k", values[i].value);
		assert_string_equal(text, want);
	}
	one_value("k", NULL);
	assert_string_equal(text, HEAD "\n");
}

static void keys_are_harmless(void **state)
{
	(void)state;
	one_value("a b=\"\nx-1.y_Z", "v");
	assert_string_equal(text, HEAD " a_b___x-1.y__=v\n");
}

/* Every byte value, in every place of a value: still one line, valid UTF-8, no control byte. */
static void no_byte_breaks_a_line(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char v[4] = {'a', (char)c, 'b', '\0'};

		one_value("k", v);
		for (size_t i = 0; i + 1 < strlen(text); i++)
			if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
				fail_msg("byte %d went through as %d", c, text[i]);
		assert_int_equal(text[strlen(text) - 1], '\n');
		assert_int_equal(utf8_check(text, strlen(text)), strlen(text));
	}
}

static void several_pairs_and_null(void **state)
{
	const int fd = memfd_create("log", MFD_CLOEXEC);
	struct log *l = log_new(fd, clock_fixed);

	(void)state;
	log_event(l, EV_commit_failed, "a", "1", "gone", NULL, "b", "2", NULL);
	log_event(l, EV_http_access, NULL);
	log_event(NULL, EV_start, "a", "1", NULL);
	log_free(l);
	(void)take(fd);
	assert_string_equal(text, "time=2016-09-09T00:30:00.123Z level=error event=commit_failed a=1 b=2\n"
	    "time=2016-09-09T00:30:00.123Z level=access event=http_access\n");
	assert_string_equal(log_event_name(EV_peer_rewrote), "peer_rewrote");
	assert_string_equal(log_event_name(EV_COUNT_), "?");
}

/* A value too long is cut and said so; a line too full leaves out whole pairs and says so. */
static void long_values_and_lines(void **state)
{
	static char v[3 * LIMIT_LOG_LINE];
	const int fd = memfd_create("log", MFD_CLOEXEC);
	struct log *l = log_new(fd, clock_fixed);

	(void)state;
	memset(v, 'v', LIMIT_LOG_VALUE);
	one_value("k", v);
	assert_int_equal(strlen(text), strlen(HEAD " k=\n") + LIMIT_LOG_VALUE);
	memset(v, 'v', sizeof(v) - 1);
	one_value("k", v);
	assert_int_equal(strlen(text), strlen(HEAD " k= cut=1\n") + LIMIT_LOG_VALUE);
	memset(v, '\n', LIMIT_LOG_VALUE);
	v[LIMIT_LOG_VALUE] = '\0';
	one_value("k", v); /* escaped four times as long: no room, left out whole */
	assert_string_equal(text, HEAD " cut=1\n");
	v[900] = '\0';
	log_event(l, EV_start, "a", v, "b", v, NULL);
	log_free(l);
	assert_true(take(fd) <= LIMIT_LOG_LINE);
	assert_int_equal(strlen(text), strlen(HEAD " a=\"\" cut=1\n") + 3600);
}

/* Whatever the lengths, no line is longer than the limit and each ends once. */
static void every_length_around_the_limit(void **state)
{
	static char a[LIMIT_LOG_VALUE + 1], b[LIMIT_LOG_VALUE + 1];

	(void)state;
	memset(a, '\1', LIMIT_LOG_VALUE);
	memset(b, 'b', LIMIT_LOG_VALUE);
	a[760] = '\0'; /* 3,040 escaped */
	for (size_t n = 900; n < LIMIT_LOG_VALUE; n++) {
		const int fd = memfd_create("log", MFD_CLOEXEC);
		struct log *l = log_new(fd, clock_fixed);
		size_t len;

		b[n] = '\0';
		log_event(l, EV_start, "a", a, "b", b, "c", "1", NULL);
		log_free(l);
		b[n] = 'b';
		len = take(fd);
		assert_true(len <= LIMIT_LOG_LINE);
		assert_ptr_equal(strchr(text, '\n'), text + len - 1);
		assert_true(strstr(text, " c=1\n") != NULL || strstr(text, " cut=1\n") != NULL);
	}
}

static void *chatter(void *arg)
{
	struct log *l = arg;

	for (int i = 0; i < 500; i++)
		log_event(l, EV_commit, "who", "thread", "text", "with \"quotes\" and \n breaks", NULL);
	return NULL;
}

/* Several writers, a pipe that is nearly always full: every line arrives whole. */
static void threads_do_not_mix_lines(void **state)
{
	static const char want[] = "time=2016-09-09T00:30:00.123Z level=info event=commit who=thread text=\"with \\\"quotes\\\" and \\x0a breaks\"\n";
	pthread_t t[4];
	struct log *l = NULL;
	int fd[2];
	size_t n = 0;

	(void)state;
	assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
	assert_true(fcntl(fd[1], F_SETPIPE_SZ, 4096) >= 4096);
	l = log_new(fd[1], clock_fixed);
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, chatter, l), 0);
	while (n < 2000 * (sizeof(want) - 1)) {
		const ssize_t r = read(fd[0], text + n, sizeof(text) - n);

		assert_true(r > 0);
		n += (size_t)r;
	}
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	log_free(l);
	for (size_t i = 0; i < 2000; i++)
		assert_memory_equal(text + i * (sizeof(want) - 1), want, sizeof(want) - 1);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

/* A disk that is full in the middle of a line: the line is lost, the next one starts a line of its own. */
static void torn_line_is_ended(void **state)
{
	static const char line[] = HEAD " k=12345678\n";
	const int fd = memfd_create("log", MFD_CLOEXEC);
	struct log *l = log_new(fd, clock_fixed);
	struct rlimit old, small = {.rlim_cur = sizeof(line) - 1 + 20, .rlim_max = RLIM_INFINITY};

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 3; i++)
		log_event(l, EV_start, "k", "12345678", NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	log_event(l, EV_start, "k", "12345678", NULL);
	log_free(l);
	assert_int_equal(take(fd), 2 * (sizeof(line) - 1) + 20 + 1);
	assert_memory_equal(text, line, sizeof(line) - 1);
	assert_memory_equal(text + sizeof(line) - 1, line, 20);
	assert_int_equal(text[sizeof(line) - 1 + 20], '\n');
	assert_string_equal(text + sizeof(line) + 20, line);
}

static void no_memory_and_no_reader(void **state)
{
	struct log *l = log_new(-1, clock_fixed);

	(void)state;
	log_event(l, EV_start, NULL); /* a closed sink loses the line, nothing else */
	log_free(l);
	log_free(NULL);
	mem_fail_after(1);
	l = log_new(1, clock_fixed);
	mem_fail_after(0);
	assert_null(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_quoted),
		cmocka_unit_test(keys_are_harmless),
		cmocka_unit_test(no_byte_breaks_a_line),
		cmocka_unit_test(several_pairs_and_null),
		cmocka_unit_test(long_values_and_lines),
		cmocka_unit_test(every_length_around_the_limit),
		cmocka_unit_test(threads_do_not_mix_lines),
		cmocka_unit_test(torn_line_is_ended),
		cmocka_unit_test(no_memory_and_no_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The gate: a second process of the same machine adds through the one that holds the folder. */
#include "../check.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "support.h"

static void beside(struct lab *l, const struct node *holder, struct node *ret)
{
	struct err e = {0};

	*ret = (struct node){.dir = holder->dir};
	assert_int_equal(record_open_add(&l->w, holder->dir, &ret->r, &e), 0);
	assert_int_equal(record_reader_new(ret->r, &ret->rd, &e), 0);
}

static void beside_close(struct node *n)
{
	record_reader_free(n->rd);
	record_close(n->r);
}

static void what_is_added_beside_is_recorded(void **state)
{
	char *json = indicator_json(1, NULL, "one");
	struct lab l;
	struct node n, other;
	struct err e = {0};
	struct entry en;
	struct stat st;
	char *path;

	(void)state;
	lab_open(&l, 1);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	assert_int_equal(record_open_add(&l.w, n.dir, &other.r, &e), E_BUSY); /* no gate: as before */
	assert_int_equal(record_gate_open(n.r, &e), 0);
	path = mem_printf("%s/gate", n.dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	beside(&l, &n, &other);
	const struct add_result res = add_one(&other, json);

	assert_int_equal(res.what, ADDED_NEW);
	assert_int_equal(add_one(&other, json).what, ADDED_DUPLICATE);
	assert_int_equal(add_one(&other, "{\"type\":\"indicator\"}").what, ADDED_REFUSED);
	for (int wanted = 0; wanted < 2; wanted++) { /* warnings come through it too */
		struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE, .warnings = wanted == 1};
		char *odd = indicator_json(2 + (unsigned)wanted, NULL, "one\",\"x_ID\":\"1");
		struct add_result warned;

		collection_uuid(opt.collection);
		assert_int_equal(record_add(other.r, &opt, &(struct add_item){odd, strlen(odd)}, 1, &warned, &e), 0);
		assert_int_equal(warned.what, ADDED_NEW);
		assert_true((strstr(warned.said, "$.x_ID: rule custom-name: ") != NULL) == (wanted == 1));
		assert_true(wanted == 1 || warned.said[0] == '\0');
		mem_free(odd);
	}
	assert_int_equal(record_newest(other.rd, res.id, NULL, &en, &e), 0);
	assert_int_equal(en.row.frame, res.frame);
	entry_free(&en);
	assert_int_equal(record_newest(n.rd, res.id, NULL, &en, &e), 0);
	entry_free(&en);
	beside_close(&other);
	record_gate_close(n.r);
	assert_int_not_equal(stat(path, &st), 0);
	mem_free(path);
	mem_free(json);
	node_close(&n);
	node_free(&n);
	lab_close(&l);
}

static void refusals_keep_their_words(void **state)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .all_or_nothing = true, .role = ROLE_NODE};
	const struct add_item item = {"{\"type\":\"indicator\",\"id\":\"x\"}", 30};
	struct add_result res;
	struct lab l;
	struct node n, other;
	struct err here = {0}, there = {0};

	(void)state;
	lab_open(&l, 2);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	collection_uuid(opt.collection);
	assert_int_equal(record_gate_open(n.r, &here), 0);
	beside(&l, &n, &other);
	const int a = record_add(n.r, &opt, &item, 1, &res, &here), b = record_add(other.r, &opt, &item, 1, &res, &there);

	assert_int_equal(a, E_FORMAT);
	assert_int_equal(b, a);
	assert_string_equal(there.msg, here.msg);
	assert_string_equal(res.err.msg, here.msg);
	beside_close(&other);
	node_close(&n);
	node_free(&n);
	lab_close(&l);
}

/* Bytes that are no request get a refusal or nothing, and the gate goes on. */
static void garbage_does_no_harm(void **state)
{
	static const char *const bad[] = {"", "x", "VBGATE3\n", "VBGATE3\n\xff\xff\xff\xff", "VBGATE3\n\0\0\0\x1azzzzzzzzzzzzzzzzzzzzzzzzzz"};
	static const size_t len[] = {0, 1, 8, 12, 8 + 4 + 26};
	char *json = indicator_json(1, NULL, "one");
	struct lab l;
	struct node n, other;
	struct err e = {0};

	(void)state;
	lab_open(&l, 3);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	assert_int_equal(record_gate_open(n.r, &e), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct sockaddr_un a = {.sun_family = AF_UNIX};
		const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		char answer[4096];

		(void)snprintf(a.sun_path, sizeof(a.sun_path), "%.90s/gate", n.dir);
		assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
		assert_int_equal(send(fd, bad[i], len[i], MSG_NOSIGNAL), len[i]);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		while (recv(fd, answer, sizeof(answer), 0) > 0)
			;
		close(fd);
	}
	beside(&l, &n, &other);
	assert_int_equal(add_one(&other, json).what, ADDED_NEW);
	beside_close(&other);
	mem_free(json);
	node_close(&n);
	node_free(&n);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_beside_is_recorded),
		cmocka_unit_test(refusals_keep_their_words),
		cmocka_unit_test(garbage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

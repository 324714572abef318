/* tests/unit/store/state_support.h - a local state in a folder of its own, for the tests of this folder. */
#pragma once
#include "../check.h"

#include "store/state_priv.h"

#define OK(call) do { \
	if ((call) != 0) \
		fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, e.msg); \
} while (0)
#define TEST(f) cmocka_unit_test_setup_teardown(f, state_setup, state_teardown)

extern struct state_ground { char dir[64], path[128]; struct state *s; } g;
extern struct err e;

int state_setup(void **state);
int state_teardown(void **state);
void open_it(void);
struct state_user user(const char *name);
struct state_token token(unsigned n);
uint64_t generation(struct state *s);

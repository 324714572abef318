/*
 * tests/unit/check.h - cmocka with the headers it wants before it. Its macro fail() would
 * hide base/err.h's function of that name, so it goes, and fail_msg() does without it.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#undef fail
#undef fail_msg
#define fail_msg(...) do { print_error(__VA_ARGS__); print_error("\n"); _fail(__FILE__, __LINE__); } while (0)

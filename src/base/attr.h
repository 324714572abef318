/* base/attr.h - compiler attributes and small macros used everywhere. */
#pragma once
#include <stddef.h>

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))
/* A large variable written before it is read: not even the compiler's hardening clears it first. On hot paths only. */
#if defined(__has_attribute) && __has_attribute(uninitialized)
#define UNINIT __attribute__((uninitialized))
#else
#define UNINIT
#endif
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Ignore a result on purpose; `why` is for the reader. */
#define IGNORE(expr, why) do { if (expr) { /* ignored: */ } (void)(why); } while (0)

/* Hand a pointer over: the variable becomes NULL, so its CLEANUP does nothing. */
#define TAKE(p) __extension__({ __typeof__(p) take_ = (p); (p) = NULL; take_; })

/*
 * CLEANUP(fn) releases a variable at the end of its scope. Declare one
 * DEFINE_CLEANUP(type, fn) per type, initialise at declaration, never jump past it.
 */
#define DEFINE_CLEANUP(type, fn) \
	static inline void cleanup_##fn(type **p) { fn(*p); }
#define CLEANUP(fn) __attribute__((cleanup(cleanup_##fn)))

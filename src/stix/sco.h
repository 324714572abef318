/* stix/sco.h - rows of cyber-observables in few words; for sco.c and sco_ext.c only. */
#pragma once
#include "stix/priv.h"

#define NAME(s) .name = s, .name_n = sizeof(s) - 1
#define END {.name = NULL}
#define ELEMENT static const struct stix_prop

#define STRING(n) {NAME(n), .type = P_STRING}
#define BOOL(n) {NAME(n), .type = P_BOOL}
#define TIME(n) {NAME(n), .type = P_TIME}
#define HEX(n) {NAME(n), .type = P_HEX}
#define HASHES(n) {NAME(n), .type = P_HASHES}
#define COUNT(n) {NAME(n), .type = P_INT}      /* not negative */
#define SIGNED(n) {NAME(n), .type = P_SIGNED}  /* the standard names no bound */
#define ENUM(n, list) {NAME(n), .type = P_ENUM, .words = list}
#define VOCAB(n, list) {NAME(n), .type = P_VOCAB, .words = list}
#define LIST(n, element) {NAME(n), .type = P_LIST, .sub = &element}

/* TO(x, "type", …): what a reference may name; REF and REFS then say `x`. */
#define TO(x, ...) \
	static const char *const to_##x[] = {__VA_ARGS__, NULL}; \
	static const struct stix_prop ref_##x __attribute__((unused)) = {NAME(""), .type = P_ID, .words = to_##x}
#define REF(n, x) {NAME(n), .type = P_ID, .words = to_##x}
#define REFS(n, x) {NAME(n), .type = P_LIST, .sub = &ref_##x}

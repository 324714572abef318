/* stix/rows.h - rows of tables in few words; what they share. For the tables of this folder only. */
#pragma once
#include "stix/priv.h"

#define NAME(s) .name = s, .name_n = sizeof(s) - 1
#define END {.name = NULL}
#define ELEMENT static const struct stix_prop

#define STRING(n) {NAME(n), .type = P_STRING}
#define MUST_STRING(n) {NAME(n), .type = P_STRING, .required = true}
#define TIME(n) {NAME(n), .type = P_TIME}
#define MUST_TIME(n) {NAME(n), .type = P_TIME, .required = true}
#define BOOL(n) {NAME(n), .type = P_BOOL}
#define HEX(n) {NAME(n), .type = P_HEX}
#define HASHES(n) {NAME(n), .type = P_HASHES}
#define COUNT(n) {NAME(n), .type = P_INT}      /* not negative */
#define SIGNED(n) {NAME(n), .type = P_SIGNED}  /* the standard names no bound */
#define ENUM(n, list) {NAME(n), .type = P_ENUM, .words = list}
#define VOCAB(n, list) {NAME(n), .type = P_VOCAB, .words = list}
#define LIST(n, element) {NAME(n), .type = P_LIST, .sub = &element}
#define MUST_LIST(n, element) {NAME(n), .type = P_LIST, .required = true, .sub = &element}
/* TO(x, "type", …): what a reference may name; REF and REFS then say `x`. */
#define TO(x, ...) \
	static const char *const to_##x[] = {__VA_ARGS__, NULL}; \
	ELEMENT ref_##x __attribute__((unused)) = {NAME(""), .type = P_ID, .words = to_##x}
#define REF(n, x) {NAME(n), .type = P_ID, .words = to_##x}
#define REFS(n, x) {NAME(n), .type = P_LIST, .sub = &ref_##x}
/* One row for the elements of a list of words. */
#define WORDS(x, list) ELEMENT x = {NAME(""), .type = P_VOCAB, .words = list}

/* Rows of what properties say together; the operations are in stix/priv.h. */
#define PAIR(o, x, y) {.op = WHOLE_##o, .a = x, .b = y}
#define TYPES(x, list) {.op = WHOLE_TYPES, .a = x, .classes = list}
#define SHOULD(x) {.op = WHOLE_SHOULD, .a = x}
#define FORM(x, f, w) {.op = WHOLE_FORM, .a = x, .ok = f, .rule = RULE_FORM, .words = w}
#define FORM_IN(ext, x, f, r, w) {.op = WHOLE_FORM, .a = x, .b = ext, .ok = f, .rule = RULE_##r, .words = w}
#define ID_FROM(...) {.op = WHOLE_ID, .from = (const char *const[]){__VA_ARGS__, NULL}}
#define CHECK(f) {.op = WHOLE_CHECK, .check = f}
#define END_WHOLE {.op = WHOLE_END}

/* vocab.c: the lists of §10. */
extern const char *const attack_motivations[], *const attack_resource_levels[], *const grouping_contexts[], *const identity_classes[],
    *const implementation_languages[], *const indicator_types[], *const industry_sectors[], *const infrastructure_types[],
    *const malware_capabilities[], *const malware_results[], *const malware_types[], *const opinions[], *const pattern_types[],
    *const processor_architectures[], *const regions[], *const report_types[], *const threat_actor_types[], *const threat_actor_roles[],
    *const threat_actor_sophistications[], *const tool_types[];

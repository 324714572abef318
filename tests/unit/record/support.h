/* tests/unit/record/support.h - nodes in temporary folders, with a clock and randomness of their own. */
#pragma once
#include "record/record.h"

struct lab { char dir[64]; int64_t now; uint64_t seed; struct world w; };
void lab_open(struct lab *l, uint64_t seed);
void lab_close(struct lab *l); /* removes the folder */
char *lab_path(struct lab *l, const char *name); /* caller frees with mem_free */
/* Remove a folder and everything in it. */
void remove_tree(const char *path);
void copy_tree(const char *from, const char *to);

struct node { char *dir; struct record *r; struct record_reader *rd; };
void node_make(struct lab *l, struct node *n, const char *party); /* made, opened for writing */
void node_open(struct lab *l, struct node *n, bool writable);
void node_close(struct node *n);
void node_free(struct node *n);
void node_pin(struct node *a, const struct node *b); /* a pins b's keys */

#define COLLECTION "0b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9a01"
void collection_uuid(uint8_t to[16]);
/* JSON texts; caller frees. */
char *collection_json(struct node *n, const char *members, const char *ceiling, const char *modified);
char *indicator_json(unsigned k, const char *marking_or_null, const char *name);
char *assent_json(struct node *n, const struct entry *subject, const char *verb);
/* Add one text; asserts the call itself succeeded. */
extern enum role as_role; /* of add_one and add_ok; ROLE_NODE unless a test says otherwise */
struct add_result add_one(struct node *n, const char *json);
void add_ok(struct node *n, const char *json);
void found_collection(struct node *n, const char *members, const char *ceiling);
/* n indicators numbered from `first`, in one batch. */
void add_many(struct node *n, unsigned first, unsigned count);
/* b follows a to a's newest head; returns the code of the first step that failed. */
int follow_direct(struct node *b, struct node *a, struct err *e);

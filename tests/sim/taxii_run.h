/* taxii_run.h - one random sequence of requests under way: what its files share. */
#pragma once
#include "check.h"
#include "http/priv.h"
#include "lab.h"
#include "taxii_model.h"

#define PER_NODE 100          /* sequences on one node, each with two collections of its own */
#define IDS 5
#define TOKENS 24

struct who { const char *name, *token; struct m_reader r; bool read, write; };
enum { NOBODY, LESER, MUSTER, FREMD, MIZUSHIMA, READ_ONLY, WRITE_ONLY, SCOPED, WHO };
struct next { char text[CURSOR_TEXT + 1]; unsigned reader, side; int64_t position; };
struct side { struct model m; char uuid[37]; size_t kind; unsigned changes; };
struct run {
	struct taxiilab x;
	struct who who[WHO];
	unsigned long k;                     /* the sequence */
	struct side side[2];                 /* two collections, asked in turn */
	unsigned at;
	struct model *m;                     /* that of side[at] */
	char *uuid;
	char id[IDS][96];
	struct next next[TOKENS]; size_t nexts;
	char foreign[CURSOR_TEXT + 1];       /* of another collection */
	uint64_t frame;                      /* behind the newest entry the model knows */
	int64_t added;                       /* … and its date */
	struct buf did;                      /* what was asked so far */
};
extern struct model_args { uint64_t seed; unsigned long sequences, first; } args;
extern struct model_sums { unsigned long requests, rows, posts, objects, deletes, restarts, pages, refused; } sum;

/* ---- taxii_run.c ---- */
extern uint64_t chance;                  /* each sequence begins with one of its own */
uint64_t mix(uint64_t x);
unsigned below(unsigned n);
bool percent(unsigned p);
/* The server and the model are not of one mind: tell all and end. */
void wrong(const struct run *r, const char *file, int line);
#define differs(r, ...) do { print_error(__VA_ARGS__); wrong(r, __FILE__, __LINE__); } while (0)
int64_t time_of(const char *s);
char *canon(const char *s, size_t n);    /* RFC 8785; caller frees */
char *canon_val(const struct json_val *v);
/* The record must hold these more, in this order, and nothing else; the model gets them with their dates. */
void learn(struct run *r, const struct m_version *due, size_t n);
void send_to(struct run *r, const char *method, unsigned who, const char *type, const char *known, const char *body, const char *target, struct answer *ret);
/* The status is this one; true: an error, with its resource (§3.6.1). */
bool has_status(struct run *r, const struct answer *a, int due);
/* The collection seen by this reader at all, and used like this? 0: yes. */
int refusal(const struct run *r, unsigned who, bool read, bool write);

/* ---- taxii_read.c, taxii_write.c: a random request each, judged ---- */
void do_get(struct run *r);
void do_get_all(struct run *r, unsigned who);
void do_delete(struct run *r);
void do_post(struct run *r);
void put_marking(const struct m_version *v, struct buf *out);
extern const char *const times[6];       /* when versions were modified */

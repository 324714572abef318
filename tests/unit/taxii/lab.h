/* Two nodes, users and tokens, and questions to the TAXII server of one of them, without a socket. */
#pragma once
#include "access/access.h"
#include "json/json.h"
#include "support.h"
#include "taxii/priv.h"

#define JOINT COLLECTION                                   /* DE and JP, ceiling amber, alias "joint", takes STIX 2.0 too */
#define OPEN_C "0b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9a02"      /* public, its object CLEAR, alias "open" */
#define OWN_C "0b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9a03"       /* DE alone */
#define UNKNOWN_C "0b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9aff"

#define API "/taxii2/api/"
#define IN(collection) API "collections/" collection "/"

struct taxiilab {
	struct lab l;
	struct node de, jp;                    /* jp is made by taxiilab_jp */
	struct state *state;
	struct access *access;
	struct taxii *t;
	struct http_route *route;
	struct http_conf conf;
	size_t unsent;                         /* what slow clients hold, for the next answers */
	long fail_after;                       /* memory runs out in the next answers; 0: it does not */
	char reader[64], editor[64], agency[64] /* of DE, another agency */, jp_user[64], read_only[64], write_only[64], scoped[64]; /* tokens */
};
enum { LAB_NO_PUBLIC = 1 };                /* the open collection is not made */
void taxiilab_open(struct taxiilab *x, unsigned flags);
void taxiilab_close(struct taxiilab *x);
void taxiilab_restart(struct taxiilab *x); /* the server and the record are opened anew */
void taxiilab_jp(struct taxiilab *x);      /* JP's node, which has accepted the joint collection */
void taxiilab_add_jp(struct taxiilab *x, const char *json); /* into the joint collection, by JP; DE hears of it */

/* ---- writing ---- */
void put(struct taxiilab *x, const char *collection, const char *json); /* by DE; frees nothing */
/* An indicator numbered k; modified and extra members (",\"labels\":[…]") may be NULL. */
void put_indicator(struct taxiilab *x, const char *collection, unsigned k, const char *modified, const char *extra);
#define INDICATOR(k) "indicator--0000000" #k "-0000-4000-8000-000000000001"
void put_v20(struct taxiilab *x, const char *collection, unsigned k, const char *modified); /* the same indicator as STIX 2.0 */
#define MARKED(tlp) ",\"object_marking_refs\":[\"" tlp "\"]"
#define CLEAR_ID "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
#define RED_ID "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"

/* ---- asking ---- */
struct answer { struct http_resp r; struct json_doc *doc; };
/* headers: "Name: value" lines, or NULL; token NULL: nobody. */
void ask(struct taxiilab *x, const char *method, const char *token, const char *headers, const char *target, struct answer *ret);
void get(struct taxiilab *x, const char *token, const char *target, struct answer *ret);
int status_of(struct taxiilab *x, const char *token, const char *target);
int method_status(struct taxiilab *x, const char *method, const char *token, const char *target);
void answer_free(struct answer *a);
const char *answer_header(const struct answer *a, const char *name); /* NULL: not there */
const struct json_val *answer_root(const struct answer *a);
/* ids of a page's objects (or its versions), a space between two; caller frees. A body without the list: "". */
char *listed(const struct answer *a);
char *listed_at(struct taxiilab *x, const char *token, const char *target); /* asserts 200 */
void assert_listed(struct taxiilab *x, const char *token, const char *target, const char *expected);

/* ---- every rule is a test with a fresh node: a row of cmocka's table ---- */
typedef void rule(struct taxiilab *x);
void taxiilab_run(void **state);
#define RULE(name) {#name, taxiilab_run, NULL, NULL, &(rule *){name}}

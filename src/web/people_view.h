/* web/people_view.h - what the templates about people see: signing in, one's own settings, users, the audit log. */
#pragma once
#include "access/people.h"
#include "web/fields.h"
#include "web/view.h"

/* A passkey's question, for the module of comfort. */
struct v_key { bool there; const char *options /* JSON */, *ticket; };

enum { SIGN_NAME, SIGN_PASSWORD, SIGN_FIELDS };
struct v_sign_in {
	const char *to;                      /* where to go afterwards, or "" */
	const char *fault;                   /* message id, or NULL */
	unsigned wait;                       /* seconds, with too many attempts; 0: none */
	struct field f[SIGN_FIELDS];
	bool second;                         /* the password was right: one step more */
	const char *ticket;
	struct field code;
	bool by_code, by_recovery;
	struct v_key key;
	bool certificate;                    /* the browser showed one */
};

struct v_factor { const char *id, *kind /* message id */, *icon, *label; int64_t created, used; bool confirmed; };
struct v_session { const char *id, *how /* message id */, *from, *agent; int64_t since, seen; bool own; };

enum { SET_LANG, SET_ORDER, SET_ERA, SET_LOOKS };
enum { SET_OLD, SET_NEW, SET_AGAIN, SET_PASSWORDS };
struct v_settings {
	const char *zone;
	const char *name, *agency, *role /* message id */;
	bool fresh;
	struct v_factor *factor; size_t factors;
	struct v_session *session; size_t sessions;
	size_t codes;                        /* recovery codes left */
	struct v_key key;
	struct field look[SET_LOOKS];
	struct choice lang[LANG_COUNT], order[8]; size_t orders;
	struct field password[SET_PASSWORDS];
	struct field totp, key_label;
	const char *fault;                   /* message id: an act that failed, or NULL */
};
struct v_totp { const char *uri, *secret, *id, *qr /* path */; unsigned qr_size; const char *fault; struct field code; };
struct v_codes { char code[PEOPLE_CODES][PEOPLE_CODE]; };

struct v_user { const char *name, *party, *agency, *role /* message id */; bool disabled, certificate, password, foreign /* of another party */; int64_t seen; struct url url; };
#define V_ROLES 6
enum { USER_NAME, USER_AGENCY, USER_ROLE, USER_PASSWORD, USER_FIELDS };
struct v_users {
	const char *zone;
	struct v_user *user; size_t users;
	struct field f[USER_FIELDS];
	struct choice role[V_ROLES];
};
struct v_one_user {
	const char *zone;
	struct v_user u;
	bool self, fresh;                    /* the administrator's own; signed in just now */
	struct field f[USER_FIELDS];         /* agency, role; password */
	struct choice role[V_ROLES];
	struct v_factor *factor; size_t factors;
	struct v_session *session; size_t sessions;
	struct field to, sure;               /* handing over */
	struct choice *heir; size_t heirs;
	const char *fault;
};

struct v_audit_row { unsigned long long n; int64_t at; const char *who, *from, *act, *subject, *outcome; bool refused; };
enum { AUDIT_USER, AUDIT_SINCE, AUDIT_UNTIL, AUDIT_FIELDS };
struct v_audit {
	const char *zone;
	struct field f[AUDIT_FIELDS];
	struct v_audit_row *row; size_t rows;
	bool more;                           /* older ones there are */
	struct url tsv, jsonl;
};
/* "Firefox, Linux" out of what a browser calls itself; the text itself when unknown. */
const char *agent_text(struct arena *a, const char *agent);

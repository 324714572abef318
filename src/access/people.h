/*
 * access/people.h - people at pages: who asks (sessions), signing in (password, one-time code, passkey, certificate),
 * own devices, administration of users, handing over, and the audit log. doc/PEOPLE.md tells the same to people.
 *
 * How a page uses it:
 *   every page     people_identify() → principal, session. Forms carry session.csrf; people_csrf_ok() before any act.
 *   sign-in        people_from() in the handler; then people_password() etc., best by people_later() while the request
 *                  rests (http_defer). in.done: answer 303 with Set-Cookie in.cookie. Otherwise a second factor is due:
 *                  show a form with in.ticket in a hidden field. E_DENIED: one text for everything. E_LIMIT: in.wait.
 *   own devices,   people_office_open() → acts on users, sessions, factors; each checks who may, and notes itself in
 *   administration the audit log in the same transaction. The commands use the same acts.
 * Thread-safe where the first parameter is struct access; an office belongs to one thread.
 */
#pragma once
#include "access/access.h"
#include "policy/rights.h"
#include "store/people.h"

/* ---- every page ---- */

enum people_how { HOW_PASSWORD, HOW_CODE, HOW_RECOVERY, HOW_KEY_SECOND, HOW_KEY, HOW_CERTIFICATE, HOW_COUNT_ };
const char *people_how_name(enum people_how how);  /* message id: "password and one-time code" */
const char *people_how_said(const char *word);     /* the same for what state_session.how says; "?" */

struct people_session {
	bool known;
	char id[17];                          /* as in lists */
	char csrf[44];                        /* for this session's forms: field "csrf" */
	enum people_how how;
	int64_t since_s, idle_end_s, end_s;   /* ends at the earlier one: warn before */
	bool fresh;                           /* signed in within LIMIT_FRESH_S: may change passwords and factors */
};
/*
 * Who asks, by cookie. 0 with ret->known false: nobody (no cookie, ended, disabled). An error: the state cannot be
 * read; then nobody as well. reader.via is VIA_WEB. Microseconds. Moves the idle limit on.
 */
NODISCARD int people_identify(struct access *a, const struct http_req *q, struct principal *ret, struct people_session *ret_session, struct err *e);
/* Is this the session's token? NULL, an unknown session: no. Constant time. */
NODISCARD bool people_csrf_ok(const struct people_session *s, const char *token);
bool principal_has(const struct principal *p, enum right right); /* of another party: RIGHT_READ at most */
/* Where to go after signing in: a path of ours ("/de/series?x=1") and nothing that leads elsewhere. */
NODISCARD bool people_return_ok(const char *path);

/* ---- signing in ---- */

/* What signing in needs of a request, copied: the request itself is gone in another thread. */
struct people_from {
	char addr[46];
	char agent[LIMIT_AGENT + 1];          /* User-Agent, printable ASCII, cut */
	char origin[LIMIT_ORIGIN_URL + 1];    /* this site as the browser sees it: configured, or http://localhost:port; "": no passkeys */
	bool tls, same_origin;                /* by Origin or Sec-Fetch-Site; absent both: true (no browser) */
	uint8_t spki[32]; bool has_spki;
	uint8_t session[32]; bool has_session; /* hash of the cookie that came along */
};
void people_from(struct access *a, const struct http_req *q, struct people_from *ret);

#define PEOPLE_TICKET 512
#define PEOPLE_COOKIE 160
struct people_in {
	bool done;
	char name[LIMIT_USER + 1];            /* who signed in, once done */
	char cookie[PEOPLE_COOKIE];           /* value of Set-Cookie */
	char ticket[PEOPLE_TICKET];           /* not done: for the second form; base64url, holds for LIMIT_TICKET_S, for one sign-in */
	bool by_code, by_key, by_recovery;    /* what the second form may offer */
	unsigned wait;                        /* E_LIMIT: seconds */
};
/*
 * Each: 0 (in->done, or a second factor is due), E_DENIED (wrong, whatever it was: one text, one time), E_LIMIT
 * (in->wait), or trouble. A request from another origin is E_DENIED at once. A session that came along ends when a new
 * one begins; its id never lives on. Failures count per (address, name), per address, and wrong codes per device after
 * a right password: nobody without the password can keep a user out, and with it only that device.
 * people_password takes 0.1 s and more (argon2id, one at a time): call it by people_later.
 */
NODISCARD int people_password(struct access *a, const struct people_from *f, const char *name, const char *password, struct people_in *ret, struct err *e);
NODISCARD int people_code(struct access *a, const struct people_from *f, const char *ticket, const char *code, struct people_in *ret, struct err *e); /* one-time code, or a recovery code */
NODISCARD int people_certificate(struct access *a, const struct people_from *f, struct people_in *ret, struct err *e);
/*
 * Passkeys (WebAuthn level 2, user verification required). begin: JSON for
 * PublicKeyCredential.parseRequestOptionsFromJSON (or to be put together by hand: {"challenge","rpId",…}) and a ticket
 * that goes back with the answer. ticket NULL: alone, any account (discoverable); else as second factor of that sign-in.
 * answer: PublicKeyCredential.toJSON() as text.
 */
NODISCARD int people_key_begin(struct access *a, const struct people_from *f, const char *ticket, char ret_ticket[PEOPLE_TICKET], struct buf *ret_options, struct err *e);
NODISCARD int people_key(struct access *a, const struct people_from *f, const char *ticket, const char *answer, struct people_in *ret, struct err *e);
/* Ends the session of this request, if there is one; ret: the Set-Cookie value that clears the cookie. */
NODISCARD int people_sign_out(struct access *a, const struct people_from *f, char ret_cookie[PEOPLE_COOKIE], struct err *e);
/*
 * Run `run(arg)` in access's own thread, one after another; E_BUSY: LIMIT_PASSWORD_WAIT are waiting (answer 503). When
 * access closes, those that wait are still run.
 */
NODISCARD int people_later(struct access *a, void (*run)(void *arg), void *arg, struct err *e);

/* ---- acts: own devices and administration ---- */

/*
 * Who acts. An administrator (RIGHT_ADMIN of the own party; a command) acts on everyone, others on themselves; on
 * oneself a change of password or factors wants a fresh session. E_DENIED says which it was. All acts are audited.
 */
struct people_office;
NODISCARD int people_office_open(struct access *a, const struct principal *p, const struct people_session *s, const struct people_from *f, struct people_office **ret, struct err *e);
/* For commands: the folder, its local state (stays the caller's), and whom the audit log names. */
NODISCARD int people_office_command(const struct world *w, const char *dir, const char *party, struct state *s, struct people_office **ret, struct err *e);
void people_office_close(struct people_office *o);  /* NULL is fine */
struct state *people_office_state(struct people_office *o); /* for reading */

/*
 * Insert or replace. u->password empty: none from now on; anything else: as it is stored. password: a new one, or NULL.
 * Ends the sessions of who is disabled or gets another password. Administrators only.
 */
NODISCARD int people_put_user(struct people_office *o, const struct state_user *u, bool is_new, const char *password, struct err *e);
NODISCARD int people_disable(struct people_office *o, const char *name, struct err *e);
/* Own password, with the old one checked (E_DENIED); others' by administrators (old NULL). Ends the user's other sessions. 0.1 s and more. */
NODISCARD int people_change_password(struct people_office *o, const char *name, const char *old, const char *fresh, struct err *e);

NODISCARD int people_sessions(struct people_office *o, const char *name, state_session_visit *v, void *ctx, struct err *e); /* live ones */
NODISCARD int people_end_session(struct people_office *o, const char *name, const char *id, struct err *e);  /* id NULL: all but the one acting */

NODISCARD int people_factors(struct people_office *o, const char *name, state_factor_visit *v, void *ctx, struct err *e);
NODISCARD int people_drop_factor(struct people_office *o, const char *name, const char *id, struct err *e);
/*
 * A new secret for one-time codes. uri: "otpauth://totp/…", shown once. It counts when people_totp_confirm got a code
 * of it; a command confirms at once (ret_id NULL: confirmed).
 */
#define PEOPLE_URI 512
NODISCARD int people_totp_new(struct people_office *o, const char *name, const char *label, char ret_uri[PEOPLE_URI], char ret_id[17], struct err *e);
NODISCARD int people_totp_confirm(struct people_office *o, const char *name, const char *id, const char *code, struct err *e); /* E_DENIED: wrong code */
#define PEOPLE_CODES 10
#define PEOPLE_CODE 20  /* "abcd-efgh-ijkl-mnop" */
NODISCARD int people_codes_new(struct people_office *o, const char *name, char ret[PEOPLE_CODES][PEOPLE_CODE], struct err *e); /* in place of older ones */
NODISCARD int people_codes_left(struct people_office *o, const char *name, size_t *ret, struct err *e);
/* Registering a passkey, for oneself only: JSON for parseCreationOptionsFromJSON, ticket; then toJSON() of what was made. */
NODISCARD int people_key_new(struct people_office *o, char ret_ticket[PEOPLE_TICKET], struct buf *ret_options, struct err *e);
NODISCARD int people_key_register(struct people_office *o, const char *ticket, const char *answer, const char *label, struct err *e);

/*
 * Hand over: `to` (enabled, of the same party) takes over all open work and personal grants of `from`, who is disabled
 * and whose sessions and tokens end; one transaction. Hooks take over what other modules keep outside the local state,
 * within it: they run before the commit and must be able to run again; the first that fails stops everything.
 */
struct people_hook { int (*run)(void *ctx, const char *from, const char *to, struct err *e); void *ctx; };
struct people_handed { size_t work, tokens; };
NODISCARD int people_hand_over(struct people_office *o, const char *from, const char *to, const struct people_hook *hook, size_t hooks, struct people_handed *ret, struct err *e);

/* ---- audit ---- */

/* Add a row, durable. subject and outcome may be NULL: "", "done". Longer texts are cut, control bytes replaced. */
NODISCARD int audit_note(struct access *a, const char *who, const char *from, const char *act, const char *subject, const char *outcome, struct err *e);
NODISCARD int audit_note_state(const struct clock *c, struct state *s, const char *who, const char *from, const char *act, const char *subject, const char *outcome, struct err *e);
/* Rows as tab-separated or JSON lines, with a heading; for pages (RIGHT_AUDIT is theirs to ask) and the command. */
enum audit_format { AUDIT_TSV, AUDIT_JSONL };
void audit_heading(enum audit_format as, struct buf *out);
void audit_line(enum audit_format as, const struct state_audit *row, struct buf *out);

/* Drop ended sessions, and audit rows older than keep_days (0: keep all). Call now and then. */
NODISCARD int people_care(struct access *a, unsigned keep_days, struct err *e);

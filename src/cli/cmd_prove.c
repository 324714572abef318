/* prove writes files anyone can check; verify checks them with nothing but the files. */
#include <errno.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "cli/cli.h"

static int write_file(struct cli *cli, const char *out, const char *name, const char *ending, const void *p, size_t n, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/%s%s", out, name, ending);

	return path == NULL ? fail(e, E_NOMEM, "%s", name) : fs_replace_file(&cli->w.fs, path, p, n, 0644, e);
}

/* A proof no other side has cosigned yet must not ask for what it cannot show. */
static int cosigned(const struct buf *proof, bool *ret, struct err *e)
{
	struct note *n = mem_zalloc(sizeof(*n));
	struct proof p;
	int rc = n == NULL ? fail(e, E_NOMEM, "proof") : proof_parse(proof->p, proof->n, &p, e);

	if (rc == 0 && (rc = note_parse(p.note, p.note_n, n, e)) == 0)
		*ret = n->sigs > 1;
	mem_free(n);
	return rc;
}

int write_proof_files(struct cli *cli, const struct entry *en, const char *out, struct err *e)
{
	CLEANUP_BUF struct buf proof = BUF_INIT(LIMIT_PROOF_BYTES), policy = BUF_INIT(LIMIT_POLICY_BYTES);
	const char *id = en->row.id;
	bool confirmed = false;
	int rc = record_prove(cli->rd, en->row.log, en->row.index, en->salt, &proof, e);

	if (rc == 0 && (rc = cosigned(&proof, &confirmed, e)) == 0)
		rc = record_policy(cli->rd, en, confirmed, &policy, e);
	if (rc == 0)
		rc = write_file(cli, out, id, ".json", en->bytes.p, en->bytes.n, e);
	if (rc == 0)
		rc = write_file(cli, out, id, ".tlog-proof", proof.p, proof.n, e);
	return rc == 0 ? write_file(cli, out, id, ".policy.txt", policy.p, policy.n, e) : rc;
}

int cmd_prove(struct cli *cli, struct err *e)
{
	const char *out = cli_opt(cli, "out") != NULL ? cli_opt(cli, "out") : ".";
	struct entry en;
	int rc, m;

	if ((rc = cli_open(cli, cli->arg[0], CLI_READ, e)) != 0 || (rc = pick_entry(cli, cli->arg[1], cli_opt(cli, "version"), &en, e)) != 0)
		return rc;
	if ((m = cli->w.fs.mkdir(cli->w.fs.ctx, out, 0755)) < 0 && m != -EEXIST)
		rc = fail_errno(e, E_ENV, -m, "%s", out);
	if (rc == 0)
		rc = write_proof_files(cli, &en, out, e);
	if (rc == 0 && !cli->json) {
		printf(_("Written: %s/%s .json .tlog-proof .policy.txt. Anyone checks it with:"), out, en.row.id);
		printf("\n  verbale verify %s/%s.json %s/%s.tlog-proof --policy %s/%s.policy.txt\n", out, en.row.id, out, en.row.id, out, en.row.id);
	}
	entry_free(&en);
	return rc;
}

/* ---- verify ---- */

/* Whom to believe: a policy, a log's key, or both, which then have to agree. */
struct trust { struct tlog_policy *policy; struct note_key key; bool has_key; };

static int load_key(const char *vkey, struct trust *t, struct err *e)
{
	const int rc = note_key_parse(vkey, strlen(vkey), &t->key, e);

	t->has_key = rc == 0;
	return rc != 0 ? fail_wrap(e, rc, "--key: ") : 0;
}

static int load_trust(struct cli *cli, struct trust *t, struct err *e)
{
	const char *vkey = cli_opt(cli, "key"), *file = cli_opt(cli, "policy");
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_POLICY_BYTES);
	int rc = 0;

	if (vkey == NULL && file == NULL)
		return fail(e, E_USAGE, "--key VKEY or --policy FILE is due, or both");
	if (vkey != NULL && (rc = load_key(vkey, t, e)) != 0)
		return rc;
	if (file == NULL)
		return tlog_policy_single(&t->key, &t->policy, e);
	if ((rc = cli_read(cli, file, LIMIT_POLICY_BYTES, &b, e)) != 0)
		return rc;
	rc = tlog_policy_parse(b.p != NULL ? b.p : "", b.n, &t->policy, e);
	return rc != 0 ? fail_wrap(e, rc, "%s: ", file) : 0;
}

/* A proof under another log of the policy is none under the key that was named. */
static int same_log(const struct trust *t, const struct proof_report *r, struct err *e)
{
	if (!t->has_key || (strcmp(t->key.name, r->log.name) == 0 && memcmp(t->key.pk, r->log.pk, sizeof(t->key.pk)) == 0))
		return 0;
	return fail(e, E_PROOF, "the head is signed by %s+%08x, not by the key given", r->log.name, r->log.id);
}

static void print_report(const struct cli *cli, const char *name, const struct proof_report *r, int rc, const struct err *e)
{
	char sha[HEX_LEN(32) + 1], root[HEX_LEN(32) + 1], at[40];

	hex_encode(r->entry_sha256, 32, sha);
	hex_encode(r->head.root.b, 32, root);
	printf("%s\n", name);
	printf(r->step >= 1 ? _("  1 content: SHA-256 %s") : _("  1 content: not read"), sha);
	if (r->step >= 2) {
		printf("\n");
		printf(_("  2 head: signed by %s, %llu entries, root %s"), r->log.name, (unsigned long long)r->head.size, root);
	}
	if (r->step >= 3) {
		printf("\n");
		printf(_("  3 place: entry %llu of that log, counted from 0; the path leads to the root"), (unsigned long long)r->index);
	}
	for (size_t i = 0; r->step >= 2 && i < r->cosigners; i++) {
		time_format((int64_t)r->cosigned[i].time_s * NS_PER_S, 0, at, sizeof(at));
		printf("\n");
		printf(_("  4 seen by %s at %s"), r->cosigned[i].key.name, at);
	}
	printf("\n%s%s%s\n", rc == 0 ? _("  PROVEN") : _("  NOT PROVEN: do not pass this on"), rc == 0 ? "" : ": ", rc == 0 ? "" : e->msg);
}

static void json_report(const char *name, const struct proof_report *r, int rc, const struct err *e)
{
	char sha[HEX_LEN(32) + 1];

	hex_encode(r->entry_sha256, 32, sha);
	printf("{\"file\":");
	cli_json_str(name);
	printf(",\"proven\":%s,\"step\":%d,\"sha256\":\"%s\",\"index\":%llu,\"size\":%llu,\"cosigners\":%zu", rc == 0 ? "true" : "false", r->step, sha,
	    (unsigned long long)r->index, (unsigned long long)r->head.size, r->cosigners);
	if (rc != 0) {
		printf(",\"why\":");
		cli_json_str(e->msg);
	}
	printf("}\n");
}

static int verify_pair(struct cli *cli, const struct trust *t, const char *json, const char *proof, struct err *e)
{
	CLEANUP_BUF struct buf a = BUF_INIT(LIMIT_FRAME), b = BUF_INIT(LIMIT_PROOF_BYTES);
	struct proof_report *rep = mem_zalloc(sizeof(*rep));
	int rc = rep == NULL ? fail(e, E_NOMEM, "verify") : 0;

	if (rc == 0 && ((rc = cli_read(cli, json, LIMIT_FRAME, &a, e)) != 0 || (rc = cli_read(cli, proof, LIMIT_PROOF_BYTES, &b, e)) != 0)) {
		mem_free(rep);
		return rc;
	}
	if (rc == 0) {
		if ((rc = proof_verify(a.p, a.n, b.p, b.n, t->policy, rep, e)) == 0)
			rc = same_log(t, rep, e);
		if (cli->json)
			json_report(json, rep, rc, e);
		else
			print_report(cli, json, rep, rc, e);
	}
	mem_free(rep);
	return rc;
}

static bool ends(const char *s, const char *with)
{
	const size_t n = strlen(s), w = strlen(with);

	return n > w && strcmp(s + n - w, with) == 0;
}

int cmd_verify(struct cli *cli, struct err *e)
{
	struct trust trust = {.policy = NULL};
	int bad = 0, pairs = 0, rc;

	if ((rc = crypto_init(e)) != 0 || (rc = load_trust(cli, &trust, e)) != 0)
		return rc;
	for (int i = 0; rc == 0 && i < cli->args; i++) {
		const char *json = cli->arg[i];
		CLEANUP_STR char *proof = NULL;
		struct err one = {0};

		if (!ends(json, ".json")) {
			if (!ends(json, ".tlog-proof"))
				rc = fail(e, E_USAGE, "%s: files X.json and X.tlog-proof are due", json);
			continue; /* a proof is found by its object's name */
		}
		if ((proof = mem_printf("%.*s.tlog-proof", (int)(strlen(json) - 5), json)) == NULL) {
			rc = fail(e, E_NOMEM, "verify");
			continue;
		}
		pairs++;
		if (verify_pair(cli, &trust, json, proof, &one) != 0) {
			bad++;
			*e = one;
			if (one.code == E_USAGE || err_exit(one.code) == 3)
				rc = one.code;
		}
	}
	tlog_policy_free(trust.policy);
	if (rc != 0)
		return rc;
	if (pairs == 0)
		return fail(e, E_USAGE, "no X.json was given");
	return bad == 0 ? 0 : fail(e, E_PROOF, "%d of %d not proven", bad, pairs);
}

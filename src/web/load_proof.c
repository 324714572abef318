/* Proofs as views: the same files a stranger downloads are made and checked here, by the same verifier. */
#include <string.h>

#include "base/enc.h"
#include "web/load.h"

/* ---- keys ---- */

static const struct party_keys *keys_of(const struct loader *l, const char *party) { return record_peer(record_of(l->rd), party); }

/* All parties whose keys are pinned, own first. */
static const struct party_keys *party_at(const struct loader *l, size_t i)
{
	const struct party_keys *peers;
	const struct party_keys *self = record_self(record_of(l->rd));
	const size_t n = record_peers(record_of(l->rd), &peers);

	for (size_t k = 0; i > 0 && k < n; k++)
		if (strcmp(peers[k].party, self->party) != 0 && --i == 0)
			return &peers[k];
	return i == 0 ? self : NULL;
}

/* A witness's name, as its side; a stranger's name stays as it is. */
static const char *party_of_witness(struct loader *l, const char *name)
{
	const struct party_keys *k;

	for (size_t i = 0; (k = party_at(l, i)) != NULL; i++)
		if (strcmp(k->witness.name, name) == 0)
			return k->party;
	return arena_str(l->a, name);
}

/* ---- one entry ---- */

static const char *base64_text(struct loader *l, const void *p, size_t n)
{
	char *s = arena_get(l->a, BASE64_LEN(n) + 1);

	if (s == NULL)
		return "";
	base64_encode(p, n, s);
	return s;
}

static const char *key_text(struct loader *l, const struct note_key *k)
{
	CLEANUP_BUF struct buf b = BUF_INIT(1024);

	note_key_put(k, &b);
	return b.p != NULL ? arena_str(l->a, b.p) : "";
}

/* SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4): a fixed head, then the key. */
static const char *der_text(struct loader *l, const uint8_t pk[ED25519_PK])
{
	static const uint8_t head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
	uint8_t der[sizeof head + ED25519_PK];

	memcpy(der, head, sizeof head);
	memcpy(der + sizeof head, pk, ED25519_PK);
	return base64_text(l, der, sizeof der);
}

static void put_files(struct loader *l, const struct entry *en, struct v_evidence *ev)
{
	const struct url base = url_path(l->a, "r", en->row.id, "v", en->row.modified, NULL);

	ev->json = url_suffix(l->a, base, ".json");
	ev->proof = url_suffix(l->a, base, ".tlog-proof");
	ev->policy = url_suffix(l->a, base, ".policy.txt");
	ev->json_name = arena_printf(l->a, "%s.json", en->row.id);
	ev->proof_name = arena_printf(l->a, "%s.tlog-proof", en->row.id);
	ev->policy_name = arena_printf(l->a, "%s.policy.txt", en->row.id);
}

static void put_path(struct loader *l, const struct buf *text, struct v_evidence *ev)
{
	struct proof *p = arena_get(l->a, sizeof *p);

	if (p == NULL || proof_parse(text->p, text->n, p, NULL) != 0 || (ev->path = arena_array(l->a, p->n + 1, sizeof *ev->path)) == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		ev->path[ev->path_n++] = base64_text(l, p->path[i].b, HASH_LEN);
}

static void put_report(struct loader *l, const struct proof_report *r, struct v_evidence *ev)
{
	struct hash leaf = leaf_hash(r->leaf, LEAF_LEN);

	ev->step = r->step;
	ev->entry_sha256 = hex_text(l, r->entry_sha256, SHA256_LEN);
	ev->leaf = hex_text(l, r->leaf, LEAF_LEN);
	ev->leaf_hash = base64_text(l, leaf.b, HASH_LEN);
	ev->origin = arena_str(l->a, r->head.origin);
	ev->root = base64_text(l, r->head.root.b, HASH_LEN);
	ev->index = r->index;
	ev->size = r->head.size;
	if ((ev->cosign = arena_array(l->a, r->cosigners + 1, sizeof *ev->cosign)) == NULL)
		return;
	for (size_t i = 0; i < r->cosigners; i++)
		ev->cosign[ev->cosigns++] = (struct v_cosign){party_of_witness(l, r->cosigned[i].key.name), arena_str(l->a, r->cosigned[i].key.name),
			(int64_t)r->cosigned[i].time_s * NS_PER_S};
}

static int put_bounds(struct loader *l, const struct entry *en, struct v_evidence *ev, struct err *e)
{
	struct bound b[8];
	size_t n = 0;
	int rc = record_bounds(l->rd, en->row.log, en->row.index, b, ARRAY_LEN(b), &n, e);

	if (rc != 0 || (ev->bound = arena_array(l->a, n + 1, sizeof *ev->bound)) == NULL)
		return rc;
	for (size_t i = 0; i < n; i++)
		ev->bound[ev->bounds++] = (struct v_bound){party_name(l->lang, party_of_witness(l, b[i].witness)), b[i].after_s * NS_PER_S, b[i].until_s * NS_PER_S,
			b[i].after_s >= 0, b[i].until_s >= 0};
	return 0;
}

static int check_entry(struct loader *l, const struct entry *en, const char *what, struct v_evidence *ev, struct err *e)
{
	CLEANUP_BUF struct buf proof = BUF_INIT(LIMIT_PROOF_BYTES), policy = BUF_INIT(LIMIT_POLICY_BYTES);
	struct proof_report *r = arena_get(l->a, sizeof *r);
	const struct party_keys *writer = keys_of(l, en->party);
	struct tlog_policy *pol = NULL;
	struct err why = {0};
	int rc;

	*ev = (struct v_evidence){.what = what, .party = arena_str(l->a, en->party), .id = arena_str(l->a, en->row.id), .modified = arena_str(l->a, en->row.modified),
		.entry_sha256 = "", .leaf = "", .leaf_hash = "", .root = "", .origin = "", .vkey = "", .key_der = ""};
	if (r == NULL || writer == NULL)
		return fail(e, r == NULL ? E_NOMEM : E_NOTFOUND, "not found");
	ev->vkey = key_text(l, &writer->log);
	ev->key_der = der_text(l, writer->log.pk);
	put_files(l, en, ev);
	if ((rc = record_policy(l->rd, en, true, &policy, e)) != 0 || (rc = tlog_policy_parse(policy.p, policy.n, &pol, e)) != 0)
		return rc;
	/* No proof at all is a finding for the page, not a failure of it. */
	rc = record_prove(l->rd, en->row.log, en->row.index, en->salt, &proof, &why);
	if (rc == 0)
		rc = proof_verify(en->bytes.p, en->bytes.n, proof.p, proof.n, pol, r, &why);
	tlog_policy_free(pol);
	put_report(l, r, ev);
	if (proof.n > 0)
		put_path(l, &proof, ev);
	ev->pending = rc != 0 && ev->step == 3;
	if (rc != 0 && !ev->pending)
		ev->fault = arena_str(l->a, why.msg);
	return put_bounds(l, en, ev, e);
}

/* ---- a document with its assents ---- */

static bool names_version(const struct entry *assent, const struct v_document *d)
{
	const struct json_val *o = assent->object.val;

	return assent->object.kind == STIX_ASSENT && !assent->object.revoked && json_str_is(json_get(o, "verb"), "agree") &&
	    json_str_is(json_get(o, "object_sha256"), d->sha256) && json_str_is(json_get(o, "object_modified"), d->modified);
}

/* Is it the word that stands: the one dated as the state says? */
static bool stands(const struct entry *assent, const struct v_document *d)
{
	for (size_t i = 0; i < d->assents; i++)
		if (strcmp(d->assent[i].party, assent->party) == 0)
			return d->assent[i].verb == ASSENT_AGREE && get_time(assent->object.val, "modified", 0) == d->assent[i].at;
	return false;
}

static int check_assents(struct loader *l, const struct v_document *d, const struct entry *doc, struct v_proof *v, struct err *e)
{
	struct picks rows = {0};
	struct entry en;
	int rc = load_rows_about(l, d->id, &rows, e);

	for (size_t i = 0; rc == 0 && i < rows.n && v->n < d->assents + 1; i++) {
		if (memcmp(rows.row[i].collection, doc->row.collection, 16) != 0)
			continue;
		if ((rc = load_row(l, &rows.row[i], &en, e)) != 0) {
			rc = rc == E_NOTFOUND ? 0 : rc;
			continue;
		}
		if (names_version(&en, d) && stands(&en, d))
			rc = check_entry(l, &en, N_("Assent"), &v->evidence[v->n++], e);
		entry_free(&en);
	}
	return rc;
}

/* Every member that the state counts as agreeing must have shown its entry. */
static bool complete(const struct v_proof *v)
{
	size_t agreeing = 0;

	for (size_t i = 0; i < v->doc->assents; i++)
		agreeing += v->doc->assent[i].verb == ASSENT_AGREE;
	return v->n == agreeing + 1 && agreeing == v->doc->assents;
}

int load_proof(struct loader *l, const struct v_document *d, const struct v_round *r, const struct picked *p, struct v_proof *ret, struct err *e)
{
	struct v_proof v = {.doc = d, .round = r, .checked_at = l->now, .zone = r->own, .zone2 = r->other, .object_sha256 = d->sha256, .base_url = l->base_url};
	int rc;

	if ((v.evidence = arena_array(l->a, d->assents + 2, sizeof *v.evidence)) == NULL)
		return fail(e, E_NOMEM, "page");
	v.n = 1;
	if ((rc = check_entry(l, &p->entry, N_("The document"), &v.evidence[0], e)) != 0 || (rc = check_assents(l, d, &p->entry, &v, e)) != 0)
		return rc;
	v.ok = complete(&v);
	for (size_t i = 0; i < v.n; i++) {
		v.ok = v.ok && v.evidence[i].step >= 3 && v.evidence[i].fault == NULL;
		v.pending = v.pending || v.evidence[i].pending;
	}
	*ret = v;
	return 0;
}

/* ---- the logs this node holds ---- */

static int get_log(struct loader *l, const struct party_keys *k, struct v_log *ret, struct err *e)
{
	const bool own = strcmp(k->party, record_self(record_of(l->rd))->party) == 0;
	CLEANUP_BUF struct buf note = BUF_INIT(LIMIT_NOTE_BYTES);
	struct note_key *witness = arena_array(l->a, LIMIT_PARTIES, sizeof *witness);
	struct cosigned *cosigned = arena_array(l->a, LIMIT_NOTE_SIGS, sizeof *cosigned);
	size_t witnesses = 0, n = 0;
	struct peer_state st = {0};
	struct checkpoint head;
	const struct party_keys *w;
	int rc;

	*ret = (struct v_log){.party = arena_str(l->a, k->party), .origin = arena_str(l->a, k->origin), .vkey = key_text(l, &k->log), .own = own};
	if (witness == NULL || cosigned == NULL)
		return fail(e, E_NOMEM, "page");
	if (!own && ((rc = record_peer_state(l->rd, k, &st, e)) != 0 || !st.known))
		return rc;
	if ((rc = record_checkpoint(l->rd, own ? 0 : st.log.log, &note, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	for (size_t i = 0; (w = party_at(l, i)) != NULL && witnesses < LIMIT_PARTIES; i++)
		if (strcmp(w->party, k->party) != 0)
			witness[witnesses++] = w->witness;
	if (checkpoint_open(note.p, note.n, &k->log, witness, witnesses, &head, cosigned, &n, NULL) != 0)
		return 0;
	ret->known = true;
	ret->size = head.size;
	ret->root = base64_text(l, head.root.b, HASH_LEN);
	if ((ret->cosign = arena_array(l->a, n + 1, sizeof *ret->cosign)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < n; i++)
		ret->cosign[ret->cosigns++] = (struct v_cosign){party_of_witness(l, cosigned[i].key.name), "", (int64_t)cosigned[i].time_s * NS_PER_S};
	return 0;
}

int load_record(struct loader *l, struct v_record *ret, struct err *e)
{
	const struct party_keys *k;
	const char *self = record_self(record_of(l->rd))->party;
	struct v_record v = {.zone = party_zone(self)};
	int rc;

	if ((v.log = arena_array(l->a, LIMIT_PARTIES + 1, sizeof *v.log)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < LIMIT_PARTIES && (k = party_at(l, i)) != NULL; i++) {
		if ((rc = get_log(l, k, &v.log[v.logs++], e)) != 0)
			return rc;
		if (v.zone2 == NULL && strcmp(party_zone(k->party), v.zone) != 0)
			v.zone2 = party_zone(k->party);
	}
	*ret = v;
	return 0;
}

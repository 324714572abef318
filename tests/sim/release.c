#include "release.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "consult/consult.h"

#define must(x) do { if (!(x)) { fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)
#define HOUR (3600 * NS_PER_S)

const char *const party_code[PARTIES] = {"DE", "JP", "FR", "BR"};
static const char *const level_word[] = {"", "clear", "green", "amber", "amber+strict", "red"};
/* OASIS: TLP 2.0 by its extension; STIX 2.1 §7.2.1.4 for TLP 1 (white, green, amber, red). */
static const char *const tlp2[] = {"", "94868c89-83c2-464b-929b-a1a8aa3c8487", "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
	"55d920b0-5e8b-4f79-9ee9-91f868d9b421", "939a9414-2ddd-4d32-a0cd-375ea402b003", "e828b379-4e03-4974-9ac4-e53a884c97c1"};
static const char *const tlp1[] = {"", "613f2e26-407d-48c7-9eca-b8e91df99dc9", "34098fce-860f-48ae-8e50-ebd3cc5e41da",
	"f88d31f6-486f-44da-b317-01333bde0b82", NULL, "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"};
static const char *const names[] = {"DE", "JP", "FR", "BR", "JP/NPA", "JP/MOFA/mizushima", "FR/ANSSI/martin", "DE/AA/muster"};

uint64_t pick(struct rec *m, uint64_t below)
{
	uint64_t z = m->rnd += 0x9e3779b97f4a7c15ULL; /* splitmix64 */

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (z ^ (z >> 31)) % below;
}

/* ---- the rules, once more ---- */

static bool has(unsigned set, int party) { return party >= 0 && (set >> party & 1) != 0; }

/* Does an entry of release_to name this party's node (person NULL), or this person of it? RED counts persons only. */
static bool named(const struct obj *o, int party, const char *agency, const char *person, int level)
{
	for (int i = 0; party >= 0 && i < o->to_n; i++) {
		const char *to = o->to[i], *slash = strchr(to, '/');
		const size_t n = slash != NULL ? (size_t)(slash - to) : strlen(to);
		const bool three = slash != NULL && strchr(slash + 1, '/') != NULL;
		char whole[80];

		if (strncmp(to, party_code[party], n) != 0 || party_code[party][n] != '\0' || (level == 5 && !three))
			continue;
		if (person == NULL || slash == NULL)
			return true;
		(void)snprintf(whole, sizeof(whole), three ? "%s/%s" : "%s", agency, person);
		if (strcmp(slash + 1, whole) == 0)
			return true;
	}
	return false;
}

static bool withdrawn(const struct rec *m, const struct obj *d)
{
	const struct obj *newest = d;

	for (int i = 0; i < m->objs; i++) {
		const struct obj *o = &m->obj[i];

		if (o->held && o->writer == d->writer && o->col == d->col && strcmp(o->id, d->id) == 0 && o->time > newest->time)
			newest = o;
	}
	return newest->revoked || d->revoked;
}

/*
 * A document is out when all members agree to exactly this version, nothing in it is in brackets, one of them released it
 * after that, and the latest of release, the moment named there and the document's own has come. An objection before that
 * moment makes the release lapse; after it, it is too late.
 */
static bool document_out(const struct rec *m, int no, int64_t now)
{
	const struct obj *d = &m->obj[no];
	const unsigned members = m->col[d->col].now.members;
	unsigned agree = 0;
	bool released = false;
	int64_t at = 0;

	if (d->bracketed || withdrawn(m, d) || !has(members, d->writer))
		return false;
	for (int i = 0; i < m->objs; i++) { /* in order of time: that is how they were made */
		const struct obj *w = &m->obj[i];

		if (!w->held || w->about != no || w->col != d->col || !has(members, w->writer))
			continue;
		if (w->what == PUBLICATION && agree == members) {
			int64_t t = w->publish_at > d->embargo ? w->publish_at : d->embargo;

			t = t > w->time ? t : w->time;
			at = released && at < t ? at : t;
			released = true;
		} else if (w->what == ASSENT && strcmp(w->verb, "agree") == 0) {
			agree |= 1U << w->writer;
		} else if (w->what == ASSENT && !(released && w->time >= at)) {
			agree &= ~(1U << w->writer);
			released = false;
		}
	}
	return agree == members && released && now >= at;
}

static bool published(const struct rec *m, const struct obj *o, int64_t now)
{
	const struct obj *about = o->about >= 0 ? &m->obj[o->about] : NULL;

	switch (o->what) {
	case PLAIN:
		return true;
	case DOCUMENT:
		return document_out(m, (int)(o - m->obj), now);
	case PROPOSAL:
	case INSIDE:
		return false;
	case ASSENT:
	case PUBLICATION:
		break;
	}
	return about != NULL && about->what == DOCUMENT && about->held && about->col == o->col && has(m->col[o->col].now.members, o->writer) &&
	    (o->what == PUBLICATION || strcmp(o->verb, "agree") == 0) && document_out(m, o->about, now);
}

bool expect(const struct rec *m, int party, const struct obj *o, int64_t now) { return expect_person(m, party, NULL, NULL, o, now); }

bool expect_person(const struct rec *m, int party, const char *agency, const char *person, const struct obj *o, int64_t now)
{
	const struct col *c = &m->col[o->col];
	const int own = o->stated >= 0 && !m->obj[o->stated].held ? 6 : o->level, level = own == 0 ? c->now.ceiling : own;
	const bool member = has(c->now.members, party);
	bool yes;

	if (!c->accepted)
		return false;
	if (party == o->writer && person == NULL)
		return true;
	if (level == 6 || level > c->now.ceiling)
		return false;
	if (level >= 3 || !published(m, o, now))
		yes = member;
	else
		yes = member || has(c->now.community, party) || (level == 1 && c->now.open);
	return yes && (!o->narrowed && level != 5 ? true : named(o, party, agency, person, level));
}

/* ---- writing ---- */

static void fresh_uuid(struct rec *m, char to[37])
{
	uint8_t r[16], u[16];

	for (int i = 0; i < 16; i++)
		r[i] = (uint8_t)pick(m, 256);
	uuid_v4(r, u);
	uuid_format(u, to);
}

static void fresh_id(struct rec *m, struct obj *o)
{
	char u[37];

	fresh_uuid(m, u);
	(void)snprintf(o->id, sizeof(o->id), "%s--%s", o->type, u);
}

struct dress { char refs[400], granular[300], label[40]; };

/* What it carries: nothing, TLP, a statement (its writer's own counts, another's does not), something nobody knows. */
static void add_atom(struct rec *m, struct obj *o, char *to, size_t n)
{
	const unsigned roll = (unsigned)pick(m, 100);
	static const int often[] = {1, 1, 1, 1, 2, 2, 3, 4, 5};
	const int l = often[pick(m, ARRAY_LEN(often))], w = (int)pick(m, WRITERS);
	int level = l;
	char u[37];

	if (roll < 60) {
		(void)snprintf(to, n, "marking-definition--%s", tlp2[l]);
	} else if (roll < 72 && tlp1[l] != NULL) {
		(void)snprintf(to, n, "marking-definition--%s", tlp1[l]);
	} else if (roll < 92 && m->statement[w] >= 0) {
		(void)snprintf(to, n, "%s", m->obj[m->statement[w]].id);
		level = w == o->writer ? 0 : 6;
		if (w == o->writer)
			o->stated = m->statement[w];
	} else {
		fresh_uuid(m, u);
		(void)snprintf(to, n, "marking-definition--%s", u);
		level = 6;
	}
	o->level = level > o->level ? level : o->level;
}

static void dress(struct rec *m, struct obj *o, struct dress *d)
{
	const bool own = strncmp(o->type, "verbale-", 8) == 0 || strcmp(o->type, "marking-definition") == 0;
	char a[80], b[80];

	*d = (struct dress){.refs = ""};
	/* Mostly plain where a refusal, or nobody hearing of it, would leave the record empty. */
	if (strcmp(o->type, "verbale-collection") == 0 ? chance(m, 90) : chance(m, o->what == ASSENT ? 60 : 25))
		return;
	if (chance(m, 75)) {
		add_atom(m, o, a, sizeof(a));
		if (chance(m, 15)) {
			add_atom(m, o, b, sizeof(b));
			(void)snprintf(d->refs, sizeof(d->refs), "\"object_marking_refs\":[\"%s\",\"%s\"],", a, b);
		} else {
			(void)snprintf(d->refs, sizeof(d->refs), "\"object_marking_refs\":[\"%s\"],", a);
		}
	}
	if (!own && chance(m, 8)) {
		add_atom(m, o, a, sizeof(a));
		(void)snprintf(d->granular, sizeof(d->granular), "\"granular_markings\":[{\"marking_ref\":\"%s\",\"selectors\":[\"name\"]}],", a);
	}
	if (!own && chance(m, 8)) {
		const int l = 1 + (int)pick(m, 5);

		(void)snprintf(d->label, sizeof(d->label), "\"labels\":[\"TLP:%s\"],", level_word[l]);
		o->level = l > o->level ? l : o->level;
	}
	o->narrowed = chance(m, 20);
	while (o->narrowed && (o->to_n == 0 || (o->to_n < MAX_TO && chance(m, 40)))) {
		o->to[o->to_n] = names[pick(m, ARRAY_LEN(names))];
		for (int i = 0; i < o->to_n; i++)
			if (strcmp(o->to[i], o->to[o->to_n]) == 0)
				return;
		o->to_n++;
	}
}

static void put_release(const struct obj *o, struct buf *b)
{
	const bool own = strncmp(o->type, "verbale-", 8) == 0;

	if (!own && !o->narrowed)
		return;
	buf_printf(b, "\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"%s\"", own ? "new-sdo" : "property-extension");
	for (int i = 0; i < o->to_n; i++)
		buf_printf(b, "%s\"%s\"%s", i == 0 ? ",\"release_to\":[" : ",", o->to[i], i == o->to_n - 1 ? "]" : "");
	buf_puts(b, "}},");
}

static void put_sha(const struct buf *json, char to[65])
{
	CLEANUP_BUF struct buf c = BUF_INIT(LIMIT_FRAME);
	struct err e = {0};
	uint8_t sum[32];

	must(json_canon_text(json->p, json->n, &c, &e) == 0);
	sha256(c.p, c.n, sum);
	hex_encode(sum, 32, to);
}

static struct obj *begin(struct rec *m, enum what what, const char *type, int writer, int col)
{
	struct obj *o = &m->obj[m->objs];

	must(m->objs < MAX_OBJS);
	*o = (struct obj){.what = what, .type = type, .writer = writer, .col = col, .about = -1, .stated = -1, .embargo = INT64_MIN};
	fresh_id(m, o);
	(void)snprintf(o->marker, sizeof(o->marker), "mk%016llx", (unsigned long long)pick(m, UINT64_MAX));
	(void)snprintf(o->name, sizeof(o->name), "nm-%012llx", (unsigned long long)pick(m, 1ULL << 48));
	return o;
}

/* Written if the record takes it; -1 if it is refused (above the ceiling, not a member …): then it is nowhere. */
__attribute__((format(printf, 3, 4))) static int end(struct rec *m, struct obj *o, const char *body, ...)
{
	const bool marking = strcmp(o->type, "marking-definition") == 0;
	struct add_opt opt = {.strict = STIX_LENIENT, .role = ROLE_NODE};
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	struct add_result res;
	struct add_item item;
	struct err e = {0};
	struct dress d;
	va_list ap;

	m->lab.now += NS_PER_S;
	o->time = m->lab.now - m->lab.now % 1000000;
	time_format(o->time, 3, o->modified, sizeof(o->modified));
	dress(m, o, &d);
	buf_printf(&b, "{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"%s\",", o->type, o->id, o->what == DOCUMENT ? "2016-09-01T00:00:00.000Z" : o->modified);
	if (!marking)
		buf_printf(&b, "\"modified\":\"%s\",", o->modified);
	buf_printf(&b, "\"created_by_ref\":\"%s\",%s%s%s", record_self(m->node[o->writer].r)->identity, d.refs, d.granular, d.label);
	put_release(o, &b);
	va_start(ap, body);
	{
		char *text = NULL;

		must(vasprintf(&text, body, ap) >= 0);
		buf_puts(&b, text);
		free(text);
	}
	va_end(ap);
	buf_puts(&b, "}");
	must(b.err == 0 && uuid_parse(m->col[o->col].uuid, 36, opt.collection));
	item = (struct add_item){b.p, b.n};
	must(record_add(m->node[o->writer].r, &opt, &item, 1, &res, &e) == 0);
	if (res.what != ADDED_NEW) {
		if (res.err.code == E_FORMAT) {
			fprintf(stderr, "%s\n%s\n", res.err.msg, b.p);
			abort();
		}
		return -1;
	}
	o->index = res.index;
	put_sha(&b, o->sha);
	if (marking)
		o->modified[0] = '\0';
	return m->objs++;
}

static const char *parties(unsigned set, char to[64])
{
	to[0] = '\0';
	for (int p = 0; p < PARTIES; p++)
		if (has(set, p))
			(void)snprintf(to + strlen(to), 64 - strlen(to), "%s\"%s\"", to[0] != '\0' ? "," : "", party_code[p]);
	return to;
}

#define T "{\"de\":\"%s\",\"ja\":\"%s\",\"en\":\"%s\"}"
#define MK o->marker, o->marker, o->marker

/* ---- following, in small steps: what is carried is what the other node would serve ---- */

enum { CARRY = 64 };
struct carried { struct node *from; const char *to; struct entry en[CARRY]; struct peer_entry pe[CARRY]; size_t n, looked; uint64_t next; };

static int carry(void *ctx, const struct index_entry *row, struct err *e)
{
	struct carried *c = ctx;
	const struct reader who = {.party = c->to, .role = ROLE_NODE, .via = VIA_SYNC};
	struct entry *en = &c->en[c->n];

	c->next = row->index + 1;
	c->looked++;
	must(record_read(c->from->rd, row, en, e) == 0);
	if (record_may_read(c->from->rd, &who, en, NULL) != 0) {
		entry_free(en);
		return 0;
	}
	c->pe[c->n] = (struct peer_entry){.index = row->index, .p = en->bytes.p, .n = en->bytes.n};
	memcpy(c->pe[c->n].salt, en->salt, SALT_LEN);
	c->n++;
	return 0;
}

static void carry_entries(struct node *to, struct node *from, uint64_t first, uint64_t size)
{
	struct carried *c = mem_zalloc(sizeof(*c));
	struct err e = {0};
	size_t fresh;

	must(c != NULL);
	*c = (struct carried){.from = from, .to = record_self(to->r)->party, .next = first};
	do {
		c->n = c->looked = 0;
		must(index_log_page(record_index(from->rd), 0, c->next, CARRY, carry, c, &e) == 0);
		must(record_add_peer_entries(to->r, record_self(from->r), c->pe, c->n, c->next < size ? c->next : size, &fresh, &e) == 0);
		for (size_t i = 0; i < c->n; i++)
			entry_free(&c->en[i]);
	} while (c->looked == CARRY);
	mem_free(c);
}

static void follow(struct rec *m, int who, int whom)
{
	struct node *to = &m->node[who], *from = &m->node[whom];
	struct buf note = BUF_INIT(LIMIT_NOTE_BYTES), line = BUF_INIT(LIMIT_NOTE_BYTES);
	uint8_t bundle[TILE_WIDTH][LEAF_LEN], (*leaf)[LEAF_LEN] = NULL;
	struct peer_state st;
	struct index_log own;
	struct err e = {0};

	must(record_checkpoint(from->rd, 0, &note, &e) == 0 && index_get_log(record_index(from->rd), 0, &own, &e) == 0);
	must(record_peer_state(to->rd, record_self(from->r), &st, &e) == 0 && (leaf = mem_array(own.size + 1, LEAF_LEN)) != NULL);
	for (uint64_t i = st.log.size; i < own.size; i++) {
		const uint64_t b = i / TILE_WIDTH, left = own.size - b * TILE_WIDTH;

		if (i == st.log.size || i % TILE_WIDTH == 0)
			must(index_get_bundle(record_index(from->rd), 0, b, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH, bundle, &e) == 0);
		memcpy(leaf[i - st.log.size], bundle[i % TILE_WIDTH], LEAF_LEN);
	}
	must(record_follow(to->r, record_self(from->r), note.p, note.n, (const uint8_t (*)[LEAF_LEN])leaf, own.size - st.log.size, &line, &e) == 0);
	carry_entries(to, from, st.log.entries_to, own.size);
	mem_free(leaf);
	buf_free(&note);
	buf_free(&line);
}

static int word(struct rec *m, int writer, int about, const char *verb)
{
	struct obj *o = begin(m, ASSENT, "verbale-assent", writer, m->obj[about].col);

	o->about = about;
	o->verb = verb;
	return end(m, o, "\"object_ref\":\"%s\",\"object_modified\":\"%s\",\"object_sha256\":\"%s\",\"verb\":\"%s\",\"reason\":" T, m->obj[about].id, m->obj[about].modified, m->obj[about].sha, verb, MK);
}

static int publish(struct rec *m, int writer, int about)
{
	static const int64_t when[] = {-HOUR, 0, HOUR, 30 * HOUR};
	struct obj *o = begin(m, PUBLICATION, "verbale-publication", writer, m->obj[about].col);
	char at[40];

	o->about = about;
	o->publish_at = (m->lab.now + when[pick(m, 4)]) / NS_PER_S * NS_PER_S;
	time_format(o->publish_at, 3, at, sizeof(at));
	return end(m, o, "\"document_ref\":\"%s\",\"document_modified\":\"%s\",\"document_sha256\":\"%s\",\"publish_at\":\"%s\"", m->obj[about].id, m->obj[about].modified, m->obj[about].sha, at);
}

static uint32_t log_of(struct rec *m, int writer, bool *ret_known)
{
	struct peer_state st;
	struct err e = {0};

	*ret_known = writer == DE;
	if (writer == DE)
		return 0;
	must(record_peer_state(m->node[DE].rd, record_self(m->node[writer].r), &st, &e) == 0);
	*ret_known = st.known;
	return st.log.log;
}

static bool held(struct rec *m, const struct obj *o, struct entry *ret)
{
	struct err e = {0};
	bool known;
	const uint32_t log = log_of(m, o->writer, &known);

	return known && record_read_at(m->node[DE].rd, log, o->index, ret, &e) == 0;
}

static bool arrived(struct rec *m, int no)
{
	struct entry en;

	if (!held(m, &m->obj[no], &en))
		return false;
	entry_free(&en);
	return true;
}

/* ---- a collection ---- */

static int write_collection(struct rec *m, int c, const struct col_rules *r, const char *id, bool revoked)
{
	struct obj *o = begin(m, PLAIN, "verbale-collection", m->col[c].founder, c);
	char a[64], b[64];

	if (id != NULL)
		(void)snprintf(o->id, sizeof(o->id), "%s", id);
	else
		(void)snprintf(o->id, sizeof(o->id), "verbale-collection--%s", m->col[c].uuid);
	o->what = PLAIN;
	parties(r->community, b);
	return end(m, o, "\"name\":" T ",\"description\":" T ",\"members\":[%s]%s%s%s,\"ceiling\":\"%s\",\"public\":%s%s", MK, MK, parties(r->members, a),
	    b[0] != '\0' ? ",\"community\":[" : "", b, b[0] != '\0' ? "]" : "", level_word[r->ceiling], r->open ? "true" : "false", revoked ? ",\"revoked\":true" : "");
}

static struct col_rules random_rules(struct rec *m, int founder)
{
	static const int ceilings[] = {1, 1, 1, 2, 2, 3, 3, 4, 5};
	struct col_rules r = {.members = 1U << founder, .ceiling = ceilings[pick(m, ARRAY_LEN(ceilings))], .open = chance(m, 75)};

	for (int p = 0; p < PARTIES; p++) {
		r.members |= chance(m, p == DE || p == JP ? 90 : p == FR ? 30 : 8) ? 1U << p : 0;
		r.community |= chance(m, 40) ? 1U << p : 0;
	}
	return r;
}

/* Founded, heard of by the others, answered by those who want. */
static void found(struct rec *m, int c)
{
	struct col *col = &m->col[c];
	const struct col_rules r = random_rules(m, col->founder = chance(m, 65) ? DE : JP);
	int no = -1;

	fresh_uuid(m, col->uuid);
	while (no < 0)
		no = write_collection(m, c, &r, NULL, false);
	col->now = r;
	col->accepted = col->founder == DE;
	for (int p = 0; p < WRITERS; p++) {
		if (p == col->founder)
			continue;
		follow(m, p, col->founder);
		if (chance(m, p == DE ? 85 : 95) && word(m, p, no, "agree") >= 0 && p == DE)
			col->accepted = true;
	}
	if (!col->accepted)
		col->now.members = 0;
}

/* The founder sets other rules. DE goes by its own at once, by JP's not before it agreed to them. */
static void refound(struct rec *m, int c)
{
	struct col *col = &m->col[c];
	struct col_rules r = random_rules(m, col->founder);
	const bool revoked = chance(m, 8);
	char id[LIMIT_STIX_ID + 1];
	int no;

	(void)snprintf(id, sizeof(id), "verbale-collection--%s", col->uuid);
	if (col->founder != DE && chance(m, 50))
		r = (struct col_rules){.members = 15, .community = 15, .ceiling = 5, .open = true};
	no = write_collection(m, c, &r, id, revoked);
	if (no < 0)
		return;
	if (col->founder != DE) {
		follow(m, DE, col->founder);
		if (!chance(m, 30) || word(m, DE, no, "agree") < 0 || !arrived(m, no))
			return;
	}
	col->now = r;
	col->accepted = !revoked;
}

/* ---- what stands in it ---- */

static int writer_of(struct rec *m) { return chance(m, 65) ? DE : chance(m, 70) ? JP : FR; }

static void plain(struct rec *m, int c)
{
	struct obj *o = begin(m, PLAIN, chance(m, 50) ? "indicator" : "identity", writer_of(m), c);

	if (strcmp(o->type, "identity") == 0)
		end(m, o, "\"name\":\"%s\",\"description\":\"%s\",\"identity_class\":\"group\"", o->marker, o->marker);
	else
		end(m, o, "\"name\":\"%s\",\"description\":\"%s\",\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"pattern_type\":\"stix\",\"valid_from\":\"2016-09-01T08:00:00Z\"", o->marker, o->marker);
}

static void statement(struct rec *m, int c, int writer)
{
	struct obj *o = begin(m, PLAIN, "marking-definition", writer, c);

	const int no = end(m, o, "\"definition_type\":\"statement\",\"definition\":{\"statement\":\"%s\"}", o->marker);

	if (no >= 0)
		m->statement[writer] = no;
}

static int round_of(struct rec *m, int c, int series, unsigned ordinal)
{
	struct obj *o = begin(m, PLAIN, "verbale-round", writer_of(m), c);

	return end(m, o, "\"series_ref\":\"%s\",\"ordinal\":%u,\"title\":" T ",\"start\":\"2016-09-09T00:00:00Z\",\"zone\":\"Asia/Tokyo\",\"venue\":" T ",\"mode\":\"in-person\","
	    "\"host\":\"JP\",\"status\":\"held\",\"observers\":[{\"name\":" T "}],\"further_reading\":[{\"title\":" T ",\"url\":\"https://%s.example/\"}]",
	    m->obj[series].id, ordinal, MK, MK, MK, MK, o->marker);
}

static void delegation(struct rec *m, int c, int round)
{
	struct obj *o = begin(m, PLAIN, "verbale-delegation", writer_of(m), c);

	end(m, o, "\"round_ref\":\"%s\",\"party\":\"%s\",\"members\":[{\"name\":{\"native\":\"%s\",\"latin\":\"%s\"},\"function\":" T ",\"agency\":" T ",\"agency_code\":\"AA\",\"role\":\"head\"}]",
	    m->obj[round].id, party_code[o->writer], o->marker, o->marker, MK, MK);
}

static int document(struct rec *m, int round, const struct obj *before, bool revoked)
{
	static const char *const kinds[] = {"agenda", "joint-statement", "minutes", "press-release"};
	struct obj *o = begin(m, DOCUMENT, "verbale-document", before != NULL ? before->writer : writer_of(m), m->obj[round].col);
	char at[40] = "", key[60] = "";

	if (before != NULL) {
		memcpy(o->id, before->id, sizeof(o->id));
		memcpy(o->name, before->name, sizeof(o->name));
	}
	o->round = round;
	o->bracketed = chance(m, 10);
	o->revoked = revoked;
	if (chance(m, 30)) {
		o->embargo = (m->lab.now + (chance(m, 50) ? -HOUR : 5 * HOUR)) / NS_PER_S * NS_PER_S;
		time_format(o->embargo, 3, at, sizeof(at));
		(void)snprintf(key, sizeof(key), ",\"publish_at\":\"%s\"", at);
	}
	return end(m, o, "\"round_ref\":\"%s\",\"kind\":\"%s\",\"number\":\"%s\",\"title\":" T ",\"date\":\"2016-09-09T00:00:00Z\",\"units\":[{\"number\":\"1\",\"text\":" T ",\"state\":\"%s\"}],"
	    "\"authentic\":[\"de\",\"ja\"]%s%s", m->obj[round].id, kinds[pick(m, 4)], o->name, MK, MK, o->bracketed ? "bracketed" : "agreed", key, revoked ? ",\"revoked\":true" : "");
}

/* What is said of a round, and a word of the glossary. */
static void around(struct rec *m, int round)
{
	const int c = m->obj[round].col;
	struct obj *o = begin(m, INSIDE, "verbale-invitation", writer_of(m), c);

	end(m, o, "\"round_ref\":\"%s\",\"verb\":\"invite\",\"dates\":[{\"start\":\"2016-09-09T00:00:00Z\"}],\"venue\":" T ",\"text\":" T, m->obj[round].id, MK, MK);
	o = begin(m, PLAIN, "verbale-term", writer_of(m), c);
	end(m, o, "\"term\":" T ",\"note\":" T ",\"warning\":" T ",\"confused_with\":[" T "],\"source\":\"%s\"", MK, MK, MK, MK, o->marker);
}

/* What is said of a document; a promise from it and what became of that. */
static void beside(struct rec *m, int doc)
{
	const struct obj *d = &m->obj[doc];
	struct obj *o = begin(m, INSIDE, "verbale-comment", writer_of(m), d->col);
	int no;

	end(m, o, "\"object_ref\":\"%s\",\"object_modified\":\"%s\",\"unit\":\"1\",\"text\":" T, d->id, d->modified, MK);
	o = begin(m, INSIDE, "verbale-silence", d->writer, d->col);
	end(m, o, "\"document_ref\":\"%s\",\"document_modified\":\"%s\",\"document_sha256\":\"%s\",\"deadline\":\"2016-09-10T00:00:00Z\",\"text\":" T, d->id, d->modified, d->sha, MK);
	o = begin(m, INSIDE, "verbale-commitment", writer_of(m), d->col);
	no = end(m, o, "\"document_ref\":\"%s\",\"document_modified\":\"%s\",\"document_sha256\":\"%s\",\"round_ref\":\"%s\",\"unit\":\"1\",\"title\":" T ",\"owners\":[\"DE\",\"JP\"],"
	    "\"agencies\":[{\"party\":\"DE\",\"agency\":" T "}],\"due\":\"2017-01-01T00:00:00Z\",\"due_precision\":\"year\",\"next_round\":true", d->id, d->modified, d->sha, m->obj[d->round].id, MK, MK);
	if (no < 0)
		return;
	o = begin(m, INSIDE, "verbale-progress", writer_of(m), d->col);
	end(m, o, "\"commitment_ref\":\"%s\",\"state\":\"started\",\"text\":" T ",\"evidence\":[{\"title\":" T ",\"url\":\"https://%s.example/\"}]", m->obj[no].id, MK, MK, o->marker);
}

/* Words in an order that mostly leads to publication, with all that may come between. */
static void story(struct rec *m, int doc)
{
	const unsigned members = m->col[m->obj[doc].col].now.members;
	const unsigned until = (unsigned)pick(m, 100);
	int by = DE;

	if (chance(m, 30)) {
		struct obj *o = begin(m, PROPOSAL, "verbale-proposal", writer_of(m), m->obj[doc].col);

		o->about = doc;
		end(m, o, "\"document_ref\":\"%s\",\"document_modified\":\"%s\",\"document_sha256\":\"%s\",\"changes\":[{\"unit\":\"1\",\"action\":\"replace\",\"text\":" T "}],\"reason\":" T,
		    m->obj[doc].id, m->obj[doc].modified, m->obj[doc].sha, MK, MK);
	}
	if (until < 15)
		return;
	if (chance(m, 10))
		publish(m, writer_of(m), doc); /* before anybody agreed */
	for (int p = 0; p < WRITERS; p++)
		if (has(members, p) && !chance(m, 5) && word(m, p, doc, "agree") >= 0)
			by = p;
	if (until < 30)
		return;
	if (chance(m, 10))
		word(m, writer_of(m), doc, chance(m, 50) ? "object" : "withdraw");
	publish(m, by, doc);
	if (chance(m, 15))
		word(m, writer_of(m), doc, chance(m, 50) ? "object" : "withdraw");
	if (chance(m, 20))
		publish(m, writer_of(m), doc);
}

static void documents(struct rec *m, int round)
{
	for (int k = 0; k < 3; k++) {
		int doc = -1, next;

		for (int i = 0; i < 3 && doc < 0; i++)
			doc = document(m, round, NULL, false);
		if (doc < 0)
			continue;
		if (chance(m, 40))
			beside(m, doc);
		story(m, doc);
		if (!chance(m, 40))
			continue;
		next = document(m, round, &m->obj[doc], chance(m, 25));
		if (next >= 0 && chance(m, 50))
			story(m, next);
	}
}

static void fill(struct rec *m, int c)
{
	int series = -1, round;
	struct obj *o;

	for (int w = 0; w < WRITERS; w++)
		if (chance(m, 50))
			statement(m, c, w);
	for (int k = 0; k < 3; k++)
		plain(m, c);
	for (int k = 0; k < 4 && series < 0; k++) {
		o = begin(m, PLAIN, "verbale-series", DE, c);
		series = end(m, o, "\"title\":" T ",\"members\":[\"DE\",\"JP\"],\"noun\":\"consultation\",\"mandate\":" T ",\"rhythm\":" T ",\"slug\":\"%s\"", MK, MK, MK, o->name);
	}
	for (unsigned k = 1; k <= 2 && series >= 0; k++) {
		round = -1;
		for (int i = 0; i < 4 && round < 0; i++)
			round = round_of(m, c, series, k);
		if (round < 0)
			continue;
		delegation(m, c, round);
		around(m, round);
		documents(m, round);
	}
}

/* ---- the whole ---- */

static int no_sync(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return 0;
}

/* What arrived at DE, with the bytes and salts it holds. */
static void look(struct rec *m)
{
	for (int i = 0; i < m->objs; i++) {
		struct obj *o = &m->obj[i];
		struct entry en;

		if (!held(m, o, &en))
			continue;
		must(strcmp(en.row.id, o->id) == 0 && (o->p = mem_alloc(en.bytes.n + 1)) != NULL);
		memcpy(o->p, en.bytes.p, en.bytes.n);
		o->p[en.bytes.n] = '\0';
		o->n = en.bytes.n;
		memcpy(o->salt, en.salt, 32);
		o->held = true;
		entry_free(&en);
	}
}

void rec_open(struct rec *m, uint64_t seed)
{
	memset(m, 0, sizeof(*m));
	m->rnd = seed;
	lab_open(&m->lab, seed ^ 0x5eed);
	m->lab.w.fs.fsync = m->lab.w.fs.fdatasync = no_sync; /* nothing here is about power cuts */
	for (int p = 0; p < PARTIES; p++) {
		node_make(&m->lab, &m->node[p], party_code[p]);
		record_set_rules(m->node[p].r, NULL, consult_public, NULL); /* anything may be written: others' logs hold what they like */
	}
	for (int p = 0; p < PARTIES; p++)
		for (int q = 0; q < PARTIES; q++)
			if (p != q)
				node_pin(&m->node[p], &m->node[q]);
}

static void forget(struct rec *m)
{
	for (int i = 0; i < m->objs; i++)
		mem_free(m->obj[i].p);
	m->objs = m->cols = 0;
	for (int w = 0; w < WRITERS; w++)
		m->statement[w] = -1;
}

void rec_fill(struct rec *m)
{
	struct index_log log;
	struct err e = {0};

	forget(m);
	must(index_get_log(record_index(m->node[DE].rd), 0, &log, &e) == 0);
	m->base = log.size;
	m->cols = 1 + (int)pick(m, MAX_COLS);
	for (int c = 0; c < m->cols; c++) {
		found(m, c);
		fill(m, c);
		if (chance(m, 30))
			refound(m, c);
	}
	follow(m, DE, JP);
	follow(m, DE, FR);
	look(m);
}

bool rec_hide(struct rec *m, int c)
{
	struct add_opt opt = {.strict = STIX_LENIENT, .role = ROLE_NODE};
	struct add_result res = {.what = ADDED_REFUSED};
	struct err e = {0};
	char id[37], json[1000];

	fresh_uuid(m, id);
	(void)snprintf(json, sizeof(json), "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--%s\",\"created\":\"2016-09-01T08:00:00.000Z\",\"modified\":\"2016-09-01T08:00:00.000Z\","
	    "\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"pattern_type\":\"stix\",\"valid_from\":\"2016-09-01T08:00:00Z\","
	    "\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[\"DE/AA/nemo\"]}}}", id);
	must(uuid_parse(m->col[c].uuid, 36, opt.collection));
	must(record_add(m->node[DE].r, &opt, &(struct add_item){json, strlen(json)}, 1, &res, &e) == 0);
	return res.what == ADDED_NEW;
}

void rec_close(struct rec *m)
{
	forget(m);
	for (int p = 0; p < PARTIES; p++)
		node_free(&m->node[p]);
	lab_close(&m->lab);
}

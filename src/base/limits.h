/*
 * base/limits.h - every bound in the program: unit, and why it stands there.
 */
#pragma once

/* --- text and JSON --- */
#define LIMIT_LOG_LINE       4096        /* bytes; PIPE_BUF: a line up to this goes into a pipe whole */
#define LIMIT_LOG_VALUE      1024        /* bytes; one value in the event log, before escaping */
#define LIMIT_BUF            (1024UL * 1024 * 1024) /* bytes; a buffer without a tighter maximum */
#define LIMIT_JSON_DEPTH     64          /* levels; STIX needs fewer than 12, bounds our recursion */
#define LIMIT_JSON_BYTES     (1024UL * 1024)        /* bytes; one object (1 MiB, reference: record format) */
#define LIMIT_JSON_BULK      (256UL * 1024 * 1024)  /* bytes; a list, bundle or envelope read at once by `add` */
#define LIMIT_MISP_EVENT     (32UL * 1024 * 1024)   /* bytes; one MISP event, read at once: about 110 MB of memory */
#define LIMIT_JSON_PATH      256         /* bytes; a JSON path shown in an error is cut here */

/* --- compression --- */
#define LIMIT_PACK_WINDOW    27          /* log2 of bytes; a zstd frame that wants more memory to be read is refused, as zstd itself does */

/* --- keys, notes, proofs: C2SP signed-note, tlog-checkpoint, tlog-proof --- */
#define LIMIT_ORIGIN         100         /* bytes; origin and key names (C2SP is about to bound them) */
#define LIMIT_NOTE_SIGS      64          /* signatures on one note (add-checkpoint: never more than 63 besides ours) */
#define LIMIT_NOTE_BYTES     65536       /* bytes; a note with its signatures */
#define LIMIT_PROOF_HASHES   63          /* hashes; a tree of 2^63 leaves has no longer path */
#define LIMIT_PROOF_BYTES    (LIMIT_NOTE_BYTES + 8192)
#define LIMIT_POLICY_BYTES   65536       /* bytes; a policy file */
#define LIMIT_POLICY_LOGS    64          /* logs in one policy file (the specification wants at least 32) */
#define LIMIT_POLICY_NAMES   256         /* witnesses and groups in one policy file */
#define LIMIT_LOG_SIZE       (1ULL << 48) /* leaves; keeps every product of index and width inside 64 bits */

/* --- journal --- */
#define LIMIT_SEGMENT        (64UL * 1024 * 1024) /* bytes preallocated per segment; -35 % sync latency against a growing file */
#define LIMIT_FRAME          (4UL * 1024 * 1024)  /* bytes; one frame's payload: an entry with salt, or 64 Ki mirrored leaves */
#define LIMIT_BATCH_FRAMES   65536       /* frames committed together */
#define LIMIT_BATCH_BYTES    (48UL * 1024 * 1024) /* bytes committed together; a batch never crosses a segment */
#define LIMIT_OPEN_SEGMENTS  64          /* segments kept open for reading; far below the 1024 descriptors a process gets */

/* --- index --- */
#define LIMIT_INDEX_RECENT   32768       /* ids kept apart before they are merged in order: a small tree takes random keys cheaply */
#define LIMIT_INDEX_CACHE_KIB 32768      /* KiB of page cache of the writer; holds the id tree of about 1 M entries */
#define LIMIT_READER_CACHE_KIB 2048      /* KiB of page cache per reader: LIMIT_READERS of them must fit */

/* --- record --- */
#define LIMIT_BATCH_OBJECTS  16384       /* objects in one commit; bounds the time a waiting writer waits */
#define LIMIT_COLLECTIONS    4096        /* collections on one node; one TAXII answer lists them all (about 2 MB) */
#define LIMIT_PARTIES        64          /* parties known to one node */
#define LIMIT_MEMBERS        32          /* member parties of one collection */
#define LIMIT_PARTY          16          /* bytes; a party's code: "DE", "JP", "ENISA" */
#define LIMIT_DOC_WORDS      65536       /* assents, publications and proposals about one document; each state question reads them all */
#define LIMIT_SILENCE_S      86400       /* seconds from a silence procedure's opening to its deadline, and from its arrival at a node to that node's word */
#define LIMIT_READERS        64          /* reading threads with a connection of their own */

/* --- STIX 2.1 --- */
#define LIMIT_STIX_ID        (250 + 2 + 36) /* bytes; type (§3.1) "--" UUID */
#define LIMIT_STIX_TYPE      250         /* bytes; §3.1 */
#define LIMIT_STIX_KEY       250         /* bytes; property and dictionary keys §3.1, §2.12 */
#define LIMIT_TIMESTAMP      64          /* bytes; RFC 3339 text; the fraction may have any length in STIX, ours stops here */
#define LIMIT_PATTERN        262144      /* bytes; a STIX pattern: some 3,000 digests */
#define LIMIT_PATTERN_NESTED 64          /* parentheses inside one another in a pattern; bounds the parser's stack */
#define LIMIT_UNITS          500         /* units in one document */
#define LIMIT_MARKINGS       64          /* marking-definitions one object and its parts may name */
#define LIMIT_AGENCY         32          /* bytes; an agency's code: "MOFA", "BMVg", "CERT-Bund" */
#define LIMIT_PERSON         64          /* bytes; a person's id inside its agency */
#define LIMIT_TITLE          500         /* characters; a title or name in one language */
#define LIMIT_TEXT           65536       /* characters; a longer text in one language (a unit of a document) */
#define LIMIT_URL            2048        /* bytes; an address in an object */
#define LIMIT_ZONE           64          /* bytes; an IANA time zone name */
#define LIMIT_DELEGATES      200         /* members of one delegation */
#define LIMIT_OBSERVERS      64          /* observers of one round */
#define LIMIT_CHAIRS         16          /* chairs of one round; three have been seen */
#define LIMIT_DATES          12          /* dates one invitation offers; all members' stand in one table (6 KB) */
#define LIMIT_DEADLINES      200         /* deadlines of one series */
#define LIMIT_AGENCIES       64          /* agencies of one commitment */
#define LIMIT_READING        50          /* further reading of one round or document */

/* --- comparing, searching, printing --- */
#define LIMIT_DIFF_EDITS     4096        /* words deleted and inserted; beyond it two texts are shown as replaced. The time grows with its square: 20 ms */
#define LIMIT_GLOSSARY_EXTRA 1000        /* terms of the record beside our own */
#define LIMIT_WORD           64          /* bytes; a folded word of a text or a question, the rest is cut */
#define LIMIT_QUERY          512         /* bytes; a question to the search */
#define LIMIT_QUERY_TERMS    16          /* words or phrases in one question */
#define LIMIT_QUERY_WORDS    64          /* words of all of them; a pair of Japanese characters is one */
#define LIMIT_QUERY_VALUE    32          /* bytes; the value of a filter */
#define LIMIT_PDF_PAGES      2000        /* pages of one paper: 500 units of 64 Ki characters stay far below in practice */

/* --- HTTP --- */
#define LIMIT_HTTP_URL       4096        /* bytes; path and query */
#define LIMIT_HTTP_HEADER    16384       /* bytes; all header fields of a request */
#define LIMIT_HTTP_BODY      (1024UL * 1024)      /* bytes; a request body unless the route says more */
#define LIMIT_HTTP_CONNS     1000        /* connections in all */
#define LIMIT_HTTP_PER_ADDR  100         /* connections from one address */
#define LIMIT_HTTP_IDLE_S    30          /* seconds without progress */
#define LIMIT_HTTP_TOTAL_S   120         /* seconds for one request from first byte to last */
#define LIMIT_HTTP_SEND_S    600         /* seconds to take an answer: 8 MiB at 14 kB/s */
#define LIMIT_HTTP_STOP_S    5           /* seconds a stopping server waits for requests under way */
#define LIMIT_HTTP_DRAIN     (64UL * 1024 * 1024) /* bytes read and dropped behind a refusal, so that the client gets to read it: one largest body */
#define LIMIT_HTTP_LINGER_S  10          /* seconds a refused client may go on sending before it is reset */
#define LIMIT_HTTP_BODY_RATE 65536       /* bytes; a body that comes in pieces has one more second for each of these */
#define LIMIT_HTTP_PARAMS    32          /* query parameters */
#define LIMIT_FORM_FIELDS    4096        /* fields of one form: 500 units in three languages with state and leads */
#define LIMIT_WHO            144         /* bytes; whom the access log names: "DE", "DE/BSI/muster", "token:4f2a…" */
#define LIMIT_PACK_FROM      1024        /* bytes; a smaller answer is not worth packing */
#define LIMIT_ENTRIES_PAGE   1000        /* entries in one answer of /log/entries/ */
#define LIMIT_ENTRIES_BYTES  (8UL * 1024 * 1024)  /* bytes of entries in one such answer; one entry always fits */
#define LIMIT_ENTRIES_LOOKED 16384       /* entries looked through for one such answer, readable or not */

/* --- web --- */
#define LIMIT_WEB_ROWS       4096        /* index rows gathered for one page; about 3 MB, far beyond any round */
#define LIMIT_WEB_PAGE       (8UL * 1024 * 1024) /* bytes; 500 units in three languages stay below 2 MB */
#define LIMIT_AUDIT_FILE     (64UL * 1024 * 1024) /* bytes; one export of the audit log by a page, some 500,000 rows; the command has no such bound */
#define LIMIT_WEB_KEPT       (256UL * 1024) /* bytes; a public page kept for whoever asks next in this second; longer ones are made anew. 256 of them at most */
#define LIMIT_WEB_SERIES     64          /* series on the list; a party has a dozen partners */

/* --- TAXII --- */
#define LIMIT_PAGE_ROWS      10000       /* rows of one page, whatever limit is asked for: bounds an answer together with LIMIT_PAGE_BYTES */
#define LIMIT_PAGE_DEFAULT   1000        /* rows of a page when the client names no limit */
#define LIMIT_PAGE_BYTES     (16UL * 1024 * 1024) /* bytes of objects in one page; it ends earlier then, with more: true */
#define LIMIT_PAGES_UNSENT   (256UL * 1024 * 1024) /* bytes of answers clients have still to take; towards it pages get shorter, so that slow readers cannot fill the memory */
#define LIMIT_PAGE_SHORT     65536       /* bytes of objects in a page, when it comes to that: 1000 connections hold 64 MiB */
#define LIMIT_TAXII_BODY     (64UL * 1024 * 1024) /* bytes; max_content_length of the API root */
#define LIMIT_MATCH          1000        /* values of one match field (a 4 KiB query holds about 60 ids) */
#define LIMIT_POST_NOW       (4UL * 1024 * 1024)  /* bytes; an envelope up to this is complete when it is answered, a larger one is spooled to disk */
#define LIMIT_POST_OBJECTS   10000       /* objects; the same */
#define LIMIT_STATUS_FAILURES 1000       /* failures listed in a status; their count goes on */
#define LIMIT_STATUS_KEEP_S  604800      /* seconds a finished status stays readable (TAXII 2.1 §4.3 wants a day) */
#define LIMIT_STATUS_STORED  100         /* successes listed in a stored status; the answer to a POST lists up to LIMIT_STATUS_FAILURES */
#define LIMIT_STATUS_WARNINGS 100       /* warnings listed in a status that is too long to list its successes; their count goes on */
#define LIMIT_WARNING_TEXT   300         /* bytes of what is said of one object taken with warnings: two or three rules, place and words */
#define LIMIT_STATUS_BYTES   (1024UL * 1024)      /* bytes of one list of a status */
#define LIMIT_INGEST_QUEUE   64          /* envelopes on disk waiting to be written; more get 503 with Retry-After */
#define LIMIT_POSTS          256         /* envelopes being received or waiting for their answer; more get 503 with Retry-After */
#define LIMIT_INGEST_BYTES   (32UL * 1024 * 1024) /* bytes of objects in memory, of all envelopes; further ones go by the disk */
#define LIMIT_WRITE_BATCH    1000        /* objects of one envelope written at once; others take their turn in between */

/* --- access --- */
#define LIMIT_USER           64          /* bytes; a user's name */
#define LIMIT_PASSWORD       1024        /* bytes */
#define LIMIT_TOKEN_SCOPES   64          /* collections one token may be bound to */
#define LIMIT_TOKEN_NETS     16          /* address ranges one token may be bound to */
#define LIMIT_SESSIONS       4096        /* checked passwords remembered at once */
#define LIMIT_SESSION_S      600         /* seconds a checked password is remembered */
#define LIMIT_FAILURES       5           /* wrong passwords from one address for one name, per minute, before it has to wait */
#define LIMIT_RATE_SLOTS     4096        /* readers whose rate is counted at once */
#define LIMIT_PASSWORD_MIN   12          /* characters of a new password: guessed at LIMIT_FAILURES a minute it lasts */
#define LIMIT_PASSWORD_WAIT  8           /* different passwords waiting for the one that is being checked (64 MiB, 0.1 s each); more get 429 */
#define LIMIT_ADDR_FAILURES  50          /* wrong passwords from one address for any names, per minute: 5 s of work for us */
#define LIMIT_FAILURE_SLOTS  4096        /* addresses and names whose failures are counted at once */
#define LIMIT_IDLE_S         1800        /* seconds a person's session lasts without a request: a desk left for a meeting */
#define LIMIT_TOTAL_S        43200       /* seconds a person's session lasts at all: one working day, then sign in again */
#define LIMIT_FRESH_S        600         /* seconds after signing in during which passwords and factors may be changed */
#define LIMIT_TICKET_S       300         /* seconds between two steps of signing in: find the phone, type the code */
#define LIMIT_TICKETS_SPENT  4096        /* tickets remembered as used, for LIMIT_TICKET_S: 13 sign-ins a second */
#define LIMIT_SESSIONS_KNOWN 4096        /* people's sessions remembered at once; others are looked up */
#define LIMIT_SESSIONS_USER  32          /* sessions one person may have; the oldest ends when another begins */
#define LIMIT_FACTORS        16          /* one-time secrets and passkeys of one person */
#define LIMIT_CODE_FAILURES  20          /* wrong codes for one device per hour, after a right password: an even chance of guessing takes more than a year */
#define LIMIT_FACTOR_SECRET  256         /* bytes; a sealed secret or a public key */
#define LIMIT_CREDENTIAL     1023        /* bytes; a passkey's id (WebAuthn level 3, "Credential ID") */
#define LIMIT_KEY_ANSWER     65536       /* bytes; what a browser answers about a passkey; attestation certificates included */
#define LIMIT_AGENT          120         /* bytes kept of what a browser calls itself */
#define LIMIT_ORIGIN_URL     280         /* bytes; scheme, host name of 253, port */
#define LIMIT_TOKENS_KNOWN   1024        /* tokens and certificates remembered at once; others are looked up */
#define LIMIT_GRANTS         65536       /* grants in all; held in memory */
#define LIMIT_SEEN_S         60          /* seconds between two notes of when a token or user was last seen */
#define LIMIT_STATE_NAME     4096        /* bytes; the name of a small value: may be an address */
#define LIMIT_STATE_BYTES    (64UL * 1024 * 1024) /* bytes; the detail of a status, a small value */

/* --- at home --- */
#define LIMIT_HOME_TEXT      262144      /* bytes; one part of a national paper: minutes of two days, 80,000 Japanese characters */
#define LIMIT_HOME_ITEM      32          /* bytes; number of an agenda item, as that of a unit */
#define LIMIT_HOME_REFS      64          /* contributions merged into one position: more than a government has agencies that matter here */
#define LIMIT_HOME_FOLDER    1000        /* papers of one round in a briefing folder: 500 units, two papers each */
#define LIMIT_READY          (2UL * LIMIT_JSON_BYTES + 65536) /* bytes; one act that waits: two objects at most, and where they go */
#define LIMIT_WAITING        1000        /* acts that wait for a second person at once; somebody who floods them is stopped */

/* --- peers --- */
#define LIMIT_PEER_TEXT      4096        /* bytes; the short text in which peers exchange keys */
#define LIMIT_PEER_BODY      (64UL * 1024 * 1024) /* bytes; largest answer taken from a peer */
#define LIMIT_PEER_TIMEOUT_S 60          /* seconds; one request to a peer */
#define LIMIT_PEER_TRIES     3           /* attempts at one request to a peer */
#define LIMIT_PULL_PAGE      1000        /* objects asked for per page of a foreign TAXII server */
#define LIMIT_PULL_PAGE_MAX  16000       /* objects; the largest page asked for when many bear one date */
#define LIMIT_PULL_NEXT      3072        /* bytes; a foreign server's token: it has to fit into a URL */
#define LIMIT_PULL_RESOURCE  (4UL * 1024 * 1024)  /* bytes; discovery, API root, list of collections */
#define LIMIT_PULL_TRIES     6           /* times one page is asked for again after 429 or 5xx */
#define LIMIT_PULL_WAIT_S    300         /* seconds waited at most before asking again, whatever Retry-After says */
#define LIMIT_PULL_IDLE      1000        /* pages in a row that may bring nothing new before a pull gives up */
#define LIMIT_FOLLOW_LEAVES  (16UL * 1024 * 1024) /* leaves taken over in one round; they stay in memory (33 bytes each) until proven */
#define LIMIT_CLOCK_SKEW_S   300         /* seconds; a cosignature further in the future is refused */

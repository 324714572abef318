/* line.h - a keep-alive HTTP client on this machine for the load programs: one connection, one question at a time. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line {
	uint16_t port;
	unsigned from;                       /* binds to 127.0.0.(from): the server bounds connections per address; 0: as it comes */
	const char *token;
	int fd;                              /* -1: not open */
	char *b; size_t cap, n;              /* the answer: head and body, terminated */
	size_t head, body;                   /* their lengths */
};
void line_new(struct line *l, uint16_t port, unsigned from, const char *token);
void line_free(struct line *l);
bool line_open(struct line *l);          /* false: nobody answers */
void line_close(struct line *l);
bool line_send(struct line *l, const void *p, size_t n);
int line_read(struct line *l);           /* status; -1: the connection broke, and is closed now */
/* Opens the line if need be. extra: further header fields, each ending in CR LF. */
int line_ask(struct line *l, const char *method, const char *path, const char *extra, const void *body, size_t n);
const char *line_body(const struct line *l);
/* The value of a header field, cut at room; false: not there. */
bool line_header(const struct line *l, const char *name, char *to, size_t room);

double seconds_now(void);
uint64_t scatter(uint64_t x);            /* splitmix64's finaliser */
#define INDICATOR_ROOM 700
/* An indicator numbered k (its id begins with it), about 420 bytes. */
size_t put_numbered(char *to, uint64_t k);
/* Its number; UINT64_MAX: not one of ours. */
uint64_t number_of(const char *id);

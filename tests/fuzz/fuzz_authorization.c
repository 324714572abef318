/* The Authorization field: whatever is in it, it is a token's hash, a name and password, or refused; and so the ranges of addresses. */
#include <string.h>

#include "access/priv.h"
#include "base/mem.h"
#include "fuzz.h"

static void as_field(const char *text)
{
	struct cred c, again;

	cred_parse(text, &c);
	MUST(c.kind == CRED_TOKEN || c.kind == CRED_BASIC || c.kind == CRED_BAD);
	MUST(memchr(c.name, '\0', sizeof(c.name)) != NULL && strlen(c.password) == c.password_n && c.password_n <= LIMIT_PASSWORD);
	if (c.kind == CRED_BASIC)
		MUST(c.name[0] != '\0' && strchr(c.name, ':') == NULL);
	if (c.kind != CRED_BASIC)
		MUST(c.name[0] == '\0' && c.password_n == 0);
	cred_parse(text, &again);
	MUST(memcmp(&c, &again, sizeof(c)) == 0);
}

static void as_range(const char *text)
{
	struct err e = {.code = 0};
	struct net n;
	uint8_t addr[16];

	if (net_parse(text, &n, &e) == 0)
		MUST(n.bits <= 128 && net_has(&n, n.p));
	else
		MUST(e.code == E_FORMAT && e.msg[0] != '\0');
	if (addr_parse(text, addr)) {
		addr_network(addr);
		MUST(net_has(&(struct net){.bits = 0}, addr) || addr[10] == 0xff);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);

	MUST(text != NULL && crypto_init(NULL) == 0);
	as_field(text);
	as_range(text);
	mem_free(text);
	return 0;
}

/* Addresses and ranges of them. IPv4 is kept as ::ffff:a.b.c.d, which is also how a listener for both hands it over. */
#include <arpa/inet.h>
#include <string.h>

#include "access/priv.h"
#include "base/enc.h"

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const uint8_t addr[16]) { return memcmp(addr, mapped, sizeof(mapped)) == 0; }

static bool parse_n(const char *s, size_t n, uint8_t ret[16])
{
	char text[INET6_ADDRSTRLEN];
	uint8_t p[16];

	if (n == 0 || n >= sizeof(text))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, p) != 1) {
		memcpy(p, mapped, sizeof(mapped));
		if (inet_pton(AF_INET, text, p + 12) != 1)
			return false;
	}
	memcpy(ret, p, sizeof(p));
	return true;
}

bool addr_parse(const char *s, uint8_t ret[16])
{
	/* A link-local address comes with its interface: fe80::1%eth0. */
	return s != NULL && parse_n(s, strcspn(s, "%"), ret);
}

static bool bit(const uint8_t p[16], unsigned i) { return (p[i / 8] >> (7 - i % 8) & 1) != 0; }

int net_parse(const char *s, struct net *ret, struct err *e)
{
	const size_t n = strcspn(s, "/");
	struct net net = {.bits = 128};
	uint64_t bits = 0;

	if (!parse_n(s, n, net.p))
		return fail(e, E_FORMAT, "address range \"%.60s\": as 192.0.2.0/24 or 2001:db8::/32 is due", s);
	if (s[n] == '/') {
		const unsigned before = memchr(s, ':', n) == NULL ? 96 : 0;

		if (!dec_parse(s + n + 1, strlen(s + n + 1), 128 - before, &bits))
			return fail(e, E_FORMAT, "address range \"%.60s\": a prefix of 0 to %u bits is due", s, 128 - before);
		net.bits = before + (unsigned)bits;
	}
	for (unsigned i = net.bits; i < 128; i++)
		if (bit(net.p, i))
			return fail(e, E_FORMAT, "address range \"%.60s\": there are bits behind the prefix", s);
	*ret = net;
	return 0;
}

bool net_has(const struct net *n, const uint8_t addr[16])
{
	/* "::/0" means all of IPv6, not also IPv4 as it is mapped into it. */
	if (is_v4(addr) && n->bits < 96)
		return false;
	if (memcmp(n->p, addr, n->bits / 8) != 0)
		return false;
	for (unsigned i = n->bits / 8 * 8; i < n->bits; i++)
		if (bit(n->p, i) != bit(addr, i))
			return false;
	return true;
}

void addr_network(uint8_t addr[16])
{
	if (!is_v4(addr))
		memset(addr + 8, 0, 8);
}

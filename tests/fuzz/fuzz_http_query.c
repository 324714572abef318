/* Request targets: whatever comes in, what comes out is clean text inside the target's own memory. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/enc.h"
#include "http/priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void inside(const struct http_target *t, const char *s)
{
	assert(*s == '\0' || (s >= t->mem && s + strlen(s) < t->mem + sizeof(t->mem)));
	assert(utf8_check(s, strlen(s)) == strlen(s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct http_target t;
	char copy[LIMIT_HTTP_URL + 1];
	const char *arg[4] = {NULL}, *rest = "";
	bool head;

	if (http_target_parse((const char *)data, n, &t, NULL) != 0) {
		assert(t.path[0] == '/' && strpbrk(t.path, "%.?\\") == NULL && strstr(t.path, "//") == NULL && t.params == 0);
		return 0;
	}
	assert(n <= LIMIT_HTTP_URL);
	assert(strcmp(t.path, "*") == 0 || t.path[0] == '/');
	assert(strstr(t.path, "//") == NULL && strstr(t.path, "/./") == NULL && strstr(t.path, "/../") == NULL && strchr(t.path, '\\') == NULL);
	if (t.path[0] == '/')
		inside(&t, t.path);
	for (size_t i = 0; i < t.params; i++) {
		inside(&t, t.param[i].name);
		inside(&t, t.param[i].value);
	}
	memcpy(copy, t.path, strlen(t.path) + 1);
	if (http_match("/{}/{}/x/{}", t.path, copy, arg, &rest))
		for (size_t i = 0; i < 3; i++)
			assert(arg[i] > copy && arg[i][0] != '\0' && strchr(arg[i], '/') == NULL);
	IGNORE(http_method_parse(t.path, &head) == HTTP_GET, "must only not crash");
	return 0;
}

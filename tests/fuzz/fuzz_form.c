/* Forms: whatever comes in, what comes out is text, and no longer than what came. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/enc.h"
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct http_form f;
	size_t all = 0;

	if (http_form_parse(data, n, &f, NULL) != 0) {
		assert(f.n == 0 && f.mem == NULL);
		return 0;
	}
	assert(f.n <= LIMIT_FORM_FIELDS);
	for (size_t i = 0; i < f.n; i++) {
		const char *v = f.field[i].value;

		assert(utf8_check(v, strlen(v)) == strlen(v) && strchr(v, '\r') == NULL);
		all += strlen(v) + strlen(f.field[i].name);
	}
	assert(all <= n);
	http_form_free(&f);
	return 0;
}

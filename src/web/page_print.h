/* web/page_print.h - a document as a paper to keep: PDF and plain text. */
#pragma once
#include "http/http.h"
#include "web/load.h"

enum paper_form { PAPER_PDF, PAPER_TEXT };
/* Into the answer, with its headers. E_NOTFOUND: no document. The loader has asked release already. */
NODISCARD int paper_send(struct loader *l, const struct picked *p, enum paper_form form, struct http_resp *r, struct err *e);

/* Shared by the journal's tests: batches with known content, and the check that exactly they are there. */
#pragma once
#include "../check.h"
#include "base/buf.h"
#include "base/fs.h"
#include "faultfs.h"
#include "store/jfile.h"
#include "store/journal.h"

#define OK(expr) ok_((expr), &e, #expr, __FILE__, __LINE__)
void ok_(int rc, const struct err *e, const char *expr, const char *file, int line);

/* Payload of frame `no`: up to `most` bytes (0: empty ones too), the same for every run. Clears out. */
void payload(uint64_t no, size_t most, struct buf *out);
/* Append frames head+1 … head+count as one batch with those payloads. */
int append_batch(struct journal *j, size_t count, size_t most, struct err *e);
/* Scan and read back everything: frames 1…last whole, in order, with their payloads, and no others. */
void check_all(struct journal *j, uint64_t last, size_t most);
struct journal *open_or_die(const struct fs *fs, uint32_t segment, bool writable, struct journal_opened *opened);

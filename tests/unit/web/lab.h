/* Two nodes that carry the demo's consultation, in one process: for the tests of the pages, and to look at them. */
#pragma once
#include "cli/demo_content.h"
#include "http/http.h"
#include "support.h"
#include "web/web.h"

struct weblab { struct lab l; struct node de, jp; struct demo_ids ids; long fail_after; /* memory runs out in the next answer */ char sha[65], first_modified[40], created[40]; struct web web; };

/* Up to: both sides agreed to agenda and statement; nothing is published. The clock stands on 12 September 2016. */
void weblab_open(struct weblab *w);
/* Release agenda and statement for this time, and let both nodes hear of it. */
void weblab_publish(struct weblab *w, const char *at);
void weblab_meet(struct weblab *w);  /* each follows the other and hands its cosignature back */
void weblab_close(struct weblab *w);
void weblab_meet(struct weblab *w); /* both nodes hear of each other */
void weblab_set(struct weblab *w, const char *time);

/* base/lock.h - a mutex for short work: whoever finds it taken looks again for a moment before he sleeps, which costs two system calls. */
#pragma once
#include <pthread.h>

#include "base/attr.h"

/* 0, or pthread's error number. Destroy with pthread_mutex_destroy. */
NODISCARD static inline int brief_mutex_init(pthread_mutex_t *m)
{
	pthread_mutexattr_t a;
	int rc = pthread_mutexattr_init(&a);

	if (rc != 0)
		return rc;
	rc = pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ADAPTIVE_NP);
	if (rc == 0)
		rc = pthread_mutex_init(m, &a);
	(void)pthread_mutexattr_destroy(&a);
	return rc;
}

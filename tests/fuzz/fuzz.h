/* fuzz.h - what each harness defines, called by libFuzzer or by replay.c. Always returns 0; aborts on a broken promise. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert: must hold in every kind of build. */
#define MUST(cond) do { if (!(cond)) abort(); } while (0)

/* crypto/impl.h - inside the module and for its tests: the two ways to CRC-32C, so that they can be compared. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint32_t crc32c_table(uint32_t crc, const void *p, size_t n);
bool crc32c_has_instruction(void);
uint32_t crc32c_instruction(uint32_t crc, const void *p, size_t n); /* only where crc32c_has_instruction() */

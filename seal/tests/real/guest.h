// What a guest in C or C++ exports, but for its name and for what it answers: an error with a text.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EXPORT(name) __attribute__((export_name(name)))

EXPORT("dorcas_abi_v1") void guest_marker(void) {}
EXPORT("alloc") void *guest_alloc(uint32_t n) { return malloc(n); }
EXPORT("free") void guest_free(void *at, uint32_t n) { (void)n; free(at); }

static uint64_t give(const void *bytes, uint32_t n) {
  char *copy = (char *)malloc(n);
  memcpy(copy, bytes, n);
  return (uint64_t)(uintptr_t)copy << 32 | n;
}

static uint64_t say(const char *text, uint32_t n) {
  unsigned char *reply = (unsigned char *)malloc(n + 8);
  uint32_t at = 0, rest = n;
  reply[at++] = 1, reply[at++] = 0xe8, reply[at++] = 7;
  for (; rest >= 128; rest >>= 7) reply[at++] = (unsigned char)(rest | 128);
  reply[at++] = (unsigned char)rest;
  memcpy(reply + at, text, n);
  return (uint64_t)(uintptr_t)reply << 32 | (at + n);
}

#ifdef __cplusplus
}
#endif

/* Uses the interface from C11. Checks that the header compiles, that the structures have the layout
 * that callers in other languages rely on, and that a program can link and use the shared library.
 */
#include <stddef.h>
#include <stdio.h>

#include "tlslp/search.h"

_Static_assert(sizeof(tlslp_task) == 176, "tlslp_task");
_Static_assert(offsetof(tlslp_task, start) == 0, "start");
_Static_assert(offsetof(tlslp_task, limit_ns) == 8, "limit_ns");
_Static_assert(offsetof(tlslp_task, bits) == 16, "bits");
_Static_assert(offsetof(tlslp_task, threads) == 20, "threads");
_Static_assert(offsetof(tlslp_task, kernel) == 24, "kernel");
_Static_assert(offsetof(tlslp_task, suffix_limit) == 28, "suffix_limit");
_Static_assert(offsetof(tlslp_task, shard_index) == 32, "shard_index");
_Static_assert(offsetof(tlslp_task, shard_count) == 36, "shard_count");
_Static_assert(offsetof(tlslp_task, token_length) == 40, "token_length");
_Static_assert(offsetof(tlslp_task, reserved) == 44, "reserved");
_Static_assert(offsetof(tlslp_task, token) == 48, "token");
_Static_assert(sizeof(tlslp_counter) == 128, "tlslp_counter");
_Static_assert(sizeof(tlslp_control) == 128, "tlslp_control");
_Static_assert(sizeof(tlslp_answer) == 136, "tlslp_answer");
_Static_assert(offsetof(tlslp_answer, suffix) == 8, "suffix");

int main(void) {
  tlslp_task task = {.bits = 8,
                     .threads = 1,
                     .kernel = TLSLP_AUTO_KERNEL,
                     .suffix_limit = 16,
                     .shard_index = 1,
                     .shard_count = 1,
                     .token_length = 1,
                     .token = {'a'}};
  struct {
    tlslp_control control;
    tlslp_counter counters[1];
  } memory = {0};
  tlslp_answer answer = {0};

  if (tlslp_abi_version() != TLSLP_ABI_VERSION) {
    (void)fputs("the library has another version\n", stderr);
    return 1;
  }
  if (tlslp_search(&task, &memory.control, &answer) != TLSLP_FOUND || answer.suffix_length == 0 ||
      memory.counters[0].attempts == 0) {
    (void)fputs("the search found nothing\n", stderr);
    return 1;
  }
  uint64_t candidates = 0;
  uint64_t nanoseconds = 0;
  if (tlslp_measure(0, 1, 1, &candidates, &nanoseconds) != 0 || nanoseconds == 0) {
    (void)fputs("the measurement failed\n", stderr);
    return 1;
  }
  return 0;
}

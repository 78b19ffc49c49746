/* Finds a suffix so that SHA256("token" + suffix) ends with 20 zero bits. */
#include <stdio.h>
#include <string.h>
#include <tlslp/search.h>

int main(void) {
  tlslp_task task = {.bits = 20,
                     .threads = 1,
                     .kernel = TLSLP_AUTO_KERNEL,
                     .suffix_limit = 128,
                     .shard_index = 1,
                     .shard_count = 1,
                     .token_length = 5};
  memcpy(task.token, "token", 5);
  struct {
    tlslp_control control;
    tlslp_counter counter;
  } memory = {0};
  tlslp_answer answer;
  if (tlslp_search(&task, &memory.control, &answer) != TLSLP_FOUND) return 1;
  printf("%.*s\n", (int)answer.suffix_length, (const char*)answer.suffix);
}

// What several tests need: bytes, tasks, and one search from outside.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel.h"
#include "keyspace.h"
#include "layout.h"
#include "tlslp/search.h"

namespace tlslp::test {

// Sanitizers and emulators make the code five to a hundred times slower; then tests look at fewer
// samples: still every kernel, in every form.
#ifdef TLSLP_SLOW
constexpr bool kSlow = true;
#else
constexpr bool kSlow = false;
#endif

inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  // NOLINTNEXTLINE(*reinterpret-cast*): text is bytes
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A token of this length in which every byte has another value.
std::string token_of(std::uint32_t length);

// A valid task for one thread, from the start of the keyspace.
tlslp_task task_for(std::string_view token, std::uint32_t bits);

// The memory that a search shares with its caller, as C callers lay it out.
class SharedMemory {
 public:
  explicit SharedMemory(std::uint32_t threads);

  tlslp_control* control() { return &parts_.front().control; }
  void cancel();
  std::uint64_t attempts(std::uint32_t thread);
  std::uint64_t attempts();  // of all threads

 private:
  union Part {
    tlslp_control control;
    tlslp_counter counter;
  };
  static_assert(sizeof(tlslp_control) == sizeof(tlslp_counter));

  std::vector<Part> parts_;
};

struct Outcome {
  std::int32_t status = -1;
  std::string suffix;  // if it was found
  std::uint32_t kernel = TLSLP_AUTO_KERNEL;
  std::uint64_t attempts = 0;
};

// Searches to the end.
Outcome search(const tlslp_task& task);

// The same with this layout and kernel, whatever the task says; the outcome does not name it.
Outcome search(const tlslp_task& task, const Layout& layout, const Kernel& kernel);

// Whether the last bits of SHA256(token + suffix) are zero, by the plain hash.
bool solves(std::string_view token, std::string_view suffix, std::uint32_t bits);

// The number of the candidate whose suffix this is.
Candidate candidate_of(const Layout& layout, std::string_view suffix);

}  // namespace tlslp::test

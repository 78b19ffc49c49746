// Helpers that several tests share: bytes, tasks and searches.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine.h"
#include "kernel.h"
#include "keyspace.h"
#include "layout.h"
#include "tlslp/search.h"

namespace tlslp::test {

// Whether a sanitizer or an emulator makes the code five to a hundred times slower. Tests then look
// at fewer samples, but still at every kernel in every form.
#ifdef TLSLP_SLOW
constexpr bool kSlow = true;
#else
constexpr bool kSlow = false;
#endif

inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  // NOLINTNEXTLINE(*reinterpret-cast*): text is bytes
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Returns a token of this length in which all bytes differ.
std::string token_of(std::uint32_t length);

// Returns a valid task for one thread, from the start of the keyspace.
tlslp_task task_for(std::string_view token, std::uint32_t bits);

// The memory that a search and its caller share, as a C caller lays it out.
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

// How a search through the C interface ended.
struct Report {
  std::int32_t status = -1;
  std::string suffix;  // empty unless found
  std::uint32_t kernel = TLSLP_AUTO_KERNEL;
  std::uint64_t attempts = 0;
};

// Searches through the C interface, to the end.
Report search(const tlslp_task& task);

// How a search by the engine ended.
struct EngineReport {
  Outcome outcome = Outcome::kExhausted;
  std::string suffix;  // empty unless found
  std::uint64_t attempts = 0;
};

// Searches with this layout and kernel, whatever the task says.
EngineReport search(const tlslp_task& task, const Layout& layout, const Kernel& kernel);

// Returns the candidate's suffix.
std::string suffix_of(const Layout& layout, const Candidate& candidate);

// Returns whether SHA256(token + suffix) ends in this many zero bits, by the plain hash.
bool solves(std::string_view token, std::string_view suffix, std::uint32_t bits);

// Returns the candidate that has this suffix.
Candidate candidate_of(const Layout& layout, std::string_view suffix);

}  // namespace tlslp::test

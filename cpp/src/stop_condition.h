// When a search stops without a solution.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace tlslp {

// Tells whether the caller has cancelled the search, or its time limit has passed.
//
// Every thread of a search polls this, every few milliseconds. A timer would need a thread of its
// own, and on a busy machine that thread may get a processor too late.
class StopCondition {
 public:
  // Never met.
  StopCondition() = default;

  // Met when `cancel` is not 0, or `limit_ns` nanoseconds from now; 0 means no limit.
  StopCondition(std::uint32_t& cancel, std::uint64_t limit_ns)
      : cancel_(&cancel), limit_ns_(limit_ns) {}

  bool met() const { return cancelled() || timed_out(); }

  bool cancelled() const {
    return cancel_ != nullptr && std::atomic_ref(*cancel_).load(std::memory_order_relaxed) != 0;
  }

  bool timed_out() const { return limit_ns_ != 0 && elapsed_ns() >= limit_ns_; }

  // Returns the rest of the limit in nanoseconds, at least 1; or 0 for no limit.
  std::uint64_t remaining_ns() const {
    if (limit_ns_ == 0) {
      return 0;
    }
    const std::uint64_t elapsed = elapsed_ns();
    return elapsed < limit_ns_ ? limit_ns_ - elapsed : 1;
  }

 private:
  std::uint64_t elapsed_ns() const {
    const std::chrono::nanoseconds elapsed = std::chrono::steady_clock::now() - begin_;
    return static_cast<std::uint64_t>(elapsed.count());
  }

  std::uint32_t* cancel_ = nullptr;
  std::uint64_t limit_ns_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace tlslp

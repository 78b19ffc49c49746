// When a search has to end without an answer.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace tlslp {

// Tells whether it has to: because its caller says so, or because its time is up. Who works looks
// at it every millisecond or two, on every thread for itself: whoever waits for a timer may not get
// a processor in time.
class Halt {
 public:
  // Never.
  Halt() = default;

  // Once `cancel` holds something other than 0, or so many nanoseconds, counted from now, have
  // passed; 0 for no limit.
  Halt(std::uint32_t& cancel, std::uint64_t limit_ns) : cancel_(&cancel), limit_ns_(limit_ns) {}

  bool cancelled() const {
    return cancel_ != nullptr && std::atomic_ref(*cancel_).load(std::memory_order_relaxed) != 0;
  }

  bool late() const { return limit_ns_ != 0 && elapsed_ns() >= limit_ns_; }

  // What is left of the limit: at least 1, or 0 for no limit.
  std::uint64_t left_ns() const {
    if (limit_ns_ == 0) {
      return 0;
    }
    const std::uint64_t elapsed = elapsed_ns();
    return elapsed < limit_ns_ ? limit_ns_ - elapsed : 1;
  }

  bool due() const { return cancelled() || late(); }

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

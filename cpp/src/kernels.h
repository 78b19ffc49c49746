// The kernels the library was built with, and which of them may be used here.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "halt.h"
#include "kernel.h"
#include "layout.h"
#include "processor.h"

namespace tlslp {

// All of them; the portable one is the first.
std::span<const Kernel* const> kernels();

// Which kernels of a list are good for a processor with these features. Everything is found out
// when somebody first asks for it, and remembered. From any thread.
class Roster {
 public:
  Roster(std::span<const Kernel* const> kernels, Features features);

  // Whether the processor can run the kernel and it passed its self-test: for searches of this
  // shape, or for all. For an index below the list's size.
  bool usable(std::uint32_t index, const Shape& shape);
  bool usable(std::uint32_t index);

  // Whether the kernel failed a self-test so far. For an index below the list's size.
  bool failed(std::uint32_t index) const;

  // The kernel that TLSLP_AUTO_KERNEL stands for in a search of so many bits over messages of this
  // shape. Which one wins differs between processors and between forms, so it is measured; but not
  // for a search that is over sooner. Nothing when the halt is due before it is found out.
  std::optional<std::uint32_t> automatic(std::uint32_t bits, const Shape& shape,
                                         const Halt& halt = {});

 private:
  enum class Verdict : std::uint8_t { kUnknown, kUsable, kUnusable };

  // Of one kernel.
  struct Verdicts {
    std::array<std::atomic<Verdict>, kForms> in_form{};
    std::atomic<Verdict> in_all{};
    std::atomic<bool> failed{};
  };

  template <class... Form>
  bool decided(std::uint32_t index, std::atomic<Verdict>& verdict, const Form&... form);
  std::uint32_t preferred(const Shape& shape);
  std::optional<std::uint32_t> fastest(const Shape& shape, const Halt& halt);
  std::optional<std::uint32_t> measure_all(const Shape& shape, const Halt& halt);

  static constexpr std::size_t kMaxKernels = 16;
  static constexpr std::uint32_t kNotMeasured = UINT32_MAX;

  std::span<const Kernel* const> kernels_;
  Features features_;
  std::array<Verdicts, kMaxKernels> verdicts_{};
  std::array<std::atomic<std::uint32_t>, kForms> fastest_;
  std::mutex measuring_;
};

// The roster of all kernels for this processor.
Roster& roster();

}  // namespace tlslp

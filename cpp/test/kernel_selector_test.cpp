// Which kernel is selected, also on processors without some features and with faulty kernels.
#include "kernel_selector.h"

#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

#include "measure.h"
#include "processor.h"
#include "support.h"

namespace tlslp::test {
namespace {

constexpr std::uint32_t kFew = 20;  // so few bits that kernels are not measured
constexpr std::uint32_t kMany = 21;

// Returns a correct kernel that takes ten times as long: a busy machine can make a fast one seem a
// few times slower than it is.
Kernel slow_kernel() {
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    RejectAllHits reject;
    for (int i = 0; i < 9; ++i) {
      kPortableKernel.search(sweep, slice, reject);
    }
    return kPortableKernel.search(sweep, slice, handler);
  };
  return kernel;
}

// Returns a faulty kernel that is the fastest of all: it computes nothing.
Kernel faulty_kernel() {
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, HitHandler&) {
    return std::uint64_t{slice.rows} * kAlphabetSize * sweep.midstate_count;
  };
  return kernel;
}

// Returns whether this is a measurement. (A self-test asks for few bits, so that there are hits.)
bool is_measured(const Sweep& sweep) { return sweep.last_mask == ~std::uint32_t{0}; }

}  // namespace

TEST_CASE("kernel selector: all kernels have different names, and the portable one is the first") {
  std::set<std::string_view> names;
  for (const Kernel* const kernel : kernels()) {
    names.insert(kernel->name);
  }
  CHECK(names.size() == kernels().size());
  CHECK(kernels().front() == &kPortableKernel);
  CHECK(kPortableKernel.needs == 0);
}

TEST_CASE("kernel selector: without some features, no kernel that needs them is selected") {
  for (Features features = 0; features <= processor_features(); ++features) {
    if ((features & processor_features()) != features) {
      continue;
    }
    CAPTURE(features);
    KernelSelector selector(kernels(), features);
    std::uint32_t last = 0;
    for (std::uint32_t i = 0; i < kernels().size(); ++i) {
      const Features needs = kernels()[i]->needs;
      CHECK(selector.usable(i) == ((needs & features) == needs));
      last = selector.usable(i) ? i : last;
    }
    CHECK(selector.select(kFew, usual_shape()) == last);
    CHECK(selector.usable(selector.select(kMany, usual_shape()).value()));
  }
}

TEST_CASE("kernel selector: a kernel that the processor cannot run has not failed") {
  Kernel unsupported = faulty_kernel();
  unsupported.needs = 1;
  const std::vector<const Kernel*> list = {&kPortableKernel, &unsupported};
  KernelSelector selector(list, 0);
  CHECK_FALSE(selector.usable(1));
  CHECK_FALSE(selector.usable(1, usual_shape()));
  CHECK_FALSE(selector.failed(1));
}

TEST_CASE("kernel selector: without any features, the portable kernel is selected") {
  KernelSelector selector(kernels(), 0);
  CHECK(selector.select(kFew, usual_shape()) == 0);
  CHECK(selector.select(kMany, usual_shape()) == 0);
}

TEST_CASE("kernel selector: a kernel that fails its self-test is skipped, however fast it is") {
  const Kernel faulty = faulty_kernel();
  const std::vector<const Kernel*> last = {&kPortableKernel, &faulty};
  KernelSelector selector(last, 0);
  CHECK_FALSE(selector.failed(1));  // not tested yet
  CHECK_FALSE(selector.usable(1));
  CHECK(selector.failed(1));
  CHECK_FALSE(selector.failed(0));
  CHECK(selector.select(kFew, usual_shape()) == 0);
  CHECK(selector.select(kMany, usual_shape()) == 0);

  const Kernel slow = slow_kernel();
  const std::vector<const Kernel*> between = {&slow, &faulty, &kPortableKernel};
  KernelSelector other(between, 0);
  CHECK_FALSE(other.usable(1));
  CHECK(other.select(kFew, usual_shape()) == 2);
  CHECK(other.select(kMany, usual_shape()) == 2);
}

TEST_CASE("kernel selector: a kernel that is faulty in one form is skipped in that form only") {
  const Shape usual = usual_shape();
  const Shape other = shape_of(64, kMinSuffixLimit);
  Kernel faulty = kPortableKernel;
  faulty.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    return (sweep.midstate_count > 1 ? faulty_kernel() : kPortableKernel)
        .search(sweep, slice, handler);
  };
  const std::vector<const Kernel*> list = {&kPortableKernel, &faulty};
  KernelSelector selector(list, 0);
  CHECK(selector.usable(1, other));
  CHECK_FALSE(selector.failed(1));
  CHECK_FALSE(selector.usable(1, usual));
  CHECK(selector.failed(1));
  CHECK_FALSE(selector.usable(1));
  CHECK(selector.select(kFew, usual) == 0);
  CHECK(selector.select(kMany, usual) == 0);
  CHECK(selector.select(kFew, other) == 1);
}

TEST_CASE("kernel selector: a search tests only its own form") {
  static std::set<std::uint32_t> words;
  words.clear();
  Kernel recording = kPortableKernel;
  recording.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    words.insert(sweep.word);
    return kPortableKernel.search(sweep, slice, handler);
  };
  const std::vector<const Kernel*> list = {&kPortableKernel, &recording};
  KernelSelector selector(list, 0);
  const Shape shape = shape_of(64, kMinSuffixLimit);
  selector.select(kFew, shape);
  selector.select(kMany, shape);
  CHECK(words == std::set{shape.layout.word});
  selector.usable(1);
  CHECK(words.size() == 16);
}

TEST_CASE("kernel selector: the fastest is measured, except for searches that are over sooner") {
  const Kernel slow = slow_kernel();
  const std::vector<const Kernel*> list = {&kPortableKernel, &slow};
  KernelSelector selector(list, 0);
  CHECK(selector.select(kFew, usual_shape()) == 1);
  CHECK(selector.select(kMany, usual_shape()) == 0);
  // Later short searches still get the same kernel.
  CHECK(selector.select(kFew, usual_shape()) == 1);
}

TEST_CASE("kernel selector: the fastest at many midstates need not be the fastest at one") {
  // Each kernel is slow at one of the two forms.
  static constexpr auto kSlowAt = [](bool many, const Sweep& sweep, const Slice& slice,
                                     HitHandler& handler) {
    const bool slow = (sweep.midstate_count > 1) == many;
    return (slow ? slow_kernel() : kPortableKernel).search(sweep, slice, handler);
  };
  Kernel for_many = kPortableKernel;
  for_many.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    return kSlowAt(false, sweep, slice, handler);
  };
  Kernel for_one = kPortableKernel;
  for_one.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    return kSlowAt(true, sweep, slice, handler);
  };
  const std::vector<const Kernel*> list = {&for_many, &for_one};
  KernelSelector selector(list, 0);
  CHECK(selector.select(kMany, shape_of(64, 128)) == 0);
  CHECK(selector.select(kMany, shape_of(64, 16)) == 1);
  CHECK(selector.select(kMany, shape_of(64, 128)) == 0);
}

TEST_CASE("kernel selector: threads that select at the same time get the same kernel") {
  const Kernel slow = slow_kernel();
  const std::vector<const Kernel*> list = {&slow, &kPortableKernel, &slow};
  KernelSelector selector(list, 0);
  std::vector<std::uint32_t> selected(8);
  std::vector<std::thread> threads;
  threads.reserve(selected.size());
  for (std::uint32_t& kernel : selected) {
    threads.emplace_back([&] { kernel = selector.select(kMany, usual_shape()).value(); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(selected == std::vector<std::uint32_t>(selected.size(), 1));
}

TEST_CASE(
    "kernel selector: a cancelled selection measures no further kernel, and is not remembered") {
  static std::uint32_t cancel;
  static bool cancelling;
  static std::size_t measured_after;
  cancel = 0;
  cancelling = true;
  measured_after = 0;
  Kernel cancels = slow_kernel();
  cancels.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    cancel = cancelling && is_measured(sweep) ? 1 : cancel;
    return slow_kernel().search(sweep, slice, handler);
  };
  Kernel next = kPortableKernel;
  next.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    measured_after += is_measured(sweep) ? 1U : 0U;
    return kPortableKernel.search(sweep, slice, handler);
  };
  const std::vector<const Kernel*> list = {&cancels, &next};
  KernelSelector selector(list, 0);
  CHECK(selector.select(kMany, usual_shape(), StopCondition(cancel, 0)) == std::nullopt);
  CHECK(measured_after == 0);

  cancelling = false;
  cancel = 0;
  CHECK(selector.select(kMany, usual_shape(), StopCondition(cancel, ~std::uint64_t{0})) == 1);
  CHECK(measured_after > 0);
}

TEST_CASE(
    "kernel selector: a selection after the time limit measures nothing, and is not remembered") {
  std::uint32_t cancel = 0;
  const Kernel slow = slow_kernel();
  const std::vector<const Kernel*> list = {&kPortableKernel, &slow};
  KernelSelector selector(list, 0);
  CHECK(selector.select(kMany, usual_shape(), StopCondition(cancel, 1)) == std::nullopt);
  CHECK(selector.select(kMany, usual_shape()) == 0);
}

TEST_CASE("kernel selector: a thread that waits for the measurement of another can be stopped") {
  static std::atomic<bool> measuring;
  static std::atomic<bool> released;
  measuring = false;
  released = false;
  Kernel endless = kPortableKernel;
  endless.search = [](const Sweep& sweep, const Slice& slice, HitHandler& handler) {
    if (is_measured(sweep)) {
      measuring = true;
      measuring.notify_all();
      released.wait(false);
    }
    return kPortableKernel.search(sweep, slice, handler);
  };
  const std::vector<const Kernel*> list = {&kPortableKernel, &endless};
  KernelSelector selector(list, 0);
  std::thread other([&] { selector.select(kMany, usual_shape()); });
  measuring.wait(false);
  std::uint32_t cancel = 0;
  CHECK(selector.select(kMany, usual_shape(), StopCondition(cancel, 10'000'000)) == std::nullopt);
  released = true;
  released.notify_all();
  other.join();
}

}  // namespace tlslp::test

// Which kernel is chosen, on processors that lack something and with kernels that are broken.
#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

#include "kernels.h"
#include "measure.h"
#include "processor.h"
#include "support.h"
#include "tlslp/search.h"

namespace tlslp::test {
namespace {

constexpr std::uint32_t kFew = 20;  // bits for which nothing is measured
constexpr std::uint32_t kMany = 21;

// Right, but three times as slow.
Kernel slow_kernel() {
  class Nobody final : public Judge {
   public:
    bool accepts(std::uint32_t /*entry*/, std::uint32_t /*inner*/) override { return false; }
  };
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    Nobody nobody;
    kPortableKernel.search(sweep, slice, nobody);
    kPortableKernel.search(sweep, slice, nobody);
    return kPortableKernel.search(sweep, slice, judge);
  };
  return kernel;
}

// The fastest of all, because it looks at nothing.
Kernel broken_kernel() {
  Kernel kernel = kPortableKernel;
  kernel.search = [](const Sweep& sweep, const Slice& slice, Judge&) {
    return std::uint64_t{slice.rows} * kAlphabetSize * sweep.entry_count;
  };
  return kernel;
}

// Whether this is a measurement and not a self-test, which has to see hits.
bool is_measured(const Sweep& sweep) { return sweep.last_mask == ~std::uint32_t{0}; }

}  // namespace

TEST_CASE("roster: of every kernel there is one, and the portable one is the first") {
  std::set<std::string_view> names;
  for (const Kernel* const kernel : kernels()) {
    names.insert(kernel->name);
  }
  CHECK(names.size() == kernels().size());
  CHECK(kernels().front() == &kPortableKernel);
  CHECK(kPortableKernel.needs == 0);
}

TEST_CASE("roster: with any features hidden, only kernels that do without them are chosen") {
  for (Features features = 0; features <= processor_features(); ++features) {
    if ((features & processor_features()) != features) {
      continue;
    }
    CAPTURE(features);
    Roster roster(kernels(), features);
    std::uint32_t last = 0;
    for (std::uint32_t i = 0; i < kernels().size(); ++i) {
      const Features needs = kernels()[i]->needs;
      CHECK(roster.usable(i) == ((needs & features) == needs));
      last = roster.usable(i) ? i : last;
    }
    CHECK(roster.automatic(kFew, usual_shape()) == last);
    CHECK(roster.usable(roster.automatic(kMany, usual_shape()).value()));
  }
}

TEST_CASE("roster: a kernel that the processor lacks has not failed") {
  Kernel lacking = broken_kernel();
  lacking.needs = 1;
  const std::vector<const Kernel*> list = {&kPortableKernel, &lacking};
  Roster roster(list, 0);
  CHECK_FALSE(roster.usable(1));
  CHECK_FALSE(roster.usable(1, usual_shape()));
  CHECK_FALSE(roster.failed(1));
}

TEST_CASE("roster: without features there is the portable kernel, and nothing to measure") {
  Roster roster(kernels(), 0);
  CHECK(roster.automatic(kFew, usual_shape()) == 0);
  CHECK(roster.automatic(kMany, usual_shape()) == 0);
}

TEST_CASE("roster: a kernel that fails its self-test is skipped, however fast it is") {
  const Kernel broken = broken_kernel();
  const std::vector<const Kernel*> last = {&kPortableKernel, &broken};
  Roster roster(last, 0);
  CHECK_FALSE(roster.failed(1));  // nobody has asked yet
  CHECK_FALSE(roster.usable(1));
  CHECK(roster.failed(1));
  CHECK_FALSE(roster.failed(0));
  CHECK(roster.automatic(kFew, usual_shape()) == 0);
  CHECK(roster.automatic(kMany, usual_shape()) == 0);

  const Kernel slow = slow_kernel();
  const std::vector<const Kernel*> between = {&slow, &broken, &kPortableKernel};
  Roster other(between, 0);
  CHECK_FALSE(other.usable(1));
  CHECK(other.automatic(kFew, usual_shape()) == 2);
  CHECK(other.automatic(kMany, usual_shape()) == 2);
}

TEST_CASE("roster: a kernel that is wrong in one form is skipped in that one only") {
  const Shape usual = usual_shape();
  const Shape other = shape_of(64, TLSLP_MIN_SUFFIX_LIMIT);
  Kernel wrong = kPortableKernel;
  wrong.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    return (sweep.entry_count > 1 ? broken_kernel() : kPortableKernel).search(sweep, slice, judge);
  };
  const std::vector<const Kernel*> list = {&kPortableKernel, &wrong};
  Roster roster(list, 0);
  CHECK(roster.usable(1, other));
  CHECK_FALSE(roster.failed(1));
  CHECK_FALSE(roster.usable(1, usual));
  CHECK(roster.failed(1));
  CHECK_FALSE(roster.usable(1));
  CHECK(roster.automatic(kFew, usual) == 0);
  CHECK(roster.automatic(kMany, usual) == 0);
  CHECK(roster.automatic(kFew, other) == 1);
}

TEST_CASE("roster: only the form that is searched is tested") {
  static std::set<std::uint32_t> words;
  words.clear();
  Kernel noting = kPortableKernel;
  noting.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    words.insert(sweep.word);
    return kPortableKernel.search(sweep, slice, judge);
  };
  const std::vector<const Kernel*> list = {&kPortableKernel, &noting};
  Roster roster(list, 0);
  const Shape shape = shape_of(64, TLSLP_MIN_SUFFIX_LIMIT);
  roster.automatic(kFew, shape);
  roster.automatic(kMany, shape);
  CHECK(words == std::set{shape.layout.word});
  roster.usable(1);
  CHECK(words.size() == 16);
}

TEST_CASE("roster: the fastest is found by measuring, except for searches that are over sooner") {
  const Kernel slow = slow_kernel();
  const std::vector<const Kernel*> list = {&kPortableKernel, &slow};
  Roster roster(list, 0);
  CHECK(roster.automatic(kFew, usual_shape()) == 1);
  CHECK(roster.automatic(kMany, usual_shape()) == 0);
  CHECK(roster.automatic(kFew, usual_shape()) ==
        1);  // a short search has the same answer every time
}

TEST_CASE("roster: what is the fastest at many midstates need not be so at one") {
  // Each is slow at one of the two forms.
  static constexpr auto kSlowAt = [](bool many, const Sweep& sweep, const Slice& slice,
                                     Judge& judge) {
    const bool slow = (sweep.entry_count > 1) == many;
    return (slow ? slow_kernel() : kPortableKernel).search(sweep, slice, judge);
  };
  Kernel for_many = kPortableKernel;
  for_many.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    return kSlowAt(false, sweep, slice, judge);
  };
  Kernel for_one = kPortableKernel;
  for_one.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    return kSlowAt(true, sweep, slice, judge);
  };
  const std::vector<const Kernel*> list = {&for_many, &for_one};
  Roster roster(list, 0);
  CHECK(roster.automatic(kMany, shape_of(64, 128)) == 0);
  CHECK(roster.automatic(kMany, shape_of(64, 16)) == 1);
  CHECK(roster.automatic(kMany, shape_of(64, 128)) == 0);
}

TEST_CASE("roster: threads that ask at the same time are told the same") {
  const Kernel slow = slow_kernel();
  const std::vector<const Kernel*> list = {&slow, &kPortableKernel, &slow};
  Roster roster(list, 0);
  std::vector<std::uint32_t> told(8);
  std::vector<std::thread> threads;
  threads.reserve(told.size());
  for (std::uint32_t& answer : told) {
    threads.emplace_back([&] { answer = roster.automatic(kMany, usual_shape()).value(); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(told == std::vector<std::uint32_t>(told.size(), 1));
}

TEST_CASE("roster: a choice that is cancelled ends before the next kernel, and is not remembered") {
  static std::uint32_t cancel;
  static bool cancelling;
  static std::size_t measured_after;
  cancel = 0;
  cancelling = true;
  measured_after = 0;
  Kernel cancels = slow_kernel();
  cancels.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    cancel = cancelling && is_measured(sweep) ? 1 : cancel;
    return slow_kernel().search(sweep, slice, judge);
  };
  Kernel next = kPortableKernel;
  next.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    measured_after += is_measured(sweep) ? 1U : 0U;
    return kPortableKernel.search(sweep, slice, judge);
  };
  const std::vector<const Kernel*> list = {&cancels, &next};
  Roster roster(list, 0);
  CHECK(roster.automatic(kMany, usual_shape(), Halt(cancel, 0)) == std::nullopt);
  CHECK(measured_after == 0);

  cancelling = false;
  cancel = 0;
  CHECK(roster.automatic(kMany, usual_shape(), Halt(cancel, ~std::uint64_t{0})) == 1);
  CHECK(measured_after > 0);
}

TEST_CASE("roster: a choice whose time is up measures nothing, and is not remembered") {
  std::uint32_t cancel = 0;
  const Kernel slow = slow_kernel();
  const std::vector<const Kernel*> list = {&kPortableKernel, &slow};
  Roster roster(list, 0);
  CHECK(roster.automatic(kMany, usual_shape(), Halt(cancel, 1)) == std::nullopt);
  CHECK(roster.automatic(kMany, usual_shape()) == 0);
}

TEST_CASE("roster: who waits for another's measurement can be stopped too") {
  static std::atomic<bool> measuring;
  static std::atomic<bool> released;
  measuring = false;
  released = false;
  Kernel endless = kPortableKernel;
  endless.search = [](const Sweep& sweep, const Slice& slice, Judge& judge) {
    if (is_measured(sweep)) {
      measuring = true;
      measuring.notify_all();
      released.wait(false);
    }
    return kPortableKernel.search(sweep, slice, judge);
  };
  const std::vector<const Kernel*> list = {&kPortableKernel, &endless};
  Roster roster(list, 0);
  std::thread other([&] { roster.automatic(kMany, usual_shape()); });
  measuring.wait(false);
  std::uint32_t cancel = 0;
  CHECK(roster.automatic(kMany, usual_shape(), Halt(cancel, 10'000'000)) == std::nullopt);
  released = true;
  released.notify_all();
  other.join();
}

#ifdef __x86_64__
TEST_CASE("roster: the processor's features are those that the compiler's library sees") {
  const Features features = processor_features();
  CHECK(((features & kSse41) != 0) == (__builtin_cpu_supports("sse4.1") != 0));
  CHECK(((features & kAvx2) != 0) == (__builtin_cpu_supports("avx2") != 0));
  CHECK(((features & kAvx512) != 0) == (__builtin_cpu_supports("avx512f") != 0));
  CHECK(((features & kAvx512vl) != 0) == (__builtin_cpu_supports("avx512vl") != 0));
}

TEST_CASE("roster: registers that the operating system does not keep are not used") {
  // Everything there is, and then less and less of it kept.
  X86Words words = {.leaf1_ecx = ~0U, .leaf7_ebx = ~0U, .saved = ~0U};
  constexpr Features kKeptByAll = kSse41 | kSha;
  CHECK(features_of(words) == (kKeptByAll | kAvx2 | kAvx512 | kAvx512vl));
  for (const unsigned state : {5U, 6U, 7U}) {  // masks, and the two parts of the longest registers
    words.saved = ~(1U << state);
    CHECK(features_of(words) == (kKeptByAll | kAvx2));
  }
  for (const unsigned state : {1U, 2U}) {  // SSE and AVX
    words.saved = ~(1U << state);
    CHECK(features_of(words) == kKeptByAll);
  }
  words.saved = 0;
  CHECK(features_of(words) == kKeptByAll);
  // Kept for something else, but not there.
  CHECK(features_of({.saved = ~0U}) == 0);
  CHECK(features_of({.leaf7_ebx = 1U << 16U, .saved = ~0U}) == kAvx512);
}
#endif

}  // namespace tlslp::test

// Measures how fast each kernel is, and compares it with a loop that copies an OpenSSL context for
// every candidate: once with the EVP functions, which Python's hashlib calls, and once with the
// older SHA256_CTX functions.
//
//     tlslp-bench [--json] [--limits] [seconds]
//
// With --limits it measures the kernels for a token of 64 characters, at every limit of the suffix
// length at which a cheaper layout becomes possible.
//
// It measures all of them in turn, on one thread, in many slots of two milliseconds, and reports
// the median slot of each. So other work on the machine slows all of them down alike, and the
// ratios of one run are more reliable than the rates.
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel_selector.h"
#include "layout.h"
#include "measure.h"
#include "sweep.h"
#include "zero_bits.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::clock_t kSlot = CLOCKS_PER_SEC / 500;
constexpr double kDefaultSeconds = 5;

// A token with which both forms have varying word 13, so that the table compares kernels and not
// layouts.
constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef01234567";

// A token as long as those that servers send.
constexpr std::string_view kUsualToken =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  // NOLINTNEXTLINE(*reinterpret-cast*): text is bytes
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

tlslp::Layout layout_of(std::string_view token, std::uint32_t limit) {
  return tlslp::choose_layout(static_cast<std::uint32_t>(token.size()), limit);
}

// One line of the table.
struct Line {
  std::string name;
  std::string form;
  std::function<std::uint64_t()> work;  // does a little work; returns how many candidates it hashed
  std::vector<double> rates;            // candidates per second, one for each slot
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// Returns candidates per second of processor time, because other programs may want the processor
// too.
double rate_of(const std::function<std::uint64_t()>& work) {
  std::uint64_t count = 0;
  const std::clock_t begin = std::clock();
  std::clock_t end = begin;
  while (end - begin < kSlot) {
    count += work();
    end = std::clock();
  }
  return static_cast<double>(count) * CLOCKS_PER_SEC / static_cast<double>(end - begin);
}

// Measures processor cycles: in a chain of dependent additions each takes one cycle. (The summand
// is in a register: some processors add several constants in one cycle.)
std::uint64_t additions() {
  constexpr std::uint64_t kCount = 100'000;
  const std::uint64_t one = 1;
  std::uint64_t sum = 0;  // NOLINT(misc-const-correctness): the assembly writes it
  for (std::uint64_t i = 0; i < kCount; i += 10) {
#if defined(__x86_64__)
    __asm__ volatile(
        "add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0\n"
        "add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0\n"
        : "+r"(sum)
        : "r"(one));
#elif defined(__aarch64__)
    __asm__ volatile(
        "add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n"
        "add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n"
        : "+r"(sum)
        : "r"(one));
#else
#error "write ten additions in a row for this processor"
#endif
  }
  return sum;
}

// Works as a program without a search engine would: tries one suffix after the other, on a copy of
// a hash context that has already read the token. `digest_with` copies, updates and finishes it.
template <class DigestWith>
std::uint64_t one_by_one(DigestWith digest_with) {
  constexpr std::uint64_t kCount = 1000;
  static std::uint64_t candidate = 0;
  std::array<std::uint8_t, tlslp::kMinSuffixLength> suffix{};
  for (std::uint64_t i = 0; i < kCount; ++i, ++candidate) {
    for (std::size_t at = 0; at < sizeof candidate; ++at) {
      suffix[at] = static_cast<std::uint8_t>(candidate >> (8 * at));
    }
    tlslp::Digest digest;
    digest_with(suffix, digest);
    __asm__ volatile("" : : "r"(digest.data()) : "memory");  // keep the digest
  }
  return kCount;
}

std::uint64_t openssl_evp() {
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  static const Context start(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  static const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(start.get(), EVP_sha256(), nullptr);
  EVP_DigestUpdate(start.get(), kToken.data(), kToken.size());
  return one_by_one([](const auto& suffix, auto& digest) {
    EVP_MD_CTX_copy_ex(context.get(), start.get());
    EVP_DigestUpdate(context.get(), suffix.data(), suffix.size());
    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  });
}

std::uint64_t openssl_bare() {
  SHA256_CTX start;
  SHA256_Init(&start);
  SHA256_Update(&start, kToken.data(), kToken.size());
  return one_by_one([&start](const auto& suffix, auto& digest) {
    SHA256_CTX context = start;
    SHA256_Update(&context, suffix.data(), suffix.size());
    SHA256_Final(digest.data(), &context);
  });
}

// A sweep, and how far a kernel has searched it.
class Run {
 public:
  Run(const tlslp::Kernel& kernel, std::string_view token, std::uint32_t suffix_limit)
      : kernel_(kernel) {
    tlslp::prepare(sweep_, bytes_of(token), layout_of(token, suffix_limit), 0, kernel.group_size,
                   tlslp::kMaxBits);
  }

  std::uint64_t operator()() {
    tlslp::RejectAllHits handler;
    // As many candidates at a time as in a search.
    const tlslp::Slice slice = {.first_row = row_, .rows = sweep_.midstate_count == 1 ? 64U : 1U};
    row_ = (row_ + slice.rows) % tlslp::kRowCount;
    return kernel_.search(sweep_, slice, handler);
  }

 private:
  tlslp::Sweep sweep_;
  const tlslp::Kernel& kernel_;
  std::uint32_t row_ = 0;
};

// A form to measure the kernels at.
struct Form {
  std::string name;
  std::string_view token;
  std::uint32_t limit;
};

std::vector<Form> both_forms() {
  return {{.name = "long", .token = kToken, .limit = tlslp::kMaxSuffixLength},
          {.name = "short", .token = kToken, .limit = tlslp::kMinSuffixLimit}};
}

std::vector<Form> forms_by_limit() {
  std::vector<Form> forms;
  std::uint32_t length = 0;
  for (std::uint32_t limit = tlslp::kMinSuffixLimit; limit <= tlslp::kMaxSuffixLength; ++limit) {
    const std::uint32_t chosen = layout_of(kUsualToken, limit).suffix_length;
    if (chosen != length) {
      forms.push_back({.name = std::to_string(limit), .token = kUsualToken, .limit = limit});
      length = chosen;
    }
  }
  return forms;
}

std::vector<Line> all_lines(const std::vector<Form>& forms) {
  std::vector<Line> lines = {
      {.name = "cycles", .form = "", .work = &additions, .rates = {}},
      {.name = "openssl", .form = "EVP", .work = &openssl_evp, .rates = {}},
      {.name = "openssl", .form = "SHA256_CTX", .work = &openssl_bare, .rates = {}}};
  for (std::uint32_t i = 0; i < tlslp::kernels().size(); ++i) {
    const tlslp::Kernel& kernel = *tlslp::kernels()[i];
    if (!tlslp::kernel_selector().usable(i)) {
      continue;
    }
    for (const Form& form : forms) {
      lines.push_back({.name = kernel.name,
                       .form = form.name,
                       .work = Run(kernel, form.token, form.limit),
                       .rates = {}});
    }
  }
  return lines;
}

void print(const std::vector<Line>& lines, bool json) {
  const double cycles = median(lines[0].rates);
  const double evp = median(lines[1].rates);
  const double bare = median(lines[2].rates);
  if (json) {
    std::printf(R"({"hertz": %.0f, "kernels": [)", cycles);
  } else {
    std::printf("%-13s %-11s %7s %17s %6s %13s\n", "kernel", "form", "MH/s", "cycles/candidate",
                "÷ EVP", "÷ SHA256_CTX");
  }
  const char* separator = "\n";
  for (const Line& line : std::span(lines).subspan(1)) {
    const double rate = median(line.rates);
    if (json) {
      std::printf(R"(%s  {"kernel": "%s", "form": "%s", "candidates_per_second": %.0f, )",
                  separator, line.name.c_str(), line.form.c_str(), rate);
      std::printf(R"("cycles_per_candidate": %.2f, "ratio_evp": %.3f, "ratio_bare": %.3f})",
                  cycles / rate, rate / evp, rate / bare);
      separator = ",\n";
    } else {
      std::printf("%-13s %-11s %7.1f %17.1f %5.2f %13.2f\n", line.name.c_str(), line.form.c_str(),
                  rate / 1e6, cycles / rate, rate / evp, rate / bare);
    }
  }
  if (json) {
    std::printf("\n]}\n");
  } else {
    std::printf("at %.2f GHz\n", cycles / 1e9);
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool json = false;
  bool limits = false;
  double seconds = kDefaultSeconds;
  for (const std::string_view argument :
       std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
    if (argument == "--json") {
      json = true;
    } else if (argument == "--limits") {
      limits = true;
    } else {
      seconds = std::strtod(std::string(argument).c_str(), nullptr);
    }
  }

  std::vector<Line> lines = all_lines(limits ? forms_by_limit() : both_forms());
  const auto begin = Clock::now();
  do {
    for (Line& line : lines) {
      line.rates.push_back(rate_of(line.work));
    }
  } while (std::chrono::duration<double>(Clock::now() - begin).count() < seconds);
  print(lines, json);
  return 0;
}

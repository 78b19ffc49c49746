// Builds a candidate's message and hashes it.
#include "candidate.h"

#include <algorithm>
#include <array>

namespace tlslp {

Digest digest_of(std::span<const std::uint8_t> token, const Layout& layout,
                 const Candidate& candidate) {
  std::array<std::uint8_t, kMaxTokenLength + kMaxSuffixLength> message{};
  std::ranges::copy(token, message.begin());
  write_suffix(layout, candidate, std::span(message).subspan(token.size()));
  return sha256(std::span(message).first(token.size() + layout.suffix_length));
}

}  // namespace tlslp

// A candidate's message, put together and hashed.
#include "candidate.h"

#include <algorithm>
#include <array>

#include "tlslp/search.h"

namespace tlslp {

Digest digest_of(std::span<const std::uint8_t> token, const Layout& layout,
                 const Candidate& candidate) {
  std::array<std::uint8_t, TLSLP_MAX_TOKEN + TLSLP_MAX_SUFFIX> message{};
  std::ranges::copy(token, message.begin());
  write_suffix(layout, candidate, std::span(message).subspan(token.size()));
  return sha256(std::span(message).first(token.size() + layout.suffix_length));
}

}  // namespace tlslp

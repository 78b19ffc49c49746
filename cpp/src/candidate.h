// Hashes one candidate whole, to check a hit.
#pragma once

#include <cstdint>
#include <span>

#include "keyspace.h"
#include "layout.h"
#include "sha256.h"

namespace tlslp {

// Returns SHA256(token + the candidate's suffix), by the plain hash. The token has 1 to
// kMaxTokenLength bytes.
Digest digest_of(std::span<const std::uint8_t> token, const Layout& layout,
                 const Candidate& candidate);

}  // namespace tlslp

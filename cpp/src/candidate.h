// A candidate's digest, from its number: how a claim is checked.
#pragma once

#include <cstdint>
#include <span>

#include "keyspace.h"
#include "layout.h"
#include "sha256.h"

namespace tlslp {

// SHA256(token + the candidate's suffix), by the plain hash. The token has 1 to TLSLP_MAX_TOKEN
// bytes.
Digest digest_of(std::span<const std::uint8_t> token, const Layout& layout,
                 const Candidate& candidate);

}  // namespace tlslp

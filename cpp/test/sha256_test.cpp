// The plain hash and the reference hash of the tests, compared with the standard's examples and
// NIST's vectors.
#include "sha256.h"

#include <doctest/doctest.h>

#include <array>
#include <charconv>
#include <span>
#include <sstream>

#include "reference.h"
#include "support.h"
#include "vectors.h"

namespace tlslp::test {
namespace {

// Returns the plain hash's digest; checks that the reference hash gives the same one.
std::string digest_of(std::string_view message) {
  const Digest digest = sha256(bytes_of(message));
  CHECK(digest == Reference().add(message).digest());
  return hex(digest);
}

std::string unhex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(&text[i], &text[i] + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace

TEST_CASE("sha256: the examples of FIPS 180-4") {
  CHECK(digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(digest_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                  "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu") ==
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  CHECK(digest_of(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha256: NIST CAVP vectors") {
  const auto lines = vectors("nist-cavp.txt");
  CHECK(lines.size() == 69);
  for (const std::string& line : lines) {
    std::istringstream fields(line);
    std::string message;
    std::string digest;
    fields >> message >> digest;
    CHECK(digest_of(message == "-" ? "" : unhex(message)) == digest);
  }
}

TEST_CASE("sha256: NIST CAVP's Monte Carlo test") {
  auto lines = vectors("nist-monte.txt");
  CHECK(lines.size() == 101);
  lines.resize(kSlow ? 4 : lines.size());
  std::string seed = lines.front();
  for (const std::string& checkpoint : std::span(lines).subspan(1)) {
    std::array<std::string, 3> last = {seed, seed, seed};
    for (int i = 0; i < 1000; ++i) {
      last = {last[1], last[2], digest_of(unhex(last[0] + last[1] + last[2]))};
    }
    seed = last[2];
    CHECK(seed == checkpoint);
  }
}

TEST_CASE("sha256: every message length from 0 to 256 bytes") {
  const auto digests = vectors("lengths.txt");
  CHECK(digests.size() == 257);
  std::string message;
  for (const std::string& digest : digests) {
    CAPTURE(message.size());
    CHECK(digest_of(message) == digest);
    message += static_cast<char>(message.size() % 251);
  }
}

}  // namespace tlslp::test

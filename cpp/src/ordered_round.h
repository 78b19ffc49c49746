// Rounds of SHA-256 with a fixed order of operations, chosen for speed. A lane kernel that is
// faster with one of them overloads round() of rounds.h with it.
//
// Of the operations that are ready, a processor starts the one that comes first in the program.
// With several vectors side by side there are always some ready, and their order decides which
// execution units are idle. Of hundreds of orders that were timed (docs/performance.md), the best
// ones begin with the rotations, which few units can do, and end with the sums that the next round
// waits for.
#pragma once

#include "rounds.h"

namespace tlslp {

// Returns the value. A file can overload this for its vectors, so that the compiler must compute
// the value at this point of the program and moves no operation across.
template <class V>
[[gnu::always_inline]] constexpr V in_order(V x) {
  return x;
}

// Computes the new working variables, the last step of a round.
template <class V>
[[gnu::always_inline]] constexpr void finish_round(Working<V>& s, V h, V ch, V maj, V sigma1,
                                                   V sigma0) {
  const V h_ch = in_order(h + ch);
  const V t2 = in_order(maj + sigma0);
  const V t1 = in_order(h_ch + sigma1);
  const V e = in_order(s.d + t1);
  const V a = in_order(t1 + t2);
  s = {a, s.a, s.b, s.c, e, s.e, s.f, s.g};
}

// One round, for processors that rotate with one instruction.
template <class V>
[[gnu::always_inline]] constexpr void round_from_rotations(Working<V>& s, V addend) {
  const V e0 = in_order(rotate_right<kBigSigma1[0]>(s.e));
  const V a0 = in_order(rotate_right<kBigSigma0[0]>(s.a));
  const V e1 = in_order(rotate_right<kBigSigma1[1]>(s.e));
  const V a1 = in_order(rotate_right<kBigSigma0[1]>(s.a));
  const V e2 = in_order(rotate_right<kBigSigma1[2]>(s.e));
  const V a2 = in_order(rotate_right<kBigSigma0[2]>(s.a));
  const V h = in_order(addend);
  const V ch = in_order(choose(s.e, s.f, s.g));
  const V maj = in_order(majority(s.a, s.b, s.c));
  const V sigma1 = in_order(xor3(e0, e1, e2));
  const V sigma0 = in_order(xor3(a0, a1, a2));
  finish_round(s, h, ch, maj, sigma1, sigma0);
}

// One round, for processors that need three instructions to rotate: the results of all six
// rotations would take too many registers.
template <class V>
[[gnu::always_inline]] constexpr void round_from_sigmas(Working<V>& s, V addend) {
  const V sigma1 = in_order(big_sigma1(s.e));
  const V sigma0 = in_order(big_sigma0(s.a));
  const V h = in_order(addend);
  const V ch = in_order(choose(s.e, s.f, s.g));
  const V maj = in_order(majority(s.a, s.b, s.c));
  finish_round(s, h, ch, maj, sigma1, sigma0);
}

}  // namespace tlslp

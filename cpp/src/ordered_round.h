// A round of SHA-256 with its operations in the order in which a processor is done soonest. A lane
// kernel takes one of these, by an overload of round(), where it is faster than that of rounds.h.
//
// Among operations that could start, a processor takes the first of the program. With several
// vectors side by side there always are some, and their order decides which units idle. Hundreds of
// orders were timed (docs/performance.md): what fewer units can do comes first, which are
// rotations, and what the next round waits for last.
#pragma once

#include "rounds.h"

namespace tlslp {

// The value, worked out where the program says: the compiler moves nothing from one side of it to
// the other. For a file to overload for its vectors.
template <class V>
[[gnu::always_inline]] constexpr V in_order(V x) {
  return x;
}

// What the rounds below end with.
template <class V>
[[gnu::always_inline]] constexpr void sum_up(Working<V>& s, V h, V ch, V maj, V sigma1, V sigma0) {
  const V h_ch = in_order(h + ch);
  const V t2 = in_order(maj + sigma0);
  const V t1 = in_order(h_ch + sigma1);
  const V e = in_order(s.d + t1);
  const V a = in_order(t1 + t2);
  s = {a, s.a, s.b, s.c, e, s.e, s.f, s.g};
}

// Where a rotation is one operation.
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
  sum_up(s, h, ch, maj, sigma1, sigma0);
}

// Where it is three: to have all rotations at once would take too many registers.
template <class V>
[[gnu::always_inline]] constexpr void round_from_sigmas(Working<V>& s, V addend) {
  const V sigma1 = in_order(big_sigma1(s.e));
  const V sigma0 = in_order(big_sigma0(s.a));
  const V h = in_order(addend);
  const V ch = in_order(choose(s.e, s.f, s.g));
  const V maj = in_order(majority(s.a, s.b, s.c));
  sum_up(s, h, ch, maj, sigma1, sigma0);
}

}  // namespace tlslp

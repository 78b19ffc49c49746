# Prints a kernel's inner loop from what objdump shows of it: the longest straight line of code in
# which no message schedule is worked out. What is what to a processor comes with -v, as regular
# expressions:
#
#   search    the functions to look at
#   leaves    an instruction that ends a straight line
#   schedule  an instruction of the message schedule
#   skipped   an instruction that is not counted; empty for none
#   comment   what objdump adds behind an instruction

function settle() {
  if (count > best && !scheduling) {
    best = count
    for (i = 0; i < count; i++) kept[i] = line[i]
  }
  count = scheduling = 0
}

/^[0-9a-f]+ </ { settle(); wanted = $0 ~ search; next }

wanted && NF > 1 {
  sub(/^ *[0-9a-f]+:\t/, "")
  sub(comment, "")
  if ($0 ~ leaves) { settle(); next }
  if ($0 ~ schedule) scheduling = 1
  if (skipped == "" || $0 !~ skipped) line[count++] = $0
}

END { settle(); for (i = 0; i < best; i++) print kept[i] }

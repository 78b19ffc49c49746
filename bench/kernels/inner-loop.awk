# Reads objdump's disassembly and prints the inner loop of a kernel: the longest straight line of
# code that does not compute the message schedule. Regular expressions, set with -v, describe the
# processor's instructions:
#
#   search    the functions to read
#   leaves    an instruction that ends a straight line
#   schedule  an instruction of the message schedule
#   skipped   an instruction that is not counted; empty for none
#   comment   the text that objdump adds after an instruction

function finish_line() {
  if (count > best && !scheduling) {
    best = count
    for (i = 0; i < count; i++) kept[i] = line[i]
  }
  count = scheduling = 0
}

/^[0-9a-f]+ </ { finish_line(); is_searched = $0 ~ search; next }

is_searched && NF > 1 {
  sub(/^ *[0-9a-f]+:\t/, "")
  sub(comment, "")
  if ($0 ~ leaves) { finish_line(); next }
  if ($0 ~ schedule) scheduling = 1
  if (skipped == "" || $0 !~ skipped) line[count++] = $0
}

END { finish_line(); for (i = 0; i < best; i++) print kept[i] }

"""Finds a suffix so that SHA256("token" + suffix) ends with 20 zero bits.

The argument is the path of the library.
"""
import ctypes, hashlib, struct, sys

library = ctypes.CDLL(sys.argv[1])
assert library.tlslp_abi_version() == 5
# As in tlslp/search.h: start, limit_ns; bits, threads, kernel, suffix_limit, shard 1 of 1, length.
task = struct.pack("<QQ8I128s", 0, 0, 20, 1, 2**32 - 1, 128, 1, 1, 5, 0, b"token")
control = ctypes.create_string_buffer(128 + 128)  # and a counter for one thread
answer = ctypes.create_string_buffer(136)
assert library.tlslp_search(task, control, answer) == 0
kernel, length = struct.unpack_from("<II", answer)
suffix = answer.raw[8 : 8 + length]
assert int.from_bytes(hashlib.sha256(b"token" + suffix).digest(), "big") % 2**20 == 0
print(suffix.decode())

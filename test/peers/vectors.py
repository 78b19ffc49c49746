#!/usr/bin/env python3
"""Checks the protocol's test vectors with the code of the independent peers.

Usage: vectors.py FILE. Prints a line for each vector that does not hold, and then how many there are.
"""

import contextlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from client import parse_request, parse_work
from protocol import REQUESTS, LineChannel, ProtocolViolation, digest_of, ends_with_zero_bits
from server import check_information, check_suffix, check_word

Vector = dict[str, Any]


class Bytes:
    """A connection on which some bytes arrive, and then its end."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def setsockopt(self, *_: object) -> None: pass

    def settimeout(self, _: float) -> None: pass

    def recv(self, size: int) -> bytes:
        piece, self.data = self.data[:size], self.data[size:]
        return piece


def holds_digest(vector: Vector) -> bool:
    digest, bits = digest_of(vector["token"], vector["ending"]), vector["zero_bits"]
    return (digest.hex() == vector["sha256"] and ends_with_zero_bits(digest, bits)
            and not ends_with_zero_bits(digest, bits + 1))


def holds_solution(vector: Vector) -> bool:
    digest = digest_of(vector["token"], vector["suffix"])
    return ends_with_zero_bits(digest, vector["bits"]) == vector["right"]


def holds_frame(vector: Vector) -> bool:
    channel = LineChannel(Bytes(bytes.fromhex(vector["bytes"])), dribble=False)
    lines = []
    with contextlib.redirect_stdout(io.StringIO()):  # it prints each line
        try:
            while True:
                lines.append(channel.receive_line(float("inf")))
        except ProtocolViolation:
            lines = None
        except ConnectionError:
            pass
    return lines == vector["lines"]


def holds_server_line(vector: Vector) -> bool:
    return result_of(lambda: parse_server_line(vector["line"])) == vector["message"]


def parse_server_line(line: str) -> Vector:
    if line in ("HELLO", "DONE"):
        return {"type": line}
    if line == "FAIL" or line.startswith("FAIL "):
        return {"type": "FAIL", "reason": line[5:]}
    if line.split(" ")[0] == "WORK":
        token, bits = parse_work(line, 64)
        return {"type": "WORK", "token": token, "bits": bits}
    request, arg = parse_request(line)
    return {"type": "REQUEST", "request": request, "arg": arg}


def holds_client_line(vector: Vector) -> bool:
    return (result_of(lambda: check_answer(vector)) is not None) == vector["valid"]


def check_answer(vector: Vector) -> bool:
    line, message = vector["line"], parse_server_line(vector["to"])
    if message["type"] == "WORK":
        check_suffix(line, message["token"], message["bits"])
    elif message["type"] == "REQUEST":
        check_information(line, vector["token"], message["arg"])
    else:
        check_word(line, {"HELLO": "HELLOBACK", "DONE": "OK"}[message["type"]])
    return True


def holds_order(vector: Vector) -> bool:
    """The page in one sentence: HELLO, WORK, any requests, DONE; FAIL ends it anywhere."""
    words = vector["messages"]
    words = words[:words.index("FAIL")] if "FAIL" in words else words
    requests = words[2:-1] if words[-1:] == ["DONE"] else words[2:]
    return (words[:2] == ["HELLO", "WORK"][:len(words)] and all(word in REQUESTS for word in requests)) == vector["valid"]


def result_of(action: Callable[[], Any]) -> Any:
    try:
        return action()
    except ProtocolViolation:
        return None


CHECKS = {
    "digests": holds_digest,
    "solutions": holds_solution,
    "frames": holds_frame,
    "server_lines": holds_server_line,
    "client_lines": holds_client_line,
    "orders": holds_order,
}


def main() -> int:
    vectors = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    assert vectors.keys() == CHECKS.keys(), "expected other kinds of vectors"
    wrong = [(kind, vector) for kind in vectors for vector in vectors[kind] if not CHECKS[kind](vector)]
    for kind, vector in wrong:
        print(f"{kind}: {vector}")
    print(f"{sum(map(len, vectors.values()))} vectors, {len(wrong)} do not hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

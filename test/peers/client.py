#!/usr/bin/env python3
"""TLS line protocol client: an independent peer, written from the protocol page alone.

Holds one session. Prints one JSON object per line: every line "sent" and "received", then the "end".
Exits 0 if the session ended ok. With --break it breaks one rule on purpose, to see what the server does.
"""

import argparse
import hashlib
import itertools
import json
import re
import socket
import ssl
import string
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from protocol import (
    MAX_LINE_LENGTH, REQUESTS, WORD, LineChannel, ProtocolViolation, Refusal, digest_of, emit_end,
    ends_with_zero_bits, in_seconds, limit_tls_version, quoted, remaining,
)

SAMPLE_VALUES = dict(zip(REQUESTS, (
    "Zoë Example", "zoe@example.org", "zoe@example.net", "@zoe_example", "29.02.2000", "Nowhere", "1 Example Street",
    "00000 Sampletown",
)))
SUFFIX_CHARACTERS = string.ascii_letters + string.digits + "_-"
TRIES_BETWEEN_LOOKS = 4096


class Break(NamedTuple):
    """One misbehaviour: which answer it replaces, and the bytes that are sent instead."""

    step: str
    instead_of: Callable[[str], bytes]
    then_close: bool = False
    pause: float = 0.0  # if not 0: one byte per write, with that many seconds between


def value_of(answer: str) -> str:
    return answer[65:]


BREAKS: dict[str, Break] = {
    # These three are not a wrong line; the sequence below looks for them by name.
    "cleartext": Break("handshake", lambda _: b"HELLOBACK\n"),
    "no-handshake": Break("handshake", lambda _: b""),
    "wrong-suffix": Break("search", lambda _: b""),  # needs a puzzle of at least 1 bit

    "before-hello": Break("connected", lambda _: b"HELLOBACK\n"),
    "hello-word": Break("hello", lambda _: b"HELLO\n"),
    "lowercase-hello": Break("hello", lambda line: line.lower().encode() + b"\n"),
    "leading-space": Break("hello", lambda line: b" " + line.encode() + b"\n"),
    "trailing-space": Break("hello", lambda line: line.encode() + b" \n"),
    "client-fail": Break("hello", lambda _: b"FAIL only servers may\n"),
    "empty-line": Break("hello", lambda _: b"\n"),
    "crlf": Break("hello", lambda line: line.encode() + b"\r\n"),
    "bom": Break("hello", lambda line: b"\xef\xbb\xbf" + line.encode() + b"\n"),
    "pipelining": Break("hello", lambda line: line.encode() + b"\nAAAA\n"),
    "pipelining-later": Break("hello", lambda line: line.encode() + b"\nAAAA\n", pause=0.001),
    "silent": Break("hello", lambda _: b""),
    "drip": Break("hello", lambda _: b"A" * (MAX_LINE_LENGTH - 1), pause=0.2),
    "endless": Break("hello", lambda _: b"A" * (MAX_LINE_LENGTH + 1)),
    "close-early": Break("hello", lambda _: b"", then_close=True),
    "close-mid-line": Break("hello", lambda line: line.encode(), then_close=True),

    "empty-suffix": Break("work", lambda _: b"\n"),
    "close-at-work": Break("work", lambda _: b"", then_close=True),
    "pipelining-at-work": Break("work", lambda line: line.encode() + b"\nA"),

    "wrong-checksum": Break("request", lambda line: f"{hashlib.sha256(b'other').hexdigest()} {value_of(line)}\n".encode()),
    "uppercase-checksum": Break("request", lambda line: f"{line[:64].upper()} {value_of(line)}\n".encode()),
    "short-checksum": Break("request", lambda line: line[1:].encode() + b"\n"),
    "no-separator": Break("request", lambda line: f"{line[:64]}{value_of(line)}\n".encode()),
    "no-value": Break("request", lambda line: line[:64].encode() + b"\n"),
    "empty-value": Break("request", lambda line: line[:65].encode() + b"\n"),
    "blank-value": Break("request", lambda line: line[:65].encode() + b"   \n"),
    "too-long": Break("request", lambda line: line[:65].encode().ljust(MAX_LINE_LENGTH, b"v") + b"\n"),
    "control-character": Break("request", lambda line: line.encode() + b"\x01\n"),
    "delete-character": Break("request", lambda line: line.encode() + b"\x7f\n"),
    "bad-utf8": Break("request", lambda line: line.encode() + b"\xff\n"),
    "surrogate-utf8": Break("request", lambda line: line.encode() + b"\xed\xa0\x80\n"),

    "not-ok": Break("done", lambda _: b"KO\n"),
    "ok-and-more": Break("done", lambda line: line.encode() + b" thanks\n"),
    "close-before-ok": Break("done", lambda _: b"", then_close=True),
}


class Session:
    """The client's side of one session."""

    def __init__(self, channel: LineChannel, options: Namespace) -> None:
        self.channel = channel
        self.options = options
        self.broken = BREAKS.get(options.break_rule)
        # A client that breaks a rule waits longer, to see the FAIL after the server's deadline.
        self.patience = options.step_timeout * (2 if self.broken else 1)

    def hold(self) -> None:
        if self.broken and self.broken.step == "connected":
            self.misbehave(self.broken, "")
        hello = self.next_line()
        if hello != "HELLO":
            raise ProtocolViolation(f"got {quoted(hello)}, expected HELLO")
        self.answer("hello", "HELLOBACK")

        work = self.next_line()
        work_deadline = in_seconds(self.options.work_timeout)
        token, n_bits = parse_work(work, self.options.max_bits)
        suffix = self.find_suffix(token, n_bits, work_deadline)
        self.answer("work", suffix, work_deadline)

        while (line := self.next_line()) != "DONE":
            request, arg = parse_request(line)
            self.answer("request", f"{digest_of(token, arg).hex()} {self.options.answers[request]}")
        self.answer("done", "OK")
        if self.broken and self.broken.step == "done":
            self.next_line()  # the FAIL that is due

    def next_line(self) -> str:
        line = self.channel.receive_line(in_seconds(self.patience))
        if line == "FAIL" or line.startswith("FAIL "):
            raise Refusal(line[5:])
        return line

    def stop_if_server_spoke(self) -> None:
        """Raise an error for a line out of turn, unless it is FAIL."""
        if self.channel.has_input():
            line = self.next_line()
            raise ProtocolViolation(f"got {quoted(line)} out of turn, expected FAIL or nothing")

    def answer(self, step: str, line: str, deadline: float | None = None) -> None:
        self.stop_if_server_spoke()
        try:
            if self.broken and self.broken.step == step:
                self.misbehave(self.broken, line)
            else:
                self.channel.send_line(line, deadline or in_seconds(self.options.step_timeout))
        except OSError:
            self.stop_if_server_spoke()  # a FAIL that crossed our answer has the reason
            raise

    def misbehave(self, broken: Break, line: str) -> None:
        data = broken.instead_of(line)
        pieces = [bytes([byte]) for byte in data] if broken.pause else [data] if data else []
        for piece in pieces:
            self.channel.send_bytes(piece, in_seconds(self.options.step_timeout))
            if broken.pause and self.channel.has_input(wait=broken.pause):
                break
        if broken.then_close:
            raise ConnectionError("closed on purpose")

    def find_suffix(self, token: str, n_bits: int, deadline: float) -> str:
        wanted = self.options.break_rule != "wrong-suffix"
        token_hash = hashlib.sha256((token + self.options.suffix_start).encode())
        for tries, end in enumerate(all_words()):
            if tries % TRIES_BETWEEN_LOOKS == 0:
                remaining(deadline)
                self.stop_if_server_spoke()
            attempt = token_hash.copy()
            attempt.update(end.encode())
            if ends_with_zero_bits(attempt.digest(), n_bits) == wanted:
                return self.options.suffix_start + end
        raise AssertionError("the words never run out")


def all_words() -> Iterator[str]:
    """Yield every word of the suffix alphabet, shortest first, without end."""
    for length in itertools.count(1):
        yield from map("".join, itertools.product(SUFFIX_CHARACTERS, repeat=length))


def parse_work(line: str, max_bits: int) -> tuple[str, int]:
    match = re.fullmatch(f"WORK ({WORD.pattern}) (0|[1-9][0-9]?)", line)
    if not match or int(match[2]) > 64:
        raise ProtocolViolation(f"got {quoted(line)}, expected WORK, a token and 0 to 64 bits")
    if int(match[2]) > max_bits:
        raise ProtocolViolation(f"got a puzzle of {match[2]} bits, expected at most {max_bits}")
    return match[1], int(match[2])


def parse_request(line: str) -> tuple[str, str]:
    match = re.fullmatch(f"({'|'.join(REQUESTS)}) ({WORD.pattern})", line)
    if not match:
        raise ProtocolViolation(f"got {quoted(line)}, expected a request with its arg, or DONE")
    return match[1], match[2]


def main() -> int:
    options = parse_options()
    version = None
    try:
        with connect(options) as tls:
            version = tls.version()
            channel = LineChannel(tls, options.dribble)
            try:
                Session(channel, options).hold()
            finally:
                channel.close()
    except (ProtocolViolation, Refusal, OSError) as error:
        emit_end(error, version)
        return 1
    emit_end(None, version)
    return 0


def connect(options: Namespace) -> ssl.SSLSocket:
    """Connect and shake hands, both within one deadline."""
    deadline = in_seconds(options.step_timeout)
    tcp = socket.create_connection((options.host, options.port), timeout=remaining(deadline))
    if options.break_rule == "cleartext":
        tcp.sendall(BREAKS["cleartext"].instead_of(""))
    if options.break_rule == "no-handshake":
        tcp.settimeout(options.step_timeout * 2)
        raise ConnectionError(f"no handshake, on purpose; the server sent {len(tcp.recv(1))} bytes")
    tls = tls_context(options).wrap_socket(tcp, server_hostname=options.server_name, do_handshake_on_connect=False)
    tls.settimeout(remaining(deadline))
    tls.do_handshake()
    return tls


def tls_context(options: Namespace) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the chain and the name
    limit_tls_version(context, options.tls)
    if options.no_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(options.ca)
    if options.cert:
        context.load_cert_chain(options.cert, options.key)
    return context


def parse_options() -> Namespace:
    parser = argparse.ArgumentParser(description="Independent TLS line protocol client, for interoperability tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ca", help="PEM file that the server's certificate is checked against")
    parser.add_argument("--cert", help="PEM file")
    parser.add_argument("--key", help="PEM file")
    parser.add_argument("--no-verify", action="store_true", help="insecure mode: do not check the server's certificate")
    parser.add_argument("--server-name", metavar="NAME", help="name in the server's certificate; default: the host")
    parser.add_argument("--max-bits", type=int, default=64)
    parser.add_argument("--answers", metavar="FILE", help="JSON object, request name to value; default: made-up values")
    parser.add_argument("--suffix-start", default="", metavar="TEXT", help="begin the suffix with these characters")
    parser.add_argument("--dribble", action="store_true", help="send one byte per TLS write")
    parser.add_argument("--tls", choices=("1.2", "1.3"), help="exactly that version; default: at least 1.2")
    parser.add_argument("--break", dest="break_rule", choices=BREAKS, metavar="RULE", help=", ".join(BREAKS))
    parser.add_argument("--step-timeout", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--work-timeout", type=float, default=1800.0, metavar="SECONDS")
    options = parser.parse_args()
    if not options.ca and not options.no_verify:
        parser.error("--ca is needed, unless --no-verify")
    options.server_name = options.server_name or options.host
    given = json.loads(Path(options.answers).read_text(encoding="utf-8")) if options.answers else {}
    options.answers = SAMPLE_VALUES | given
    return options


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""TLS line protocol server: an independent peer, written from the protocol page alone.

Serves --sessions sessions one after another. Prints one JSON object per line: "listening", then for
every session its "sent" and "received" lines and its "end". Exits 0 if the last session ended ok.
"""

import argparse
import re
import secrets
import socket
import ssl
import sys
import time
from argparse import Namespace

from protocol import (
    REQUESTS, LineChannel, ProtocolViolation, Refusal, digest_of, emit, emit_end, ends_with_zero_bits, in_seconds,
    limit_tls_version, quoted, remaining,
)

FAIL_SECONDS = 2.0  # the bounded time for a best effort FAIL
CHECKSUM_AND_VALUE = re.compile(r"([0-9a-f]{64}) (.+)")


def main() -> int:
    options = parse_options()
    context = tls_context(options)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    last_session_ok = False
    with socket.create_server((options.host, options.port), family=family) as listener:
        host, port = listener.getsockname()[:2]
        emit("listening", host=host, port=port)
        for _ in range(options.sessions):
            connection, _ = listener.accept()
            last_session_ok = serve(connection, context, options)
    return 0 if last_session_ok else 1


def serve(connection: socket.socket, context: ssl.SSLContext, options: Namespace) -> bool:
    handshake_deadline = in_seconds(options.step_timeout)
    with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as tls:
        try:
            tls.settimeout(remaining(handshake_deadline))
            tls.do_handshake()
        except OSError as error:
            return emit_end(error, None)
        version = tls.version()
        channel = LineChannel(tls, options.dribble)
        try:
            hold_session(channel, options)
        except (ProtocolViolation, Refusal, TimeoutError) as error:
            say_fail(channel, str(error))
            channel.close(linger=1.0)
            return emit_end(error, version)
        except OSError as error:
            channel.close()
            return emit_end(error, version)
        channel.close()
        return emit_end(None, version)


def hold_session(channel: LineChannel, options: Namespace) -> None:
    answer = ask(channel, options, "hello", "HELLO")
    check_word(answer, "HELLOBACK")

    token = options.token or secrets.token_hex(32)
    suffix = ask(channel, options, "work", f"WORK {token} {options.bits}")
    check_suffix(suffix, token, options.bits)

    for request in options.requests:
        arg = options.arg or secrets.token_hex(8)
        answer = ask(channel, options, "request", f"{request} {arg}")
        check_information(answer, token, arg)

    answer = ask(channel, options, "done", "DONE")
    check_word(answer, "OK")


def ask(channel: LineChannel, options: Namespace, step: str, line: str) -> str:
    """Send one line and return its answer, or send FAIL if it is due in place of this line."""
    if channel.has_input(wait=options.settle):
        raise ProtocolViolation(f"bytes before {line.split()[0]} was sent, expected one answer to each line, no more")
    if options.fail_at == step:
        raise Refusal(options.fail_reason)
    channel.send_line(line, in_seconds(options.step_timeout))
    if options.fail_at == "during-work" and step == "work":
        time.sleep(options.settle)
        raise Refusal(options.fail_reason)
    return channel.receive_line(in_seconds(options.work_timeout if step == "work" else options.step_timeout))


def check_word(answer: str, expected: str) -> None:
    if answer != expected:
        raise ProtocolViolation(f"got {quoted(answer)}, expected {expected}")


def check_suffix(suffix: str, token: str, n_bits: int) -> None:
    if not suffix:
        raise ProtocolViolation("empty suffix, expected 1 character or more")
    if " " in suffix:
        raise ProtocolViolation(f"space in suffix {quoted(suffix)}, expected none")
    if not ends_with_zero_bits(digest_of(token, suffix), n_bits):
        raise ProtocolViolation(f"wrong suffix {quoted(suffix)}, expected a digest ending with {n_bits} zero bits")


def check_information(answer: str, token: str, arg: str) -> None:
    match = CHECKSUM_AND_VALUE.fullmatch(answer)
    if not match:
        raise ProtocolViolation(f"got {quoted(answer)}, expected 64 lower-case hex digits, one space and a value")
    checksum, value = match.groups()
    if not secrets.compare_digest(checksum, digest_of(token, arg).hex()):
        raise ProtocolViolation("wrong checksum, expected SHA256(token + arg)")
    if not value.strip(" "):
        raise ProtocolViolation("blank value, expected a character other than space")


def say_fail(channel: LineChannel, reason: str) -> None:
    try:
        channel.send_line(f"FAIL {reason}" if reason else "FAIL", in_seconds(FAIL_SECONDS))
    except OSError:
        pass


def tls_context(options: Namespace) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    limit_tls_version(context, options.tls)
    context.load_cert_chain(options.cert, options.key)
    if not options.no_client_cert:
        context.load_verify_locations(options.ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def parse_options() -> Namespace:
    parser = argparse.ArgumentParser(description="Independent TLS line protocol server, for interoperability tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--cert", required=True, help="PEM file")
    parser.add_argument("--key", required=True, help="PEM file")
    parser.add_argument("--ca", help="PEM file that client certificates are checked against")
    parser.add_argument("--no-client-cert", action="store_true", help="insecure mode: ask for no client certificate")
    parser.add_argument("--bits", type=int, default=12)
    parser.add_argument("--requests", type=lambda text: [name for name in text.split(",") if name],
                        default=list(REQUESTS), metavar="A,B,C", help="any list, repeats allowed")
    parser.add_argument("--token", help="fixed token, for a test; default: fresh random")
    parser.add_argument("--arg", help="fixed arg of every request; default: fresh random")
    parser.add_argument("--dribble", action="store_true", help="send one byte per TLS write")
    parser.add_argument("--fail-at", choices=("hello", "work", "during-work", "request", "done"))
    parser.add_argument("--fail-reason", default="told to fail", metavar="TEXT")
    parser.add_argument("--sessions", type=int, default=1, metavar="N")
    parser.add_argument("--tls", choices=("1.2", "1.3"), help="exactly that version; default: at least 1.2")
    parser.add_argument("--step-timeout", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--work-timeout", type=float, default=1800.0, metavar="SECONDS")
    parser.add_argument("--settle", type=float, default=0.05, metavar="SECONDS",
                        help="how long to listen for bytes that nobody asked for before sending a line")
    options = parser.parse_args()
    if not options.ca and not options.no_client_cert:
        parser.error("--ca is needed, unless --no-client-cert")
    return options


if __name__ == "__main__":
    sys.exit(main())

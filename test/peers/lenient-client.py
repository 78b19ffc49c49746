#!/usr/bin/env python3
"""A client that checks nothing: it strips lines, guesses at numbers, and takes every end for success.

Usage: lenient-client.py HOST PORT CA CERT KEY
"""

import hashlib
import itertools
import socket
import ssl
import sys


def main() -> None:
    host, port, ca, cert, key = sys.argv[1:]
    context = ssl.create_default_context(cafile=ca)
    context.load_cert_chain(cert, key)
    try:
        with context.wrap_socket(socket.create_connection((host, int(port))), server_hostname=host) as tls:
            hold_session(tls)
    except OSError:
        pass  # an end like any other


def hold_session(tls: ssl.SSLSocket) -> None:
    token = ""
    lines = tls.makefile("r", encoding="utf-8-sig", errors="replace")
    for line in lines:
        words = line.strip().upper().split()
        if words[:1] == ["DONE"]:
            send(tls, "OK")
            return
        if words[:1] == ["WORK"]:
            token = line.split()[1]
            send(tls, find_suffix(token, line.split()[2:]))
        elif words[:1] == ["FAIL"]:
            continue
        elif words[:1] == ["HELLO"]:
            send(tls, "HELLOBACK")
        else:
            send(tls, f"{sha256(token, ''.join(line.split()[1:]))} a value")


def find_suffix(token: str, bits: list[str]) -> str:
    try:
        n_bits = int(float(bits[0]))
    except (IndexError, ValueError):
        n_bits = 0
    n_bits = min(max(n_bits, 0), 8)
    return next(
        suffix for suffix in map(str, itertools.count()) if int(sha256(token, suffix), 16) % (1 << n_bits) == 0
    )


def sha256(token: str, end: str) -> str:
    return hashlib.sha256((token + end).encode()).hexdigest()


def send(tls: ssl.SSLSocket, line: str) -> None:
    tls.sendall(f"{line}\n".encode())


main()

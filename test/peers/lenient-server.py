#!/usr/bin/env python3
"""A server that checks nothing but the words: it strips lines, takes any value, and never refuses.

Usage: lenient-server.py CA CERT KEY; prints its port, and serves until it is ended.
"""

import secrets
import socket
import ssl
import sys
import threading


def main() -> None:
    ca, cert, key = sys.argv[1:]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, context), daemon=True).start()


def serve(connection: socket.socket, context: ssl.SSLContext) -> None:
    try:
        with context.wrap_socket(connection, server_side=True) as tls:
            hold_session(tls)
    except OSError:
        pass


def hold_session(tls: ssl.SSLSocket) -> None:
    answers = tls.makefile("r", encoding="utf-8-sig", errors="replace")
    for line in ("HELLO", f"WORK {secrets.token_hex(32)} 8", "FULL_NAME an-arg", "DONE"):
        tls.sendall(f"{line}\n".encode())
        answers.readline()


main()

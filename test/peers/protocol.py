"""The common part of both independent peers: lines over TLS, deadlines and digests.

Part of an independent peer, written from the protocol page alone.

Errors: ProtocolViolation is the peer breaking the page, Refusal is a FAIL line, TimeoutError is
a passed deadline, and every other OSError is the network or TLS failing.
"""

import hashlib
import json
import re
import socket
import ssl
import time

MAX_LINE_LENGTH = 1000  # bytes, the newline included
REQUESTS = ("FULL_NAME", "EMAIL1", "EMAIL2", "SOCIAL", "BIRTHDATE", "COUNTRY", "ADDR_LINE1", "ADDR_LINE2")
WORD = re.compile(r"[A-Za-z0-9_-]{1,128}")
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


class ProtocolViolation(Exception):
    """The peer broke a rule of the protocol page."""


class Refusal(Exception):
    """A FAIL line ended the session; the text is its reason."""


def digest_of(token: str, word: str) -> bytes:
    return hashlib.sha256((token + word).encode()).digest()


def ends_with_zero_bits(digest: bytes, n_bits: int) -> bool:
    return int.from_bytes(digest, "big") % (1 << n_bits) == 0


def quoted(text: str) -> str:
    """Return the peer's text, escaped and short enough for a reason."""
    escaped = ascii(text)
    return escaped if len(escaped) <= 60 else escaped[:60] + "..."


def emit(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def emit_end(error: Exception | None, tls_version: str | None) -> bool:
    """Print how the session ended; return whether it ended well."""
    outcome = (
        "ok" if error is None
        else "protocol" if isinstance(error, ProtocolViolation)
        else "refused" if isinstance(error, Refusal)
        else "timeout" if isinstance(error, TimeoutError)
        else "transport"
    )
    emit("end", outcome=outcome, detail="" if error is None else str(error), tls=tls_version)
    return error is None


def in_seconds(seconds: float) -> float:
    """Return the deadline that many seconds from now."""
    return time.monotonic() + seconds


def remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the deadline of this step passed")
    return seconds


def limit_tls_version(context: ssl.SSLContext, version: str | None) -> None:
    """Force exactly that version, or anything from 1.2 up."""
    context.minimum_version = ssl.TLSVersion.TLSv1_3 if version == "1.3" else ssl.TLSVersion.TLSv1_2
    if version == "1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2


class LineChannel:
    """Lines over an established TLS connection."""

    def __init__(self, tls: ssl.SSLSocket, dribble: bool) -> None:
        tls.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._tls = tls
        self._dribble = dribble
        self._buffer = b""

    def send_line(self, line: str, deadline: float) -> None:
        self.send_bytes(line.encode() + b"\n", deadline)

    def send_bytes(self, data: bytes, deadline: float) -> None:
        emit("sent", line=data.removesuffix(b"\n").decode(errors="backslashreplace"))
        while data:
            self._tls.settimeout(remaining(deadline))
            data = data[self._tls.send(data[:1] if self._dribble else data):]

    def receive_line(self, deadline: float) -> str:
        while b"\n" not in self._buffer and len(self._buffer) <= MAX_LINE_LENGTH:
            try:
                self._receive_more(remaining(deadline))
            except TimeoutError:
                raise TimeoutError("deadline passed, expected a complete line before it") from None
        line, newline, self._buffer = self._buffer.partition(b"\n")
        if len(line + newline) > MAX_LINE_LENGTH:
            raise ProtocolViolation(f"line too long, expected at most {MAX_LINE_LENGTH} bytes with the newline")
        emit("received", line=line.decode(errors="backslashreplace"))
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise ProtocolViolation("line is not text, expected valid UTF-8") from None
        if CONTROL_CHARACTER.search(text):
            raise ProtocolViolation(f"control character in {quoted(text)}, expected none")
        return text

    def has_input(self, wait: float = 0.0) -> bool:
        """Return whether the peer has sent bytes, or sends them within that many seconds."""
        try:
            if not self._buffer:
                self._receive_more(wait)
            return True
        except (TimeoutError, ssl.SSLWantReadError):
            return False

    def close(self, linger: float = 0.0) -> None:
        """Close both layers. Meanwhile, discard input, so that no reset overtakes our last line."""
        deadline = in_seconds(linger)
        try:
            self._tls.settimeout(0)
            self._tls.unwrap()  # sends the close_notify, does not wait for the peer's
        except (OSError, ValueError):
            pass
        try:
            self._tls.shutdown(socket.SHUT_WR)
            while linger:
                self._tls.settimeout(remaining(deadline))
                if not self._tls.recv(4096):
                    break
        except OSError:
            pass
        self._tls.close()

    def _receive_more(self, timeout: float) -> None:
        self._tls.settimeout(timeout)
        received = self._tls.recv(MAX_LINE_LENGTH + 1 - len(self._buffer))
        if not received:
            where = "in the middle of a line" if self._buffer else "where a line was due"
            raise ConnectionError(f"the peer closed {where}")
        self._buffer += received

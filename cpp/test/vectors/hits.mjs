/**
 * Recomputes hits.txt from its first two columns, which are the lengths of tokens and the suffixes
 * without their last three characters: `node cpp/test/vectors/hits.mjs`. Takes some minutes.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const FILE = new URL("hits.txt", import.meta.url);
const ALPHABET = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

const lines = readFileSync(FILE, "utf8").trimEnd().split("\n");
writeFileSync(FILE, lines.map((line) => `${line.startsWith("#") ? line : rewrite(line)}\n`).join(""));

function rewrite(line) {
  const [length, stem] = line.split(" ");
  const hits = hitsOf(Number(length), stem);
  const list = hits.map((hit) => `${hit}\n`).join("");
  return `${length} ${stem} ${hits.length} ${createHash("sha256").update(list).digest("hex")}`;
}

/** Returns the numbers of the endings with which the digest ends in 8 zero bits. */
function hitsOf(length, stem) {
  // The same token as token_of() in support.cpp makes.
  const token = Buffer.from(Array.from({ length }, (_, index) => index * 7 + length));
  const message = Buffer.concat([token, Buffer.from(`${stem}???`)]);
  const end = message.length - 3;
  const hits = [];
  for (let number = 0; number < ALPHABET.length ** 3; number += 1) {
    message[end] = ALPHABET[number >> 12];
    message[end + 1] = ALPHABET[(number >> 6) & 63];
    message[end + 2] = ALPHABET[number & 63];
    if (createHash("sha256").update(message).digest().at(-1) === 0) {
      hits.push(number);
    }
  }
  return hits;
}

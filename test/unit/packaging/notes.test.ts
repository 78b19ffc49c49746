import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { version } from "../../../package.json" with { type: "json" };
import { notesOf } from "../../../packaging/notes.ts";

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.1.0] - 2026-02-01

### Added

- two

## [1.0.0] - 2026-01-01

- one

[1.0.0]: https://example.org
`;

test("the notes of a version end at the next heading, or at the links", () => {
  expect(notesOf("1.1.0", CHANGELOG)).toBe("### Added\n\n- two\n");
  expect(notesOf("1.0.0", CHANGELOG)).toBe("- one\n");
});

test("a version without notes is an error", () => {
  expect(() => notesOf("2.0.0", CHANGELOG)).toThrow("no section for 2.0.0");
  expect(() => notesOf("Unreleased", CHANGELOG)).toThrow("no section for Unreleased");
});

test("the changelog has notes for this version", () => {
  expect(notesOf(version, readFileSync("CHANGELOG.md", "utf8"))).not.toBe("");
});

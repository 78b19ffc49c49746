/**
 * Submissions as CSV, JSON Lines or JSON: the same members in each, and one for each request. The
 * text is made piece by piece, so that memory stays flat however many submissions there are.
 */
import { stringify } from "csv-stringify/sync";
import type { RequestName } from "../wire/message.ts";
import { type Entry, requestsOf } from "./entry.ts";

export const EXPORT_FORMATS = ["csv", "jsonl", "json"] as const;
type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  /** The requests that have a column, in the protocol's order. */
  readonly requests: readonly RequestName[];
  /** CSV begins with a byte-order mark, by which Excel knows UTF-8. */
  readonly bom?: boolean;
  /** CSV leaves values alone that a spreadsheet would take for formulas. */
  readonly raw?: boolean;
}

/** Entries in one piece of text. */
const PIECE = 100;

/** Readers take these for the end of a record, unless they are quoted. */
const LINE_END = /[\r\n]/;

const BYTE_ORDER_MARK = "\ufeff";

/** Yields the pieces of the export. Erased submissions are left out: they hold no answers. */
export async function* exportEntries(
  entries: AsyncIterable<Entry>,
  options: ExportOptions,
): AsyncGenerator<string> {
  const { begin, piece, end } = writerOf(options);
  let isFirst = true;
  let records: ExportRecord[] = [];
  yield begin;
  for await (const entry of entries) {
    if (entry.isErased) {
      continue;
    }
    records.push(exportRecord(entry, options.requests));
    if (records.length === PIECE) {
      yield piece(records, isFirst);
      isFirst = false;
      records = [];
    }
  }
  if (records.length > 0) {
    yield piece(records, isFirst);
  }
  yield end;
}

/** Returns a submission as a line of JSON, with the requests that it answers. */
export function exportLine(entry: Entry): string {
  return jsonLine(exportRecord(entry, requestsOf(entry.answers ?? {})));
}

type Value = string | number | boolean | null;
type ExportRecord = Readonly<Record<string, Value>>;

/** The members beside the requests, in order. */
const MEMBERS: readonly (readonly [name: string, read: (entry: Entry) => Value])[] = [
  ["id", ({ id }) => id],
  ["completed_at", ({ at }) => at.toISOString()],
  ["participant", ({ participant }) => participant],
  ["fingerprint", ({ fingerprint }) => fingerprint],
  ["address", ({ address }) => address],
  ["bits", ({ bits }) => bits],
  ["work_seconds", ({ workSeconds }) => workSeconds],
  ["acknowledged", ({ isAcknowledged }) => isAcknowledged],
];

function exportRecord(entry: Entry, requests: readonly RequestName[]): ExportRecord {
  const facts = MEMBERS.map(([name, read]) => [name, read(entry)]);
  const answers = requests.map((request) => [request, entry.answers?.[request] ?? null]);
  return Object.fromEntries([...facts, ...answers]);
}

interface FormatWriter {
  readonly begin: string;
  readonly piece: (records: readonly ExportRecord[], isFirst: boolean) => string;
  readonly end: string;
}

function writerOf({ format, requests, bom = false, raw = false }: ExportOptions): FormatWriter {
  switch (format) {
    case "csv": {
      const columns = [...MEMBERS.map(([name]) => name), ...requests];
      const rows = (records: readonly ExportRecord[]) =>
        stringify([...records], {
          columns,
          record_delimiter: "windows",
          quoted_match: LINE_END,
          escape_formulas: !raw,
          cast: { boolean: String },
        });
      const header = `${columns.join(",")}\r\n`;
      return { begin: bom ? BYTE_ORDER_MARK + header : header, piece: rows, end: "" };
    }
    case "jsonl":
      return { begin: "", piece: (records) => records.map(jsonLine).join(""), end: "" };
    case "json":
      return {
        begin: "[",
        piece: (records, isFirst) =>
          records
            .map(
              (record, index) => `${isFirst && index === 0 ? "" : ","}\n${JSON.stringify(record)}`,
            )
            .join(""),
        end: "\n]\n",
      };
  }
}

function jsonLine(record: ExportRecord): string {
  return `${JSON.stringify(record)}\n`;
}

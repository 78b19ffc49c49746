/**
 * Lists of people to invite, CSV: a header, and a row for each person.
 */
import { type CsvError, parse } from "csv-parse/sync";
import { isCertificateName, MAX_NAME_LENGTH } from "../certificates/issue.ts";
import { isAnyEmail } from "../email.ts";
import { Fault } from "../fault/fault.ts";
import type { NamedFile } from "../fault/sentences/files.ts";
import { type InputFile, readInput } from "../io/input.ts";

/** A person to invite. */
export interface Person {
  readonly name: string;
  readonly email: string | null;
}

/**
 * Reads a list of people: the column `name`, and `email` if there is one. Spreadsheets of some
 * countries separate columns by semicolons.
 *
 * @throws {Fault} "usage" that names the line at fault
 */
export function readPeople(path: string): readonly Person[] {
  const file: InputFile = { purpose: "people", path };
  return parsePeople(readInput(file), file);
}

/** Parses the text of a list; throws as `readPeople` does. */
export function parsePeople(text: string, file: NamedFile): readonly Person[] {
  const [header, ...rows] = readRows(text, file);
  const columns = header?.record.map((title) => title.trim().toLowerCase()) ?? [];
  const line = header?.line ?? 1;
  for (const title of ["name", "email"]) {
    if (columns.indexOf(title) !== columns.lastIndexOf(title)) {
      throw new Fault("peopleInvalid", {
        file,
        line,
        problem: `the column ${title} is there twice`,
      });
    }
  }
  if (!columns.includes("name")) {
    throw new Fault("peopleInvalid", { file, line, problem: "the header has no column name" });
  }
  if (rows.length === 0) {
    throw new Fault("peopleInvalid", { file, line, problem: "no person follows the header" });
  }
  return rows.map((row) => toPerson(row, columns, file));
}

interface Row {
  readonly record: readonly string[];
  /** The line on which it ends. */
  readonly line: number;
}

function readRows(text: string, file: NamedFile): readonly Row[] {
  const [header = ""] = /\S.*/.exec(text) ?? [];
  const delimiter = [",", ";", "\t"].find((each) => header.includes(each)) ?? ",";
  try {
    const rows = parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as readonly {
      readonly record: string[];
      readonly info: { readonly lines: number };
    }[];
    return (
      rows
        .map(({ record, info }) => ({ record, line: info.lines }))
        // A spreadsheet keeps rows whose cells were emptied.
        .filter(({ record }) => record.some((cell) => cell.trim() !== ""))
    );
  } catch (cause) {
    const { lines: line = 1, code = "" } = cause as CsvError & { readonly lines?: number };
    const problem = QUOTE_ERRORS[code] ?? "it is not CSV";
    throw new Fault("peopleInvalid", { file, line, problem }, { cause });
  }
}

/** Errors of the CSV parser, in words. */
const QUOTE_ERRORS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a double quote is opened and never closed",
  INVALID_OPENING_QUOTE: "a double quote is within a value; put the value in quotes, and double it",
  CSV_INVALID_CLOSING_QUOTE: "text follows the double quote that closes a value",
};

function toPerson({ record, line }: Row, columns: readonly string[], file: NamedFile): Person {
  const cell = (title: string) => record[columns.indexOf(title)]?.trim() ?? "";
  const invalid = (problem: string) => new Fault("peopleInvalid", { file, line, problem });
  if (record.length !== columns.length) {
    const values = record.length === 1 ? "1 value" : `${record.length} values`;
    throw invalid(`it has ${values}, and the header has ${columns.length}`);
  }
  const [name, email] = [cell("name"), cell("email")];
  if (!isCertificateName(name)) {
    throw invalid(`the name must be printable text of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  if (email !== "" && !isAnyEmail(email)) {
    throw invalid("the email must be an address such as zoe@example.org, or empty");
  }
  return { name, email: email === "" ? null : email };
}

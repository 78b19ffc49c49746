/**
 * A terminal's screen, as far as a line that changes needs one: text, colours, carriage returns,
 * newlines and "clear from here on". When it is made narrower, it breaks lines that no longer fit
 * in two, as most terminals do.
 */
export interface Screen {
  write(text: string): void;
  resize(columns: number): void;
  /** The visible text, without empty rows at the end. */
  readonly text: string;
  /** Whether a text was too wide since the screen was made. */
  readonly hasWrapped: boolean;
}

export function createScreen(initialColumns: number): Screen {
  let columns = initialColumns;
  let rows = [""];
  let row = 0;
  let column = 0;
  let hasWrapped = false;

  function put(character: string): void {
    if (column === columns) {
      hasWrapped = true;
      newline();
      column = 0;
    }
    const before = rows[row] ?? "";
    rows[row] = before.slice(0, column).padEnd(column) + character + before.slice(column + 1);
    column += 1;
  }

  function newline(): void {
    row += 1;
    rows[row] ??= "";
  }

  function take(token: string): void {
    if (token === "\r") {
      column = 0;
    } else if (token === "\n") {
      newline();
    } else if (token === "\u001b[J") {
      rows = [...rows.slice(0, row), (rows[row] ?? "").slice(0, column)];
    } else if (/^\u001b\[[\d;]*m$/.test(token)) {
      // A colour takes no room.
    } else if (token.length > 1) {
      throw new Error(`this screen does not know ${JSON.stringify(token)}`);
    } else {
      put(token);
    }
  }

  return {
    write(text) {
      for (const token of text.match(/\u001b\[[0-9;?]*[A-Za-z]|./gsu) ?? []) {
        take(token);
      }
    },
    resize(wanted) {
      columns = wanted;
      const broken = rows.map((line) => line.match(new RegExp(`.{1,${columns}}`, "g")) ?? [""]);
      // The cursor stays with the character that it was on.
      row = broken.slice(0, row).flat().length + Math.floor(column / columns);
      column %= columns;
      rows = broken.flat();
    },
    get text() {
      return rows.join("\n").trimEnd();
    },
    get hasWrapped() {
      return hasWrapped;
    },
  };
}

/**
 * Notes in a compiled executable where the search library stands in it, so that the system can copy
 * it from there: through the executable's memory, all of it would count as memory of ours.
 */

/** What src/search/library-place.txt holds. */
const NOTE = /tlslp-search at (0{13})/g;

/** Notes it in place. Throws when the library or the note is not there exactly once. */
export function notePlace(executable: Buffer, library: Buffer): void {
  const place = executable.indexOf(library);
  if (place < 0 || executable.includes(library, place + 1)) {
    throw new Error("the executable does not hold the search library exactly once");
  }
  const [note, ...others] = executable.toString("latin1").matchAll(NOTE);
  if (note === undefined || others.length > 0) {
    throw new Error("the executable does not hold the note of the library's place exactly once");
  }
  const [text, digits = ""] = note;
  executable.write(
    String(place).padStart(digits.length, "0"),
    note.index + text.length - digits.length,
    "latin1",
  );
}

/**
 * Names of invitation files, made from names of people. They are safe on every system, in a mail
 * and on a command line, whatever a name holds.
 */

const EXTENSION = ".tlslp";

/** The most bytes of a slug: file systems take names of 255. */
const MAX_BYTES = 200;

/** Names without a letter or a digit get this one. */
const NAMELESS = "participant";

/** Devices of Windows, which it finds in every folder and with every extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * Returns a name in lower case, of letters and digits of any script, with one dash for each run of
 * other characters.
 */
export function slugOf(name: string): string {
  const plain = name.normalize("NFC").toLowerCase().normalize("NFC");
  const visible = plain.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  // A mark needs the letter before it.
  const words = visible.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? [];
  const slug = shorten(words.join("-"));
  if (slug === "") {
    return NAMELESS;
  }
  return DEVICE.test(slug) ? `${NAMELESS}-${slug}` : slug;
}

function shorten(text: string): string {
  let slug = "";
  for (const character of text) {
    if (Buffer.byteLength(slug + character) > MAX_BYTES) {
      break;
    }
    slug += character;
  }
  return slug.replace(/-$/, "");
}

/**
 * Returns a name of a file for each name of a person: `alice.tlslp`, and `alice-2.tlslp` where that
 * is taken, by a file in the folder or by another person.
 *
 * @param taken the names of the files in the folder, which must stay
 */
export function nameFiles(names: readonly string[], taken: Iterable<string>): readonly string[] {
  // Some file systems ignore case, and some decompose letters.
  const used = new Set(Iterator.from(taken).map((file) => file.normalize("NFC").toLowerCase()));
  const counts = new Map<string, number>();
  return names.map((name) => {
    const slug = slugOf(name);
    let count = counts.get(slug) ?? 1;
    let file = `${slug}${EXTENSION}`;
    while (used.has(file)) {
      count += 1;
      file = `${slug}-${count}${EXTENSION}`;
    }
    counts.set(slug, count);
    used.add(file);
    return file;
  });
}

/**
 * Countries by their ISO 3166-1 codes and English names. The list is i18n-iso-countries's, of which
 * only the two tables are loaded: the package's own code would bring the names in 80 languages.
 */
import codes from "i18n-iso-countries/codes.json";
import english from "i18n-iso-countries/langs/en.json";

/** Whether a text is a country's alpha-2 code, alpha-3 code or English name, in any case. */
export function isCountry(text: string): boolean {
  known ??= makeSet();
  return known.has(normalize(text));
}

let known: Set<string> | undefined;

function makeSet(): Set<string> {
  const names = Object.values(english.countries).flat();
  const short = codes.flatMap(([alpha2 = "", alpha3 = ""]) => [alpha2, alpha3]);
  return new Set([...names, ...short].map(normalize));
}

/** Returns a form of the text that is the same for any case and composition of accents. */
function normalize(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

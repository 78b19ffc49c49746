/**
 * The tables of docs/performance.md by the names of their markers.
 */
import { type Kernels, type Measured, PUBLISHED } from "./measured.ts";
import { table } from "./page.ts";

export function tables(measured: Measured): ReadonlyMap<string, string> {
  return new Map([
    ["machine", machineLine(measured)],
    ["kernels", kernelTable(measured.kernels)],
    ["evidence", evidenceTable(measured)],
    ["threads", threadTable(measured.threads)],
    ["times", timeTable(measured)],
    ["limits", limitTable(measured.limits)],
  ]);
}

function machineLine({ machine, kernels }: Measured): string {
  const { model, processors, compiler, openssl, load } = machine;
  const gigahertz = (kernels.hertz / 1e9).toFixed(2);
  return (
    `${model}, ${processors} processors, about ${gigahertz} GHz; ${compiler}; ${openssl}.\n` +
    `The load was ${load.toFixed(1)} at the end: much more than ${processors} means that other programs ran too.`
  );
}

function kernelTable({ kernels }: Kernels): string {
  return table(
    ["kernel", "form", "MH/s", "cycles per candidate", "÷ EVP", "÷ SHA256_CTX"],
    kernels.map((rate) => [
      rate.kernel,
      rate.form,
      (rate.candidates_per_second / 1e6).toFixed(1),
      rate.cycles_per_candidate.toFixed(1),
      rate.ratio_evp.toFixed(2),
      rate.ratio_bare.toFixed(2),
    ]),
  );
}

function evidenceTable({ evidence, kernels }: Measured): string {
  const [head = [], ...rows] = evidence;
  const measured = (name: string | undefined) =>
    kernels.kernels
      .find(({ kernel, form }) => kernel === name && form === "long")
      ?.cycles_per_candidate.toFixed(1) ?? "not measured here";
  return table(
    [...head, "measured"],
    rows.map((row) => [...row, measured(row[0])]),
  );
}

function threadTable(rates: readonly number[]): string {
  const [one = 1] = rates;
  return table(
    ["threads", "MH/s", "times one"],
    rates.map((rate, index) => [
      String(index + 1),
      (rate / 1e6).toFixed(1),
      (rate / one).toFixed(2),
    ]),
  );
}

function timeTable({ times }: Measured): string {
  const published = new Map(PUBLISHED);
  return table(
    ["bits", "runs", "average, s", "2ⁿ ÷ rate, s", "the original, published, s"],
    times.rows.map((row) => [
      String(row.n_bits),
      String(row.runs),
      row.average.toPrecision(3),
      row.expected.toPrecision(3),
      String(published.get(row.n_bits) ?? ""),
    ]),
  );
}

/** Has a row for each limit and a column for each kernel. */
function limitTable({ kernels }: Kernels): string {
  const rates = kernels.filter(({ kernel }) => kernel !== "openssl");
  const names = [...new Set(rates.map(({ kernel }) => kernel))];
  const byLimit = Map.groupBy(rates, ({ form }) => form);
  return table(
    ["`--max-suffix` from", ...names],
    [...byLimit].map(([limit, row]) => [
      limit,
      ...row.map((rate) => (rate.candidates_per_second / 1e6).toFixed(1)),
    ]),
  );
}

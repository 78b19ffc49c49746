import { expect, spyOn, test } from "bun:test";
import type { Report } from "../../../src/search/job.ts";
import { kernelChoices } from "../../../src/search/kernels.ts";
import { surveyKernels } from "../../../src/search/survey.ts";
import { waitFor } from "../../support/processes.ts";

test("a survey measures kernels, and says which of them auto takes", async () => {
  const { threads, kernels, auto } = await surveyKernels({ threads: 1 });

  expect(threads).toBe(1);
  expect(await kernelChoices()).toEqual(expect.arrayContaining(kernels.map(({ name }) => name)));
  expect(kernels.map(({ name }) => name)).toContain(auto);
  for (const { single, all } of kernels) {
    expect(single).toBeGreaterThan(0);
    expect(all).toBe(single);
  }
});

test("a survey ends when its signal aborts, and does not begin if it was aborted before", async () => {
  const controller = new AbortController();
  const survey = surveyKernels({ threads: 1, signal: controller.signal });
  controller.abort(new Error("enough"));

  expect(survey).rejects.toThrow("enough");
  expect(surveyKernels({ threads: 1, signal: controller.signal })).rejects.toThrow("enough");
  await survey.catch(() => {});
});

test("the thread of an aborted survey measures no further kernel", async () => {
  using given = spyOn(Worker.prototype, "postMessage");
  const controller = new AbortController();
  const survey = surveyKernels({ threads: 1, signal: controller.signal });
  const report = Promise.withResolvers<Report["status"]>();
  const [thread]: readonly unknown[] = given.mock.contexts;
  if (!(thread instanceof Worker)) {
    throw new Error("no thread was given a job");
  }
  thread.addEventListener("message", ({ data }: MessageEvent<Report>) =>
    report.resolve(data.status),
  );

  controller.abort(new Error("enough"));

  await survey.catch(() => undefined);
  expect(await waitFor(report.promise, () => "the thread's report")).toBe("cancelled");
});

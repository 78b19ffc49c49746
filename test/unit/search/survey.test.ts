import { expect, test } from "bun:test";
import { kernelChoices } from "../../../src/search/kernels.ts";
import { surveyKernels } from "../../../src/search/survey.ts";

test("a survey measures kernels, and says which of them auto takes", async () => {
  const { threads, kernels, auto } = await surveyKernels(1);

  expect(threads).toBe(1);
  expect(await kernelChoices()).toEqual(expect.arrayContaining(kernels.map(({ name }) => name)));
  expect(kernels.map(({ name }) => name)).toContain(auto);
  for (const { single, all } of kernels) {
    expect(single).toBeGreaterThan(0);
    expect(all).toBe(single);
  }
});

test("it ends when its signal aborts, and is not begun when it has", async () => {
  const controller = new AbortController();
  const survey = surveyKernels(1, controller.signal);
  controller.abort(new Error("enough"));

  expect(survey).rejects.toThrow("enough");
  expect(surveyKernels(1, controller.signal)).rejects.toThrow("enough");
  await survey.catch(() => {});
});

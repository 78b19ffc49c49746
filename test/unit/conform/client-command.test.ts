import { expect, test } from "bun:test";
import { fillPlaces } from "../../../src/conform/client-command.ts";

const PLACES = {
  ...{ host: "127.0.0.1", port: "7883", dir: "/d" },
  ...{ ca: "/d/ca.pem", cert: "/d/cert.pem", key: "/d/key.pem" },
};

test("places are filled wherever they are in a word", () => {
  expect(fillPlaces(["run", "--to={host}:{port}", "{key}"], PLACES)).toEqual([
    "run",
    "--to=127.0.0.1:7883",
    "/d/key.pem",
  ]);
});

test("other words in braces are left alone", () => {
  expect(fillPlaces(["{}", "{user}", "{toString}"], PLACES)).toEqual([
    "{}",
    "{user}",
    "{toString}",
  ]);
});

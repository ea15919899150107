import { expect, test } from "vitest";
import { systemHost } from "../../src/base/host.js";

test("an abort ends a sleep at once, and leaves no listener and no timer", async () => {
  const controller = new AbortController();
  const sleep = systemHost.sleep(60_000, controller.signal);
  controller.abort("enough");
  await expect(sleep).rejects.toMatchObject({ code: "usage/aborted", cause: "enough" });
  await expect(systemHost.sleep(1, controller.signal)).rejects.toMatchObject({ code: "usage/aborted" });
});

test("a sleep lasts as long as asked", async () => {
  const start = systemHost.now();
  await systemHost.sleep(20);
  expect(systemHost.now() - start).toBeGreaterThanOrEqual(19);
});

test("ids are version-4 UUIDs and differ", () => {
  expect(systemHost.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(systemHost.uuid()).not.toBe(systemHost.uuid());
});

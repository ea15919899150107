import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startDroppingProxy, type DroppingProxy, type ProxyFaults } from "./dropping-proxy.js";

let server: Server;
let proxy: DroppingProxy;
let heard: string[];
beforeEach(async () => {
  heard = [];
  server = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (chunk) => (body += String(chunk)));
    incoming.on("end", () => {
      heard.push(body);
      response.end(`answer to ${body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = await startDroppingProxy({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
});
afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function ask(body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port: proxy.port, method: "PUT" }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += String(chunk)));
      response.on("end", () => resolve(text));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}

test("without faults it is a wire", async () => {
  expect(await ask("a")).toBe("answer to a");
  expect(proxy.counts).toEqual({ pass: 1, drop: 0, loseReply: 0, cutReply: 0, delay: 0 });
});

const broken: readonly (readonly [string, ProxyFaults, readonly string[]])[] = [
  ["a dropped request is not heard", { drop: 1 }, []],
  ["a request whose reply is lost is heard", { loseReply: 1 }, ["a"]],
  ["a request whose reply is cut is heard", { cutReply: 1 }, ["a"]],
];

test.each(broken)("%s, and its caller gets an error", async (_, faults, expected) => {
  proxy.faults = faults;
  await expect(ask("a")).rejects.toThrow();
  expect(heard).toEqual(expected);
  proxy.faults = {};
  expect(await ask("b")).toBe("answer to b");
});

test("a delayed request arrives", async () => {
  proxy.faults = { delay: 1, delayMsMax: 20 };
  expect(await ask("a")).toBe("answer to a");
  expect(proxy.counts.delay).toBe(1);
});

import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** What can happen to a request on its way, each with its probability; what is left passes. */
export interface ProxyFaults {
  /** The connection ends before the server hears of the request. */
  readonly drop?: number;
  /** The server gets the request, and the connection ends before its first byte of an answer. */
  readonly loseReply?: number;
  /** The connection ends in the middle of the first piece of the answer. */
  readonly cutReply?: number;
  /** The request waits on its way for some time up to `delayMsMax`. */
  readonly delay?: number;
  readonly delayMsMax?: number;
}

export type ProxyFate = "pass" | "drop" | "loseReply" | "cutReply" | "delay";

/** A wire between HTTP clients and one server that goes wrong at random. It knows bytes only: signatures stay valid. */
export interface DroppingProxy {
  readonly port: number;
  /** May be changed at any time; `{}` heals it. */
  faults: ProxyFaults;
  /** Requests by what became of them. */
  readonly counts: Readonly<Record<ProxyFate, number>>;
  close(): Promise<void>;
}

export interface ProxyOptions {
  readonly host: string;
  readonly port: number;
  readonly faults?: ProxyFaults;
  /** In [0, 1). Default: chance. */
  readonly random?: () => number;
}

export async function startDroppingProxy({ host, port, faults = {}, random = Math.random }: ProxyOptions): Promise<DroppingProxy> {
  const counts = { pass: 0, drop: 0, loseReply: 0, cutReply: 0, delay: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host, port });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // Both ends go together, however one of them went.
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    carry(client, upstream, () => {
      const fate = fateUnder(proxy.faults, random());
      counts[fate] += 1;
      return { fate, delayMs: random() * (proxy.faults.delayMsMax ?? 100) };
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: DroppingProxy = {
    port: (server.address() as AddressInfo).port,
    faults,
    counts,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function fateUnder({ drop = 0, loseReply = 0, cutReply = 0, delay = 0 }: ProxyFaults, chance: number): ProxyFate {
  if (chance < drop) return "drop";
  if (chance < drop + loseReply) return "loseReply";
  if (chance < drop + loseReply + cutReply) return "cutReply";
  return chance < drop + loseReply + cutReply + delay ? "delay" : "pass";
}

/** One connection. What the client sends after an answer has begun is its next request. */
function carry(client: Socket, upstream: Socket, decide: () => { readonly fate: ProxyFate; readonly delayMs: number }): void {
  let fate: ProxyFate | undefined;
  client.on("data", (bytes) => {
    if (fate === undefined) {
      const decision = decide();
      fate = decision.fate;
      if (fate === "delay") {
        client.pause();
        setTimeout(() => {
          upstream.write(bytes);
          client.resume();
        }, decision.delayMs);
        return;
      }
    }
    if (fate === "drop") client.resetAndDestroy();
    else upstream.write(bytes);
  });
  upstream.on("data", (bytes) => {
    if (fate === "loseReply") client.resetAndDestroy();
    else if (fate === "cutReply") client.end(bytes.subarray(0, bytes.length >> 1), () => client.destroy());
    else client.write(bytes);
    fate = undefined;
  });
}

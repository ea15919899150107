import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";

/** A certificate for tests, worth nothing: a client has to be told not to check it. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUBEKrD4bb7Z9CwGOiadNCE9x+egowCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPYW55IHRlc3Qgc2VydmVyMCAXDTI2MTEyNDAwMzMwNVoYDzIx
MjYxMDMxMDAzMzA1WjAaMRgwFgYDVQQDDA9hbnkgdGVzdCBzZXJ2ZXIwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAS2wXcnCa9kwjQXrNqzATyfaO8YOlB9Jx6VdK6V
+gSjzrzMmh2EumxzEuNQH27gAEZlTAkzbEqaHPBcMJmx/YQMo1MwUTAdBgNVHQ4E
FgQUEs+olpMmpqDxGBPeGcxz6PScyRowHwYDVR0jBBgwFoAUEs+olpMmpqDxGBPe
Gcxz6PScyRowDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAXnXzT
o2WN5s7CqBtW6jac6DHzeN8frfdR0ZypF/vEAQIhAMZ3RWc3aeyhEdvuW121y00L
/wHfHjHQ8Bl+EYzwUBIN
-----END CERTIFICATE-----`;
const key = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIKX47XMijWpkzLusnEyYtQd+adJwsENIUAMgAGONA9qyoAoGCCqGSM49
AwEHoUQDQgAEtsF3JwmvZMI0F6zaswE8n2jvGDpQfScelXSulfoEo868zJodhLps
cxLjUB9u4ABGZUwJM2xKmhzwXDCZsf2EDA==
-----END EC PRIVATE KEY-----`;

/** AWS, as far as regions go: a bucket answers at its own region's host only; the others, asked by anyone, say where it is. */
export interface RegionalAws {
  /** Every connection to AWS has to go through here. */
  readonly proxy: string;
  /** "HEAD bucket.s3.region.amazonaws.com/key signed" of every request. */
  readonly requests: string[];
  close(): void;
}

/** @param buckets  the region of each; others do not exist */
export async function startRegionalAws(buckets: Readonly<Record<string, string>>, content: string): Promise<RegionalAws> {
  const requests: string[] = [];
  const aws = createTlsServer({ key, cert: certificate }, (request, response) => {
    const { host = "", authorization } = request.headers;
    requests.push(`${request.method} ${host}${request.url?.replace(/\?.*/, "")} ${authorization === undefined ? "unsigned" : "signed"}`);
    const [, bucket = "", asked = "us-east-1"] = /^([^.]+)\.s3(?:\.([a-z0-9-]+))?\.amazonaws\.com$/.exec(host) ?? [];
    const region = buckets[bucket];
    if (region === undefined) return response.writeHead(404).end();
    const headers = { "x-amz-bucket-region": region };
    if (region === asked) return response.writeHead(200, { ...headers, etag: '"e"', "content-length": content.length }).end(content);
    if (authorization === undefined) return response.writeHead(403, headers).end();
    const body = "<Error><Code>PermanentRedirect</Code><Message>Use the other endpoint.</Message></Error>";
    return response.writeHead(301, headers).end(request.method === "HEAD" ? undefined : body);
  });
  const proxy = createServer().on("connect", (_request, client, head) => {
    const upstream = connect(portOf(aws), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    for (const socket of [client, upstream]) socket.on("error", () => client.destroy()).on("close", () => upstream.destroy());
  });
  for (const server of [aws, proxy]) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    for (const server of [aws, proxy]) server.close().closeAllConnections();
  };
  return { proxy: `http://127.0.0.1:${portOf(proxy)}`, requests, close };
}

function portOf(server: Server | TlsServer): number {
  return (server.address() as AddressInfo).port;
}

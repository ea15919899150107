import type { Host } from "../base/host.js";

/**
 * The proxy for requests to `target`, as curl and Go read the environment: `https_proxy` or `http_proxy` by the target's scheme,
 * in small letters first; hosts and domains in `no_proxy` are reached directly, and so is this machine.
 */
export function proxyFor(target: URL, host: Pick<Host, "env">): string | undefined {
  const variable = (name: string): string | undefined => host.env(name) || host.env(name.toUpperCase()) || undefined;
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(target.hostname)) return undefined;
  const proxy = variable(target.protocol === "https:" ? "https_proxy" : "http_proxy") ?? variable("all_proxy");
  if (proxy === undefined || isExempt(target, variable("no_proxy") ?? "")) return undefined;
  return /^[a-z]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function isExempt(target: URL, list: string): boolean {
  const host = target.hostname.toLowerCase();
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      const domain = name.replace(/^\*?\./, "");
      if (domain === "" || (entryPort !== undefined && entryPort !== port)) return false;
      return host === domain || host.endsWith(`.${domain}`);
    });
}

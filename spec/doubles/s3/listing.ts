import { bucketOf, S3Refusal, type Answer, type DoubleRequest, type StoredObject, type World } from "./world.js";
import { document, encodeKey, escapeXml } from "./xml.js";

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Row = { readonly key: string; readonly object: StoredObject } | { readonly folder: string };

/** ListObjectsV2: in the order of UTF-8 bytes, by pages, below a prefix, after a key, folded at a delimiter. */
export function listObjects(world: World, request: DoubleRequest): Answer {
  const objects = bucketOf(world, request);
  const { query } = request;
  const maxKeys = query.get("max-keys");
  if (maxKeys !== undefined && !/^\d+$/.test(maxKeys)) throw new S3Refusal(400, "InvalidArgument");
  const most = Math.min(Number(maxKeys ?? 1000), world.pageKeys);
  const { rows, last, isTruncated } = select(objects, request, most, world.listsByUtf16 ? byUnits : byBytes);
  const encode = (text: string): string => escapeXml(query.get("encoding-type") === "url" ? encodeKey(text) : text);
  const optional = (name: string, parameter: string): string => {
    const value = query.get(parameter);
    return value === undefined ? "" : `<${name}>${encode(value)}</${name}>`;
  };
  const content = [
    `<Name>${request.bucket}</Name><Prefix>${encode(query.get("prefix") ?? "")}</Prefix>`,
    optional("Delimiter", "delimiter"),
    optional("StartAfter", "start-after"),
    query.get("encoding-type") === "url" ? "<EncodingType>url</EncodingType>" : "",
    `<KeyCount>${rows.length}</KeyCount><MaxKeys>${most}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>`,
    isTruncated ? `<NextContinuationToken>v1.${Buffer.from(last).toString("base64url")}</NextContinuationToken>` : "",
    ...rows.map((row) => ("folder" in row ? "" : contents(encode(row.key), row.object))),
    ...rows.map((row) => ("folder" in row ? `<CommonPrefixes><Prefix>${encode(row.folder)}</Prefix></CommonPrefixes>` : "")),
  ];
  return { status: 200, body: document("ListBucketResult", content.join("")) };
}

function contents(key: string, { modifiedMs, etag, body }: StoredObject): string {
  const time = new Date(modifiedMs).toISOString();
  const facts = `<LastModified>${time}</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${body.length}</Size>`;
  return `<Contents><Key>${key}</Key>${facts}</Contents>`;
}

interface Selection {
  readonly rows: readonly Row[];
  /** The last key or folder of the page: where the next one goes on. */
  readonly last: string;
  readonly isTruncated: boolean;
}

function select(objects: ReadonlyMap<string, StoredObject>, { query }: DoubleRequest, most: number, order: typeof byBytes): Selection {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const token = query.get("continuation-token");
  const after = token === undefined ? (query.get("start-after") ?? "") : keyOfToken(token);
  // A page that ended with a folder goes on behind all that is in it.
  const doneFolder = token !== undefined && delimiter !== "" && after.endsWith(delimiter) ? after : undefined;
  const rows: Row[] = [];
  let last = "";
  for (const key of [...objects.keys()].filter((name) => name.startsWith(prefix) && order(name, after) > 0).sort(order)) {
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const folder = at < 0 ? undefined : key.slice(0, at + delimiter.length);
    if (folder !== undefined && (folder === doneFolder || folder === last)) continue;
    if (rows.length >= most) return { rows, last, isTruncated: most > 0 };
    const object = objects.get(key);
    if (folder !== undefined) rows.push({ folder });
    else if (object !== undefined) rows.push({ key, object });
    last = folder ?? key;
  }
  return { rows, last, isTruncated: false };
}

function keyOfToken(token: string): string {
  const [, text] = /^v1\.([A-Za-z0-9_-]*)$/.exec(token) ?? [];
  if (text === undefined) throw new S3Refusal(400, "InvalidArgument", { message: "The continuation token provided is incorrect" });
  return Buffer.from(text, "base64url").toString();
}

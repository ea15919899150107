import { deletionVectorId, type Action, type CommitActions, type CommitInfo, type LogicalFile } from "./actions.js";
import { corruptLog, isJsonObject, type JsonObject, type Place } from "./action-fields.js";
import {
  decodeAdd,
  decodeCdc,
  decodeCheckpointMetadata,
  decodeCommitInfo,
  decodeDomain,
  decodeMetadata,
  decodeProtocol,
  decodeRemove,
  decodeSidecar,
  decodeTxn,
} from "./decode-action.js";
import { parseExactJson } from "./exact-json.js";

/**
 * The actions of a commit file. Unknown actions and fields are ignored, anything else that the protocol does not allow is
 * refused: no bytes, a line that is no JSON object, a missing required field, a second `metaData` or `protocol`, one path added
 * or removed twice, one logical file added and removed ("Add File and Remove File").
 *
 * @throws delta/corrupt-log naming file and line
 */
export function decodeCommit(bytes: Uint8Array, file: string): CommitActions {
  const commit = new CommitBuilder(file);
  for (const { action, line } of decodeActions(bytes, file)) commit.add(action, line);
  return commit.finish();
}

/**
 * The `commitInfo` of a commit without its other actions; `undefined` when it has none. Lines before it are not looked into.
 *
 * @throws delta/corrupt-log
 */
export function decodeProvenance(bytes: Uint8Array, file: string): CommitInfo | undefined {
  let line = 0;
  for (const text of linesOf(bytes, file)) {
    line++;
    if (!/^\s*\{\s*"commitInfo"/.test(text)) continue;
    const fields = parseLine(text, { file, line })["commitInfo"];
    return isJsonObject(fields) ? decodeCommitInfo(fields) : undefined;
  }
  return undefined;
}

/** One action with the line it stands on. */
export interface LineAction {
  readonly action: Action;
  /** Counted from 1. */
  readonly line: number;
}

/** The known actions of a newline-delimited log file (a commit, or the JSON form of a V2 checkpoint), in order. */
export function* decodeActions(bytes: Uint8Array, file: string): Generator<LineAction> {
  if (bytes.length === 0) throw corruptLog({ file }, "it has no bytes");
  let line = 0;
  let lines = 0;
  for (const text of linesOf(bytes, file)) {
    line++;
    if (text.trim() === "") continue;
    lines++;
    const action = decodeLine(text, { file, line });
    if (action !== undefined) yield { action, line };
  }
  if (lines === 0) throw corruptLog({ file }, "it has no actions");
}

const knownActions = [
  "add",
  "remove",
  "commitInfo",
  "metaData",
  "protocol",
  "txn",
  "domainMetadata",
  "cdc",
  "sidecar",
  "checkpointMetadata",
] as const;

/** The action of one line; `undefined` when it is one that we do not know. */
function decodeLine(text: string, place: Place): Action | undefined {
  const document = parseLine(text, place);
  let found: (typeof knownActions)[number] | undefined;
  for (const name of knownActions) {
    if (document[name] === undefined || document[name] === null) continue;
    if (found !== undefined) throw corruptLog(place, `it holds both "${found}" and "${name}"; a line is one action`);
    found = name;
  }
  if (found === undefined) return undefined;
  const fields = document[found];
  if (!isJsonObject(fields)) throw corruptLog(place, `the action "${found}" is no JSON object`);
  return decodeAction(found, fields, text, place);
}

function decodeAction(name: (typeof knownActions)[number], fields: JsonObject, text: string, place: Place): Action {
  switch (name) {
    case "add":
      return { kind: "add", add: decodeAdd(fields, place) };
    case "remove":
      return { kind: "remove", remove: decodeRemove(fields, place) };
    case "cdc":
      return { kind: "cdc", cdc: decodeCdc(fields, place) };
    case "txn":
      return { kind: "txn", txn: decodeTxn(Number.isSafeInteger(fields["version"]) ? fields : exactFields(text, "txn"), place) };
    case "metaData":
      return { kind: "metadata", metadata: decodeMetadata(fields, place) };
    case "protocol":
      return { kind: "protocol", protocol: decodeProtocol(fields, place) };
    case "domainMetadata":
      return { kind: "domain", domain: decodeDomain(fields, place) };
    case "commitInfo":
      return { kind: "commitInfo", commitInfo: decodeCommitInfo(fields) };
    case "sidecar":
      return { kind: "sidecar", sidecar: decodeSidecar(fields, place) };
    case "checkpointMetadata":
      return { kind: "checkpointMetadata", checkpointMetadata: decodeCheckpointMetadata(fields, place) };
  }
}

function parseLine(text: string, place: Place): JsonObject {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw corruptLog(place, `it is no JSON, perhaps cut off: ${preview(text)}`, error);
  }
  if (!isJsonObject(document)) throw corruptLog(place, `it is no JSON object: ${preview(text)}`);
  return document;
}

function exactFields(text: string, name: string): JsonObject {
  const document = parseExactJson(text);
  const fields = isJsonObject(document) ? document[name] : undefined;
  return isJsonObject(fields) ? fields : {};
}

function preview(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 40)} … ${text.slice(-30)}`;
}

/** Lines are decoded one by one: the whole of a large commit may be longer than a string can be. */
function* linesOf(bytes: Uint8Array, file: string): Generator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    let text: string;
    try {
      text = decoder.decode(bytes.subarray(start, end));
    } catch (error) {
      throw corruptLog({ file, line }, "it is no UTF-8", error);
    }
    yield text;
    start = end + 1;
  }
}

class CommitBuilder {
  readonly #file: string;
  readonly #added = new Map<string, Seen>();
  readonly #removed = new Map<string, Seen>();
  readonly #commit: { -readonly [K in keyof CommitActions]: CommitActions[K] extends readonly (infer T)[] ? T[] : CommitActions[K] } = {
    txns: [],
    domains: [],
    adds: [],
    removes: [],
    cdcs: [],
  };

  constructor(file: string) {
    this.#file = file;
  }

  add(action: Action, line: number): void {
    const commit = this.#commit;
    switch (action.kind) {
      case "add":
        this.#once(this.#added, action.add, "added", line);
        return void commit.adds.push(action.add);
      case "remove":
        this.#once(this.#removed, action.remove, "removed", line);
        return void commit.removes.push(action.remove);
      case "protocol":
        if (commit.protocol !== undefined) throw corruptLog({ file: this.#file, line }, 'it is the second "protocol" of the commit');
        return void (commit.protocol = action.protocol);
      case "metadata":
        if (commit.metadata !== undefined) throw corruptLog({ file: this.#file, line }, 'it is the second "metaData" of the commit');
        return void (commit.metadata = action.metadata);
      case "commitInfo":
        return void (commit.commitInfo ??= action.commitInfo);
      case "txn":
        return void commit.txns.push(action.txn);
      case "domain":
        return void commit.domains.push(action.domain);
      case "cdc":
        return void commit.cdcs.push(action.cdc);
      case "sidecar":
      case "checkpointMetadata":
        // PROTOCOL.md "Action Reconciliation": not allowed in commits, no part of the replay.
        return;
    }
  }

  finish(): CommitActions {
    for (const [path, removed] of this.#removed) {
      const added = this.#added.get(path);
      if (added === undefined || added.vector !== removed.vector) continue;
      const place = { file: this.#file, line: Math.max(added.line, removed.line) };
      throw corruptLog(place, `the file "${path}" is added in line ${added.line} and removed in line ${removed.line} of the same commit`);
    }
    return this.#commit;
  }

  #once(seen: Map<string, Seen>, file: LogicalFile, verb: string, line: number): void {
    const first = seen.get(file.path);
    if (first !== undefined) {
      throw corruptLog(
        { file: this.#file, line },
        `the path "${file.path}" was ${verb} before, in line ${first.line}; a commit may name it once`,
      );
    }
    seen.set(file.path, { line, vector: deletionVectorId(file.deletionVector) });
  }
}

interface Seen {
  readonly line: number;
  readonly vector: string | undefined;
}

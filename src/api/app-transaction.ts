import { LakeError } from "../base/errors.js";
import type { AppTransaction } from "../table/pending-commit.js";
import { checkOptions, type Txn } from "./options.js";

/** The option `txn` of a write. @throws usage/invalid-option */
export function appTransaction(call: string, txn: Txn | undefined): AppTransaction | undefined {
  if (txn === undefined) return undefined;
  checkOptions(`txn of ${call}`, txn, ["appId", "version"]);
  const { appId, version } = txn;
  if (typeof appId !== "string" || appId === "") {
    throw new LakeError("usage/invalid-option", `${call} was given a txn whose appId is no text that names the application.`, {
      call,
      option: "txn.appId",
    });
  }
  const isWhole = typeof version === "bigint" ? BigInt.asIntN(64, version) === version : Number.isSafeInteger(version);
  if (!isWhole) {
    const found = typeof version === "bigint" ? `${version}n` : String(version);
    throw new LakeError(
      "usage/invalid-option",
      `The version of txn is a whole number: a bigint of 64 bits, or a safe integer, found ${found}.`,
      { call, option: "txn.version", value: String(version) },
    );
  }
  return { appId, version: BigInt(version) };
}

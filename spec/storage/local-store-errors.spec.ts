import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { localError } from "../../src/storage/local-store-errors.js";

const call = { url: "file:///table", key: "a/b", operation: "put" } as const;
const systemError = (code: string): Error => Object.assign(new Error(`${code}: reason`), { code });

describe("a failed system call is named by what the caller can do", () => {
  test.each([
    ["ENOENT", "storage/not-found"],
    ["EACCES", "storage/permission-denied"],
    ["EPERM", "storage/permission-denied"],
    ["EROFS", "storage/permission-denied"],
    ["ENOSPC", "storage/no-space"],
    ["EDQUOT", "storage/no-space"],
    ["EFBIG", "storage/no-space"],
    ["ENOTDIR", "storage/invalid-path"],
    ["EISDIR", "storage/invalid-path"],
    ["EEXIST", "storage/invalid-path"],
    ["ENOTEMPTY", "storage/invalid-path"],
    ["ENAMETOOLONG", "storage/invalid-path"],
    ["ELOOP", "storage/invalid-path"],
    ["EILSEQ", "storage/invalid-path"],
    ["EMFILE", "storage/io"],
    ["EIO", "storage/io"],
    ["EWHATEVER", "storage/io"],
  ])("%s is %s, with the facts and the cause", (errno, code) => {
    const cause = systemError(errno);
    const error = localError(call, cause);
    expect(error).toMatchObject({ code, context: call, cause });
    expect(error.message).toMatch(new RegExp(`^Writing "a/b" in file:///table failed \\(${errno}: reason\\): .+\\.$`));
  });

  test("an error of ours stays as it is", () => {
    const error = new LakeError("usage/aborted", "Stopped.");
    expect(localError(call, error)).toBe(error);
  });

  test("what is no error at all is still reported", () => {
    expect(localError(call, "odd")).toMatchObject({ code: "storage/io", cause: "odd" });
  });
});

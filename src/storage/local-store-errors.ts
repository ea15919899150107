import { LakeError, type LakeErrorCode } from "../base/errors.js";
import { storageError, type StoreCall } from "./storage-error.js";

/** The code of a failed system call ("ENOENT"), if `error` is one. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Whether a call failed because nothing is there: no such name, or a file where the path needs a folder. */
export function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Runs `work`; what fails in it becomes an error of `call`. */
export async function inCall<R>(call: StoreCall, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw localError(call, error);
  }
}

/** A failed system call as an error named by what the caller can do about it. An error of ours stays as it is. */
export function localError(call: StoreCall, error: unknown): LakeError {
  if (LakeError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const { code, advice } = problemOf(systemCode(error));
  const failed = `${verbs[call.operation]} ${JSON.stringify(call.key)} in ${call.url} failed (${reason})`;
  return storageError(code, `${failed}: ${advice}`, call, error);
}

interface Problem {
  readonly code: LakeErrorCode;
  /** Why, and what to do. */
  readonly advice: string;
}

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case "ENOENT":
      return { code: "storage/not-found", advice: "it is gone. Another process has deleted it or its folder: open the table again." };
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return { code: "storage/permission-denied", advice: "this process may not. Give its user access, or mount the folder writable." };
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return {
        code: "storage/no-space",
        advice: "the disk, the quota or the largest file size is used up. Free space and run it again.",
      };
    case "ENOTDIR":
    case "EISDIR":
    case "EEXIST":
    case "ENOTEMPTY":
      return { code: "storage/invalid-path", advice: "a file is where a folder is needed, or the other way round. Use another path." };
    case "ENAMETOOLONG":
      return { code: "storage/invalid-path", advice: "the file system takes no name that long. Use a shorter path or partition value." };
    case "ELOOP":
    case "EINVAL":
    case "EILSEQ":
    case "ERR_INVALID_ARG_VALUE":
      return {
        code: "storage/invalid-path",
        advice: "the file system takes no such path. Use another; look for symbolic links in a circle.",
      };
    case "EMFILE":
    case "ENFILE":
      return { code: "storage/io", advice: "too many files are open. Raise the limit (ulimit -n) or run fewer operations at once." };
    default:
      return { code: "storage/io", advice: "the disk or its driver refused. Check the disk and the mount, then run it again." };
  }
}

const verbs: Record<StoreCall["operation"], string> = {
  get: "Reading",
  head: "Looking at",
  put: "Writing",
  putIfAbsent: "Writing",
  openWriter: "Writing",
  list: "Listing",
  delete: "Deleting",
};

import { LakeError } from "../base/errors.js";
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
  const code = systemCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  const failed = `${verbs[call.operation]} ${JSON.stringify(call.key)} in ${call.url} failed (${reason})`;
  switch (code) {
    case "ENOENT":
      return storageError("storage/not-found", `${failed}: it is gone. Another process has deleted it or its folder: open the table again.`, call, error);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return storageError("storage/permission-denied", `${failed}: this process may not. Give its user access to the folder, or mount it writable.`, call, error);
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return storageError("storage/no-space", `${failed}: the disk, the quota or the largest file size is used up. Free space and run it again.`, call, error);
    case "ENOTDIR":
    case "EISDIR":
    case "ENOTEMPTY":
      return storageError("storage/invalid-path", `${failed}: a file stands where a folder is needed, or a folder where a file is. Use another path.`, call, error);
    case "ENAMETOOLONG":
      return storageError("storage/invalid-path", `${failed}: the file system takes no name that long. Use a shorter path or partition value.`, call, error);
    case "ELOOP":
    case "EINVAL":
    case "EILSEQ":
    case "ERR_INVALID_ARG_VALUE":
      return storageError("storage/invalid-path", `${failed}: the file system takes no such path. Use another name, and look for symbolic links that lead in a circle.`, call, error);
    case "EMFILE":
    case "ENFILE":
      return storageError("storage/io", `${failed}: too many files are open. Raise the limit (ulimit -n) or run fewer operations at once.`, call, error);
    default:
      return storageError("storage/io", `${failed}. Check the disk and the mount, then run it again.`, call, error);
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

import { join } from "node:path"
import { FleetError } from "../errors/fleet-error.ts"
import { StorageFull } from "../errors/storage.ts"
import { StorageFolderUnusable } from "../errors/storage-local.ts"
import { newName } from "./disk-entry.ts"
import { type DiskFiles, hasCode } from "./disk-files.ts"
import { DiskHomes } from "./disk-home.ts"
import type { DiskTree } from "./disk-tree.ts"

/** What the system says of folders that cannot be used, and what is to be done. */
const remedies: { readonly [code: string]: string } = {
  EACCES: "Let the user of this process read and write it, or name another folder.",
  EPERM: "Let the user of this process read and write it, or name another folder.",
  EROFS: "Name a folder that can be written, such as one on a mounted volume.",
  ENOTDIR: "Name a folder; this is a file, or lies below one.",
  EEXIST: "Name a folder; this is a file, or lies below one.",
  ENAMETOOLONG: "Name a folder with a shorter path.",
  EIO: "Look whether the disk is broken.",
  EMFILE: "Let this process open more files.",
  ENFILE: "Let the system open more files.",
}

/** What file systems say that do not rename folders, and what is to be done. */
const otherwise =
  "Name a folder of a local disk or a mounted volume, whose file system renames folders in one step."

/** Says of an error of the system which storage it met, and what is to be done. */
export function toStorageError(folder: string, error: unknown): unknown {
  if (error instanceof FleetError || !(error instanceof Error) || !("code" in error)) return error
  if (hasCode(error, "ENOSPC", "EDQUOT"))
    return new StorageFull(`all that the disk of \`${folder}\` can take`, error)
  return new StorageFolderUnusable(folder, error.message, {
    fix: remedies[String(error.code)] ?? otherwise,
    cause: error,
  })
}

/**
 * Tries among the drafts what atomic writes rest on.
 *
 * @throws {StorageFolderUnusable} The file system does something else.
 */
export async function assertAtomic(folder: string, files: DiskFiles, tree: DiskTree): Promise<void> {
  const homes = new DiskHomes(files, () => tree.newDraft())
  const home = tree.newDraft()
  const bytes = Buffer.from("probe")
  const [first, second, third] = [newName(undefined), newName(undefined), newName(undefined)]
  const isAtomic =
    (await homes.change(home, undefined, { version: first, bytes })) &&
    !(await homes.change(home, undefined, { version: second, bytes })) &&
    (await homes.change(home, first, { version: second, bytes })) &&
    !(await files.rename(join(home, first), join(home, third))) &&
    (await homes.read(home))?.version === second &&
    (await homes.change(home, second, undefined))
  await files.tidyTree(home)
  if (isAtomic) return
  throw new StorageFolderUnusable(folder, "its file system does not rename folders in one step", {
    fix: otherwise,
  })
}

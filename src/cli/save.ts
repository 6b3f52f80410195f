import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { FileFailed } from "../errors/cli.ts"

/** The ends of names of files, by what is in them. */
const extensions: { readonly [mimeType: string]: string } = {
  "application/json": "json",
  "application/pdf": "pdf",
  "audio/mpeg": "mp3",
  "audio/ogg": "ogg",
  "audio/wav": "wav",
  "image/gif": "gif",
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/webp": "webp",
  "text/css": "css",
  "text/csv": "csv",
  "text/html": "html",
  "text/javascript": "js",
  "text/markdown": "md",
  "text/plain": "txt",
  "text/xml": "xml",
}

/** What is to be kept. */
export interface Kept {
  /** What its file should be called; the server may have chosen it. */
  readonly name: string
  readonly mimeType: string | undefined
  readonly data: string | Uint8Array
}

/** Files of one name that stand side by side. */
const mostTwins = 1_000

/**
 * Writes what a server sent to a file of a folder, and never over another one.
 *
 * @returns Its path.
 * @throws {FileFailed} The folder or file cannot be written.
 */
export async function save(folder: string, { name, mimeType, data }: Kept): Promise<string> {
  const [base, extension] = fileName(name, mimeType)
  for (let twin = 1; ; twin++) {
    const path = join(folder, `${base}${twin === 1 ? "" : `-${twin}`}.${extension}`)
    try {
      await mkdir(folder, { recursive: true })
      // "wx" also refuses a link that somebody put there to lead the writing elsewhere.
      await writeFile(path, data, { flag: "wx" })
      return path
    } catch (error) {
      // `as`: errors of the file system have codes.
      const { code } = error as NodeJS.ErrnoException
      if (code !== "EEXIST" || twin >= mostTwins) throw new FileFailed(path, "written", error)
    }
  }
}

/** A name without folders, hidden files, and what systems keep for themselves. */
export function fileName(
  name: string,
  mimeType: string | undefined,
): readonly [base: string, extension: string] {
  const plain = name
    .normalize("NFC")
    .replace(/[?#].*$/su, "")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
  const [, stem = plain, own] = /^(.+)\.([A-Za-z0-9]{1,10})$/u.exec(plain) ?? []
  const base = stem.replace(/^[.-]+|[.-]+$/gu, "").slice(0, 60)
  const isReserved = /^(con|prn|aux|nul|com\d|lpt\d)$/iu.test(base)
  const type = mimeType?.split(";")[0]?.trim().toLowerCase() ?? ""
  const extension = own ?? (Object.hasOwn(extensions, type) ? extensions[type] : undefined) ?? "bin"
  return [base === "" || isReserved ? `content${base === "" ? "" : `-${base}`}` : base, extension]
}

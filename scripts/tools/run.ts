import { type SpawnOptionsWithoutStdio, spawn } from "node:child_process"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"

/** The folder of the repository. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export interface Finished {
  readonly code: number
  readonly output: string
}

/** Runs a program in the repository and collects what it prints. */
export async function capture(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptionsWithoutStdio, "cwd" | "env" | "uid" | "gid"> = {},
): Promise<Finished> {
  const child = spawn(command, args, { cwd: root, ...options, stdio: ["ignore", "pipe", "pipe"] })
  const chunks: Buffer[] = []
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (status) => resolve(status ?? 1))
  })
  return { code, output: Buffer.concat(chunks).toString("utf8") }
}

/** Says whether a script was started by itself, rather than imported by a test. */
export function isMain(meta: ImportMeta): boolean {
  return process.argv[1] === fileURLToPath(meta.url)
}

/** Runs a JavaScript file with this Node, prints what it says, and exits with its code when it fails. */
export async function runNode(file: string, args: readonly string[]): Promise<void> {
  const { code, output } = await capture(process.execPath, [file, ...args])
  process.stdout.write(output)
  if (code !== 0) process.exit(code)
}

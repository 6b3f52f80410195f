import { randomBytes } from "node:crypto"
import { readdirSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { FolderNotWritable } from "../../errors/cli.ts"

/** Names a module beside a program, from where all that the program imports by name is found. */
export function temporaryPath(file: string): string {
  return join(dirname(file), `${startOf(file)}${process.pid}-${randomBytes(4).toString("hex")}.mjs`)
}

/** Has a module lie in a file while it is imported, and not a moment longer, even if the process is ended meanwhile. */
export async function withTemporaryModule<Result>(
  path: string,
  code: string,
  load: () => Promise<Result>,
): Promise<Result> {
  const remove = () => rmSync(path, { force: true })
  removeLeftovers(path)
  write(path, code)
  process.once("exit", remove)
  try {
    return await load()
  } finally {
    process.off("exit", remove)
    remove()
  }
}

function write(path: string, code: string): void {
  try {
    writeFileSync(path, code)
  } catch (cause) {
    throw new FolderNotWritable(dirname(path), cause)
  }
}

const mark = ".fleetmcp-"

function startOf(file: string): string {
  return `.${basename(file)}${mark}`
}

/** Removes what processes left that were killed. */
function removeLeftovers(path: string): void {
  const start = basename(path).slice(0, basename(path).lastIndexOf(mark) + mark.length)
  for (const name of readdirSync(dirname(path))) {
    const [, pid] =
      (name.startsWith(start) && /^(\d+)-[0-9a-f]{8}\.mjs$/.exec(name.slice(start.length))) || []
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(dirname(path), name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Whoever may not ask is told that too, of a process that runs.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

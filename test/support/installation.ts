import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, onTestFinished } from "vitest"
import { bundle } from "../../scripts/tools/bundle.ts"
import { root } from "../../scripts/tools/run.ts"

/** What a command said and ended with. */
export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly finished: Promise<Finished>
  /** Resolves to all that was said when it holds a pattern. */
  until(stream: "stdout" | "stderr", pattern: RegExp): Promise<string>
}

export interface StartOptions {
  /** The folder to start in, under that of the installation. Default: that itself. */
  readonly cwd?: string
  /** Which Node. Default: the one that runs the test. */
  readonly node?: string
  readonly env?: { readonly [name: string]: string }
}

/** A folder in which the package is installed as it stands in the sources, for programs of users. */
export interface Installation {
  readonly folder: string
  /** Writes files, whose folders are made. */
  write(files: { readonly [path: string]: string }): void
  /** Has a path lead to a folder, as package managers do in workspaces. */
  link(folder: string, path: string): void
  start(args: readonly string[], options?: StartOptions): Running
  /** Runs a command to its end, without input. */
  fleetmcp(args: readonly string[], options?: StartOptions): Promise<Finished>
}

/** The packages that programs of tests use, and what the package itself needs. */
const linked = ["esbuild", "zod", "ajv", "@modelcontextprotocol", "@standard-schema"]

/** Where nothing is installed above, which programs would find. */
function temporaryFolder(): string {
  const folders = [tmpdir(), "/var/tmp", "/dev/shm"]
  return folders.find((folder) => !existsSync(join(folder, "node_modules"))) ?? tmpdir()
}

/**
 * Installs the package for the tests of a file.
 *
 * @param without Packages that are not installed. Default: all are.
 */
export async function install(without: readonly string[] = []): Promise<Installation> {
  const folder = realpathSync(mkdtempSync(join(temporaryFolder(), "fleetmcp-cli-")))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const installed = join(folder, "node_modules/fleetmcp")
  mkdirSync(installed, { recursive: true })
  await bundle(join(installed, "dist"))
  copyFileSync(join(root, "package.json"), join(installed, "package.json"))
  for (const name of linked.filter((each) => !without.includes(each)))
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name))
  const bin = join(installed, "dist/cli/bin.js")

  function start(args: readonly string[], options: StartOptions = {}): Running {
    const { cwd = "", node = process.execPath, env = {} } = options
    // Not of Vitest's own environment, which would say that it is a test.
    const { PATH = "" } = process.env
    const child = spawn(node, [bin, ...args], { cwd: join(folder, cwd), env: { PATH, ...env } })
    onTestFinished(() => void child.kill("SIGKILL"))
    const texts = { stdout: "", stderr: "" }
    const notices = new Set<() => void>()
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        texts[name] += text
        for (const notice of notices) notice()
      })
    }
    const finished = once(child, "close").then(([code, signal]) => ({ code, signal, ...texts }))
    return {
      child,
      finished,
      until: (stream, pattern) =>
        new Promise((resolve, reject) => {
          const look = () => {
            if (pattern.test(texts[stream])) resolve(texts[stream])
          }
          notices.add(look)
          look()
          void finished.then(() => reject(new Error(`It ended without ${pattern}: ${JSON.stringify(texts)}`)))
        }),
    }
  }

  return {
    folder,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
    },
    link(target, path) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      symlinkSync(join(folder, target), join(folder, path))
    },
    start,
    fleetmcp(args, options) {
      const { child, finished } = start(args, options)
      child.stdin.end()
      return finished
    },
  }
}

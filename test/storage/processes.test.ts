import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { build } from "esbuild"
import Database from "libsql"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { root } from "../../scripts/tools/run.ts"
import { diskStorage } from "../../src/storage/disk.ts"
import { sqliteStorage } from "../../src/storage/sqlite.ts"
import { readJson, type StorageDriver } from "../../src/storage/storage.ts"

const folder = mkdtempSync(join(tmpdir(), "fleetmcp-processes-"))
const program = join(folder, "worker.mjs")
afterAll(() => rmSync(folder, { recursive: true }), 60_000)

beforeAll(async () => {
  const entry = join(import.meta.dirname, "fixtures/worker.ts")
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm" })
}, 60_000)

let places = 0

/** Storages that several processes share; by `node:sqlite` where this Node has it. */
const storages: Readonly<Record<string, () => { readonly place: object; readonly driver: StorageDriver }>> = {
  diskStorage() {
    const place = { folder: join(folder, `disk-${places++}`) }
    return { place, driver: diskStorage(place) }
  },
  sqliteStorage() {
    const path = join(folder, `${places++}.db`)
    if (process.getBuiltinModule("node:sqlite") !== undefined)
      return { place: { path }, driver: sqliteStorage({ path, durability: "process" }) }
    const database = new Database(path)
    onTestFinished(() => void database.close())
    // Before the others are there: of several that do this at once SQLite refuses some.
    database.exec("PRAGMA journal_mode = WAL")
    return { place: { path, isOpened: true }, driver: sqliteStorage({ database }) }
  },
}

interface Worker {
  readonly child: ChildProcessWithoutNullStreams
  /** What it has said. */
  readonly lines: string[]
  /** Resolves when it has said so many lines, or ended. */
  until(lines: number): Promise<void>
  /** Resolves when it has ended, to what it said of errors. */
  readonly ended: Promise<string>
}

function start(place: object, ...job: readonly string[]): Worker {
  const args = [program, join(root, "package.json"), JSON.stringify(place), ...job]
  const child = spawn(process.execPath, args)
  onTestFinished(() => void child.kill("SIGKILL"))
  const lines: string[] = []
  const reader = createInterface(child.stdout).on("line", (line) => lines.push(line))
  let errors = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text
  })
  const ended = once(child, "close").then(() => errors.replace(/^.*ExperimentalWarning.*\n.*\n/m, ""))
  return {
    child,
    lines,
    ended,
    async until(wanted) {
      while (lines.length < wanted && child.exitCode === null)
        await Promise.race([once(reader, "line"), ended])
    },
  }
}

describe.each(Object.keys(storages))("processes that share %s()", { timeout: 120_000 }, (name) => {
  const open = () => {
    const opened = storages[name]?.()
    if (opened === undefined) throw new TypeError(name)
    onTestFinished(async () => opened.driver.close?.())
    return opened
  }

  it("lose no update of one key", async () => {
    const { place, driver } = open()
    const workers = ["a", "b", "c", "d"].map((each) => start(place, "add", each, "50"))
    expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual(["", "", "", ""])
    expect(await readJson(driver, "sum")).toBe(200)
  })

  it("have one of them be first", async () => {
    const { place, driver } = open()
    const workers = ["a", "b", "c", "d"].map((each) => start(place, "claim", each))
    await Promise.all(workers.map((worker) => worker.until(1)))
    for (const { child } of workers) child.stdin.end("go")
    expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual(["", "", "", ""])
    const winners = workers.filter(({ lines }) => lines.includes("true"))
    expect(winners).toHaveLength(1)
    expect(await readJson(driver, "prize")).toBe(winners[0]?.child.spawnargs.at(-1))
  })

  it("lose nothing acknowledged when they are killed, and leave nothing that is half", async () => {
    const { place, driver } = open()
    let added = 0
    let overlooked = 0
    for (let round = 0; round < 8; round++) {
      const workers = [`a${round}`, `b${round}`].map((each) => start(place, "write", each))
      await Promise.all(workers.map((worker, at) => worker.until(4 + ((round * 7 + at * 5) % 13))))
      for (const { child } of workers) child.kill("SIGKILL")
      for (const worker of workers) {
        expect(await worker.ended).toBe("")
        added += worker.lines.filter((line) => line === "sum 1").length
        overlooked += await assertKept(driver, worker.lines)
      }
    }
    const sum = Number(await readJson(driver, "sum"))
    expect(sum).toBeGreaterThanOrEqual(added)
    // What was done and not yet acknowledged.
    expect(sum).toBeLessThanOrEqual(added + 16)
    expect(overlooked).toBeLessThanOrEqual(16)
  })
})

/** Checks that what a worker was told is written is there, or what it wrote next; returns how often it is the latter. */
async function assertKept(driver: StorageDriver, lines: readonly string[]): Promise<number> {
  const acknowledged = new Map<string, number>()
  for (const line of lines.filter((each) => !each.startsWith("sum"))) {
    const [key = "", number] = line.split(" ")
    acknowledged.set(key, Number(number))
  }
  let later = 0
  for (const [key, number] of acknowledged) {
    // As the worker writes it; another shape would fail below.
    const stored = (await readJson(driver, key)) as { readonly number: number; readonly filler: string }
    expect(stored.filler).toHaveLength(stored.number % 2 === 0 ? 50_000 : 10)
    expect([number, number + 3]).toContain(stored.number)
    if (stored.number > number) later++
  }
  return later
}

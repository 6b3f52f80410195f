import { execFile } from "node:child_process"
import { inspect, promisify } from "node:util"
import { describe, expect, it, onTestFinished } from "vitest"
import type { Service } from "../../scripts/services/service.ts"
import { StorageRefused, StorageUnavailable } from "../../src/errors/storage-backends.ts"
import { createAtomic } from "../../src/storage/atomic.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"
import { drivers } from "./drivers.ts"
import { silentServer } from "./silent-server.ts"

const patience = { timeout: 20_000 }

/** A storage over a client of the test. */
export interface Given {
  readonly driver: StorageDriver
  /** Whether the client still works. */
  readonly isOpen: () => Promise<boolean>
  readonly end: () => Promise<void>
}

/** A server under test. */
export interface ServerSubject {
  /** As `test/services/drivers.ts` names it. */
  readonly kind: string
  readonly service: () => Service
  /** Makes a storage over a client as its package makes it by default. */
  readonly given: (url: string, timeout: number) => Given
  /** Has the server owe an answer to all who ask, until what is returned is called. Default: it is frozen. */
  readonly hang?: (url: string) => Promise<() => Promise<void>>
  /** Whether the server has neither users nor a memory beyond its life. */
  readonly isStandIn?: true
}

/** What storages have in common that lie on a server. */
export function serverSuite({ kind, service, given, hang, isStandIn }: ServerSubject): void {
  function opened(url = service().url, timeout = 5000): StorageDriver {
    const driver = drivers.get(kind)?.({ url, timeout })
    if (driver === undefined) throw new TypeError(`There is no driver ${kind}.`)
    onTestFinished(() => driver.close?.())
    return driver
  }

  function over(url = service().url, timeout = 5000): Given {
    const made = given(url, timeout)
    onTestFinished(made.end)
    return made
  }

  describe(`a storage on ${kind}`, () => {
    it.each([
      ["opened itself", () => opened()],
      ["was given", () => over(undefined, 1500).driver],
    ])(
      "says that the server is gone, and goes on when it is back, by a client that it %s",
      async (_, make) => {
        const driver = make()
        await driver.write("kept", "value")
        await service().crash()
        const error = await failureOf(driver.get("kept")).finally(() => service().start())
        expect(error).toBeInstanceOf(StorageUnavailable)
        expect(error.message).toContain(kind)
        expect(error.message).not.toContain(new URL(service().url).password || "@")
        const kept = isStandIn ? undefined : "value"
        await expect.poll(() => textOf(driver, "kept").catch(() => "nothing yet"), patience).toBe(kept)
      },
    )

    it("answers no later than its timeout says", async () => {
      const driver = opened(undefined, 300)
      await driver.write("key", "value")
      const goOn = (await hang?.(service().url)) ?? service().freeze()
      const error = await failureOf(writeOften(driver)).finally(goOn)
      expect(error).toBeInstanceOf(StorageUnavailable)
      expect(await textOf(driver, "key")).toMatch(/value|other/)
    })

    it("goes on though its first connection was never answered", patience, async () => {
      const silent = await silentServer(service().url)
      onTestFinished(() => silent.stop())
      const driver = opened(silent.url, 500)
      expect(await failureOf(driver.write("key", "value"))).toBeInstanceOf(StorageUnavailable)
      silent.speak()
      await expectWritten(driver)
    })

    it("goes on though the server was not there at first", patience, async () => {
      const driver = opened()
      await service().crash()
      const error = await failureOf(driver.write("key", "value")).finally(() => service().start())
      expect(error).toBeInstanceOf(StorageUnavailable)
      await expectWritten(driver)
    })

    if (!isStandIn) {
      it("says that its password is wrong, without showing it", async () => {
        const url = new URL(service().url)
        url.password = "not-the-password"
        const error = await failureOf(opened(url.href).get("key"))
        expect(error).toBeInstanceOf(StorageRefused)
        expect(error.message).toContain(url.host)
        expect(inspect(error, { depth: 10 })).not.toContain("not-the-password")
      })
    }

    it("does not open again what was closed", async () => {
      const driver = opened()
      await driver.write("key", "value")
      await driver.close?.()
      await driver.close?.()
      const error = await failureOf(driver.get("key"))
      expect(error.message).toContain("the storage was closed")
    })

    it("leaves a client open that it was given", async () => {
      const { driver, isOpen } = over()
      await driver.write("key", "value")
      await driver.close?.()
      expect(await isOpen()).toBe(true)
    })

    it("forgets as time goes by", async () => {
      const driver = opened()
      await driver.write("short", "value", { ttl: 1500 })
      expect(await textOf(driver, "short")).toBe("value")
      await expect.poll(() => driver.get("short"), patience).toBeUndefined()
    })

    it("says what is left of a life, and takes the longest one", async () => {
      const driver = opened()
      await driver.write("long", "value", { ttl: Number.MAX_SAFE_INTEGER })
      await driver.write("hour", "value", { ttl: 3_600_000 })
      expect((await driver.get("long"))?.expiresAt).toBeGreaterThan(Date.now() + 3_600_000)
      const left = ((await driver.get("hour"))?.expiresAt ?? 0) - Date.now()
      expect(left).toBeGreaterThan(3_590_000)
      expect(left).toBeLessThanOrEqual(3_600_000)
    })

    it("loses no update of two processes, and lets one of them be first", { timeout: 60_000 }, async () => {
      const rounds = 40
      const args = [kind, service().url, "2", String(rounds)]
      const program = ["--import", "tsx", "test/services/fixtures/contender.ts", ...args]
      const run = () => promisify(execFile)(process.execPath, program)
      const outputs = await Promise.all([run(), run()])
      const wins = outputs.map(({ stdout }) => Number(stdout))
      expect(wins.reduce((sum, each) => sum + each)).toBe(rounds)
      const storage = createAtomic(opened())
      expect(await storage.get("added")).toBe(2 * rounds)
      expect(await storage.get("updated")).toBe(2 * rounds)
    })
  })
}

async function failureOf(work: unknown): Promise<Error> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error
  }
  expect.fail("It did not fail.")
}

/** Waits until it can be written again. */
async function expectWritten(driver: StorageDriver): Promise<void> {
  const attempt = async () => driver.write("key", "value")
  await expect.poll(() => attempt().catch(() => undefined), patience).toBeTypeOf("string")
}

/** A server that is being frozen may still answer some requests. */
async function writeOften(driver: StorageDriver): Promise<void> {
  for (let writes = 0; writes < 1000; writes++) await driver.write("key", "other")
}

async function textOf(driver: StorageDriver, key: string): Promise<string | undefined> {
  return (await driver.get(key))?.value
}

import { inspect } from "node:util"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { CorruptValue } from "../errors/storage.ts"
import { MissingStorageClient, StorageRefused, StorageUnavailable } from "../errors/storage-backends.ts"
import { ask, loadClient, newVersion, opened, type Server, versionLength } from "./server-storage.ts"

function server(changes: Partial<Server<string>> = {}): Server<string> {
  return {
    name: "The server",
    timeout: 1000,
    source: { use: () => "client" },
    isRefusal: () => false,
    ...changes,
  }
}

describe("what a server is asked", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("resolves to the answer, and leaves no timer", async () => {
    expect(await ask(server(), async (client) => `${client} answered`)).toBe("client answered")
    expect(vi.getTimerCount()).toBe(0)
  })

  it("fails when there is no answer in time, and gives up the client that owes it", async () => {
    const drop = vi.fn()
    const asked = ask(server({ source: { use: () => "client", drop } }), () => new Promise(() => undefined))
    const failed = expect(asked).rejects.toThrow(
      "The server is not available: it did not answer within 1000 ms.",
    )
    await vi.advanceTimersByTimeAsync(1000)
    await failed
    expect(drop).toHaveBeenCalledExactlyOnceWith("client")
  })

  it("fails in time where not even a connection comes", async () => {
    const drop = vi.fn()
    const use = () => new Promise<string>(() => undefined)
    const asked = expect(ask(server({ source: { use, drop } }), async () => "")).rejects.toThrow(
      StorageUnavailable,
    )
    await vi.advanceTimersByTimeAsync(1000)
    await asked
    expect(drop).not.toHaveBeenCalled()
  })

  it("asks nothing more where a connection comes too late", async () => {
    let connect: (client: string) => void = () => undefined
    const use = () => new Promise<string>((resolve) => (connect = resolve))
    const work = vi.fn(async () => "written")
    const asked = expect(ask(server({ source: { use } }), work)).rejects.toThrow(StorageUnavailable)
    await vi.advanceTimersByTimeAsync(1000)
    await asked
    connect("client")
    await vi.advanceTimersByTimeAsync(0)
    expect(work).not.toHaveBeenCalled()
  })

  it("tells what may pass from what will come again, and keeps the cause", async () => {
    const cause = new TypeError("no.")
    const work = () => Promise.reject(cause)
    await expect(ask(server(), work)).rejects.toThrow(new StorageUnavailable("The server", "no", cause))
    const refused = ask(server({ isRefusal: (error) => error === cause }), work)
    await expect(refused).rejects.toThrow(new StorageRefused("The server", "no", cause))
    await expect(refused).rejects.toMatchObject({ cause })
  })

  it("names what went wrong at each address", async () => {
    const cause = new AggregateError([new TypeError("refused ::1"), new TypeError("refused 127.0.0.1")])
    await expect(ask(server(), () => Promise.reject(cause))).rejects.toThrow("refused ::1, refused 127.0.0.1")
  })

  it("keeps of a cause what may be logged: no URL with its password, nor what was sent", async () => {
    const cause = Object.assign(new TypeError("no"), { command: { args: ["secret"] } })
    const works = [async () => new URL("redis://me:secret@localhost:port").href, () => Promise.reject(cause)]
    for (const work of works) {
      const failed = await ask(server(), work).catch((error: unknown) => error)
      expect(failed).toMatchObject({ code: "STORAGE_UNAVAILABLE", cause: { name: "TypeError" } })
      expect(inspect(failed, { depth: 10 })).not.toContain("secret")
    }
  })

  it("leaves errors of this library alone", async () => {
    const error = new CorruptValue("key", "JSON")
    await expect(ask(server(), () => Promise.reject(error))).rejects.toBe(error)
  })
})

describe("a client that is opened", () => {
  function source(open: () => Promise<{ isUsable: boolean }>) {
    const close = vi.fn()
    return { close, ...{ source: opened({ name: "It", open, isUsable: ({ isUsable }) => isUsable, close }) } }
  }

  it("is the same for all who ask", async () => {
    const open = vi.fn(async () => ({ isUsable: true }))
    const { source: client } = source(open)
    const [one, two] = await Promise.all([client.use(), client.use()])
    expect(one).toBe(two)
    expect(await client.use()).toBe(one)
    expect(open).toHaveBeenCalledOnce()
  })

  it("is opened again where that failed", async () => {
    const open = vi.fn(async () => ({ isUsable: true }))
    open.mockRejectedValueOnce(new TypeError("not now"))
    const { source: client } = source(open)
    await expect(client.use()).rejects.toThrow("not now")
    expect(await client.use()).toEqual({ isUsable: true })
  })

  it("is opened again where it is of no use any more", async () => {
    const { source: client } = source(async () => ({ isUsable: true }))
    const first = await client.use()
    first.isUsable = false
    const second = await client.use()
    expect(second).not.toBe(first)
    expect(await client.use()).toBe(second)
  })

  it("is given up for another, once, and that one stays", async () => {
    const { source: client, close } = source(async () => ({ isUsable: true }))
    const first = await client.use()
    client.drop(first)
    const second = await client.use()
    client.drop(first)
    expect(await client.use()).toBe(second)
    expect(close).toHaveBeenCalledExactlyOnceWith(first)
  })

  it("is closed once, though it was still being opened", async () => {
    let resolve: (client: { isUsable: boolean }) => void = () => undefined
    const made = { isUsable: true }
    const { source: client, close } = source(() => new Promise((done) => (resolve = done)))
    const using = client.use()
    const closing = Promise.all([client.close(), client.close()])
    resolve(made)
    await Promise.all([using, closing])
    expect(close).toHaveBeenCalledExactlyOnceWith(made)
    await expect(client.use()).rejects.toThrow("It is not available: the storage was closed.")
  })

  it("needs no closing where it was never opened", async () => {
    const { source: client, close } = source(async () => Promise.reject(new TypeError("no")))
    await client.close()
    expect(close).not.toHaveBeenCalled()
  })
})

it("says which package is missing", async () => {
  const load = () => Promise.reject(new TypeError("Cannot find package"))
  const loading = loadClient({ subpath: "fleetmcp/storage/x", name: "x" }, load)
  await expect(loading).rejects.toThrow(MissingStorageClient)
  await expect(loading).rejects.toThrow("Run `npm install x`, or give a client that is open already.")
})

it("makes versions of one length that do not repeat", () => {
  const versions = Array.from({ length: 1000 }, newVersion)
  expect(new Set(versions).size).toBe(1000)
  expect(versions.every((version) => version.length === versionLength)).toBe(true)
})

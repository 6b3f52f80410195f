import { describe, expect, it, vi } from "vitest"
import { errorOf, resultOf } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { loggedServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import { memoryStorage } from "../storage/memory.ts"
import { over } from "../storage/over.ts"
import { type AuditOptions, type AuditRecord, audit, readAudit, verifyAudit } from "./audit.ts"
import { createDigest, hashOf } from "./audit-chain.ts"

const key = "0123456789abcdef0123456789abcdef"

function audited(options: Partial<AuditOptions> = {}) {
  const records: AuditRecord[] = []
  const trail = audit({ to: (record) => void records.push(record), ...options })
  const { mcp, log } = loggedServer({ middleware: [trail] })
  const ran = vi.fn(() => "done")
  mcp.tool({ name: "work" }, ran)
  mcp.tool({ name: "fail" }, () => {
    throw new TypeError("it broke")
  })
  return { mcp, log, records, trail, ran }
}

/** The records of some calls and of the end of the server. */
async function chained(options: Partial<AuditOptions> = {}) {
  const { mcp, records, trail } = audited(options)
  for (let n = 0; n < 5; n++) await resultOf(mcp, call("work"))
  await trail.flush()
  const heads = trail.heads()
  await mcp.close({ graceMs: 0 })
  return { records, heads }
}

describe("audit()", () => {
  it("records who called what, and how it ended", async () => {
    const { mcp, records, trail } = audited({ now: () => 1000 })
    await resultOf(mcp, call("work"))
    await resultOf(mcp, call("fail"))
    await errorOf(mcp, call("nothing"))
    await trail.flush()
    expect(records).toMatchObject([
      {
        seq: 0,
        kind: "call",
        time: 1000,
        method: "tools/call",
        target: "work",
        outcome: "done",
        durationMs: 0,
      },
      { seq: 1, target: "fail", outcome: "failed", error: "TypeError", round: 0, revision: "2026-07-28" },
      { seq: 2, target: "nothing", outcome: "error", error: "UNKNOWN_TOOL", code: -32602 },
    ])
  })

  it("records what middleware further in refuses", async () => {
    const { mcp, records, trail } = audited()
    mcp.use({ request: () => ({ kind: "failure", error: { code: -32000, message: "no" } }) })
    await errorOf(mcp, call("work"))
    await trail.flush()
    expect(records).toMatchObject([{ outcome: "error", code: -32000, error: "-32000" }])
  })

  it("holds a digest of arguments, and of them only what may be seen", async () => {
    const { mcp, records, trail } = audited({ redact: () => ({ user: "…" }) })
    await resultOf(mcp, call("work", { password: "secret" }))
    await trail.flush()
    expect(records[0]).toMatchObject({ arguments: { user: "…" }, argumentsDigest: expect.any(String) })
    expect(JSON.stringify(records)).not.toContain("secret")
  })

  it("records the methods it is told to", async () => {
    const { mcp, records, trail } = audited({ methods: ["tools/list"] })
    await resultOf(mcp, call("work"))
    await resultOf(mcp, rpc("tools/list"))
    await trail.flush()
    expect(records.map(({ method }) => method)).toEqual(["tools/list"])
  })

  it("writes to a storage, from which records are read in order", async () => {
    const storage = memoryStorage()
    const { mcp } = audited({ to: storage })
    for (let n = 0; n < 5; n++) await resultOf(mcp, call("work"))
    await mcp.close({ graceMs: 0 })
    const records = []
    for await (const record of readAudit(storage)) records.push(record)
    expect(records.map(({ kind }) => kind)).toEqual(["call", "call", "call", "call", "call", "close"])
    expect(await verifyAudit(records)).toMatchObject({ ok: true, records: 6, open: [] })
  })

  it.each([
    [{ to: "console" as unknown }, "to"],
    [{ to: (): number => 1, key: "short" }, "secret"],
    [{ to: (): number => 1, ttl: 1 }, "ttl"],
    [{ to: (): number => 1, writer: "a/b" }, "writer"],
  ])("refuses options that cannot be meant: %o", (options, words) => {
    expect(() => audit(options as unknown as AuditOptions)).toThrow(words)
  })
})

describe("an audit that cannot be written", () => {
  const broken = () => Promise.reject(new Error("disk full"))

  it("lets calls go on, and the log says so once", async () => {
    const { mcp, log, trail } = audited({ to: broken })
    for (let n = 0; n < 3; n++) await resultOf(mcp, call("work"))
    await trail.flush()
    expect([log.length, trail.counts()]).toEqual([1, { written: 0, lost: 3, queued: 0 }])
  })

  it("refuses calls before they run where it is to", async () => {
    const { mcp, ran } = audited({ to: broken, onFailure: "refuse" })
    expect(await errorOf(mcp, call("work"))).toMatchObject({ code: -32603, status: 503 })
    expect(ran).not.toHaveBeenCalled()
  })

  it("does not fail a call that has run", async () => {
    let writes = 0
    const to = () => (writes++ === 0 ? undefined : broken())
    const { mcp } = audited({ to, onFailure: "refuse" })
    expect(await resultOf(mcp, call("work"))).toMatchObject({ content: [{ text: "done" }] })
  })

  it("writes the start of a call before it runs where it may refuse", async () => {
    const { mcp, records } = audited({ onFailure: "refuse" })
    await resultOf(mcp, call("work"))
    expect(records).toMatchObject([
      { kind: "start", seq: 0 },
      { kind: "call", start: 0, outcome: "done" },
    ])
  })

  it("holds no more than so many, and says how many it dropped", async () => {
    const gate = deferred()
    const records: AuditRecord[] = []
    const to = async (record: AuditRecord) => {
      await gate.promise
      records.push(record)
    }
    const { mcp, trail } = audited({ to, maxQueued: 2 })
    for (let n = 0; n < 5; n++) await resultOf(mcp, call("work"))
    expect(trail.counts().queued).toBe(2)
    gate.resolve()
    await settled()
    await resultOf(mcp, call("work"))
    await trail.flush()
    expect(records.at(-1)).toMatchObject({ seq: 2, dropped: 3 })
    expect(await verifyAudit(records)).toMatchObject({ ok: true, dropped: 3 })
  })

  it("is told by the next record, so that a gap is no forgery", async () => {
    const records: AuditRecord[] = []
    let writes = 0
    const to = (record: AuditRecord) => {
      if (writes++ === 1) throw new Error("no")
      records.push(record)
    }
    const { mcp, trail } = audited({ to })
    for (let n = 0; n < 4; n++) {
      await resultOf(mcp, call("work"))
      await trail.flush()
    }
    expect(records.map(({ seq, lost }) => [seq, lost])).toEqual([
      [0, undefined],
      [2, [1]],
      [3, undefined],
    ])
    expect(await verifyAudit(records)).toMatchObject({ ok: true, lost: 1 })
  })

  it("gives a record up that is not written in time", async () => {
    const { mcp, log, trail } = audited({ to: () => new Promise(() => undefined), writeTimeout: 1 })
    await resultOf(mcp, call("work"))
    await trail.flush()
    expect(log[0]?.error).toMatchObject({ code: "AUDIT_TIMEOUT" })
  })
})

describe("an audit of many servers", () => {
  it("keeps the heads of the last hundred that were closed, and counts all", async () => {
    const trail = audit({ to: () => undefined })
    for (let n = 0; n < 120; n++) {
      const { mcp } = loggedServer({ middleware: [trail] })
      await errorOf(mcp, rpc("tools/list"))
      await mcp.close({ graceMs: 0 })
    }
    expect(trail.heads()).toHaveLength(100)
    expect(trail.counts()).toEqual({ written: 240, lost: 0, queued: 0 })
  })
})

describe("verifyAudit()", () => {
  it("finds nothing wrong with what was written, in any order and twice", async () => {
    const { records } = await chained()
    const verdict = await verifyAudit([...records.toReversed(), ...records])
    expect(verdict).toEqual({ ok: true, records: 6, lost: 0, dropped: 0, open: [] })
  })

  const at = (all: readonly AuditRecord[], seq: number) => all.find((one) => one.seq === seq) as AuditRecord
  const tampered: readonly (readonly [string, (all: AuditRecord[]) => AuditRecord[], number, string])[] = [
    ["changed", (all) => all.map((one) => (one.seq === 2 ? { ...one, target: "other" } : one)), 2, "changed"],
    ["taken away", (all) => all.filter(({ seq }) => seq !== 2), 2, "missing"],
    ["taken away from the start", (all) => all.filter(({ seq }) => seq > 1), 0, "missing"],
    [
      "put in the place of another",
      (all) => all.map((one) => (one.seq === 2 ? { ...at(all, 1), seq: 2 } : one)),
      2,
      "changed",
    ],
    [
      "stripped of its digest",
      (all) => all.map(({ hash, ...one }) => (one.seq === 2 ? one : { ...one, hash })) as AuditRecord[],
      2,
      "changed",
    ],
  ]
  it.each(tampered)("finds a record that was %s", async (...[, change, seq, problem]) => {
    const { records } = await chained({ key })
    expect(await verifyAudit(change(records), { key })).toMatchObject({ ok: false, seq, problem })
  })

  it("tells what may be on its way from what is missing", async () => {
    const { records } = await chained()
    const open = records.filter(({ kind }) => kind !== "close")
    const gap = open.filter(({ seq }) => seq !== 2)
    expect(await verifyAudit(gap)).toMatchObject({ ok: false, seq: 2, problem: "pending" })
    expect(await verifyAudit(open)).toMatchObject({ ok: true })
    const { writer, hash = "" } = at(open, 2)
    const anchors = [{ writer, seq: 2, hash }]
    expect(await verifyAudit(gap, { anchors })).toMatchObject({ ok: false, seq: 2, problem: "missing" })
  })

  it("finds what is wrong behind what may be on its way", async () => {
    const { records } = await chained()
    const gap = records.filter(({ seq, kind }) => seq !== 1 && kind !== "close")
    const changed = gap.map((one) => (one.seq === 4 ? { ...one, target: "other" } : one))
    expect(await verifyAudit(changed)).toMatchObject({ ok: false, seq: 4, problem: "changed" })
    const other = (await chained()).records.filter(({ seq }) => seq !== 3)
    expect(await verifyAudit([...gap, ...other])).toMatchObject({ ok: false, seq: 3, problem: "missing" })
  })

  it("takes nothing for on its way that is far from the end", async () => {
    const records: AuditRecord[] = []
    const { mcp } = audited({ to: (record) => void records.push(record) })
    for (let n = 0; n < 20; n++) await resultOf(mcp, call("work"))
    await vi.waitFor(() => expect(records).toHaveLength(20))
    const without = (which: number) => verifyAudit(records.filter(({ seq }) => seq !== which))
    expect(await without(3)).toMatchObject({ seq: 3, problem: "missing" })
    expect(await without(4)).toMatchObject({ seq: 4, problem: "pending" })
  })

  it("is never more than sixteen records behind, whichever hangs", async () => {
    const gate = deferred()
    const seqs: number[] = []
    const driver = over(memoryStorage(), {
      async write(key, value, options) {
        const seq = Number(key.slice(-10))
        seqs.push(seq)
        if (seq === 2) await gate.promise
        return memory.write(key, value, options)
      },
    })
    const memory = memoryStorage()
    const { mcp, trail } = audited({ to: driver })
    for (let n = 0; n < 40; n++) await resultOf(mcp, call("work"))
    await settled()
    expect(Math.max(...seqs)).toBe(17)
    expect(await verifyAudit(readAudit(memory))).toMatchObject({ seq: 2, problem: "pending" })
    gate.resolve()
    await trail.flush()
    expect(await verifyAudit(readAudit(memory))).toMatchObject({ ok: true, records: 40 })
  })

  it("finds a chain that was made anew without the key", async () => {
    const { records } = await chained()
    expect(await verifyAudit(records, { key })).toMatchObject({ ok: false, seq: 0, problem: "changed" })
  })

  it("finds that the end was taken away, by an anchor", async () => {
    const { records, heads } = await chained()
    expect(await verifyAudit(records, { anchors: heads })).toMatchObject({ ok: true })
    const cut = records.filter(({ seq }) => seq < 3)
    expect(await verifyAudit(cut)).toMatchObject({ ok: true, open: [expect.any(String)] })
    expect(await verifyAudit(cut, { anchors: heads })).toMatchObject({
      ok: false,
      seq: 3,
      problem: "missing",
    })
    expect(await verifyAudit([], { anchors: heads })).toMatchObject({ ok: false, problem: "missing" })
  })

  it("takes a chain whose old records were deleted, after an anchor", async () => {
    const { records } = await chained()
    const anchors = records
      .filter(({ seq }) => seq === 2)
      .map(({ writer, seq, hash = "" }) => ({ writer, seq, hash }))
    const rest = records.filter(({ seq }) => seq > 2)
    expect(await verifyAudit(rest, { anchors })).toMatchObject({ ok: true, records: 3 })
  })

  it("keeps the chains of several writers apart", async () => {
    const [one, other] = [await chained(), await chained()]
    expect(await verifyAudit([...one.records, ...other.records])).toMatchObject({ ok: true, records: 12 })
  })

  it("finds a record that was made anew, and one put between to hide it", async () => {
    const { records, heads: anchors } = await chained()
    const sealed = async (record: AuditRecord) => ({
      ...record,
      hash: await hashOf(record, createDigest(undefined)),
    })
    const forged = await Promise.all(
      records.map((record) => (record.seq === 2 ? sealed({ ...record, target: "other" }) : record)),
    )
    const second = records.find(({ seq }) => seq === 2)
    if (second === undefined) throw new Error("There is no second record")
    for (const seq of [2.5, -1])
      expect(await verifyAudit([...forged, await sealed({ ...second, seq })], { anchors })).toMatchObject({
        ok: false,
        seq,
        problem: "out of place",
      })
  })

  it("closes a chain also where there was no room for more", async () => {
    const write = deferred<void>()
    const records: AuditRecord[] = []
    const { mcp } = audited({
      maxQueued: 1,
      to: async (record) => {
        await write.promise
        records.push(record)
      },
    })
    await resultOf(mcp, call("work"))
    const closed = mcp.close({ graceMs: 1000 })
    write.resolve()
    await closed
    expect(records.map(({ kind }) => kind)).toEqual(["call", "close"])
    expect(await verifyAudit(records)).toMatchObject({ ok: true, open: [] })
  })

  it("has as its head the last record that was written", async () => {
    const records: AuditRecord[] = []
    const { mcp, trail } = audited({
      to: (record) => {
        if (records.length === 2) throw new Error("down")
        records.push(record)
      },
    })
    for (let n = 0; n < 4; n++) await resultOf(mcp, call("work"))
    await trail.flush()
    expect(trail.heads()).toMatchObject([{ seq: 1 }])
    expect(await verifyAudit(records, { anchors: trail.heads() })).toMatchObject({ ok: true })
  })
})

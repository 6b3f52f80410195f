import { type AuditKey, createDigest, type Digest, hashOf } from "./audit-chain.ts"
import type { AuditRecord } from "./audit-record.ts"
import { mostOnTheirWay } from "./audit-storage.ts"
import type { AuditHead } from "./audit-writer.ts"

/** With what records are checked. */
export interface VerifyAuditOptions {
  /** The key they were chained with. Default: none. */
  readonly key?: AuditKey
  /**
   * Records that are known to have been written, from `heads()`. Each must be there, or be the one just before the first
   * of its writer that is there, where older ones were deleted. Default: every chain is there from its first record on.
   */
  readonly anchors?: readonly AuditHead[]
}

/** What records of an audit are worth. */
export type AuditVerdict =
  | {
      readonly ok: true
      /** How many records there are. */
      readonly records: number
      /** How many the writers say they may not have written, and are not there. */
      readonly lost: number
      /** How many calls the writers say they made no record of. */
      readonly dropped: number
      /** Writers that did not say that they were done: they run, were killed, or the end of the chain was taken away. */
      readonly open: readonly string[]
    }
  | {
      readonly ok: false
      /** Whose chain is broken. */
      readonly writer: string
      /** The first record at which it is. */
      readonly seq: number
      /**
       * What is wrong there. `pending`: it is not there, but the chain goes on, and it may still be on its way. Nothing else
       * is wrong then: look again later.
       */
      readonly problem: "changed" | "missing" | "out of place" | "forked" | "pending"
    }

/** The first place at which a chain is broken. */
type Break = Extract<AuditVerdict, { readonly ok: false }>

/**
 * Finds the first record that was changed, taken away or put in. Each writer has a chain of its own; records may come in
 * any order, and twice. Without a key, whoever can write all records of a chain can make it anew; the end of a chain is
 * only known by an anchor, or by the record that closes it.
 *
 * @param records Chained records, as they went to the sink.
 * @param options `key` and `anchors`. Default: neither.
 * @see https://www.rfc-editor.org/rfc/rfc8785 for what is hashed
 * @example
 * const verdict = await verifyAudit(await readAudit(memoryStorage()))
 * if (!verdict.ok) console.error(`Record ${verdict.seq} of ${verdict.writer} is ${verdict.problem}`)
 */
export async function verifyAudit(
  records: Iterable<AuditRecord> | AsyncIterable<AuditRecord>,
  options: VerifyAuditOptions = {},
): Promise<AuditVerdict> {
  const { key, anchors = [] } = options
  const digest = createDigest(key)
  const chains = new Map<string, AuditRecord[]>(anchors.map(({ writer }) => [writer, []]))
  for await (const record of records) {
    const chain = chains.get(record.writer)
    if (chain === undefined) chains.set(record.writer, [record])
    else chain.push(record)
  }
  let pending: Break | undefined
  const found = { records: 0, lost: 0, dropped: 0, open: [] as string[] }
  for (const [writer, chain] of chains) {
    const own = anchors.filter((anchor) => anchor.writer === writer)
    const verdict = await verifyChain(writer, chain, { digest, anchors: own })
    if ("problem" in verdict) {
      // What may come right of itself must not hide what cannot.
      if (verdict.problem !== "pending") return verdict
      pending ??= verdict
      continue
    }
    found.records += verdict.records
    found.lost += verdict.lost
    found.dropped += verdict.dropped
    if (!verdict.isClosed) found.open.push(writer)
  }
  return pending ?? { ok: true, ...found }
}

interface ChainOptions {
  readonly digest: Digest
  readonly anchors: readonly AuditHead[]
}

interface ChainVerdict {
  readonly records: number
  readonly lost: number
  readonly dropped: number
  readonly isClosed: boolean
}

async function verifyChain(
  writer: string,
  chain: readonly AuditRecord[],
  { digest, anchors }: ChainOptions,
): Promise<ChainVerdict | Break> {
  const broken = (seq: number, problem: Break["problem"]): Break => ({ ok: false, writer, seq, problem })
  // Between two numbers there is room for what would break the link from one record to the next.
  const between = chain.find(({ seq }) => !Number.isSafeInteger(seq) || seq < 0)
  if (between !== undefined) return broken(between.seq, "out of place")
  const sorted = chain.toSorted((a, b) => a.seq - b.seq)
  const told = new Set(sorted.flatMap(({ lost = [] }) => lost))
  const known = new Map(anchors.map(({ seq, hash }) => [seq, hash]))
  // Where it may begin: at its first record, or just after one that is known.
  const first = sorted[0]
  const before = first && known.get(first.seq - 1)
  let next = before === undefined ? 0 : (first?.seq ?? 0)
  let last: { readonly seq: number; readonly hash: string } | undefined =
    before === undefined ? undefined : { seq: next - 1, hash: before }
  const count = { records: 0, lost: 0, dropped: 0 }
  const end = sorted.at(-1)
  const isClosed = end?.kind === "close"
  // A record begins its way when all are done that come so much before it.
  const isOnItsWay = (seq: number) => !isClosed && !known.has(seq) && (end?.seq ?? 0) - seq < mostOnTheirWay
  let pending: Break | undefined
  for (const record of sorted) {
    const { seq, prev, hash } = record
    if (typeof hash !== "string" || (await safeHash(record, digest)) !== hash) return broken(seq, "changed")
    if (last !== undefined && seq === last.seq) {
      if (hash === last.hash) continue
      return broken(seq, "forked")
    }
    for (; next < seq; next++) {
      if (told.has(next)) count.lost++
      else if (isOnItsWay(next)) pending ??= broken(next, "pending")
      else return broken(next, "missing")
    }
    const expected = seq === 0 ? "" : last?.seq === seq - 1 ? last.hash : prev
    if (prev !== expected) return broken(seq, "out of place")
    const anchor = known.get(seq)
    if (anchor !== undefined && anchor !== hash) return broken(seq, "changed")
    last = { seq, hash }
    next = seq + 1
    count.records++
    count.dropped += record.dropped ?? 0
  }
  const cut = anchors.find(({ seq }) => seq >= next)
  if (cut !== undefined) return broken(next, "missing")
  return pending ?? { ...count, isClosed }
}

/** The digest of what may be no record at all. */
async function safeHash(record: AuditRecord, digest: Digest): Promise<string | undefined> {
  try {
    return await hashOf(record, digest)
  } catch {
    // What has no canonical JSON was never written.
    return undefined
  }
}

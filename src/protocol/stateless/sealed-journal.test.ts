import fc from "fast-check"
import { expect, it } from "vitest"
import { LazyStorage } from "../../server/lazy-storage.ts"
import { createSealer } from "./seal.ts"
import { openJournal, sealJournal } from "./sealed-journal.ts"

const keeper = {
  sealer: createSealer(),
  storage: new LazyStorage({ storage: undefined, log: () => undefined }),
}
const json = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<unknown>
const object = fc.dictionary(fc.string(), json)

const journals = fc.record({
  round: fc.integer({ min: 1, max: 10 }),
  answers: fc.array(fc.tuple(fc.string(), object)).map((entries) => new Map(entries)),
  pending: fc.array(
    fc.record({ key: fc.string(), method: fc.constant("roots/list" as const), text: fc.string() }),
  ),
  state: fc.option(json, { nil: undefined }),
  id: fc.option(fc.string(), { nil: undefined }),
  steps: fc
    .array(fc.tuple(fc.string(), fc.option(json, { nil: undefined })))
    .map(
      (entries) => new Map(entries.map(([key, value]) => [key, JSON.stringify(value) as string | undefined])),
    ),
  isOnce: fc.boolean(),
})

/** What JSON makes of a value: no `-0`, no members that are `undefined`. */
function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

it("brings back, by property, what was sealed, whether the client keeps it or the server", async () => {
  await fc.assert(
    fc.asyncProperty(journals, fc.dictionary(fc.string(), json), async (journal, args) => {
      const binding = {
        server: "Test",
        principal: undefined,
        method: "tools/call",
        params: { arguments: args },
      }
      const requestState = await sealJournal(keeper, binding, { ...journal, assertAnswer: () => undefined })
      const opened = await openJournal(keeper, { ...binding, params: { ...binding.params, requestState } })
      expect(opened).toMatchObject({
        ...journal,
        answers: new Map([...journal.answers].map(([key, value]) => [key, asJson(value)])),
        state: asJson(journal.state),
      })
    }),
    { numRuns: 200 },
  )
})

it("opens nothing, by property, that somebody changed by a character", async () => {
  const binding = { server: "Test", principal: undefined, method: "tools/call", params: { name: "ask" } }
  const journal = {
    round: 1,
    answers: new Map(),
    pending: [],
    state: 1,
    id: "a",
    steps: new Map(),
    isOnce: false,
  }
  const sealed = await sealJournal(keeper, binding, { ...journal, assertAnswer: () => undefined })
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), fc.constantFrom(..."AZaz09-_~.é"), async (at, character) => {
      fc.pre(sealed[at] !== character)
      const changed = sealed.slice(0, at) + character + sealed.slice(at + 1)
      const params = { ...binding.params, requestState: changed }
      await expect(openJournal(keeper, { ...binding, params })).rejects.toMatchObject({
        code: "INVALID_REQUEST_STATE",
      })
    }),
    { numRuns: 300 },
  )
})

import type { Fuel, TestPattern } from "./pattern.ts"
import { parseRegex, type RegexNode } from "./regex-syntax.ts"

// All states a text can be in are followed at once (Thompson's construction), so time grows with
// states × characters and never with the number of ways to match.

type State =
  | { readonly op: "match"; readonly id: number }
  | {
      readonly op: "read"
      readonly id: number
      readonly reads: (char: string) => boolean
      readonly next: State
    }
  | { readonly op: "split"; readonly id: number; left: State; right: State }
  | { readonly op: "edge"; readonly id: number; readonly edge: Edge; readonly next: State }
  | {
      readonly op: "look"
      readonly id: number
      readonly ahead: State
      readonly negated: boolean
      readonly next: State
    }

type Edge = Extract<RegexNode, { kind: "edge" }>["edge"]

/** The most states of one pattern; counted repetitions multiply them. */
const mostStates = 5_000

/** A pattern made ready, and of how many states it is made. */
interface LinearPattern {
  readonly test: TestPattern
  readonly states: number
}

/** Compiles a valid pattern to a matcher whose time is linear in the text. */
export function linearPattern(pattern: string, flags: string): LinearPattern | { readonly problem: string } {
  const parsed = parseRegex(pattern, flags)
  if ("problem" in parsed) return parsed
  const building = { states: 1 }
  const start = build(parsed.node, { op: "match", id: 0 }, building)
  if (start === undefined || building.states > mostStates)
    return { problem: `needs more than ${mostStates} states to match` }
  const size = building.states
  const unicode = flags.includes("u")
  return {
    states: size,
    test: (text, fuel) => {
      // The list of states is made for each text.
      fuel.fuel -= text.length + (size >> 3)
      if (fuel.fuel < 0) return false
      const chars = unicode ? Array.from(text) : text.split("")
      return run(start, { chars, fuel, seen: new Uint32Array(size), turn: 0 }, { from: 0, anywhere: true })
    },
  }
}

/** Builds the states that match `node` and go on with `next`; `undefined` when there are too many. */
function build(node: RegexNode, next: State, building: { states: number }): State | undefined {
  if (building.states > mostStates) return undefined
  switch (node.kind) {
    case "read":
      return { op: "read", id: building.states++, reads: node.reads, next }
    case "edge":
      return { op: "edge", id: building.states++, edge: node.edge, next }
    case "look": {
      const ahead = build(node.body, { op: "match", id: building.states++ }, building)
      return ahead && { op: "look", id: building.states++, ahead, negated: node.negated, next }
    }
    case "sequence":
      return node.parts.reduceRight<State | undefined>(
        (rest, part) => rest && build(part, rest, building),
        next,
      )
    case "choice":
      return node.branches.reduceRight<State | undefined>((rest, branch) => {
        const left = build(branch, next, building)
        if (left === undefined || rest === undefined) return left
        return { op: "split", id: building.states++, left, right: rest }
      }, undefined)
    case "repeat":
      return buildRepeat(node, next, building)
  }
}

function buildRepeat(
  node: Extract<RegexNode, { kind: "repeat" }>,
  next: State,
  building: { states: number },
): State | undefined {
  if (node.least > mostStates) return undefined
  let state: State | undefined = next
  if (node.most === undefined) {
    const loop: State = { op: "split", id: building.states++, left: next, right: next }
    const body = build(node.body, loop, building)
    if (body === undefined) return undefined
    loop.left = body
    state = loop
  } else {
    for (let extra = node.least; extra < node.most && state !== undefined; extra++) {
      const body: State | undefined = build(node.body, state, building)
      state = body && { op: "split", id: building.states++, left: body, right: next }
    }
  }
  for (let copy = 0; copy < node.least && state !== undefined; copy++)
    state = build(node.body, state, building)
  return state
}

interface Input {
  readonly chars: readonly string[]
  readonly fuel: Fuel
  /** By state, the turn in which it was last followed. Looking ahead has states of its own, so one list serves all. */
  readonly seen: Uint32Array
  turn: number
}

/** Tells whether a match begins at `from`, or with `anywhere` at any place after it. */
function run(start: State, input: Input, { from, anywhere }: { from: number; anywhere: boolean }): boolean {
  let current: State[] = []
  for (let at = from; at <= input.chars.length; at++) {
    if (at === from || anywhere) current.push(start)
    const reading: Reading[] = []
    if (follow(current, { input, at, turn: ++input.turn, reading })) return true
    if (input.fuel.fuel < 0 || (reading.length === 0 && !anywhere)) return false
    const char = input.chars[at]
    if (char === undefined) return false
    current = []
    for (const state of reading) if (state.reads(char)) current.push(state.next)
  }
  return false
}

type Reading = Extract<State, { op: "read" }>

interface Step {
  readonly input: Input
  readonly at: number
  readonly turn: number
  readonly reading: Reading[]
}

/** Follows everything that reads no character; collects the states that do; says whether one is the end. */
function follow(pending: State[], step: Step): boolean {
  const { seen, fuel } = step.input
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (seen[state.id] === step.turn) continue
    seen[state.id] = step.turn
    if (--fuel.fuel < 0) return false
    if (state.op === "match") return true
    if (state.op === "read") step.reading.push(state)
    else if (state.op === "split") pending.push(state.right, state.left)
    else if (state.op === "edge" ? isEdge(state.edge, step) : looks(state, step)) pending.push(state.next)
  }
  return false
}

function looks(state: Extract<State, { op: "look" }>, { input, at }: Step): boolean {
  return run(state.ahead, input, { from: at, anywhere: false }) !== state.negated
}

function isEdge(edge: Edge, { input: { chars }, at }: Step): boolean {
  if (edge === "start") return at === 0
  if (edge === "end") return at === chars.length
  const between = isWord(chars[at - 1]) !== isWord(chars[at])
  return edge === "word" ? between : !between
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /^\w$/.test(char)
}

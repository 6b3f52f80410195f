import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { root } from "../tools/run.ts"

/** What a client's program says: the answer to a command, or something that the client heard. */
type Line =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly code: number | null; readonly message: string } }
  | { readonly event: string; readonly value: unknown }

/** What a client was refused, by the server or by itself. */
export class Refusal extends Error {
  override readonly name = "Refusal"
  readonly code: number | null

  constructor(message: string, code: number | null) {
    super(message)
    this.code = code
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** How long a client may take for anything, in milliseconds. */
const patienceMs = 30_000

/** A client in a program of its own, which does what it is told line by line: see `interop/clients/drive.mjs`. */
export class Peer {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Set<(event: string, value: unknown) => void>()
  readonly #heard: { readonly event: string; readonly value: unknown }[] = []
  readonly #ended: Promise<unknown>
  #said = ""
  #last = 0

  constructor([command, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(command, args, { cwd: root, env, stdio: ["pipe", "pipe", "pipe"] })
    // A program that cannot even be started says so by an error, which `once()` would throw.
    this.#ended = new Promise((resolve) => this.#child.once("close", resolve).once("error", resolve))
    this.#child.once("error", (error) => this.#rejectAll(error))
    this.#child.once("close", (code) =>
      this.#rejectAll(new Error(`The client ended with code ${code}.\n${this.#said}`)),
    )
    // A client that is gone says so by ending.
    this.#child.stdin?.on("error", () => undefined)
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#said = `${this.#said}${chunk}`.slice(-4000)
    })
    if (this.#child.stdout) createInterface(this.#child.stdout).on("line", (line) => this.#take(line))
  }

  /** Lets the client do something. An aborted signal cancels it; it still has to answer. */
  ask(verb: string, args: object = {}, signal?: AbortSignal): Promise<unknown> {
    const id = ++this.#last
    signal?.addEventListener("abort", () => this.#send({ cancel: id }))
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      this.#rejectAll(new Error("The client has ended."))
    this.#send({ id, verb, args })
    return within(answer, `\`${verb}\` was not answered`)
  }

  /** Waits for something that the client hears, or has heard. */
  hears(event: string, isMeant: (value: unknown) => boolean = () => true): Promise<unknown> {
    const earlier = this.heard(event).find(isMeant)
    if (earlier !== undefined) return Promise.resolve(earlier)
    const later = new Promise<unknown>((resolve) =>
      this.#listeners.add((name, value) => {
        if (name === event && isMeant(value)) resolve(value)
      }),
    )
    return within(later, `\`${event}\` was not heard`)
  }

  /** All that the client has heard of one kind. */
  heard(event: string): readonly unknown[] {
    return this.#heard.filter((one) => one.event === event).map(({ value }) => value)
  }

  /** Ends the program, by force when it does not end with its input. Says whether it ended by itself. */
  async end(): Promise<boolean> {
    this.#child.stdin?.end()
    const force = setTimeout(() => this.kill(), 5000)
    await this.#ended
    clearTimeout(force)
    return this.#child.signalCode === null
  }

  /** Ends the program by force, and with it all that was asked. */
  kill(): void {
    this.#child.kill("SIGKILL")
  }

  #send(line: object): void {
    this.#child.stdin?.write(`${JSON.stringify(line)}\n`)
  }

  #take(text: string): void {
    const line = read(text)
    if (line === undefined) {
      this.#rejectAll(new Error(`The client said what is no answer: ${text.slice(0, 300)}`))
      return
    }
    if ("event" in line) {
      this.#heard.push(line)
      for (const listener of this.#listeners) listener(line.event, line.value)
      return
    }
    const waiting = this.#waiting.get(line.id)
    this.#waiting.delete(line.id)
    if ("error" in line) waiting?.reject(new Refusal(line.error.message, line.error.code))
    else waiting?.resolve(line.result)
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

/** Reads a line; `undefined` where it is not of the program itself, such as what a library prints. */
function read(text: string): Line | undefined {
  try {
    // `as`: the programs are ours.
    return JSON.parse(text) as Line
  } catch {
    // That it is no JSON is the answer.
    return undefined
  }
}

function within<T>(promise: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${patienceMs / 1000} s`)), patienceMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

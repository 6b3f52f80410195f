import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { end } from "../tools/child.ts"

/** A server over HTTP in a program of its own, which can be started anew at the same URL. */
export class Site {
  readonly #args: (port: string) => readonly string[]
  #child: ChildProcess | undefined
  #url = ""

  /** @param args The arguments of Node that start it at a port; it says its URL in its first line. */
  constructor(args: (port: string) => readonly string[]) {
    this.#args = args
  }

  get url(): string {
    return this.#url
  }

  async start(): Promise<void> {
    const port = this.#url === "" ? "0" : new URL(this.#url).port
    const child = spawn(process.execPath, this.#args(port), { stdio: ["pipe", "pipe", "inherit"] })
    this.#child = child
    const lines = createInterface(child.stdout)
    this.#url = await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve)
      child.once("error", reject)
      child.once("close", (code) =>
        reject(new Error(`The server ended with code ${code} before it listened.`)),
      )
    })
  }

  async restart(): Promise<void> {
    await this.end()
    await this.start()
  }

  /** Ends it, and says whether that took force. */
  async end(): Promise<boolean> {
    if (this.#child === undefined) return false
    await end(this.#child)
    return this.#child.signalCode === "SIGKILL"
  }
}

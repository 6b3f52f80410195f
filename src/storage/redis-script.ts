import { toUtf8 } from "../shared/utf8.ts"
import type { RedisClient } from "./redis-client.ts"

/** A script in Lua about one key, which the server knows by its digest once it has run there. */
export class RedisScript {
  readonly #text: string
  #digest: string | undefined

  constructor(text: string) {
    this.#text = text
  }

  async run(client: RedisClient, key: string, args: readonly string[] = []): Promise<unknown> {
    this.#digest ??= await sha1(this.#text)
    try {
      return await client.evalsha(this.#digest, 1, key, ...args)
    } catch (error) {
      // Servers forget scripts when they start, and on SCRIPT FLUSH.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error
      return client.eval(this.#text, 1, key, ...args)
    }
  }
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", toUtf8(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")
}

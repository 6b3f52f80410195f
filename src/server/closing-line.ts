interface Program {
  readonly env?: { readonly [name: string]: string | undefined }
  readonly getBuiltinModule?: (id: string) => { readonly _cache?: object } | undefined
}

/** Lines that close a server, by what hosts it. */
const lines = {
  fastify: '`app.addHook("onClose", () => mcp.close())`.',
  express:
    '`process.once("SIGTERM", () => listener.close(() => mcp.close()))`, with what `app.listen()` gave.',
  next: '`process.once("SIGTERM", () => mcp.close())`, in `register()` of `instrumentation.ts`.',
  lambda:
    '`process.once("SIGTERM", () => mcp.close())`, which Lambda sends where the function has an extension.',
  other: '`await mcp.close()` before the program ends, and `process.once("SIGTERM", () => mcp.close())`.',
} as const

/**
 * Says what to write so that a server is closed before its process ends, as far as it can be known what hosts it.
 *
 * @param program Default: this one.
 */
export function closingLine({ process }: { readonly process?: Program } = globalThis): string {
  const { env = {} } = process ?? {}
  if (env.AWS_LAMBDA_FUNCTION_NAME !== undefined) return lines.lambda
  if (env.NEXT_RUNTIME !== undefined || env.VERCEL !== undefined) return lines.next
  // Both are CommonJS, which Node keeps by their files, whoever imports them.
  const files = Object.keys(process?.getBuiltinModule?.("module")?._cache ?? {})
  const has = (name: string) =>
    files.some((file) => new RegExp(`[\\\\/]node_modules[\\\\/]${name}[\\\\/]`).test(file))
  if (has("fastify")) return lines.fastify
  return has("express") ? lines.express : lines.other
}

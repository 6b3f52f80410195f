import { Ajv2020 } from "ajv/dist/2020.js"
import { expect, it } from "vitest"
import { features } from "../../src/spec/features.ts"
import { describeEras, type EraTools } from "./eras.ts"
import { memory } from "./transports.ts"
import { type Fields, kept, visit } from "./visit.ts"
import { outputs } from "./world.ts"

/** The result of a request as its client got it. */
async function answered(t: EraTools, method: string, params: Fields = {}): Promise<Fields> {
  const { client } = await visit(t)
  return client.request(method, params)
}

/** A component of a list, by name. */
async function listed(t: EraTools, list: string, name: string): Promise<Fields> {
  const methods = { tools: "tools/list", prompts: "prompts/list", resources: "resources/list" } as const
  const method = list === "resourceTemplates" ? "resources/templates/list" : methods[list as "tools"]
  const { [list]: items } = await answered(t, method)
  return (items as readonly Fields[]).find((item) => item.name === name) ?? {}
}

async function blocks(t: EraTools): Promise<readonly Fields[]> {
  const { content } = await answered(t, "tools/call", { name: "every_block" })
  return content as readonly Fields[]
}

const icons = [{ src: "https://example.com/a.png", mimeType: "image/png", sizes: ["48x48"], theme: "dark" }]
const meta = { "com.example/key": 1 }
const title = "A title"
const description = "What it is"

describeEras(
  "what is said in the words of the revision",
  (t) => {
    const row = features[t.revision]
    const common = {
      ...kept(row.title, { title }),
      description,
      ...kept(row.icons, { icons }),
      ...kept(row.meta === "all", { _meta: meta }),
    }
    const lastModified = "2026-07-28T00:00:00Z"
    const annotations = {
      audience: ["user"],
      priority: 0.5,
      ...kept(row.lastModified, { lastModified }),
    }
    const marks = { annotations, ...kept(row.meta === "all", { _meta: meta }) }

    it("is what results say of themselves: cache hints and a type only where they are known", async () => {
      const { resultType, ttlMs, cacheScope } = await answered(t, "tools/list")
      expect([resultType, ttlMs !== undefined, cacheScope !== undefined]).toEqual([
        row.resultType ? "complete" : undefined,
        row.cacheHints,
        row.cacheHints,
      ])
    })

    it("is who the server is", async () => {
      const { client, sent } = await visit(t)
      const { instructions } = await client.discover()
      const { result } = sent.find(({ kind }) => kind === "result")?.message ?? {}
      const { serverInfo, _meta } = result as { readonly serverInfo?: object; readonly _meta?: Fields }
      expect(instructions).toBe("Look around.")
      expect(serverInfo ?? _meta?.["io.modelcontextprotocol/serverInfo"]).toEqual({
        name: "Test",
        version: "1.2.3",
        ...kept(row.title, { title: "The world" }),
        ...kept(row.icons, { description: "Has everything", websiteUrl: "https://example.com", icons }),
      })
    })

    it("is a tool", async () => {
      const { inputSchema: _, ...rest } = await listed(t, "tools", "every_field")
      expect(rest).toEqual({
        name: "every_field",
        ...common,
        ...kept(row.toolAnnotations, {
          annotations: { title: "Hint", readOnlyHint: true, openWorldHint: false },
        }),
      })
    })

    it("is a tool's title, among its hints or as its description where it has no place", async () => {
      const { inputSchema: _, ...rest } = await listed(t, "tools", "titled")
      const only = "Only titled"
      const hinted = row.toolAnnotations ? { annotations: { title: only } } : { description: only }
      expect(rest).toEqual({ name: "titled", ...(row.title ? { title: only } : hinted) })
    })

    it("is a resource and a template", async () => {
      const named = { ...common, annotations }
      expect([await listed(t, "resources", "guide"), await listed(t, "resourceTemplates", "user")]).toEqual([
        { name: "guide", uri: "docs://guide", mimeType: "text/plain", size: 7, ...named },
        { name: "user", uriTemplate: "users://{id}", mimeType: "application/json", ...named },
      ])
    })

    it("is a prompt and its arguments, whose titles describe them where there are none", async () => {
      const tone = row.title ? { title: "The tone" } : { description: "The tone" }
      expect(await listed(t, "prompts", "everything")).toEqual({
        name: "everything",
        ...common,
        arguments: [
          {
            name: "topic",
            ...kept(row.title, { title: "The topic" }),
            description: "About what",
            required: true,
          },
          { name: "tone", ...tone, ...(await optional(t)) },
        ],
      })
    })

    it("is the contents of a resource", async () => {
      const { contents } = await answered(t, "resources/read", { uri: "docs://guide" })
      const own = kept(row.meta === "all", { _meta: meta })
      expect(contents).toEqual([
        { uri: "docs://guide", mimeType: "text/plain", text: "words", ...own },
        { uri: "docs://guide/image", mimeType: "image/png", blob: "iVBORw0KGgo=", ...own },
      ])
    })

    it("is text, images and embedded resources", async () => {
      const [words, picture, , , , csv, png] = await blocks(t)
      expect([words, picture, csv, png]).toEqual([
        { type: "text", text: "words", ...marks },
        { type: "image", data: "iVBORw0KGgo=", mimeType: "image/png", ...marks },
        {
          type: "resource",
          resource: { uri: "file:///a.csv", mimeType: "text/csv", text: "a,b" },
          ...marks,
        },
        { type: "resource", resource: { uri: "file:///a.png", mimeType: "image/png", blob: "iVBORw0KGgo=" } },
      ])
    })

    it("is audio, as a resource where it is unknown", async () => {
      const data = "UklGRgAAAABXQVZF"
      const mimeType = "audio/wav"
      const resource = { uri: "content://audio", mimeType, blob: data }
      expect((await blocks(t))[2]).toEqual(
        row.audio ? { type: "audio", data, mimeType, ...marks } : { type: "resource", resource, ...marks },
      )
    })

    it("is a link, as words where it is unknown", async () => {
      const [full, bare] = (await blocks(t)).slice(3, 5)
      const link = {
        type: "resource_link",
        uri: "docs://guide",
        name: "guide",
        title: "The guide",
        description: "How to",
        mimeType: "text/plain",
        size: 7,
        ...kept(row.icons, { icons }),
        ...marks,
      }
      expect([full, bare]).toEqual(
        row.resourceLink
          ? [link, { type: "resource_link", uri: "docs://bare", name: "bare" }]
          : [
              { type: "text", text: "The guide <docs://guide>: How to", annotations },
              { type: "text", text: "bare <docs://bare>" },
            ],
      )
    })

    it("is the same in prompts as in results of tools", async () => {
      const { messages } = await answered(t, "prompts/get", {
        name: "everything",
        arguments: { topic: "cats" },
      })
      expect((messages as readonly Fields[]).map(({ content }) => content)).toEqual([
        ...(await blocks(t)),
        { type: "text", text: "So?" },
      ])
    })

    it("is the _meta of results everywhere", async () => {
      const call = await answered(t, "tools/call", { name: "fails" })
      const prompt = await answered(t, "prompts/get", { name: "everything", arguments: { topic: "cats" } })
      expect([call, prompt]).toEqual([
        expect.objectContaining({ isError: true, _meta: expect.objectContaining(meta) }),
        expect.objectContaining({ _meta: expect.objectContaining(meta) }),
      ])
    })

    it.each(Object.entries(outputs))("is output that its schema fits: %s", async (name, { value }) => {
      const { outputSchema } = await listed(t, "tools", `output_${name}`)
      const result = await answered(t, "tools/call", { name: `output_${name}` })
      const text = (result.content as readonly Fields[])[0]?.text
      expect(JSON.parse(String(text))).toEqual(value)
      const isWrapped = row.outputSchema === "object" && !["object", "closed"].includes(name)
      expect(result.structuredContent).toEqual(
        row.structuredContent === false ? undefined : isWrapped ? { result: value } : value,
      )
      if (row.outputSchema === false) expect(outputSchema).toBeUndefined()
      else expect(fits(outputSchema, result.structuredContent)).toBe(true)
    })

    it("is output of no schema", async () => {
      const { content, structuredContent } = await answered(t, "tools/call", { name: "undeclared" })
      const support = { any: [1, 2], object: { result: [1, 2] }, false: undefined }
      expect([content, structuredContent]).toEqual([
        [{ type: "text", text: "[1,2]" }],
        support[`${row.structuredContent}`],
      ])
    })

    it("is output of which only data was given, as text where there is no place for data", async () => {
      const { content, structuredContent } = await answered(t, "tools/call", { name: "silent" })
      const data = { found: 3 }
      expect([content, structuredContent]).toEqual(
        row.structuredContent === false
          ? [[{ type: "text", text: JSON.stringify(data) }], undefined]
          : [[], data],
      )
    })

    it("is how far a call is", async () => {
      const { client, sent } = await visit(t, { onProgress: () => undefined })
      await client.callTool("speaks")
      const { params } = sent.find(({ method }) => method === "notifications/progress")?.message ?? {}
      expect(params).toEqual({
        progressToken: expect.anything(),
        progress: 1,
        total: 2,
        ...kept(row.progressMessage, { message: "half" }),
      })
    })

    it("is what went wrong", async () => {
      const { client, sent } = await visit(t)
      await Promise.allSettled([
        client.callTool("nobody"),
        client.getPrompt("nobody"),
        client.getPrompt("everything"),
        client.readResource("docs://nowhere"),
      ])
      const codes = sent
        .filter(({ kind }) => kind === "error")
        .map(({ message }) => (message.error as Fields).code)
      expect(codes).toEqual([-32602, -32602, -32602, row.resourceNotFound])
    })
  },
  { over: [memory] },
)

/** Whether optional arguments say that they are. */
async function optional(t: EraTools): Promise<object> {
  const { arguments: args } = await listed(t, "prompts", "everything")
  const { required } = (args as readonly Fields[])[1] ?? {}
  expect(required ?? false).toBe(false)
  return required === undefined ? {} : { required }
}

function fits(schema: unknown, value: unknown): boolean {
  // What a server lists is a schema.
  return new Ajv2020({ strict: false }).compile(schema as object)(value)
}

import { expect, it, onTestFinished, vi } from "vitest"
import { memory } from "../../examples/storage-bridges.ts"
import { credentials, startDynamodb } from "../support/dynamodb.ts"
import { callForText, connect } from "./example.ts"

it("storage-bridges.ts keeps a greeting", async () => {
  expect(await memory.get("greeting")).toMatchObject({ value: "hello" })
})

it("storage-dynamodb.ts counts visits", async () => {
  const dynamodb = await startDynamodb()
  onTestFinished(() => dynamodb.stop())
  await dynamodb.createTable("fleetmcp")
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.endpoint)
  vi.stubEnv("AWS_ACCESS_KEY_ID", credentials.accessKeyId)
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { default: mcp } = await import("../../examples/storage-dynamodb.ts")
  onTestFinished(() => mcp.close())
  const client = await connect(mcp)
  expect(await callForText(client, "visit")).toBe("1")
  expect(await callForText(client, "visit")).toBe("2")
})

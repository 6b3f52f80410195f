import type {
  ALBEvent,
  ALBHandler,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  Context,
  LambdaFunctionURLHandler,
} from "aws-lambda"
import { type LambdaResult, lambda } from "fleetmcp/http/lambda"
import { expect, it } from "vitest"
import { callTool } from "../http/messages.ts"
import { makeServer } from "../runtimes/fixtures/components.ts"

const handler = lambda(makeServer())

/** What the types of each platform want of a handler, ours is. */
export const handlers: readonly [
  APIGatewayProxyHandlerV2<LambdaResult>,
  APIGatewayProxyHandler,
  ALBHandler,
  LambdaFunctionURLHandler<LambdaResult>,
] = [handler, handler, handler, handler]

const add = callTool("add", { a: 1, b: 2 })
// Requests of `messages.ts` have texts for bodies, and leave no header out.
const headers = { ...(add.headers as Record<string, string>), host: "id.execute-api.example" }
const body = add.body as string

const v2: APIGatewayProxyEventV2 = {
  version: "2.0",
  routeKey: "$default",
  rawPath: "/prod/mcp",
  rawQueryString: "",
  headers,
  requestContext: {
    accountId: "1",
    apiId: "id",
    domainName: "id.execute-api.example",
    domainPrefix: "id",
    http: { method: "POST", path: "/prod/mcp", protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "x" },
    requestId: "1",
    routeKey: "$default",
    stage: "prod",
    time: "23/Nov/2026:00:00:00 +0000",
    timeEpoch: 0,
  },
  body,
  isBase64Encoded: false,
}

const v1: Omit<APIGatewayProxyEvent, "requestContext"> & {
  readonly requestContext: Partial<APIGatewayProxyEvent["requestContext"]>
} = {
  resource: "/{proxy+}",
  httpMethod: "POST",
  path: "/mcp",
  headers,
  multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: { proxy: "mcp" },
  stageVariables: null,
  requestContext: {
    stage: "prod",
    path: "/prod/mcp",
    domainName: "id.execute-api.example",
    httpMethod: "POST",
  },
  body,
  isBase64Encoded: false,
}

const alb: ALBEvent = {
  requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/mcp/1" } },
  httpMethod: "POST",
  path: "/mcp",
  queryStringParameters: {},
  headers,
  body: Buffer.from(body).toString("base64"),
  isBase64Encoded: true,
}

it.each([
  ["an HTTP API with a stage", v2],
  ["a REST API", v1],
  ["a load balancer", alb],
])("answers the event of %s, as its types have it", async (_, event) => {
  // All that is asked of it.
  const context = { getRemainingTimeInMillis: () => 30_000 } as Context
  const { statusCode, body: text } = await handler(event, context)
  expect([statusCode, JSON.parse(text).result.structuredContent]).toEqual([200, 3])
})

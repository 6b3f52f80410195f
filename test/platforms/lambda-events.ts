import type { HttpRequest } from "../http/messages.ts"

const host = "id.lambda-url.example"

/** How each of what calls functions says a request. */
export const events: { readonly [sender: string]: (request: HttpRequest) => object } = {
  "an HTTP API or a function URL": ({ method = "GET", path = "/mcp", headers, body }) => ({
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: { host, ...headers },
    requestContext: { stage: "$default", domainName: host, http: { method, path } },
    ...(body === undefined ? undefined : { body }),
    isBase64Encoded: false,
  }),
  "a REST API": ({ method = "GET", path = "/mcp", headers, body }) => ({
    resource: "/{proxy+}",
    httpMethod: method,
    path,
    headers: { Host: host, ...headers },
    multiValueHeaders: listsOf({ Host: host, ...headers }),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext: { stage: "prod", path: `/prod${path}`, domainName: host },
    body: body === undefined ? null : Buffer.from(body as string).toString("base64"),
    isBase64Encoded: body !== undefined,
  }),
  "a load balancer": ({ method = "GET", path = "/mcp", headers, body = "" }) => ({
    httpMethod: method,
    path,
    headers: { host, "x-forwarded-proto": "https", ...headers },
    queryStringParameters: {},
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu:1:targetgroup/t/1" } },
    body,
    isBase64Encoded: false,
  }),
}

function listsOf(headers: object): object {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
}

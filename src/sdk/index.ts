// The official SDK

export type { SdkAuthInfo } from "./sdk-context.ts"
export type { SdkServer } from "./sdk-server.ts"
export { type SdkOptions, serveInSdk } from "./serve-in-sdk.ts"

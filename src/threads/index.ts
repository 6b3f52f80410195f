export { type ThreadPool, type ThreadRunOptions, threadPool } from "./thread-pool.ts"
export type { ThreadPoolOptions } from "./thread-pool-options.ts"
export {
  type ThreadContext,
  type ThreadFunctions,
  type ThreadTask,
  type ThreadWork,
  threadWork,
} from "./thread-work.ts"

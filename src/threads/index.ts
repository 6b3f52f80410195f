export { type ThreadPool, type ThreadPoolOptions, type ThreadRunOptions, threadPool } from "./thread-pool.ts"
export {
  type ThreadContext,
  type ThreadFunctions,
  type ThreadTask,
  type ThreadWork,
  threadWork,
} from "./thread-work.ts"

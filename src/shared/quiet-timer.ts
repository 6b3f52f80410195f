type Handle = { readonly unref?: () => void } | number

/** Calls `run` once after so many milliseconds, unless what is returned is called; keeps no process for it. */
export function quietTimeout(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms)
  release(timer)
  return () => clearTimeout(timer)
}

/** Calls `run` every so many milliseconds until what is returned is called; keeps no process for it. */
export function quietInterval(run: () => void, ms: number): () => void {
  const timer = setInterval(run, ms)
  release(timer)
  return () => clearInterval(timer)
}

/** Lets a process end though a timer runs. */
export function release(timer: Handle): void {
  // Where timers are numbers, nothing is held.
  if (typeof timer === "object") timer.unref?.()
}

/** Does the main job of the package once: a server, started and called by a real client. */
console.log("There is no demo yet.")

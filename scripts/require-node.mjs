// Stops an npm script that runs on a Node too old for the sources, and names the remedy.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Portcullis's scripts need Node 22.18 or newer, and this is ${process.versions.node}: run "npm ci" without --ignore-scripts, so that the pinned Node of node_modules is installed.`,
  )
  process.exit(1)
}

// Memory per idle connection of the dialing side: memory.mjs ADDRESS [--count=1000]. A line is `open` (opens them) or
// `read`; both answer with the resident memory. Needs --expose-gc.
import { makeNode, multiaddr, parseArguments, serveLines, settledMemory } from './driver.mjs'

const options = parseArguments()
const address = multiaddr(options._[0])
const node = await makeNode({ identify: false })
const open = []
async function dial (count) {
  for (let i = 0; i < count; i++) open.push(await node.dial(address, { force: true }))
}

await dial(50) // warm-up
await serveLines(async line => {
  if (line.trim() === 'open') await dial(Number(options.count ?? 1000))
  return { value: await settledMemory(), unit: 'bytes', connections: node.getConnections().length }
})

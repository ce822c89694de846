// New connections per second, each with its first ping, then closed: connect.mjs ADDRESS [--dialers=8] [--count=200].
// Each dialer is a node of its own: js-libp2p joins simultaneous dials to one peer.
import { PING, makeNode, median, multiaddr, parseArguments, pingOnce, serveLines } from './driver.mjs'

const options = parseArguments()
const address = multiaddr(options._[0])
const count = Number(options.count ?? 200)
const nodes = await Promise.all(Array.from({ length: Number(options.dialers ?? 8) }, () => makeNode({ identify: false })))

async function once (node) {
  const start = performance.now()
  const connection = await node.dial(address, { force: true })
  const stream = await connection.newStream(PING)
  await pingOnce(stream, stream[Symbol.asyncIterator](), crypto.getRandomValues(new Uint8Array(32)))
  const milliseconds = performance.now() - start
  stream.abort(new Error('measured'))
  await connection.close()
  return milliseconds
}

async function measure (total) {
  let left = total
  const times = []
  const start = performance.now()
  await Promise.all(nodes.map(async node => { while (left-- > 0) times.push(await once(node)) }))
  return { value: total / (performance.now() - start) * 1000, unit: 'connections/s', medianMilliseconds: median(times) }
}

await measure(100) // warm-up
await serveLines(() => measure(count))

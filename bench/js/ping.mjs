// Round trips of 32 bytes per second on one stream: ping.mjs ADDRESS [--seconds=3].
import { PING, makeNode, median, multiaddr, parseArguments, pingOnce, serveLines } from './driver.mjs'

const options = parseArguments()
const seconds = Number(options.seconds ?? 3)
const node = await makeNode({ identify: false })
const connection = await node.dial(multiaddr(options._[0]))
const data = crypto.getRandomValues(new Uint8Array(32))

// A stream for each measurement: the js listener resets one that is idle for long.
async function measure (duration) {
  const stream = await connection.newStream(PING)
  const replies = stream[Symbol.asyncIterator]()
  const times = []
  const start = performance.now()
  for (let now = start; now - start < duration * 1000;) {
    await pingOnce(stream, replies, data)
    const then = now
    now = performance.now()
    times.push(now - then)
  }
  const value = times.length / (performance.now() - start) * 1000
  stream.abort(new Error('measured'))
  return { value, unit: 'round trips/s', medianMicroseconds: median(times) * 1000 }
}

await measure(1) // warm-up
await serveLines(() => measure(seconds))

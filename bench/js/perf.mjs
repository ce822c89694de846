// Bytes per second of one stream: perf.mjs ADDRESS [--bytes=1073741824]. A line is `up` or `down`.
import { makeNode, measurePerf, multiaddr, parseArguments, serveLines } from './driver.mjs'

const options = parseArguments()
const bytes = Number(options.bytes ?? 2 ** 30)
const node = await makeNode({ identify: false })
const connection = await node.dial(multiaddr(options._[0]))
await measurePerf(connection, bytes / 4, bytes / 4) // warm-up
await serveLines(async line => {
  const up = line.trim() !== 'down'
  const result = await measurePerf(connection, up ? bytes : 0, up ? 0 : bytes)
  // A download is timed from its request, so both directions count the same things.
  return { value: bytes / 1e6 / (result.upSeconds + result.downSeconds), unit: 'MB/s' }
})

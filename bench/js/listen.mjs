// A listener that serves ping and perf. First line: its address. Then one line of resident memory per line on stdin.
import { makeNode, print, serveLines, servePerf, settledMemory } from './driver.mjs'

const node = await makeNode({ listen: ['/ip4/127.0.0.1/tcp/0'], identify: false })
await servePerf(node)
print({ address: node.getMultiaddrs()[0].toString() })
await serveLines(async () => ({ value: await settledMemory(), unit: 'bytes' }))

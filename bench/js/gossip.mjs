// Deliveries per second of signed messages between nodes of one process, each connected to all:
// gossip.mjs [--nodes=10] [--messages=300] [--size=1024] [--window=50]. A delivery is one message at one subscriber.
import { gossipsub, makeNode, parseArguments, serveLines, sleep } from './driver.mjs'

const options = parseArguments()
const count = Number(options.nodes ?? 10)
const messages = Number(options.messages ?? 300)
const size = Number(options.size ?? 1024)
const window = Number(options.window ?? 50)
const topic = 'bench'

const nodes = await Promise.all(Array.from({ length: count }, () => makeNode({
  listen: ['/ip4/127.0.0.1/tcp/0'],
  services: { pubsub: gossipsub({ allowPublishToZeroTopicPeers: true, emitSelf: false, floodPublish: false, globalSignaturePolicy: 'StrictSign' }) }
})))
for (const [i, node] of nodes.entries()) {
  for (const other of nodes.slice(0, i)) await node.dial(other.getMultiaddrs()[0])
}

let delivered = 0
let inFlight = 0
let progress = () => {}
const heard = new Map() // number of the message: how many have it
for (const node of nodes) {
  node.services.pubsub.subscribe(topic)
  node.services.pubsub.addEventListener('message', ({ detail }) => {
    const number = Buffer.from(detail.data.buffer, detail.data.byteOffset, 4).readUInt32BE()
    const times = (heard.get(number) ?? 0) + 1
    heard.set(number, times)
    delivered++
    if (times === count - 1) {
      heard.delete(number)
      inFlight--
      progress()
    }
  })
}

// Every node has heard of the others' subscriptions and has had two heartbeats to build its mesh.
while (nodes.some(node => node.services.pubsub.getSubscribers(topic).length < count - 1)) await sleep(100)
await sleep(2500)

let next = 0
// Until a message has reached everybody, or a moment has passed: one that is lost must not hang the measurement.
const moment = () => Promise.race([new Promise(resolve => { progress = resolve }), sleep(100)])

async function measure (total) {
  delivered = 0
  inFlight = 0
  const start = performance.now()
  for (let i = 0; i < total; i++) {
    while (inFlight >= window && performance.now() - start < 30_000) await moment()
    const data = Buffer.from(crypto.getRandomValues(new Uint8Array(size)))
    data.writeUInt32BE(next++)
    inFlight++
    await nodes[i % count].services.pubsub.publish(topic, data)
  }
  while (inFlight > 0 && performance.now() - start < 30_000) await moment()
  return { value: delivered / (performance.now() - start) * 1000, unit: 'deliveries/s', lost: total * (count - 1) - delivered }
}

await measure(Math.ceil(messages / 3)) // warm-up
await serveLines(() => measure(messages))

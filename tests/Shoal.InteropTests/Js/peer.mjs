// A js-libp2p peer for the interop tests: one JSON object of options as its argument, one JSON command per line on
// stdin, one JSON event per line on stdout. It ends when stdin ends, so it never outlives the test that started it.
//
// Options: those of makeNode in node.mjs, and pubsub ('gossipsub' or 'floodsub'), sign (false: StrictNoSign),
// mdns ({ interval, serviceTag }), chat (true: serve direct messages and files).
import { createHash, randomBytes } from 'node:crypto'
import readline from 'node:readline'
import { camp, fetchFile, sendDirect, serveChat } from './chat.mjs'
import {
  countAll, floodsub, gossipsub, makeNode, manyStreams, mdns, measurePerf, multiaddr, peerIdFromString, readAll, sendAll, servePerf
} from './node.mjs'

const out = (event, fields = {}) => process.stdout.write(JSON.stringify({ event, ...fields }) + '\n')
process.stdout.on('error', () => process.exit(0)) // nobody reads any more

const options = JSON.parse(process.argv[2] ?? '{}')
const signing = { emitSelf: false, globalSignaturePolicy: options.sign === false ? 'StrictNoSign' : 'StrictSign' }
const pubsubs = {
  gossipsub: () => gossipsub({ ...signing, allowPublishToZeroTopicPeers: true, fallbackToFloodsub: true }),
  floodsub: () => floodsub(signing)
}
const node = await makeNode({
  ...options,
  listen: options.listen ?? ['/ip4/127.0.0.1/tcp/0'],
  peerDiscovery: options.mdns ? [mdns(options.mdns)] : [],
  services: options.pubsub ? { pubsub: pubsubs[options.pubsub]() } : {}
})
const { pubsub } = node.services

// ---- what it tells
const describe = connection => ({
  peer: connection.remotePeer.toString(),
  addr: connection.remoteAddr.toString(),
  direction: connection.direction,
  security: connection.encryption,
  muxer: connection.multiplexer
})
node.addEventListener('connection:open', event => out('connect', describe(event.detail)))
node.addEventListener('connection:close', event => out('disconnect', describe(event.detail)))
node.addEventListener('peer:identify', ({ detail }) => out('identify', {
  peer: detail.peerId.toString(),
  agent: detail.agentVersion,
  protocolVersion: detail.protocolVersion,
  protocols: detail.protocols,
  listenAddrs: detail.listenAddrs.map(String),
  observedAddr: detail.observedAddr?.toString(),
  signedPeerRecord: detail.signedPeerRecord != null
}))
node.addEventListener('peer:update', ({ detail }) => out('update', { peer: detail.peer.id.toString(), protocols: detail.peer.protocols }))
node.addEventListener('peer:discovery', ({ detail }) => out('discovery', { peer: detail.id.toString(), addrs: detail.multiaddrs.map(String) }))
pubsub?.addEventListener('subscription-change', ({ detail }) => {
  for (const { topic, subscribe } of detail.subscriptions) out('subscription', { peer: detail.peerId.toString(), topic, subscribe })
})
pubsub?.addEventListener('message', ({ detail }) => {
  const data = Buffer.from(detail.data)
  out('message', { topic: detail.topic, from: detail.from?.toString(), signed: detail.type === 'signed', text: data.toString(), base64: data.toString('base64') })
})

// ---- what it serves beside ping, identify and pubsub
const serve = (protocol, handler) => node.handle(protocol, async (stream, connection) => {
  try { await handler(stream, connection) } catch (error) {
    out('streamError', { protocol, name: error.name, message: error.message })
    stream.abort(error)
  }
}, manyStreams)

// Sends everything back as it comes, and closes when the other side did.
await serve('/echo/1.0.0', async stream => {
  for await (const piece of stream) if (!stream.send(piece)) await stream.onDrain()
  await stream.close()
})
// Answers only after the other side's end: how much came, and its SHA-256. Needs half-close to work.
await serve('/test/digest', async stream => {
  const all = await readAll(stream)
  stream.send(Buffer.from(`${all.length} ${createHash('sha256').update(all).digest('hex')}`))
  await stream.close()
})
// Resets the stream after its first bytes.
await serve('/test/reset', async stream => {
  for await (const piece of stream) { if (piece.byteLength > 0) break }
  stream.abort(new Error('as the test wants'))
})
// Says that it is there, and tells how the stream ended.
await serve('/test/watch', async stream => {
  stream.send(Buffer.from('!'))
  try {
    out('watched', { end: 'closed', bytes: await countAll(stream) })
    await stream.close()
  } catch (error) {
    out('watched', { end: 'reset', name: error.name })
  }
})
await servePerf(node)
const files = new Map()
if (options.chat) await serveChat(node, files, out)

// ---- what it does on command
const target = ({ addr, peer }) => addr ? multiaddr(addr) : peerIdFromString(peer)
const dial = command => node.dial(target(command), command.force ? { force: true } : {})

async function echoOnce (connection, bytes) {
  const stream = await connection.newStream('/echo/1.0.0')
  const sent = randomBytes(bytes)
  const [back] = await Promise.all([readAll(stream), sendAll(stream, sent).then(() => stream.close())])
  if (!back.equals(sent)) throw new Error(`echo: sent ${bytes} bytes, got ${back.length} or others back`)
}

const commands = {
  info: async () => ({ addrs: node.getMultiaddrs().map(String), connections: node.getConnections().map(describe) }),
  dial: async command => describe(await dial(command)),
  hangup: async command => node.hangUp(target(command)),
  ping: async command => {
    const milliseconds = []
    for (let i = 0; i < (command.n ?? 1); i++) milliseconds.push(await node.services.ping.ping(target(command)))
    return { milliseconds }
  },
  echo: async ({ bytes, streams = 1, ...command }) => {
    const connection = await dial(command)
    await Promise.all(Array.from({ length: streams }, () => echoOnce(connection, bytes)))
  },
  perf: async ({ up = 0, down = 0, ...command }) => measurePerf(await dial(command), up, down),
  // Writes, closes its direction, and gives what came back until the other side's end.
  ask: async ({ protocol, text, ...command }) => {
    const stream = await (await dial(command)).newStream(protocol)
    stream.send(Buffer.from(text))
    await stream.close()
    return { text: (await readAll(stream)).toString() }
  },
  // Writes, and resets as soon as something came back.
  reset: async ({ protocol, text, ...command }) => {
    const stream = await (await dial(command)).newStream(protocol)
    stream.send(Buffer.from(text))
    for await (const piece of stream) { if (piece.byteLength > 0) break }
    stream.abort(new Error('as the test wants'))
  },
  handle: async ({ protocol }) => serve(protocol, stream => stream.close()),
  subscribe: async ({ topic }) => pubsub.subscribe(topic),
  unsubscribe: async ({ topic }) => pubsub.unsubscribe(topic),
  subscribers: async ({ topic }) => ({ peers: pubsub.getSubscribers(topic).map(String), mesh: pubsub.getMeshPeers?.(topic) ?? [] }),
  // One message, or `count` of them: text-0, text-1, …
  publish: async ({ topic, text, count, base64 }) => {
    let recipients = []
    for (let i = 0; i < (count ?? 1); i++) {
      const data = base64 ? Buffer.from(base64, 'base64') : Buffer.from(count ? `${text}-${i}` : text)
      recipients = (await pubsub.publish(topic, data)).recipients.map(String)
    }
    return { recipients }
  },
  direct: async ({ text, ...command }) => sendDirect(await dial(command), text),
  offerFile: async ({ file, base64 }) => { files.set(file, Buffer.from(base64, 'base64')) },
  fetchFile: async ({ file, ...command }) => ({ base64: (await fetchFile(await dial(command), file)).toString('base64') }),
  campSay: async ({ topic, text }) => { await pubsub.publish(topic, camp.message(text)) },
  campName: async ({ topic, name }) => { await pubsub.publish(topic, camp.name(name)) },
  campRead: async ({ base64 }) => camp.read(Buffer.from(base64, 'base64'))
}

async function run (line) {
  const { call, cmd, ...command } = JSON.parse(line)
  try {
    if (!commands[cmd]) throw new Error(`no command ${cmd}`)
    out('result', { call, ...await commands[cmd](command) })
  } catch (error) {
    out('error', { call, name: error.name, message: error.message })
  }
}

out('ready', { peer: node.peerId.toString(), addrs: node.getMultiaddrs().map(String), protocols: node.getProtocols() })
const input = readline.createInterface({ input: process.stdin })
input.on('line', run)
input.on('close', async () => {
  setTimeout(() => process.exit(0), 2000).unref() // a goodbye may not take longer
  await node.stop()
  process.exit(0)
})

// Makes js-libp2p nodes for the interop tests and for the comparison in bench/.
import './polyfill.mjs'
import { createLibp2p } from 'libp2p'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
export { multiaddr } from '@multiformats/multiaddr'
export { gossipsub } from '@libp2p/gossipsub'
export { floodsub } from '@libp2p/floodsub'
export { mdns } from '@libp2p/mdns'
export { peerIdFromString } from '@libp2p/peer-id'

// js-libp2p's own limits are made for the public network: five inbound connections per second and host, two ping
// streams per peer, a monitor that pings. `defaults: true` keeps them, all else runs without.
const unlimited = {
  connectionManager: { maxConnections: 1e6, inboundConnectionThreshold: 1e9, maxIncomingPendingConnections: 1e6, maxParallelDials: 1000 },
  connectionMonitor: { enabled: false }
}
export const manyStreams = { maxInboundStreams: 1e6, maxOutboundStreams: 1e6 }

// noise that neither offers nor takes the muxer inside the handshake, as peers did before that extension
const noiseWithoutMuxer = () => components => {
  const plain = noise()(components)
  for (const name of ['secureInbound', 'secureOutbound']) {
    const secure = plain[name].bind(plain)
    plain[name] = (connection, options) => secure(connection, { ...options, skipStreamMuxerNegotiation: true })
  }
  return plain
}

async function makeKey ({ seed, keyType = 'Ed25519' }) {
  if (seed == null) return generateKeyPair(keyType, keyType === 'RSA' ? 2048 : undefined)
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(0, seed, true)
  return generateKeyPairFromSeed('Ed25519', bytes)
}

// Options: listen (multiaddrs), seed (Ed25519 from a number), keyType, defaults, identify, earlyMuxer, services, peerDiscovery.
export async function makeNode (options = {}) {
  return createLibp2p({
    privateKey: await makeKey(options),
    addresses: { listen: options.listen ?? [] },
    transports: [tcp()],
    connectionEncrypters: [options.earlyMuxer === false ? noiseWithoutMuxer() : noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    ...(options.defaults ? {} : unlimited),
    peerDiscovery: options.peerDiscovery ?? [],
    services: {
      ping: ping(options.defaults ? {} : manyStreams),
      ...(options.identify === false ? {} : { identify: identify(), identifyPush: identifyPush() }),
      ...options.services
    }
  })
}

// Sends all of the bytes, waiting where the stream asks to.
export async function sendAll (stream, bytes, piece = 65536) {
  for (let at = 0; at < bytes.byteLength; at += piece) {
    if (!stream.send(bytes.subarray(at, at + piece))) await stream.onDrain()
  }
}

// Sends `count` bytes of no meaning.
export async function sendZeros (stream, count, piece = 65536) {
  const block = new Uint8Array(piece)
  for (; count > 0; count -= piece) {
    if (!stream.send(count >= piece ? block : block.subarray(0, count))) await stream.onDrain()
  }
}

// Everything until the peer's end of stream.
export async function readAll (stream) {
  const all = []
  for await (const piece of stream) all.push(Buffer.from(piece.subarray()))
  return Buffer.concat(all)
}

// Number of bytes until the peer's end of stream.
export async function countAll (stream) {
  let count = 0
  for await (const piece of stream) count += piece.byteLength
  return count
}

export const PERF = '/perf/1.0.0'

// libp2p specification, perf: 8 bytes big-endian "send me n", an upload until its end, then n bytes back.
export async function servePerf (node) {
  await node.handle(PERF, async stream => {
    try {
      const head = Buffer.alloc(8)
      let seen = 0
      for await (const piece of stream) {
        if (seen < 8) Buffer.from(piece.subarray()).copy(head, seen, 0, 8 - seen)
        seen += piece.byteLength
      }
      if (seen < 8) throw new Error(`perf request of ${seen} bytes`)
      await sendZeros(stream, Number(head.readBigUInt64BE()))
      await stream.close()
    } catch (error) {
      stream.abort(error)
    }
  }, manyStreams)
}

// One measurement: seconds from the first byte until the peer had the upload, and from then until the download was here.
export async function measurePerf (connection, up, down) {
  const stream = await connection.newStream(PERF)
  const head = Buffer.alloc(8)
  head.writeBigUInt64BE(BigInt(down))
  const start = performance.now()
  stream.send(head)
  await sendZeros(stream, up)
  await stream.close()
  const sent = performance.now()
  const downloaded = await countAll(stream)
  const end = performance.now()
  return down > 0 ? { upSeconds: (sent - start) / 1000, downSeconds: (end - sent) / 1000, downloaded } : { upSeconds: (end - start) / 1000, downSeconds: 0, downloaded }
}

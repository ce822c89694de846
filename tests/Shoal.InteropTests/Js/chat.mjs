// The chat formats that the tests speak: universal-connectivity and IPFS Camp 2019. Protobuf by hand: fields are few and small.
import { manyStreams, readAll } from './node.mjs'

export const DIRECT = '/universal-connectivity/dm/1.0.0'
export const FILE = '/universal-connectivity-file/1'

// ---- protobuf, as much of it as these messages need
function varint (value) {
  const bytes = []
  for (value = BigInt(value); value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128)
  return Buffer.from([...bytes, Number(value)])
}
const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)])
const bytes = (field, value) => { const body = Buffer.from(value); return Buffer.concat([varint(field << 3 | 2), varint(body.length), body]) }
const prefixed = body => Buffer.concat([varint(body.length), body])

function readVarint (buffer, at) {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    if (at >= buffer.length || shift > 63n) throw new Error('bad varint')
    const byte = buffer[at++]
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return [value, at]
  }
}

// {field number: value}; the last of repeated fields wins
function readFields (buffer) {
  const fields = {}
  for (let at = 0; at < buffer.length;) {
    let key, value
    [key, at] = readVarint(buffer, at)
    ;[value, at] = readVarint(buffer, at)
    if ((key & 7n) === 2n) {
      const end = at + Number(value)
      if (end > buffer.length) throw new Error('field beyond the end')
      value = buffer.subarray(at, end)
      at = end
    } else if ((key & 7n) !== 0n) throw new Error(`wire type ${key & 7n}`)
    fields[Number(key >> 3n)] = value
  }
  return fields
}

function readPrefixed (buffer) {
  const [length, at] = readVarint(buffer, 0)
  if (at + Number(length) > buffer.length) throw new Error('frame cut short')
  return buffer.subarray(at, at + Number(length))
}

// Reads until one length-prefixed frame is here; the other side may keep its direction open.
async function readFrame (stream) {
  let seen = Buffer.alloc(0)
  for await (const piece of stream) {
    seen = Buffer.concat([seen, piece.subarray()])
    try { return readPrefixed(seen) } catch { }
  }
  throw new Error(`stream ended after ${seen.length} bytes, inside a frame`)
}

// ---- universal-connectivity
const metadata = () => bytes(1, Buffer.concat([bytes(1, '0.0.1'), number(2, Date.now())]))

export async function serveChat (node, files, out) {
  await node.handle(DIRECT, async (stream, connection) => {
    try {
      const request = readFields(await readFrame(stream))
      out('direct', { peer: connection.remotePeer.toString(), text: request[2].toString(), type: request[3]?.toString(), version: readFields(request[1])[1].toString() })
      stream.send(prefixed(Buffer.concat([metadata(), number(2, 200)])))
      await stream.close()
    } catch (error) {
      stream.abort(error)
    }
  }, manyStreams)
  await node.handle(FILE, async stream => {
    try {
      const id = (await readFrame(stream)).toString()
      stream.send(prefixed(files.get(id) ?? Buffer.alloc(0)))
      await stream.close()
    } catch (error) {
      stream.abort(error)
    }
  }, manyStreams)
}

export async function sendDirect (connection, text) {
  const stream = await connection.newStream(DIRECT)
  stream.send(prefixed(Buffer.concat([metadata(), bytes(2, text), bytes(3, 'text/plain')])))
  const answer = readFields(await readFrame(stream))
  await stream.close()
  return { status: Number(answer[2] ?? 0), hasMetadata: answer[1] != null }
}

export async function fetchFile (connection, id) {
  const stream = await connection.newStream(FILE)
  stream.send(prefixed(Buffer.from(id)))
  const body = readPrefixed(await readAll(stream))
  await stream.close()
  return body
}

// ---- IPFS Camp 2019, course B
export const camp = {
  message: text => Buffer.concat([number(1, 0), bytes(2, Buffer.concat([bytes(1, text), number(2, Date.now()), bytes(3, Math.random().toString(36).slice(2))]))]),
  name: handle => Buffer.concat([number(1, 1), bytes(3, bytes(1, handle))]),

  // { text, created, messageId } or { name }; throws where a required field is missing
  read (buffer) {
    const request = readFields(buffer)
    if (request[1] == null) throw new Error('required field type is missing')
    if (request[1] === 1n) return { name: readFields(request[3])[1].toString() }
    const sent = readFields(request[2])
    for (const field of [1, 2, 3]) if (sent[field] == null) throw new Error(`required field ${field} of SendMessage is missing`)
    return { text: sent[1].toString(), created: Number(sent[2]), messageId: sent[3].toString() }
  }
}

// What all measuring programs share. Each measures once per line on stdin, and answers with one line of JSON:
// { value, unit, … }. The one that drives them decides the order, so that two programs can be measured in turn.
import readline from 'node:readline'
export * from '../../tests/Shoal.InteropTests/Js/node.mjs'

export const PING = '/ipfs/ping/1.0.0'

export const print = value => process.stdout.write(JSON.stringify(value) + '\n')

// --name=value and positional arguments
export function parseArguments (argv = process.argv.slice(2)) {
  const options = { _: [] }
  for (const argument of argv) {
    const named = /^--([a-z-]+)=(.*)$/.exec(argument)
    if (named) options[named[1]] = named[2]
    else options._.push(argument)
  }
  return options
}

// Runs `measure(line)` for each line, one after the other; ends with stdin.
export async function serveLines (measure) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    try { print(await measure(line)) } catch (error) {
      print({ error: String(error?.stack ?? error) })
    }
  }
  process.exit(0)
}

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2
}

export const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

// Resident memory after what is garbage is gone. Needs --expose-gc.
export async function settledMemory () {
  for (let i = 0; i < 4; i++) {
    globalThis.gc()
    await sleep(300)
  }
  return process.memoryUsage().rss
}

// Sends 32 bytes and waits for them, on a stream's iterator.
export async function pingOnce (stream, replies, data) {
  stream.send(data)
  for (let got = 0; got < 32;) {
    const { value, done } = await replies.next()
    if (done) throw new Error('the ping stream ended')
    got += value.byteLength
  }
}

/** Brings files into a folder of media chunk by chunk and says each chunk after its answer. */
import { writeSync } from 'node:fs';
import { CHUNK_BYTES } from '../../src/lib/protocol/version.ts';
import { directoryMediaStore } from '../../src/lib/server/media/directory.ts';
import { madeFile } from './made-file.ts';

const [root = '', seed = '0', files = '0', order = 'up'] = process.argv.slice(2);
/** `ackEarly` answers before the bytes are there: the planted bug that the test must see. */
const early = process.env['PLANT'] === 'ackEarly';
const store = directoryMediaStore(root);
const say = (line: string) => writeSync(1, `${line}\n`);

async function bring(n: number): Promise<void> {
  const { sha, bytes } = madeFile(Number(seed), n);
  const key = { sha, bytes: bytes.length, by: 'one' };
  const chunks = [...Array(Math.ceil(bytes.length / CHUNK_BYTES)).keys()];
  if (order === 'down') chunks.reverse();
  for (const index of chunks) {
    const whole = bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    const half = Math.floor(whole.length / 2);
    if (early) say(`${n} ${index}`);
    // Every other chunk comes in two pieces.
    if ((n + index) % 2 === 0 && half > 4_096) {
      const first = { index, from: 0, bytes: whole.subarray(0, half) };
      const rest = { index, from: half, bytes: whole.subarray(half) };
      for (const piece of [first, rest]) {
        const put = await store.putPiece(key, piece);
        // The other process may just have ended this file and begun it anew.
        if (!put.ok && put.error !== 'GAP') throw new Error(put.error);
        if (put.ok && put.value) await store.forget(key);
      }
    } else {
      const put = await store.put(key, index, whole);
      if (!put.ok) throw new Error(put.error);
      if (put.value) await store.forget(key);
    }
    if (!early) say(`${n} ${index}`);
  }
}

for (let n = 0; files === '0' || n < Number(files); n++) await bring(n);

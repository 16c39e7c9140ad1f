/**
 * One of several processes that write into one database, with some writers each: exchanges of one
 * event until so many durable commits are done. Prints how many there were.
 *
 *     node tests/chaos/cursor-writer.ts NAME WRITERS COMMITS      DATA_DIR, DATABASE_URL
 */
import { browserClock } from '../../src/lib/tablet/browser.ts';
import { PROTOCOL_VERSION } from '../../src/lib/protocol/version.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { openBareStore, patiently, READER_PERSON } from './bare-store.ts';

/** Events of one case; then the next one begins. */
const CASE_EVENTS = 40;

const [name = 'w', loops = '1', count = '1'] = process.argv.slice(2);
const { deps, store, commits } = await openBareStore();
const until = commits() + Number(count);

async function write(writer: string): Promise<void> {
  const dv = browserClock.deviceId();
  let place = { id: '', salt: '' };
  for (let n = 0; commits() < until; n++) {
    const first = n % CASE_EVENTS === 0;
    if (first) place = { id: browserClock.caseId(), salt: browserClock.salt() };
    const now = browserClock.now();
    const t = first ? 'case.drafted' : 'visit.recorded';
    const event = {
      ...{ c: 0, ds: n + 1, id: browserClock.eventId(), t, v: 1, at: now },
      p: { said: `${writer} 第${n}条` },
    };
    const request = {
      ...{ proto: PROTOCOL_VERSION, build: 'cursor', schema: 1, dv, dsHi: n + 1, now },
      ...{ cursor: null, wit: null, wits: [], hist: [], cases: [place], events: [event] },
      ...{ media: [], feedBytesMax: 1 },
    };
    const done = await patiently(() => exchange(deps, READER_PERSON, request));
    if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no exchange');
    if (done.value.reply.results[0]?.s !== 'stored') throw new Error('not stored');
  }
}

await Promise.all(Array.from({ length: Number(loops) }, (_, n) => write(`${name}-${n}`)));
await store.close();
console.log(`done ${commits()}`);

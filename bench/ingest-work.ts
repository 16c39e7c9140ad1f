/**
 * What the tablets of the ingest measurement send, seeded and of our own making, in the peers' mix:
 * a case is one intake with some 270 Chinese characters said (1.2 KB as one JSON record) and three to
 * five follow-ups of some 60 characters. An intake is what 接单 writes of it: seven events.
 */
import { createHash } from 'node:crypto';
import { temporaryNoOf } from '../src/lib/domain/numbers.ts';
import type { EventId, Instant } from '../src/lib/domain/values.ts';
import { cleanText } from '../src/lib/protocol/canonical.ts';
import { toBase64Url } from '../src/lib/protocol/hash.ts';
import { nextId } from '../src/lib/protocol/ids.ts';
import type { WireEvent } from '../src/lib/protocol/sync.ts';
import { RANKS } from '../src/lib/protocol/v2/dictionary.ts';
import type { Entry } from '../src/lib/tablet/workspace-types.ts';
import { followUpOf, isIntake, takingOf, type WorkEvent, type Writer } from './workload.ts';

/** One event as it waits on a tablet: without device sequence, its case beside it. */
export interface Made extends Omit<WireEvent, 'c' | 'ds'> {
  readonly caseId: string;
  readonly salt: string;
}

const KINDS = ['note', 'transfer', 'visit', 'reply', 'evidence', 'mediation'] as const;
const SAID_CHARS = 270;
const LATER_CHARS = 60;
const START_MS = Date.parse('2026-06-01T00:00:00Z');
const MINUTE_MS = 60_000;

/** Mulberry32. */
function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Chance {
  private readonly next: () => number;
  private readonly seed: number;
  private ids = 0;
  constructor(seed: number) {
    this.seed = seed;
    this.next = seeded(seed);
  }
  int(below: number): number {
    return Math.floor(this.next() * below);
  }
  text(length: number): string {
    let text = '';
    // Frequent characters more often, as people speak.
    for (let i = 0; i < length; i++)
      text += RANKS[Math.floor(RANKS.length * this.next() ** 2)] ?? '';
    return text;
  }
  hex(bytes: number): string {
    return createHash('sha256')
      .update(String(this.next()))
      .digest('hex')
      .slice(0, 2 * bytes);
  }
  /** Counted: out of 32 random bits two of 100,000 ids are soon alike, and the county says so. */
  id(): string {
    const count = `id ${this.seed} ${this.ids++}`;
    return toBase64Url(createHash('sha256').update(count).digest().subarray(0, 16));
  }
}

function contents(chance: Chance, n: number): WorkEvent[] {
  const at = (minutes: number) => new Date(START_MS + (n * 20 + minutes) * MINUTE_MS).toISOString();
  const intake = {
    ...{ cat: chance.text(4), ch: chance.text(4), urg: chance.int(4) },
    who: {
      ...{ name: chance.text(3), age: 20 + chance.int(60) },
      ...{ tel: `138${String(10_000_000 + chance.int(89_999_999))}`, addr: chance.text(10) },
    },
    ...{ against: chance.text(6), gps: [chance.int(180), chance.int(90)] as const },
    text: chance.text(SAID_CHARS),
    files: [{ sha: chance.hex(16), kind: 'photo', size: 100_000 + chance.int(100_000) }],
  };
  const base = { case: String(n), id: chance.id() };
  const first: WorkEvent = { ...base, seq: 1, type: 'intake', at: at(0), data: intake };
  const later = Array.from({ length: 3 + chance.int(3) }, (_, i): WorkEvent => {
    const type = KINDS[chance.int(KINDS.length)] ?? 'note';
    const data = { st: chance.text(4), text: chance.text(LATER_CHARS) };
    return { ...base, seq: i + 2, type, at: at(i + 1), data };
  });
  return [first, ...later];
}

/** Every so many cases have a file named by the intake. */
const FILE_EVERY = 2;

function entriesOf(event: WorkEvent, writer: Numbered, of: { n: number; piece: string }): Entry[] {
  if (!isIntake(event)) return [followUpOf(event, writer)];
  const files = of.n % FILE_EVERY === 0 ? event.data.files : [];
  const plain = { ...event, data: { ...event.data, files } };
  const taking = takingOf(plain, writer, of.piece as EventId);
  const queryCode = String(100_000_000_000 + of.n);
  const numbers = { temporaryNumber: '', queryCode };
  const given = typeof taking.entries === 'function' ? taking.entries(numbers) : taking.entries;
  const form = { id: 'intake', version: 1 };
  const { areaCode, xfDate } = taking;
  const { agent, letter } = writer;
  const temporaryNo = temporaryNoOf({ village: areaCode, agent, letter, counter: of.n % 10_000 });
  const begun = { areaCode, channel: 'DL', xfDate, temporaryNo, form, declaredBy: 'A' };
  return [{ type: 'case.drafted', payload: begun }, ...given];
}

/** The writer with what his tablet's numbers are made of. */
export interface Numbered extends Writer {
  readonly agent: string;
  readonly letter: string;
}

export interface Wanted {
  readonly events: number;
  readonly seed: number;
  readonly writer: Numbered;
}

/** At least so many events of one tablet, in the order recorded; and the workload's own count. */
export function makeEvents({ events, seed, writer }: Wanted): { made: Made[]; contents: number } {
  const chance = new Chance(seed);
  const made: Made[] = [];
  let count = 0;
  for (let n = seed * 10_000; made.length < events; n++) {
    const [caseId, salt] = [chance.id(), chance.id()];
    for (const event of contents(chance, n)) {
      count++;
      let id = chance.id();
      const piece = chance.id();
      for (const entry of entriesOf(event, writer, { n, piece })) {
        const at = (entry.occurredAt ?? event.at) as Instant;
        const p = cleanText(JSON.parse(JSON.stringify(entry.payload)) as unknown);
        made.push({ caseId, salt, id: entry.id ?? id, t: entry.type, v: 1, at, p });
        id = nextId(id);
      }
    }
  }
  return { made, contents: count };
}

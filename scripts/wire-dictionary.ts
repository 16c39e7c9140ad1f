/**
 * `node scripts/wire-dictionary.ts > src/lib/protocol/v2/dictionary.ts`: makes the dictionary of
 * wire version 2 out of the domain's own words: the data files, one example of every event, intakes
 * as the form writes them, the shapes of request and answer. A dictionary that was ever shipped
 * never changes, both ends hold the same bytes: another one gets another number.
 */
import { readFileSync } from 'node:fs';
import { textKeyOf, type WordsPiece } from '../src/lib/domain/forms/intake-answers.ts';
import { takingFrom, type TakingContext } from '../src/lib/domain/forms/taking.ts';
import type { Answers } from '../src/lib/domain/intake-form.ts';
import { EXAMPLES } from '../src/lib/domain/testing/story.ts';
import { WORDS } from '../src/lib/domain/testing/examples-field.ts';
import type { ExchangeReply, ExchangeRequest, WireEvent } from '../src/lib/protocol/sync.ts';
import { replyTables, requestTables } from '../src/lib/protocol/v2/messages.ts';
import { nextId } from '../src/lib/protocol/ids.ts';
import { pack } from '../src/lib/protocol/v2/pack.ts';

const NUMBER = 1;
const WORDS_LETTERS = Number(process.env.LETTERS ?? 24_000);
const RANKS_MAX = 36 + 5 * 256;
const DATA = new URL('../src/lib/domain/data/', import.meta.url);
const FILES = ['sample-cases', 'state-machine', 'categories', 'departments', 'areas'];

/** Every string of a value, keys too. */
function strings(value: unknown, found: string[] = []): string[] {
  if (typeof value === 'string') found.push(value);
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) {
      if (!Array.isArray(value)) found.push(key);
      strings(member, found);
    }
  return found;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`${name}.json`, DATA), 'utf8')) as unknown;
const all = FILES.map(read);

/** Characters of the domain's words, the most frequent first; ties by code point. */
function ranks(): string {
  const counts = new Map<string, number>();
  for (const text of [...strings(all), ...strings(EXAMPLES)])
    for (const unit of text)
      if (unit.length === 1 && unit > '\u007f') counts.set(unit, (counts.get(unit) ?? 0) + 1);
  const order = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return order
    .slice(0, RANKS_MAX)
    .map(([unit]) => unit)
    .join('');
}

/** An id of 128 counted bits, so that every one is new. */
let made = 0;
const id = (): string =>
  Buffer.from(String((made += 1)).padStart(16, '0'), 'latin1').toString('base64url');
const sha = (): string => Buffer.from(id().repeat(2)).toString('hex').slice(0, 64);
const VILLAGE = '230278200201';
const AT = '2026-06-08T01:27:00.000Z';
const RECEIVED = '2026-06-08T02:00:00.000Z';

function intake(over: Answers, attachments: readonly unknown[]): WireEvent[] {
  const piece = { id: id(), verbatim: WORDS, tidy: '', audio: [], seconds: 0, gaps: [] };
  const pieces = [{ ...piece, startedAt: AT, endedAt: AT } as unknown as WordsPiece];
  const answers: Answers = { consent: 'YES', name: '周桂芹', words: { pieces }, ...over };
  const readback = {
    ...{ method: 'THUMB', at: AT, by: '王春生', evidence: [sha()], ownWish: true },
    ...{ understood: true, changesAsked: [], witness: { name: '赵桂兰', relation: '邻居' } },
    ...{ textKey: textKeyOf(answers), covers: [piece.id] },
  };
  const context = {
    ...{ agent: { personId: 'A01', name: '王春生', areaCode: VILLAGE }, today: '2026-06-08' },
    ...{ noticeVersion: 'A4-1', startedAt: AT, attachments, queryCode: '482160375519' },
    urgentReported: false,
  } as unknown as TakingContext;
  const entries = takingFrom({ ...answers, readback, ...(over.readback as object) }, context);
  const drafted = { type: 'case.drafted', payload: EXAMPLES['case.drafted'], id: id() };
  let last = '';
  return [drafted, ...entries].map(({ type, payload, id: given }, n) => {
    last = given ?? (last === '' ? id() : nextId(last));
    return { c: 0, ds: n + 1, id: last, t: type, v: 1, at: AT, p: payload };
  });
}

const photo = {
  ...{ sha256: sha(), bytes: 180_000, mime: 'image/jpeg', kind: 'photo', capturedAt: AT },
  class: 'P3',
};
const person = {
  ...{ groupName: '三屯', phoneType: 'OWN', phone: '13800000000', literacy: 'SOME' },
  ...{ prior: ['NO'], urgency: 'NORMAL', claims: ['把粪堆清走'], placeText: '东院墙外水井边' },
};
const INTAKES: readonly WireEvent[][] = [
  intake({ idNo: '230278195703120225', phoneType: 'NONE', literacy: 'NONE' }, [photo]),
  intake({ ...person, age: '57', respondentType: 'PERSON', respondentName: '于海' }, []),
  intake(
    {
      ...{ ...person, age: '57', respondentType: 'UNIT', respondentName: '村委会' },
      ...{ kind: '申诉求决', category: 'NY06', title: '院边粪堆挨着水井', priorWords: '没去过' },
    },
    [photo],
  ),
];

const request = (events: readonly WireEvent[]): ExchangeRequest => ({
  ...{ proto: 2, build: '0.1.0', schema: 1, dv: id(), dsHi: 7, now: AT },
  ...{ cursor: { epoch: id(), seq: 40, tag: id() }, wit: [41, id()], wits: [[41, id()]] },
  ...{ hist: [[40, id()]], cases: [{ id: id(), salt: id() }], events: [...events] },
  ...{ media: [], feedBytesMax: 262_144 },
  report: { unsent: 7, oldestUnsentAt: AT, storageLeftBytes: null, persisted: null },
});

const reply = (): ExchangeReply => {
  const [epoch, headTag, dv] = [id(), id(), id()];
  const actor = { code: 'A', personId: 'A01', name: '王春生', areaCode: VILLAGE };
  const fed = Object.entries(EXAMPLES).map(([t, p], n) => ({
    ...{ seq: n + 1, tag: id(), id: id(), caseId: id(), t, v: 1, at: AT, p, receivedAt: RECEIVED },
    ...{ offset: 0, actor, dv, ds: n + 1 },
  }));
  return {
    ...{ kind: 'exchange', epoch, head: 42, headTag, safe: 0, spreadSeconds: 120, minBuild: '0' },
    ...{ now: RECEIVED, results: [{ s: 'stored', id: id(), seq: 41, tag: id(), at: RECEIVED }] },
    ...{ dsLast: 7, receipt: id(), missing: [] },
    feed: {
      ...{ from: null, more: false, cursor: { epoch, seq: 42, tag: headTag } },
      rows: fed.slice(-40).map((event) => ({ k: 'event', event })),
    },
  };
};

/** Nearest to the end stands what a small message needs most: deflate reaches it cheapest. */
function words(): string {
  const examples = Object.entries(EXAMPLES).map(([t, p], n) => ({
    ...{ c: 0, ds: n + 1, id: id(), t, v: 1, at: AT, p },
  }));
  const field = strings(read('categories')).filter((text) => /[\u4e00-\u9fff]/.test(text));
  const parts = [
    [...new Set(field)].join('\0'),
    pack(replyTables(reply())).text,
    pack(requestTables(request(examples))).text,
    ...INTAKES.map((events) => pack(requestTables(request(events))).text),
  ];
  return parts.join('').slice(-WORDS_LETTERS);
}

const quoted = (text: string): string => {
  const lines = text.match(/[^]{1,80}/gu) ?? [];
  const escape = (line: string) =>
    JSON.stringify(line).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return lines.map((line) => `  '${escape(line)}',`).join('\n');
};
process.stdout.write(`/**
 * Dictionary of wire version 2, made by \`scripts/wire-dictionary.ts\` from the domain's own words.
 * Both ends hold the same bytes: it never changes, its hash is pinned in \`tests/protocol\`.
 */
export const DICTIONARY_NUMBER = ${NUMBER};

/** Characters by how often the domain's words have them, the most frequent first. */
export const RANKS = [
${quoted(ranks())}
].join('');

/** What deflate is shown before every message: shapes and words of a typical one. */
export const WORDS = [
${quoted(words())}
].join('');
`);

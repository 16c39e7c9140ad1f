/** What a person recorded whose right has ended (K10), through the exchange and carried by others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { subject } from '../../src/lib/domain/testing/offer.ts';
import type { Instant } from '../../src/lib/domain/values.ts';
import { recipientsOf } from '../../src/lib/protocol/county-keys.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import { newEnvelope, sealCopy } from '../../src/lib/protocol/sealed.ts';
import { slipAbroad } from '../../src/lib/protocol/slip.ts';
import type { CountyDeps } from '../../src/lib/server/sync/deps.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { takeSealed } from '../../src/lib/server/sync/sealed-intake.ts';
import { eventHashSync } from '../../src/lib/protocol/hash.ts';
import { textBytes } from '../../src/lib/protocol/bytes.ts';
import { trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { asked, id } from './scene.ts';

const [CONTACT, ENDED, LATE] = [
  ...([
    '2026-06-20T01:00:00.000Z',
    '2026-06-21T00:00:00.000Z',
    '2026-06-22T01:00:00.000Z',
  ] as const),
];
const A01 = subject('A01');
const gone = subject('A01', ENDED as Instant);
const A02 = subject('A02');
type Late = readonly [t: keyof typeof fieldExamples, at: string];
/** By name: before the end, after it, the request itself after it, said to be of before the contact. */
const LATER: readonly Late[] = [
  ['visit.recorded', '2026-06-20T12:00:00.000Z'],
  ['visit.recorded', '2026-06-21T12:00:00.000Z'],
  ['dictation.recorded', '2026-06-21T12:00:00.000Z'],
  ['dictation.recorded', '2026-06-19T12:00:00.000Z'],
];
let county: TrafficCounty;
let sync: CountyDeps<Subject>;
beforeAll(async () => {
  county = await trafficCounty();
  const { sync: real } = county.container;
  const sealed = real.sealed && {
    ...real.sealed,
    askerOf: async (personId: string) => (personId === gone.personId ? gone : A02),
  };
  sync = { ...real, ...(sealed ? { sealed } : {}) };
});
afterAll(() => county.close());

const wire = (name: string, ds: number, [t, at]: Late) => ({
  ...{ c: 0, ds, id: id(`${name}${ds}`), t, v: 1, at, p: fieldExamples[t] },
});
async function trade(who: Subject, name: string, more: Partial<Parameters<typeof asked>[0]>) {
  const now = county.now();
  const cases = [{ id: id(`case${name}`), salt: id(`salt${name}`) }];
  const done = await exchange(sync, who, asked({ dv: id(`dv${name}`), now, cases, ...more }));
  if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no exchange');
  return done.value.reply.results;
}
/** The case began while he was an agent, at the contact; the tablet says what it has taken by then. */
async function begun(name: string, dsHi = 1) {
  county.setClock(CONTACT);
  const first = wire(name, 1, ['case.drafted', '2026-06-19T01:00:00.000Z']);
  expect(await trade(A01, name, { dsHi, events: [first] })).toMatchObject([{ s: 'stored' }]);
  county.setClock(LATE);
}
const whatBecame = (results: readonly { s: string; rule?: string; code?: string }[]) =>
  results.map(({ s, rule, code }) => [s, rule ?? code ?? ''].join(' ').trim());
const JUDGED = ['stored', 'rejected REVOKED', 'stored K10', 'stored K10'];

describe('late work of a person whose right has ended', () => {
  it('[AU330] through the exchange: of before it stands, of after it waits, the request never; backdated is marked', async () => {
    await begun('X');
    const events = LATER.map((late, n) => wire('X', n + 2, late));
    expect(whatBecame(await trade(gone, 'X', { dsHi: 5, events }))).toEqual(JUDGED);
  });

  it('[AU330] carried by a colleague it is judged by the same, though its own tablet has no session', async () => {
    await begun('H');
    const envelope = await newEnvelope(recipientsOf(await county.container.keys.list()));
    const rows = await Promise.all(
      LATER.map(async ([t, occurredAt], n) => {
        const name = id(`H${n + 2}`);
        const place = { id: name, caseId: id('caseH'), type: t, v: 1 };
        const body = { ...place, occurredAt, payload: fieldExamples[t] };
        const salt = id('saltH');
        const h = eventHashSync(county.container.digest, salt, body as never);
        const bytes = textBytes(JSON.stringify({ body, salt, h }));
        const copy = await sealCopy(envelope, { kind: 'event', id: name }, bytes);
        return { dv: id('dvH'), ds: n + 2, id: name, copy: toBase64Url(copy) };
      }),
    );
    const taken = await takeSealed(sync, A02, { slips: [slipAbroad(envelope.slip)], rows });
    // Who carries hears no rule; the case has it.
    expect(whatBecame(taken?.answer.results ?? [])).toEqual([
      ...['stored', 'rejected REVOKED', 'stored', 'stored'],
    ]);
    const { store, county: name } = county.container;
    const log = await store.transact(name, (tx) => tx.eventsOf(id('caseH') as never, 1e9));
    const marks = log.filter(({ type }) => type === 'conflict.detected');
    expect(marks.map(({ payload }) => payload)).toMatchObject([
      { rule: 'K10', events: [id('H4')] },
      { rule: 'K10', events: [id('H5')] },
    ]);
  });

  it('[AU330] what the tablet said it had taken is not backdated; of one never heard of all is marked', async () => {
    await begun('S', 5);
    const one = (name: string) => [
      wire(name, 2, ['dictation.recorded', '2026-06-19T12:00:00.000Z']),
    ];
    expect(whatBecame(await trade(gone, 'S', { dsHi: 5, events: one('S') }))).toEqual(['stored']);
    const events = [{ ...one('N')[0], ds: 1, id: id('N1') }] as ReturnType<typeof one>;
    const cases = [{ id: id('caseS'), salt: id('saltS') }];
    expect(whatBecame(await trade(gone, 'N', { dsHi: 1, events, cases }))).toEqual(['stored K10']);
  });
});

import { describe, expect, it } from 'vitest';
import type { DeviceId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import type { DeviceRow } from '../../src/lib/ports/county-store.ts';
import { agentNumberKey } from '../../src/lib/server/sync/agent-number.ts';
import { COUNTY } from '../simulation/county.ts';
import { judgedCounty, sent, type JudgedCounty } from './judged-county.ts';

const VILLAGE = '230278200201';
const number = (agent: string, letter = 'A') => `临-${VILLAGE}-${agent}-${letter}-0007`;

/** A01 has number 1 and two tablets, A and B. */
async function enrolled(): Promise<JudgedCounty> {
  const county = await judgedCounty();
  const { now } = county.deps.clock;
  const tablet = (dv: string, letter: string): DeviceRow => ({
    ...{ dv: dv.padEnd(22, '_') as DeviceId, personId: 'A01' as PersonId, letter, lastDs: 0 },
    ...{ dsHi: 0, build: 't', enrolledAt: now() as Instant, lastSeenAt: now() as Instant },
    ...{ offsetSeconds: 0, report: null },
  });
  await county.deps.store.transact(COUNTY, (tx) =>
    tx.write({
      devices: [tablet('dvA', 'A'), tablet('dvB', 'B')],
      counters: [{ name: agentNumberKey('A01'), value: 1 }],
    }),
  );
  return county;
}
const begun = async (temporaryNo: string, county: Promise<JudgedCounty> = enrolled()) => {
  const here = await county;
  const reply = await here.push([sent('case.drafted', { temporaryNo })]);
  return { county: here, reply, file: await here.file() };
};

describe('temporary numbers', () => {
  it('[SY24] one of the sender’s own tablets counts, whichever it was made on', async () => {
    for (const letter of ['A', 'B'])
      expect((await begun(number('A01', letter))).file.numbers.temporaryNo).toBe(
        number('A01', letter),
      );
  });

  for (const foreign of [number('A02'), number('A01', 'C'), '临-1', 'A01'])
    it(`[SY24] ${foreign} of a foreign vault: the case is taken, the number is not`, async () => {
      const { county, reply, file } = await begun(foreign);
      expect(reply.results.map((r) => r.s)).toEqual(['stored']);
      expect(file.numbers.temporaryNo).toBeNull();
      expect(file.supplements).toMatchObject([
        {
          proposal: 'OPEN',
          payload: { changes: [{ field: 'temporaryNo', from: null, to: foreign }] },
        },
      ]);
      // Nothing said is lost, and the same push again changes nothing.
      expect(county.log().map((row) => row.type)).toEqual(['case.drafted', 'case.received']);
      const again = await county.push([sent('case.drafted', { temporaryNo: foreign })]);
      expect(again.results.map((r) => r.s)).toEqual(['dup']);
      expect(county.log().length).toBe(2);
    });

  it('[SY24] of a person without an enrolled tablet nothing is known and nothing is doubted', async () => {
    const { file } = await begun(number('A02'), judgedCounty());
    expect(file.numbers.temporaryNo).toBe(number('A02'));
  });

  it('[SY24] the office cannot adopt it by a slip of the hand', async () => {
    const { county, file } = await begun(number('A02'));
    const { evolve } = county.deps.judge;
    const corrected = county.log().map((row) => row.id);
    expect(corrected.length).toBe(2);
    const event = {
      ...county.log()[1]!,
      type: 'case.corrected',
      payload: { field: 'temporaryNo', from: null, to: number('A02'), reason: '采认' },
      stamp: { seq: 9, receivedAt: null, actor: file.timeline[0]!.actor, clockOffsetSeconds: 0 },
    };
    expect(evolve(file, event as never).numbers.temporaryNo).toBeNull();
  });
});

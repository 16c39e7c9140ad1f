/**
 * Somebody who reads ids that lie in clear on a tablet and is first at the county with something of
 * his own: the case under another salt, or the event in a case of his. S2 sees it when it joins the
 * log, S1 when the true one no longer can.
 */
import { caseIdOf, eventIdOf } from '../../src/lib/protocol/bound-ids.ts';
import { hurts, newId, pick, trueTime, upTo, type World } from './scene.ts';
import { asker, type SimTablet } from './sim-tablet.ts';

/** In these histories the ids are those that a tablet makes; in all others they can be read. */
const isBound = ({ faults, sealed, scripts }: World): boolean =>
  faults.squat > 0 && sealed === null && scripts.length === 0;

/** Id of a case that begins with this salt. */
export const newCaseId = (world: World, salt: string): string =>
  isBound(world) ? caseIdOf(salt) : newId(world, 'c');

/** Id of an event of this case, made of a new one. */
export const eventIdIn = (world: World, caseId: string, id: string): string =>
  isBound(world) ? eventIdOf(caseId, id) : id;

/** Now and then, with what one tablet has not sent yet. */
export async function squat(world: World, tablet: SimTablet): Promise<void> {
  if (!isBound(world) || !hurts(world, world.faults.squat)) return;
  const row = pick(world, tablet.disk.eventsIn('p'));
  if (row === undefined) return;
  const [dv, salt, own] = [newId(world, 't'), newId(world, 's'), newId(world, 'c')];
  const way = upTo(world, 3);
  const id = way === 2 ? newId(world, 'e') : row.id;
  const at = trueTime(world);
  world.say?.(`squat on ${way === 0 ? row.id : row.caseId}`);
  await world.county.handle(
    { asker: asker('thief'), node: 0, ends: 'none' },
    {
      ...{ proto: 1, build: 'sim', schema: 1, dv, dsHi: 1, now: at, cursor: null, wit: null },
      ...{ wits: [], hist: [], media: [], feedBytesMax: 0 },
      cases: [{ id: way === 0 ? own : row.caseId, salt }],
      events: [{ c: 0, ds: 1, id, t: 'case.drafted', v: 1, at, p: { words: '抢的', area: '0' } }],
    },
  );
}

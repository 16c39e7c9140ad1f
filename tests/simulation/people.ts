/** What people do while everything else goes wrong: agents on tablets, the office at the county. */
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { PersonId } from '../../src/lib/domain/values.ts';
import { cheat } from './flawed-tablet.ts';
import { addPhoto } from './photos.ts';
import { happens, hurts, newId, pick, tabletTime, trueTime, upTo, type World } from './scene.ts';
import { FULL } from './sim-judge.ts';
import { unlessLocked } from './sim-vault.ts';
import { eventIdIn, newCaseId } from './squatter.ts';
import { saveEvent, sealedSave, type Made, type SimTablet } from './sim-tablet.ts';
import type { Script } from './stories.ts';

export const OFFICE: Actor = { code: 'T', personId: 'town' as PersonId, name: '乡里' };
const ODD = [
  '合\ud83d\ude00影',
  '女\ud840\udc00',
  'e\u0301',
  '空\0字',
  '半\ud800个',
  '\u202e倒',
  '=1+1',
];

function deep(levels: number): unknown {
  let value: unknown = '底';
  for (let n = 0; n < levels; n++) value = { in: value };
  return value;
}

/** An event that the county cannot or will not take as it is. */
function badPayload(world: World): { readonly payload: unknown; readonly unclean: boolean } {
  const words = `坏${String(upTo(world, 1e6))}`;
  switch (upTo(world, 12)) {
    case 0:
      return { payload: { words, deep: deep(40) }, unclean: false };
    case 1:
      return { payload: { words: `${words}\ud800` }, unclean: true };
    case 2:
    case 3:
      return { payload: { words, poison: true }, unclean: false };
    case 4:
      return { payload: { words: '长'.repeat(30_000) }, unclean: false };
    default:
      return { payload: { words, bad: true }, unclean: false };
  }
}

function nextPlain(world: World, tablet: SimTablet): Made {
  // A locked vault reads nothing: what is taken then is a case of its own.
  const reads = tablet.safe === null || tablet.safe.state === 'open';
  const open = [...tablet.disk.cases.values()].filter(({ left }) => reads && left === 0);
  const old = happens(world, 0.6) ? pick(world, open) : undefined;
  const occurredAt = tabletTime(world, tablet);
  const made = { id: newId(world, 'e'), v: 1, occurredAt, unclean: false };
  const { revoked } = world.rights.get(tablet.owner.personId) ?? FULL;
  const refusable = revoked || world.faults.grants > 0;
  const odd = happens(world, world.faults.odd) ? pick(world, ODD) : '';
  const words = `话${String(upTo(world, 1e6))}${odd ?? ''}`;
  const lie = happens(world, world.faults.forge)
    ? { actor: { code: 'O', personId: 'chief', name: '局长' } }
    : {};
  if (old === undefined) {
    const payload = { words, area: String(upTo(world, 3)), ...lie };
    const salt = newId(world, 's');
    const caseId = newCaseId(world, salt);
    return {
      ...made,
      id: eventIdIn(world, caseId, made.id),
      caseId,
      salt,
      type: 'case.drafted',
      payload,
      refusable: false,
    };
  }
  const id = eventIdIn(world, old.id, made.id);
  const here = { ...made, id, caseId: old.id, salt: null, type: 'visit.recorded' };
  if (happens(world, world.faults.bad)) return { ...here, ...badPayload(world), refusable: true };
  if (world.faults.moves > 0 && happens(world, 0.03))
    return { ...here, type: 'agent.recused', payload: { words }, refusable };
  return { ...here, payload: { words, ...lie }, refusable };
}

/** Something of a later build, or of none: an unknown type, a shape that is not its type's. */
function strange(world: World, tablet: SimTablet, { caseId, field }: Script): Made {
  const like = pick(world, field);
  const words = `新${String(upTo(world, 1e6))}`;
  const made = { id: newId(world, 'e'), caseId, salt: null, unclean: false, refusable: true };
  const occurredAt = tabletTime(world, tablet);
  const [type, v] = [like?.type ?? 'visit.recorded', like?.v ?? 1];
  switch (upTo(world, 4)) {
    case 0:
      return { ...made, occurredAt, type: 'future.recorded', v: 1, payload: { words } };
    case 1:
      return { ...made, occurredAt, type, v: v + 1, payload: like?.payload };
    case 2:
      return { ...made, occurredAt, type, v, payload: { words, deep: deep(20) } };
    // The same act once more, under another id: the office acts on the case meanwhile.
    default:
      return { ...made, occurredAt, type, v, payload: like?.payload };
  }
}

/** The next line of a story that this agent has not written down yet. */
function nextTold(world: World, tablet: SimTablet): Made | null {
  const mine = world.scripts.filter(({ agent }) => agent.personId === tablet.owner.personId);
  const story = pick(world, mine);
  const here = pick(
    world,
    mine.filter(({ caseId }) => tablet.disk.cases.has(caseId)),
  );
  if (here !== undefined && happens(world, world.faults.bad)) return strange(world, tablet, here);
  const made = story?.field.find(({ id }) => !world.saved.has(id));
  if (made === undefined) return null;
  const known = tablet.disk.cases.has(made.caseId);
  return known === (made.salt === null) ? made : null;
}

/** Sealed now, written a moment later: what a power cut in between takes was never called saved. */
function cutAtSealing(world: World, tablet: SimTablet, made: Made): boolean {
  const { sealed, faults, time } = world;
  if (sealed === null || sealed.random() >= faults.cutSeal) return false;
  const { life } = tablet;
  const write = sealedSave(tablet, made);
  time.at(3, () => {
    const saved = tablet.life === life ? write() : null;
    if (saved !== null) world.saved.set(made.id, saved);
  });
  return true;
}

/** What a person does in a moment; a save that meets a lock is refused as a value. */
export function work(world: World, tablet: SimTablet): void {
  if (tablet.safe?.state !== 'closed') unlessLocked(() => worked(world, tablet));
}

function worked(world: World, tablet: SimTablet): void {
  const made = world.scripts.length > 0 ? nextTold(world, tablet) : nextPlain(world, tablet);
  if (made === null) return;
  if (cheat(world, tablet, made)) return;
  if (cutAtSealing(world, tablet, made)) return;
  const saved = saveEvent(tablet, made);
  if (saved === null) return;
  world.saved.set(made.id, saved);
  world.say?.(`${tablet.owner.name} saves ${made.id} ${made.type}`);
  if (world.scripts.length === 0 && world.faults.media > 0 && happens(world, 0.15))
    addPhoto(world, tablet, made.caseId);
  if (hurts(world, world.faults.again)) {
    const refused = pick(world, tablet.disk.eventsIn('q'));
    if (refused !== undefined) tablet.disk.offerAgain(refused.caseId);
  }
}

/** A case changes hands, is sealed or opened again. */
async function moveCase(world: World, kind: 'hand' | 'seal'): Promise<void> {
  const cases = [...new Set([...world.saved.values()].map(({ caseId }) => caseId))];
  const caseId = pick(world, cases);
  const to = pick(world, world.tablets)?.owner;
  if (caseId === undefined || to === undefined) return;
  const how = { caseId, actor: OFFICE, node: world.faults.nodes === 0 ? 0 : 1 };
  world.say?.(`the office: ${kind} ${caseId} to ${to.name}`);
  if (world.scripts.length > 0) {
    if (kind === 'hand') await world.county.act(how, [told(world, caseId, to.personId)]);
    return;
  }
  if (kind === 'hand')
    await world.county.act(how, [{ type: 'case.handed_over', payload: { to: to.personId } }]);
  else if (happens(world, 0.6)) await world.county.act(how, [{ type: 'case.sealed', payload: {} }]);
  else await world.county.act(how, [{ type: 'case.unsealed', payload: {} }]);
}

/** A hand-over in the words of the real domain. */
function told(world: World, caseId: string, personId: string) {
  const from = world.scripts.find((script) => script.caseId === caseId)?.agent;
  const to = world.scripts.find(({ agent }) => agent.personId === personId)?.agent;
  const named = (one: typeof from) => ({ personId: one?.personId, name: one?.name });
  const payload = {
    from: named(from),
    to: { ...named(to), areaCode: to?.village },
    reason: '换人办',
  };
  return { type: 'case.handed_over', payload };
}

/** The office works on a case too: words in the plain county, the story's acts in the real one. */
async function officeWorks(world: World): Promise<void> {
  const node = world.faults.nodes === 0 ? 0 : upTo(world, 2);
  if (world.scripts.length > 0) {
    const story = pick(world, world.scripts);
    const log = new Set<string>(world.county.log().map(({ id }) => id));
    const open = story?.office.filter(({ event }) => !log.has(event.id ?? '')) ?? [];
    // Not always the next: acts of several people overtake each other, and the field.
    const act = pick(world, open.slice(0, 4));
    if (story === undefined || act === undefined) return;
    await world.county.act({ caseId: story.caseId, actor: act.actor, node }, [act.event]);
    return;
  }
  const cases = [...new Set([...world.saved.values()].map(({ caseId }) => caseId))];
  const caseId = pick(world, cases);
  const words = `乡里${String(upTo(world, 1e6))}`;
  if (caseId !== undefined)
    await world.county.act({ caseId, actor: OFFICE, node }, [
      { type: 'case.noted', payload: { words } },
    ]);
}

function changeRight(world: World, what: 'grants' | 'areas'): void {
  const { personId } = pick(world, world.tablets)?.owner ?? { personId: '' };
  const right = world.rights.get(personId) ?? FULL;
  const areas = pick(world, ['0', '01', '12', '012', '2']) ?? '012';
  const revoked = !right.revoked;
  const revokedAt = revoked ? trueTime(world) : null;
  world.rights.set(
    personId,
    what === 'areas' ? { ...right, areas } : { ...right, revoked, revokedAt },
  );
  world.say?.(`rights of ${personId}: ${what}`);
}

async function adoptOne(world: World): Promise<void> {
  const id = pick(world, world.county.asideOpen());
  if (id !== undefined) await world.county.adopt(id, OFFICE);
}

/** Plans everything that people at the county do in this history. */
export function planOffice(world: World): void {
  const { time, faults } = world;
  const times = (n: number, on: number, step: () => void | Promise<void>) => {
    for (let k = 0; on > 0 && k < n; k++) time.at(100 + upTo(world, 1_050), step);
  };
  times(5 * faults.moves, faults.moves, () => moveCase(world, 'hand'));
  if (world.scripts.length === 0) times(3, faults.seals, () => moveCase(world, 'seal'));
  times(3, faults.grants, () => changeRight(world, 'grants'));
  if (world.scripts.length === 0) times(4, faults.areas, () => changeRight(world, 'areas'));
  times(world.scripts.length > 0 ? 20 : 6, faults.office + faults.domain, () => officeWorks(world));
  times(4 * faults.adopt, faults.adopt, () => adoptOne(world));
  times(2, faults.countyClock, () => world.county.jump((upTo(world, 200) - 100) * 3_600_000));
}

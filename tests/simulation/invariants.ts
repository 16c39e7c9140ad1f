/** What must be true at the end of every history, looked at from outside the code under test. */
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import type { DeviceId, Instant, Sha256 } from '../../src/lib/domain/values.ts';
import type { CaseRecord } from '../../src/lib/ports/county-store.ts';
import { asCaseEvent, type EventRow, type LogRow } from '../../src/lib/ports/event-store.ts';
import { memoryTabletStore } from '../../src/lib/ports/tablet-store-memory.ts';
import { eventHashSync, GENESIS_TAG, nextTagSync } from '../../src/lib/protocol/hash.ts';
import { openCase } from '../../src/lib/tablet/case-work.ts';
import { COUNTY, digest } from './county.ts';
import type { World } from './scene.ts';
import { vault, type SimTablet } from './sim-tablet.ts';
import { isAccusation } from './sim-vault.ts';
import { Violation } from './world.ts';

export interface Ended {
  readonly steps: number;
  readonly attempts: number;
  readonly saved: number;
  readonly stored: number;
  readonly rounds: number;
  readonly rules: readonly string[];
}

type Cases = ReadonlyMap<string, CaseRecord>;
const isEvent = (row: LogRow): row is EventRow => row.kind === 'event';
const ofTablet = ({ dv }: EventRow): boolean => dv !== 'county';

/** S7 and the running tag; `seen` are the rows that were looked at before and need it no more. */
export function checkLog(world: World, seen: LogRow[]): void {
  const log = world.county.log();
  let from = 0;
  while (from < seen.length && seen[from] === log[from]) from += 1;
  seen.length = from;
  let tag = seen.at(-1)?.tag ?? GENESIS_TAG;
  for (let index = from; index < log.length; index++) {
    const row = log[index] as LogRow;
    tag = nextTagSync(digest, tag, row);
    if (row.seq !== index + 1 || row.tag !== tag)
      throw new Violation('S7 log not dense or tag broken');
    seen.push(row);
  }
}

/** S1: in the log, or kept aside and shown as refused; S2: as it was saved. */
function nothingLost({ county, tablets, saved, wiped }: World, log: ReadonlyMap<string, EventRow>) {
  const aside = new Set<string>(county.store.asideRows(COUNTY).map(({ id }) => id));
  for (const [id, { tablet, h, refusable }] of saved) {
    const row = log.get(id);
    if (row !== undefined && row.h !== h) throw new Violation(`S2 altered ${id}`);
    if (row !== undefined || wiped.has(id)) continue;
    const shown = tablets[tablet]?.disk.events.get(id)?.state === 'q';
    if (!refusable) throw new Violation(`S1 lost ${id}`);
    if (!shown || !aside.has(id)) throw new Violation(`S1 refused event vanished ${id}`);
  }
}

/** S2 once more: the words that stand in the log are the words that were hashed. S10: by whom. */
function asSaved({ saved, owners }: World, log: readonly EventRow[], cases: Cases): void {
  for (const row of log) {
    if (!ofTablet(row)) continue;
    const made = saved.get(row.id);
    if (made === undefined) throw new Violation(`S2 ${row.id} was never saved by anybody`);
    const { id, caseId, type, v, occurredAt, payload } = row;
    const salt = cases.get(caseId)?.salt ?? '';
    const body = { id, caseId, type, v, occurredAt, payload };
    if (eventHashSync(digest, salt, body) !== row.h) throw new Violation(`S2 words of ${id}`);
    const { code, personId } = row.actor;
    if (code !== 'A' || personId !== owners.get(row.dv))
      throw new Violation(`S10 ${id} stands there as by ${code} ${personId}`);
  }
}

/** S3: places of a device in the order of the log, without holes; adopted events come late. */
async function inOrder({ county, owners, sealed }: World, log: readonly EventRow[]): Promise<void> {
  const adopted = new Set(county.store.asideRows(COUNTY).map(({ id }) => id));
  const last = new Map<string, number>();
  for (const row of log) {
    if (!ofTablet(row) || adopted.has(row.id)) continue;
    // What came sealed joins the log also behind a hole, and takes its place later (loose).
    if (sealed === null && row.ds <= (last.get(row.dv) ?? 0))
      throw new Violation(`S3 device order of ${row.dv}`);
    last.set(row.dv, row.ds);
  }
  await county.store.transact(COUNTY, async (tx) => {
    for (const dv of owners.keys()) {
      const device = await tx.device(dv as DeviceId);
      if (device === null || device.lastDs === 0) continue;
      const all = Array.from({ length: device.lastDs }, (_, index) => index + 1);
      const places = await tx.placesOf(dv as DeviceId, all);
      if (places.size !== device.lastDs) throw new Violation(`S3 a hole in the places of ${dv}`);
    }
  });
}

/** Who should have which case on his tablet at that time. */
function seesWith({ county }: World, cases: Cases, now: Instant) {
  const { judge } = county.node(0);
  return ({ owner }: SimTablet, caseId: string): boolean => {
    const record = cases.get(caseId);
    if (record === undefined) return false;
    const touched = judge.agents(record.file).includes(owner.personId);
    return touched && judge.keepsFrom(owner, record.file, now) === null;
  };
}

/** The cases at the end, and who should have which. */
interface Sight {
  readonly cases: Cases;
  readonly sees: ReturnType<typeof seesWith>;
}

/** His own words in an accusation: they go from his tablet when a checked copy has them (S4). */
const gone = ({ saved }: World, { safe, owner }: SimTablet, { id, caseId }: EventRow): boolean =>
  safe !== null && isAccusation(caseId) && saved.get(id)?.personId === owner.personId;

/** S5 and S6: all that may be seen is there, nothing else, and nothing that never was. */
function sameSight(world: World, log: readonly EventRow[], { cases, sees }: Sight): void {
  const truth = new Map<string, EventRow>(log.map((row) => [row.id, row]));
  for (const tablet of world.tablets) {
    const visible = new Map([...cases.keys()].map((caseId) => [caseId, sees(tablet, caseId)]));
    const { owner, disk } = tablet;
    for (const row of log)
      if (visible.get(row.caseId) === true && !disk.events.has(row.id) && !gone(world, tablet, row))
        throw new Violation(`S5 ${owner.name} never got ${row.id} at ${String(row.seq)}`);
    for (const row of disk.events.values()) {
      if (row.state !== 'f') continue;
      if (truth.get(row.id)?.seq !== row.seq) throw new Violation(`S6 phantom ${row.id}`);
      if (visible.get(row.caseId) !== true) throw new Violation(`S6 ${owner.name} kept ${row.id}`);
    }
  }
}

/** What both sides must agree on; how the tablet stamps its own acts is its own affair. */
const gist = (file: CaseFile): string =>
  JSON.stringify({
    status: file.status,
    order: file.timeline.map(({ eventId }) => eventId),
    agent: file.agent?.personId ?? null,
    sealed: file.sealed !== null,
    ended: file.mergedInto?.caseId ?? null,
    words: file.dictations.length,
    files: file.attachments.map(({ sha256, received }) => [sha256, received]),
  });

/** S8: the same events make the same case: at the county from its log, and on every tablet. */
async function sameCases(
  world: World,
  log: readonly EventRow[],
  { cases, sees }: Sight,
): Promise<void> {
  const { judge } = world.county.node(0);
  const again = new Map<string, CaseFile>();
  for (const row of log) {
    const salt = cases.get(row.caseId)?.salt ?? '';
    const before = again.get(row.caseId) ?? judge.emptyFile(row.caseId, salt);
    again.set(row.caseId, judge.evolve(before, asCaseEvent(row)));
  }
  for (const [caseId, { file }] of cases)
    if (JSON.stringify(again.get(caseId)) !== JSON.stringify(file))
      throw new Violation(`S8 the county's ${caseId} is not the fold of its log`);
  if (world.scripts.length === 0) return;
  for (const tablet of world.tablets) {
    const { owner, disk } = tablet;
    const self = { code: 'A', ...owner } as const;
    const now = () => world.county.node(0).clock.now();
    for (const [caseId, { file }] of cases) {
      if (!sees(tablet, caseId)) continue;
      const here = await openCase({ store: memoryTabletStore(disk), vault, self, now }, caseId);
      if (here === null || gist(here.file) !== gist(file))
        throw new Violation(`S8 ${owner.name} reads another ${caseId} than the county`);
    }
  }
}

/** K: what an answer called a conflict is written where people see it, and both versions stand. */
function conflictsShown({ county }: World, log: readonly EventRow[]): void {
  const byId = new Map<string, EventRow>(log.map((row) => [row.id, row]));
  const shown = new Set<string>();
  for (const { type, caseId, payload } of log)
    if (type === 'conflict.detected')
      shown.add(`${caseId} ${(payload as { rule?: string }).rule ?? ''}`);
  for (const [id, rule] of county.rules) {
    const row = byId.get(id);
    if (row !== undefined && rule !== '' && !shown.has(`${row.caseId} ${rule}`))
      throw new Violation(`K ${rule} of ${id} was answered and is shown nowhere`);
  }
}

/** A photo of a tablet that still is there lies at the county as it was taken. */
async function photosWhole({ county, files, tablets }: World): Promise<void> {
  for (const [id, { tablet, media, bytes }] of files) {
    const record = tablets[tablet]?.disk.media.get(id);
    if (record === undefined) continue;
    if (record.state !== 'a') throw new Violation(`S1 the photo ${id} never became complete`);
    const there = await county.media.read(media.sha as Sha256);
    if (there === null || Buffer.compare(there, bytes) !== 0)
      throw new Violation(`S1 the photo ${id} is not at the county as it was taken`);
  }
}

/** Throws at the first invariant that does not hold. */
export async function checkEnd(
  world: World,
  { rounds, at }: { readonly rounds: number; readonly at: Instant },
): Promise<Ended> {
  const { county } = world;
  const log = county.log().filter(isEvent);
  const byId = new Map<string, EventRow>(log.map((row) => [row.id, row]));
  if (byId.size !== log.length) throw new Violation('S2 an id stands twice in the log');
  const ids = [...new Set(log.map(({ caseId }) => caseId))];
  const cases: Cases = await county.store.transact(COUNTY, (tx) => tx.cases(ids));
  nothingLost(world, byId);
  asSaved(world, log, cases);
  await inOrder(world, log);
  const sight = { cases, sees: seesWith(world, cases, at) };
  sameSight(world, log, sight);
  await sameCases(world, log, sight);
  conflictsShown(world, log);
  await photosWhole(world);
  const { saved, attempts, time } = world;
  const rules = [...new Set(county.rules.values())].filter((rule) => rule !== '');
  const counted = { saved: saved.size, stored: log.length, steps: time.steps() };
  return { ...counted, attempts, rounds, rules };
}

/** What must be true of keyed vaults, at every look and before the locked ones are opened at the end. */
import type { DeviceId, EventId } from '../../src/lib/domain/values.ts';
import type { EventRow } from '../../src/lib/ports/tablet-store.ts';
import { COPY_VERSION } from '../../src/lib/protocol/slip.ts';
import type { SealedEvent } from '../../src/lib/tablet/sealed-shapes.ts';
import { VAULT_JSON } from '../../src/lib/tablet/vault/body.ts';
import { COUNTY } from './county.ts';
import { nothingForged } from './forged.ts';
import { TIMEOUT } from './network.ts';
import type { World } from './scene.ts';
import { drain, unlock } from './sealed-work.ts';
import { isKeyUntold } from './signing.ts';
import type { SimTablet } from './sim-tablet.ts';
import { COUNTY_ALONE } from './sim-vault.ts';
import { Violation } from './world.ts';

const ROUNDS_MAX = 40;
const DAY = 86_400;

/** S6: nothing readable lies on a tablet, and nothing that another vault could read. */
function sealedHere({ sealed }: World, { safe, disk, owner }: SimTablet): void {
  if (sealed === null || safe === null) return;
  const bodies = [...disk.events.values(), ...disk.cases.values()];
  for (const { id, body } of bodies) {
    if (body[0] !== COPY_VERSION && body[0] !== VAULT_JSON)
      throw new Violation(`S6 ${id} lies readable at ${owner.name}`);
    const opens = sealed.cipher.find(body)?.vaultId;
    if (opens !== safe.id && opens !== COUNTY_ALONE)
      throw new Violation(`S6 ${id} at ${owner.name} is of another vault`);
  }
  for (const { id, body } of disk.eventsIn('p'))
    if (body[0] !== COPY_VERSION)
      throw new Violation(`S1 ${id} is unsent and in no envelope of the county`);
}

/** At every look. */
export function checkSealed(world: World): void {
  for (const tablet of world.tablets) sealedHere(world, tablet);
  nothingForged(world);
}

/** Ids of rows that lie at the county for want of a signature. */
const heldUnsigned = ({ county }: World): Set<string> =>
  new Set(
    county.store
      .asideRows(COUNTY)
      .filter(({ code }) => code === 'SEALED_SIGNATURE')
      .map(({ raw }) => (JSON.parse(raw) as { id: string }).id),
  );

/** Unsent work that the county knows nothing of, although nothing keeps it from it. */
async function missing(world: World, tablet: SimTablet): Promise<string | null> {
  const { disk } = tablet;
  const unsigned = heldUnsigned(world);
  const rows = disk.eventsIn('p');
  const typeOf = ({ body }: EventRow): string =>
    (world.sealed?.cipher.find(body)?.value as SealedEvent | undefined)?.body.type ?? '';
  const begins = new Set(
    rows.filter((row) => typeOf(row) === 'case.drafted').map(({ caseId }) => caseId),
  );
  const untold = new Set<string>();
  for (const dv of new Set(rows.map((row) => row.dv)))
    if (await isKeyUntold(world, tablet, dv)) untold.add(dv);
  return world.county.store.transact(COUNTY, async (tx) => {
    const cases = await tx.cases(rows.map(({ caseId }) => caseId as never));
    const known = await tx.known(rows.map(({ id }) => id as EventId));
    for (const { id, dv, caseId } of rows) {
      // Enrolment is an exchange of its own; without its beginning a case waits, as it should.
      if ((await tx.device(dv as DeviceId)) === null) continue;
      if (!cases.has(caseId as never) && !begins.has(caseId)) continue;
      // It lies there as it came, until its owner's sign-in tells the key that signed it.
      if (untold.has(dv) && unsigned.has(id)) continue;
      if (!known.has(id as EventId)) return id;
    }
    return null;
  });
}

/**
 * Faults off, nobody opens a vault: what lies sealed reaches the county all the same (S9), brought by
 * somebody else. Then the county opens the vaults again, also the forgotten ones.
 */
export async function settleSealed(world: World): Promise<void> {
  const { time, county, tablets } = world;
  county.findKeys();
  const carrier = tablets[0]?.owner;
  let unsent = Infinity;
  for (let round = 0; carrier !== undefined && round < ROUNDS_MAX; round++) {
    for (const tablet of tablets) await drain(world, tablet, carrier);
    // What the county held is offered again on the next day only.
    await time.runUntil(time.now() + DAY + 3 * TIMEOUT);
    await county.openHeld();
    const now = tablets.reduce((sum, { disk }) => sum + disk.eventsIn('p').length, 0);
    if (now === unsent && tablets.every(({ draining }) => !draining)) break;
    unsent = now;
  }
  for (const tablet of tablets) {
    const id = await missing(world, tablet);
    if (id !== null) throw new Violation(`S9 sealed ${id} of ${tablet.owner.name} never came`);
  }
  for (const tablet of tablets) {
    if (tablet.safe !== null) tablet.safe.forgotten = false;
    unlock(world, tablet);
  }
}

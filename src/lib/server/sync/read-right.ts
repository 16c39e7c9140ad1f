/** What a tablet's requests may read: asked before the exchange, of files, receipts and names. */
import type { Kysely } from 'kysely';
import type { Subject } from '../../domain/permissions.ts';
import type { DeviceId, PersonId } from '../../domain/values.ts';
import { DEVICE_HEADER, READ_HEADER } from '../../protocol/version.ts';
import { opensDesk } from '../auth/desk-pass.ts';
import { isDeskPerson } from '../auth/subject.ts';
import type { Container } from '../container.ts';
import { lockWord } from '../desk/tablet-locks.ts';
import { bindReadSecret, hasReadSecret, readingOf } from '../keys/read-secret.ts';
import { lastReset, needsCode } from '../settings/account-resets.ts';
import type { CountyTables } from '../store/tables.ts';

const depsOf = ({ db, county, store }: Container) => ({
  ...{ county, store, db: db as unknown as Kysely<CountyTables> },
});

/** Whose the device id is, and whether an enrolment bound it. */
async function bindingOf({ store, county }: Container, dv: string) {
  const device = await store.transact(county, (tx) => tx.device(dv as DeviceId));
  return device === null ? null : { personId: device.personId, bound: device.letter !== '' };
}

interface Asking {
  readonly personId: PersonId;
  readonly dv: string;
  readonly headers: Headers;
}

/**
 * Whether an exchange is shown the feed. A bound device without a secret gets the one that it shows;
 * without codes an unbound one of somebody whose tablets have secrets has to be enrolled first.
 */
export async function mayFeed(container: Container, asking: Asking): Promise<boolean> {
  const { personId, dv, headers } = asking;
  const deps = depsOf(container);
  const reader = { personId, dv, secret: headers.get(READ_HEADER) };
  const reading = await readingOf(deps, reader);
  if (reading !== 'unknown') return reading === 'right';
  const codes = container.env.enrolmentCodes;
  // His passphrase is known to somebody else: a tablet without a secret has to show a code first.
  if (codes && (await needsCode(deps, { personId, dv }, container.clock.now()))) return false;
  // With codes the exchange itself shows a stranger nothing.
  if (reader.secret === null && codes) return true;
  const binding = await bindingOf(container, dv);
  if (binding?.bound === true) {
    if (reader.secret !== null && binding.personId === personId)
      await bindReadSecret(deps, reader, { at: container.clock.now(), anew: false });
    return true;
  }
  return codes || !(await hasReadSecret(deps, personId));
}

/**
 * Whether a request beside the exchange (a file, a receipt, whose session it is) may read. A desk's
 * session is not asked; an agent's must show secret and device once any tablet of his has one.
 */
export async function mayLook(
  container: Container,
  person: Subject,
  headers: Headers,
): Promise<boolean> {
  return (
    isDeskPerson(person, container.clock.now()) || (await mayLookHere(container, person, headers))
  );
}

/** The same for a session of the tablet's app: whatever his grants, it is asked. */
async function mayLookHere(
  container: Container,
  person: Subject,
  headers: Headers,
): Promise<boolean> {
  const deps = depsOf(container);
  const { personId } = person;
  const isOpen = !(await hasReadSecret(deps, personId));
  if (isOpen && !(await isHeldBack(container, personId))) return true;
  const dv = headers.get(DEVICE_HEADER) ?? '';
  const reading = await readingOf(deps, { personId, dv, secret: headers.get(READ_HEADER) });
  return reading === 'right' && (await lockWord(deps, { dv, personId })).bar === undefined;
}

/** Nothing beside the exchange before a code has let one tablet of his in. */
async function isHeldBack(container: Container, personId: PersonId): Promise<boolean> {
  if (!container.env.enrolmentCodes) return false;
  const reset = await lastReset(depsOf(container), personId, container.clock.now());
  return reset !== null && reset.letIn.length === 0;
}

/** The person of a request beside the exchange, when it may read; else it is as if nobody asked. */
export async function readerHere(
  { person, room }: Pick<App.Locals, 'person' | 'room'>,
  { headers }: Request,
): Promise<Subject | null> {
  if (person === null) return null;
  const look = (await opensDesk(room.auth, headers)) ? mayLook : mayLookHere;
  return (await look(room.container, person, headers)) ? person : null;
}

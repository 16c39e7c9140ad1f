/** `POST /api/sync/enrol`: binds a tablet's vault to the signed-in agent and tells it its names. */
import type { Kysely } from 'kysely';
import areas from '../../domain/data/areas.json' with { type: 'json' };
import { grantsAt, type Subject } from '../../domain/permissions.ts';
import type { DeviceId, Instant } from '../../domain/values.ts';
import type { CountyTx, DeviceRow } from '../../ports/county-store.ts';
import { enrolRequestSchema, type EnrolReply } from '../../protocol/sync.ts';
import type { CountyKeys } from '../../protocol/county-keys.ts';
import { COUNTY } from '../county.ts';
import type { Container } from '../container.ts';
import { dutyNumbersFor, readDutyNumbers } from '../settings/duty.ts';
import type { CountyTables } from '../store/tables.ts';
import { agentIdOf, agentNumberKey } from './agent-number.ts';
import { refusal, storageRefusal } from './body.ts';
import { SMALL_BODY_SECONDS } from './limits.ts';
import { readBytes } from './read-body.ts';

const BODY_MAX = 4_096;
const DEVICE_ID = /^[\w-]{22}$/;

interface Area {
  readonly code: string;
  readonly name: string;
  readonly children?: readonly Area[];
}

export { agentNumberKey } from './agent-number.ts';
const LAST_AGENT = 'agent_no';

function villagesUnder(nodes: readonly Area[], prefix: string): { code: string; name: string }[] {
  return nodes.flatMap(({ code, name, children }) =>
    children === undefined
      ? code.startsWith(prefix)
        ? [{ code, name }]
        : []
      : villagesUnder(children, prefix),
  );
}

/** Significant digits of an area code: county 6, township 9, village 12. */
const significant = (code: string): string => code.replace(/(000)?000$/, '');

/** Letters A..Z, then AA..: the n-th vault of an agent, from 0. */
export const vaultLetter = (n: number): string =>
  (n >= 26 ? vaultLetter(Math.floor(n / 26) - 1) : '') + String.fromCharCode(65 + (n % 26));

async function agentNumber(tx: CountyTx, personId: string): Promise<number> {
  const known = await tx.counter(agentNumberKey(personId));
  if (known > 0) return known;
  const next = (await tx.counter(LAST_AGENT)) + 1;
  await tx.write({
    counters: [
      { name: LAST_AGENT, value: next },
      { name: agentNumberKey(personId), value: next },
    ],
  });
  return next;
}

async function bind(
  tx: CountyTx,
  { person, dv, build, now }: { person: Subject; dv: DeviceId; build: string; now: Instant },
): Promise<DeviceRow | null> {
  const known = await tx.device(dv);
  if (known !== null && known.personId !== person.personId) return null;
  if (known !== null && known.letter !== '') return known;
  const { length } = (await tx.devicesOf(person.personId)).filter(({ letter }) => letter !== '');
  const letter = vaultLetter(length);
  const fresh: DeviceRow = {
    dv,
    personId: person.personId,
    letter,
    lastDs: 0,
    dsHi: 0,
    build,
    enrolledAt: now,
    lastSeenAt: now,
    offsetSeconds: 0,
    report: null,
  };
  const device = known === null ? fresh : { ...known, letter };
  const line = { at: now, personId: person.personId, action: 'device.enrolled', caseId: null };
  await tx.write({ devices: [device], audit: [{ ...line, note: dv }] });
  return device;
}

/** Keys that cannot be read or made keep nobody from enrolling; the tablet asks again every day. */
async function keysAtHand(keys: Container['keys']): Promise<CountyKeys | null> {
  try {
    return await keys.list();
  } catch (error) {
    console.error('the intake keys are not at hand: INTAKE_KEY_FILE', error);
    return null;
  }
}

export async function enrolEndpoint(
  container: Container,
  person: Subject | null,
  request: Request,
): Promise<Response> {
  try {
    return await enrolled(container, person, request);
  } catch (error) {
    const known = storageRefusal(error);
    if (known === null) throw error;
    return refusal(known);
  }
}

async function enrolled(
  { store, county, clock, db, keys, env }: Container,
  person: Subject | null,
  request: Request,
): Promise<Response> {
  const now = clock.now();
  if (person === null) return refusal({ status: 401, error: 'SIGN_IN' });
  const field = grantsAt(person, now).filter(({ role }) => role === 'A' || role === 'T');
  if (field.length === 0) return refusal({ status: 403, error: 'DEVICE' });
  const bytes = await readBytes(request, { max: BODY_MAX, seconds: SMALL_BODY_SECONDS });
  if (!bytes.ok) return refusal(bytes.error);
  const asked = enrolRequestSchema.safeParse(jsonOf(bytes.value.toString('utf8')));
  if (!asked.success || !DEVICE_ID.test(asked.data.dv))
    return refusal({ status: 400, error: 'BAD_FRAME' });
  const { build } = asked.data;
  const dv = asked.data.dv as DeviceId;
  const bound = await store.transact(county, async (tx) => {
    const device = await bind(tx, { person, dv, build, now });
    if (device === null) return null;
    const number = await agentNumber(tx, person.personId);
    return { device, number, epoch: (await tx.epochs()).at(-1)?.id ?? '' };
  });
  if (bound === null) return refusal({ status: 403, error: 'DEVICE' });
  const prefixes = field.flatMap(({ areaCode }) =>
    areaCode === null ? [] : significant(areaCode),
  );
  const villages = new Map(
    prefixes.flatMap((prefix) => villagesUnder(areas.tree, prefix)).map((v) => [v.code, v]),
  );
  const tables = db as unknown as Kysely<CountyTables>;
  const list = await keysAtHand(keys);
  const reply: EnrolReply = {
    magic: 'PS1',
    county: COUNTY,
    person: { id: person.personId, name: person.name },
    agentId: agentIdOf(bound.number),
    deviceLetter: bound.device.letter,
    villages: [...villages.values()],
    epoch: bound.epoch,
    now,
    dutyNumbers: dutyNumbersFor(await readDutyNumbers({ db: tables, county }), prefixes),
    ...(list ? { keys: list } : {}),
    ...(list && env.tabletVaults && hasRecovery(list) ? { vaults: true } : {}),
  };
  return Response.json(reply, { headers: { 'cache-control': 'no-store' } });
}

/** Without a recovery key a forgotten passphrase would be the end of what is not sent. */
const hasRecovery = ({ recipients }: CountyKeys): boolean =>
  recipients.some(({ kind }) => kind === 'recovery');

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

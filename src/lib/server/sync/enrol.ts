/** `POST /api/sync/enrol`: binds a tablet's vault to the signed-in agent and tells it its names. */
import type { Kysely } from 'kysely';
import areas from '../../domain/data/areas.json' with { type: 'json' };
import { grantsAt, type Subject } from '../../domain/permissions.ts';
import type { DeviceId, Instant } from '../../domain/values.ts';
import type { CountyTx, DeviceKey, DeviceRow, WriteBatch } from '../../ports/county-store.ts';
import { pointOf } from '../../protocol/device-key.ts';
import { toBase64Url, type DigestSync } from '../../protocol/hash.ts';
import { READ_HEADER } from '../../protocol/version.ts';
import { enrolRequestSchema, type EnrolReply } from '../../protocol/sync.ts';
import type { CountyKeys } from '../../protocol/county-keys.ts';
import { COUNTY } from '../county.ts';
import type { Container } from '../container.ts';
import { lastReset } from '../settings/account-resets.ts';
import { dutyNumbersFor, readDutyNumbers, type DutyNumbers } from '../settings/duty.ts';
import { bindReadSecret, isFresh } from '../keys/read-secret.ts';
import { tabletPass } from '../keys/tablet-pass.ts';
import type { CountyTables } from '../store/tables.ts';
import { agentIdOf, agentNumberKey } from './agent-number.ts';
import { refusal, storageRefusal } from './body.ts';
import { type EnrolRefused, notAdmitted } from './enrol-admission.ts';
import { SMALL_BODY_SECONDS } from './limits.ts';
import { readBytes } from './read-body.ts';
import { isDeviceKey } from './signature.ts';

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

async function bind(tx: CountyTx, binding: Binding): Promise<DeviceRow | null> {
  const { person, dv, build, key, now } = binding;
  const known = await tx.device(dv);
  if (known !== null && known.personId !== person.personId) return null;
  const told = key === null ? null : newKey(known, { key, now });
  if (known !== null && known.letter !== '') {
    return told === null && placeTold(known, binding) === null && !filesTold(known, binding)
      ? known
      : written(tx, known, { told, binding });
  }
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
  const bound = known === null ? fresh : { ...known, letter };
  const line = { at: now, personId: person.personId, action: 'device.enrolled', caseId: null };
  await tx.write({ audit: [{ ...line, note: dv }] });
  return written(tx, bound, { told, binding });
}

/** The device's row with what it tells of its key, and their lines of the audit. */
async function written(
  tx: CountyTx,
  before: DeviceRow,
  { told, binding }: { readonly told: DeviceKey | null; readonly binding: Binding },
): Promise<DeviceRow> {
  const row = told === null ? before : { ...before, key: told };
  const { audit: lines = [], ...keys } = told === null ? {} : keyWritten(row, told);
  const from = placeTold(row, binding);
  const placed = from === null ? row : { ...row, sealedFrom: from };
  const files = filesTold(row, binding);
  const device = files ? { ...placed, filesSigned: true as const } : placed;
  const { dv, personId } = row;
  const line = { at: binding.now, personId, caseId: null };
  const audit = [
    ...lines,
    ...(from === null ? [] : [{ ...line, action: 'device.sealed_from', note: `${dv} ${from}` }]),
    ...(files ? [{ ...line, action: 'device.files_signed', note: dv }] : []),
  ];
  await tx.write({ ...keys, devices: [device], audit });
  return device;
}

/** The first word of a device that has a key counts; null when nothing is to be written. */
const placeTold = (
  { key, sealedFrom }: DeviceRow,
  { key: told, sealedFrom: from }: Binding,
): number | null =>
  told !== null && key !== undefined && sealedFrom === undefined && from !== null ? from : null;

/** Once a device that has a key says it, it stands. */
const filesTold = ({ key, filesSigned }: DeviceRow, { key: told, files }: Binding): boolean =>
  files && told !== null && key !== undefined && filesSigned !== true;

interface Binding {
  readonly person: Subject;
  readonly dv: DeviceId;
  readonly build: string;
  /** The key that it says it has; null for none. */
  readonly key: Pick<DeviceKey, 'publicKey' | 'keyId'> | null;
  /** From which place on it says that it signs what it seals; null: it says nothing of it. */
  readonly sealedFrom: number | null;
  /** It says that it signs the descriptions of files. */
  readonly files: boolean;
  readonly now: Instant;
}

/** The key as it is written down; null when the county has this very one. */
const newKey = (
  known: DeviceRow | null,
  { key, now }: { key: Pick<DeviceKey, 'publicKey' | 'keyId'>; now: Instant },
): DeviceKey | null =>
  known?.key?.publicKey === key.publicKey ? null : { ...key, at: now, n: (known?.key?.n ?? 0) + 1 };

/** The key beside those before it, with its line of the audit: a change is never silent. */
function keyWritten({ dv, personId }: DeviceRow, key: DeviceKey): WriteBatch {
  const action = key.n === 1 ? 'device.key' : 'device.key_changed';
  const audit = [{ at: key.at, personId, action, caseId: null, note: `${dv} ${key.keyId}` }];
  return { deviceKeys: [{ dv, ...key }], audit };
}

/** Places are four bytes. */
const isPlace = (n: number | undefined): n is number => n !== undefined && n >= 1 && n < 2 ** 32;

/** A key that is none is as good as no key: it keeps nobody from enrolling. */
const keyIn = (
  printed: string | undefined,
  digest: DigestSync,
): Pick<DeviceKey, 'publicKey' | 'keyId'> | null => {
  const point = printed === undefined ? null : pointOf(printed);
  if (printed === undefined || point === null || !isDeviceKey(printed)) return null;
  return { publicKey: printed, keyId: toBase64Url(digest(point).subarray(0, 8)) };
};

/** Keys that cannot be read or made keep nobody from enrolling; the tablet asks again every day. */
async function keysAtHand(keys: Container['keys']): Promise<CountyKeys | null> {
  try {
    return await keys.list();
  } catch (error) {
    // Never what was read: a broken file may quote a key.
    const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
    console.error('the intake keys are not at hand: INTAKE_KEY_FILE', code ?? name);
    return null;
  }
}

/** A request and where it came from; without an address all share one limit of tries. */
export interface Asked {
  readonly request: Request;
  readonly address: string;
  /** When the person last typed his passphrase; absent: not lately. */
  readonly provenAt?: Instant | undefined;
}

export async function enrolEndpoint(
  container: Container,
  person: Subject | null,
  asked: Request | Asked,
): Promise<Response> {
  try {
    const from = asked instanceof Request ? { request: asked, address: '' } : asked;
    return await enrolled(container, person, from);
  } catch (error) {
    const known = storageRefusal(error);
    if (known === null) throw error;
    return refusal(known);
  }
}

async function enrolled(
  container: Container,
  person: Subject | null,
  { request, address, provenAt }: Asked,
): Promise<Response> {
  const { store, county, clock, db, keys, env, digest } = container;
  const now = clock.now();
  if (person === null) return refusal({ status: 401, error: 'SIGN_IN' });
  const field = grantsAt(person, now).filter(({ role }) => role === 'A' || role === 'T');
  if (field.length === 0) return refusal({ status: 403, error: 'NOT_AN_AGENT' });
  const bytes = await readBytes(request, { max: BODY_MAX, seconds: SMALL_BODY_SECONDS });
  if (!bytes.ok) return refusal(bytes.error);
  const asked = enrolRequestSchema.safeParse(jsonOf(bytes.value.toString('utf8')));
  if (!asked.success || !DEVICE_ID.test(asked.data.dv))
    return refusal({ status: 400, error: 'BAD_FRAME' });
  const { build, code, pass, known } = asked.data;
  const dv = asked.data.dv as DeviceId;
  const prefixes = field.flatMap(({ areaCode }) =>
    areaCode === null ? [] : significant(areaCode),
  );
  const tables = db as unknown as Kysely<CountyTables>;
  const numbers = await readDutyNumbers({ db: tables, county });
  const { personId } = person;
  const secret = request.headers.get(READ_HEADER);
  const entrant = { personId, dv, code, pass, known, address, secret, provenAt, now };
  const refused = await notAdmitted(container, entrant);
  if (refused !== null) return withNumbers(refused, numbers);
  const bound = await store.transact(county, async (tx) => {
    const key = keyIn(asked.data.key, digest);
    const { sealedFrom, filesSigned: files = false } = asked.data;
    const from = isPlace(sealedFrom) ? sealedFrom : null;
    const device = await bind(tx, { person, dv, build, key, sealedFrom: from, files, now });
    if (device === null) return null;
    const number = await agentNumber(tx, person.personId);
    return { device, number, epoch: (await tx.epochs()).at(-1)?.id ?? '' };
  });
  if (bound === null) return refusal({ status: 403, error: 'DEVICE' });
  // After somebody else set his passphrase a code says that it is he, not that.
  const coded = env.enrolmentCodes && (await lastReset({ db: tables, county }, personId, now));
  const anew = coded ? code !== undefined : isFresh(provenAt, now);
  await bindReadSecret({ db: tables, county, store }, { personId, dv, secret }, { at: now, anew });
  const villages = new Map(
    prefixes.flatMap((prefix) => villagesUnder(areas.tree, prefix)).map((v) => [v.code, v]),
  );
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
    dutyNumbers: dutyNumbersFor(numbers, prefixes),
    pass: await tabletPass({ db: tables, county }, dv, { personId, at: now }),
    ...(list ? { keys: list } : {}),
    ...(bound.device.key ? { key: bound.device.key.keyId } : {}),
    ...(list && env.tabletVaults && hasRecovery(list) ? { vaults: true } : {}),
  };
  return Response.json(reply, { headers: { 'cache-control': 'no-store' } });
}

/** The county's own number goes with a refusal: it makes the code, no police does. */
function withNumbers(refused: EnrolRefused, numbers: DutyNumbers): Response {
  const { status, headers } = refusal(refused);
  const { error, because } = refused;
  const body = { error, ...(because && { because }), dutyNumbers: dutyNumbersFor(numbers, []) };
  return Response.json(body, { status, headers });
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

import * as z from 'zod/mini';
import areas from '../domain/data/areas.json' with { type: 'json' };
import type { AreaCode, Instant, PersonId, UnitId } from '../domain/values.ts';
import { fail, ok, type Result } from '../domain/values.ts';
import type { CountyKeys } from '../protocol/county-keys-shape.ts';
import { enrolReplySchema, type EnrolReply } from '../protocol/sync.ts';
import { CLIENT_HEADER, ENROL_PATH, WRAPS_PATH } from '../protocol/version.ts';
import { codeRefusal, numbersIn } from './enrol-refusal.ts';
import type { Uploaded } from './vaults.ts';
import type { Agent, DutyNumber, SignInRefusal } from './workspace-types.ts';

export const SIGN_IN_PATH = '/api/auth/sign-in/username';
export const SIGN_OUT_PATH = '/api/auth/sign-out';
const TIMEOUT_MS = 45_000;

/** Who works on this tablet; sealed in the store, so that it holds without a network. */
export interface Session {
  readonly agent: Omit<Agent, 'hasPasscode'>;
  readonly signedOut: boolean;
  readonly passcode: Passcode | null;
  /** The county's list as this vault last believed it; not in a store without a lock. */
  readonly countyKeys?: CountyKeys;
}

export interface Passcode {
  readonly salt: string;
  readonly hash: string;
  readonly wrong: number;
  /** Wrong tries make the next one wait until here. */
  readonly notBefore: string;
}

export interface SessionDeps {
  readonly fetch: typeof fetch;
  readonly origin: string;
  readonly build: string;
  now(): Instant;
  /** The telephones that the county named with its refusal of a tablet. */
  call?(numbers: readonly DutyNumber[]): void;
}

const NAMES: ReadonlyMap<string, string> = new Map(areas.flat.map((a) => [a.code, a.name]));

/** What a telephone can dial; anything else is shown as missing. */
const DIALLED = /^[0-9+-]{3,20}$/;
/** More numbers than this help nobody who is in danger. */
const DUTY_NUMBERS_MAX = 6;

const dutyNumbers = (reply: Pick<EnrolReply, 'dutyNumbers'>) =>
  (reply.dutyNumbers ?? []).filter((d) => DIALLED.test(d.number)).slice(0, DUTY_NUMBERS_MAX);

/** A village with the township that stands before its name in every address. */
const village = (v: { readonly code: string; readonly name: string }) => ({
  areaCode: v.code as AreaCode,
  name: v.name,
  townshipName: NAMES.get(`${v.code.slice(0, 9)}000`) ?? '',
});

export const agentOf = (user: string, reply: EnrolReply, now: Instant): Session['agent'] => ({
  personId: reply.person.id as PersonId,
  name: reply.person.name,
  agentCode: reply.agentId,
  user,
  countyCode: reply.county.code,
  villages: reply.villages.map(village),
  unitId: null as UnitId | null,
  deviceLetter: reply.deviceLetter,
  signedInAt: now,
  dutyNumbers: dutyNumbers(reply),
});

/** Online once: the account's cookie, then the enrolment that names person and device letter. */
export async function signInOnline(
  deps: SessionDeps,
  who: { readonly user: string; readonly passphrase: string; readonly dv: string },
): Promise<Result<Session['agent'], SignInRefusal>> {
  const signedIn = await signInAccount(deps, who);
  if (!signedIn.ok) return signedIn;
  const enrolled = await enrol(deps, who.dv);
  return enrolled.ok ? ok(agentOf(who.user, enrolled.value, deps.now())) : enrolled;
}

/** The account's cookie alone. */
export async function signInAccount(
  deps: SessionDeps,
  who: { readonly user: string; readonly passphrase: string },
): Promise<Result<null, SignInRefusal>> {
  const signedIn = await post(deps, SIGN_IN_PATH, {
    username: who.user,
    password: who.passphrase,
    // A session for the tablet alone: its cookie lies in clear, and must not open the desk.
    for: 'tablet',
  });
  if (!signedIn) return fail('OFFLINE');
  if (signedIn.status === 429 || signedIn.status === 423) return fail('LOCKED');
  if (signedIn.status >= 400 && signedIn.status < 500) return fail('WRONG');
  return signedIn.status === 200 ? ok(null) : fail('COUNTY_FAULT');
}

/** The vault is another person's; whoever signed in may well be an agent. */
const isDevice = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'error' in json && json.error === 'DEVICE';

/** What an enrolment tells of the device's key, and from which place on it signs what it seals. */
export interface KeyTold {
  readonly key: string;
  readonly sealedFrom?: number;
  /** Descriptions of photos and recordings are signed as they leave. */
  readonly filesSigned?: true;
}

/** What lets a tablet in that the county does not know: its code, or its pass of before. */
export interface EntryTold {
  readonly code?: string | undefined;
  readonly pass?: string | undefined;
  /** Only whether the device is his; nothing is bound. */
  readonly known?: true;
}

/** Binds the device id to the signed-in person, the key to the device; also after a change of id. */
export async function enrol(
  deps: SessionDeps,
  dv: string,
  told?: Partial<KeyTold> & EntryTold,
): Promise<Result<EnrolReply, SignInRefusal>> {
  const response = await post(deps, ENROL_PATH, { dv, build: deps.build, ...told });
  if (!response) return fail('OFFLINE');
  const refused = codeRefusal(response);
  if (refused) deps.call?.(dutyNumbers({ dutyNumbers: numbersIn(response) }));
  if (refused) return fail(refused);
  if (response.status === 403)
    return fail(isDevice(response.json) ? 'OTHER_AGENT_HERE' : 'NOT_AN_AGENT');
  if (response.status === 401) return fail('WRONG');
  if (response.status !== 200) return fail('COUNTY_FAULT');
  const parsed = enrolReplySchema.safeParse(response.json);
  return parsed.success ? ok(parsed.data) : fail('COUNTY_FAULT');
}

/** Gives the county its half of a recovery; before it has it nothing personal is written. */
export async function uploadWraps(
  deps: SessionDeps,
  of: Uploaded & { readonly dv: string },
): Promise<Result<null, 'OFFLINE' | 'COUNTY_FAULT'>> {
  const answer = await post(deps, WRAPS_PATH, of);
  if (!answer) return fail('OFFLINE');
  return answer.status === 200 ? ok(null) : fail('COUNTY_FAULT');
}

/** Where a new way in waits that the county made. */
const SLIP_PATH = '/api/vault/slip';
const slipReplySchema = z.object({ slip: z.nullable(z.string().check(z.maxLength(256))) });

/** The slip that the county made for a vault; null: none waits. */
export async function askSlip(
  deps: SessionDeps,
  vaultId: string,
): Promise<Result<string | null, 'OFFLINE' | 'SIGN_IN' | 'NOT_YOURS' | 'COUNTY_FAULT'>> {
  const answer = await post(deps, SLIP_PATH, { vaultId });
  if (!answer) return fail('OFFLINE');
  if (answer.status === 401) return fail('SIGN_IN');
  if (answer.status === 403) return fail('NOT_YOURS');
  const read = slipReplySchema.safeParse(answer.json);
  return answer.status === 200 && read.success ? ok(read.data.slip) : fail('COUNTY_FAULT');
}

/** Ends the session at the county; false: it was not reached. */
export async function signOutOnline(deps: SessionDeps): Promise<boolean> {
  const answer = await post(deps, SIGN_OUT_PATH, {});
  return answer !== null && answer.status < 500;
}

async function post(
  deps: SessionDeps,
  path: string,
  json: unknown,
): Promise<{ readonly status: number; readonly json: unknown } | null> {
  try {
    const response = await deps.fetch(`${deps.origin}${path}`, {
      ...{ method: 'POST', redirect: 'manual', cache: 'no-store', credentials: 'same-origin' },
      headers: { 'content-type': 'application/json', [CLIENT_HEADER]: deps.build },
      body: JSON.stringify(json),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 0) return null;
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    // A portal's page is no answer of the county, whatever its status says.
    if (response.status === 200 && !isJson) return null;
    return { status: response.status, json: isJson ? ((await response.json()) as unknown) : null };
  } catch {
    return null;
  }
}

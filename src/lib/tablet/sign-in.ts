/**
 * Signing in at the county: into the store that is open, or beside the vaults of this tablet when
 * none of them is. Nothing is written here but what the county publishes.
 */
import { fail, ok, type Result } from '../domain/values.ts';
import type { Recipient } from '../protocol/sealed.ts';
import type { EnrolReply } from '../protocol/sync.ts';
import { browserClock, browserDigest } from './browser.ts';
import { DATABASE } from './db-name.ts';
import { deviceKey, deviceKeyTold, sealedFrom } from './device-key.ts';
import type { Engine } from './engine.ts';
import { showing } from './read-secret.ts';
import { keepCountyKeys, recipientsHere } from './known-keys.ts';
import type { Registry } from './registry.ts';
import { keepPass, passIn } from './tablet-pass.ts';
import {
  agentOf,
  enrol,
  signInAccount,
  signOutOnline,
  type Session,
  type SessionDeps,
} from './session.ts';
import type { SignInRefusal } from './workspace-types.ts';

/** Who signs in. */
export interface Who {
  readonly user: string;
  readonly passphrase: string;
  /** 登记码 as typed, once the county has asked for one. */
  readonly code?: string | undefined;
}

/** Signed in; with recipients the county wants a vault for him. */
export interface SignedIn {
  readonly session: Session;
  readonly dv: string;
  readonly recipients: readonly Recipient[] | null;
  /** The plain store that becomes the vault. */
  readonly movingFrom: typeof DATABASE | null;
}

export const online = (
  build: string,
  more: Pick<SessionDeps, 'call'> & { secret?(): Promise<string | null> } = {},
): SessionDeps => ({
  ...{ fetch: showing((input, init) => fetch(input, init), more.secret) },
  ...{ origin: location.origin, build, now: () => browserClock.now() },
  ...(more.call ? { call: more.call } : {}),
});

/** Enrols a device whose store lies in `database`, with its key; one is made where there is none. */
export async function enrolWithKey(
  deps: SessionDeps,
  { database, dv }: { readonly database: string; readonly dv: string },
): Promise<Result<EnrolReply, SignInRefusal>> {
  const key = await deviceKey(database, { dv, digest: browserDigest });
  const from = key && (await sealedFrom(database, dv));
  const place = { filesSigned: true as const, ...(from === null ? {} : { sealedFrom: from }) };
  const pass = await passIn(database);
  const enrolled = await enrol(deps, dv, { ...(key && { key: key.publicKey, ...place }), pass });
  if (enrolled.ok && enrolled.value.pass) await keepPass(database, enrolled.value.pass);
  const told = enrolled.ok && enrolled.value.key === key?.keyId;
  if (key && told) await deviceKeyTold(database, { ...key, told });
  return enrolled;
}

/** Key of the device id that a sign-in beside the vaults began with, in the registry. */
const JOINING = 'joiningDv';

/**
 * Binds a device id that has no store yet. The same one as often as it is tried: the county's code
 * was perhaps used for it, and only the answer was lost.
 */
async function enrolBeside(
  deps: SessionDeps,
  registry: Registry,
  code: string | undefined,
): Promise<Result<{ readonly dv: string; readonly reply: EnrolReply }, SignInRefusal>> {
  const before = await registry.clear(JOINING);
  const taken = (await registry.vaults()).some(({ dv }) => dv === before);
  for (const known of [taken ? null : before, null]) {
    const dv = typeof known === 'string' ? known : browserClock.deviceId();
    if (dv !== known) await registry.putClear(JOINING, dv);
    const enrolled = await enrol(deps, dv, { code });
    if (enrolled.ok) return ok({ dv, reply: enrolled.value });
    // Somebody else began with it and left: his it stays.
    if (enrolled.error !== 'OTHER_AGENT_HERE' || known === null) return enrolled;
  }
  return fail('COUNTY_FAULT');
}

/**
 * What a vault for who signed in anew is made with; null: as before vaults. `wanted` asks whether
 * the county wants one; a tablet that has vaults needs one for him whatever the county wants.
 */
async function offerOf(
  reply: EnrolReply,
  registry: () => Promise<Registry>,
  wanted = reply.vaults === true,
): Promise<readonly Recipient[] | null> {
  if (!wanted || !reply.keys) return null;
  const here = await registry();
  await keepCountyKeys(here, reply.keys);
  const recipients = await recipientsHere(here);
  return recipients.some(({ kind }) => kind === 'recovery') ? recipients : null;
}

const fresh = (user: string, reply: EnrolReply): Session => ({
  ...{ agent: agentOf(user, reply, browserClock.now()), signedOut: false, passcode: null },
});

/** The store that is open, and where it lies. */
export interface OpenStore {
  readonly engine: Engine;
  readonly before: Session | null;
  readonly isVault: boolean;
  readonly database: string;
}

/**
 * Into the open store. It belongs to one agent: another is refused while anything is in it, and
 * always when it is a vault. With an offer its rows move into the vault, under the same device id.
 */
export async function signIn(
  deps: SessionDeps,
  open: OpenStore,
  who: Who & { registry(): Promise<Registry> },
): Promise<Result<SignedIn, SignInRefusal>> {
  const { engine, before, isVault } = open;
  const { dv } = (await engine.store.sync()) ?? engine.sync;
  const account = await signInAccount(deps, who);
  if (!account.ok) return account;
  const enrolled = await enrol(deps, dv, { code: who.code, pass: await passIn(open.database) });
  // Nobody may go on sending here under the other one's name.
  if (!enrolled.ok && enrolled.error === 'OTHER_AGENT_HERE') await signOutOnline(deps);
  if (!enrolled.ok) return enrolled;
  const session = fresh(who.user, enrolled.value);
  const other = before !== null && before.agent.personId !== session.agent.personId;
  const rows = (await engine.store.cases()).length + (await engine.store.drafts()).length;
  if (other && (isVault || rows > 0)) {
    await signOutOnline(deps);
    return fail('OTHER_AGENT_HERE');
  }
  const recipients = isVault || other ? null : await offerOf(enrolled.value, who.registry);
  const own = other ? null : before;
  const kept = own?.countyKeys ? { countyKeys: own.countyKeys } : {};
  const whole = { ...session, ...kept, passcode: own?.passcode ?? null };
  return ok({ session: whole, dv, recipients, movingFrom: DATABASE });
}

/**
 * Beside the vaults of this tablet, none of them open: an agent who has none here gets one; one who
 * has is known again and gets null: his lock asks him. The county says whose a device id is, the
 * tablet has no names.
 */
export async function signInBeside(
  deps: SessionDeps,
  who: Who & { registry(): Promise<Registry> },
  known: (vaultId: string) => Promise<void>,
): Promise<Result<SignedIn | null, SignInRefusal>> {
  const account = await signInAccount(deps, who);
  if (!account.ok) return account;
  const registry = await who.registry();
  for (const { vaultId, dv, database } of await registry.vaults()) {
    const mine = await enrol(deps, dv, { pass: await passIn(database), known: true });
    if (mine.ok) {
      await known(vaultId);
      return ok(null);
    }
    if (mine.error === 'OFFLINE' || mine.error === 'COUNTY_FAULT') return mine;
  }
  const enrolled = await enrolBeside(deps, registry, who.code);
  if (!enrolled.ok) return enrolled;
  const { dv, reply } = enrolled.value;
  const recipients = await offerOf(reply, who.registry, true);
  // A tablet with vaults has no store in clear: without the county's keys nobody new works here.
  if (!recipients) return fail('COUNTY_FAULT');
  return ok({ session: fresh(who.user, reply), dv, recipients, movingFrom: null });
}

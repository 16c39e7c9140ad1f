/**
 * `POST /api/vault/wraps`: the county's half of a recovery. A tablet that makes a vault leaves here
 * the vault's key, sealed to the recovery keys, before it writes anything personal; which cards open
 * the vault is told beside it, so that the desk can revoke them. Nothing here opens anything; but
 * what is told replaces what was told, so that a session alone may not (wraps-right.ts).
 */
import * as z from 'zod';
import { grantsAt, type Subject } from '../../domain/permissions.ts';
import type { Instant } from '../../domain/values.ts';
import { READ_HEADER } from '../../protocol/version.ts';
import type { Container } from '../container.ts';
import { knownCard, nameCard, revokeCard } from '../desk/tablet-locks.ts';
import { KEPT_VAULT, keptVault, toldVaultSchema } from '../keys/kept-vaults.ts';
import { isFresh } from '../keys/read-secret.ts';
import { noteUsed, slipFor } from '../keys/reopenings.ts';
import { keep, type SettingsDeps } from '../settings/kept.ts';
import type { CountyTables } from '../store/tables.ts';
import type { Kysely } from 'kysely';
import { refusal, storageRefusal } from './body.ts';
import { SMALL_BODY_SECONDS } from './limits.ts';
import { readBytes } from './read-body.ts';
import { mayTell } from './wraps-right.ts';

/** Four wraps of some 200 letters, three cards, and air. */
const BODY_MAX = 8_192;
/** Enough for a vault's id. */
const SLIP_BODY_MAX = 256;
const slipAskSchema = z.object({ vaultId: z.string().regex(/^[\w-]{22}$/) });

/** Why a card that a tablet no longer names is void. */
const REPLACED = '换了胸牌';

interface Asking {
  readonly container: Container;
  readonly person: Subject;
  /** The read secret that the request showed. */
  readonly secret: string | null;
  /** When he last typed his passphrase; undefined: not lately. */
  readonly provenAt: Instant | undefined;
}

type Own = (of: Asking, json: unknown) => Promise<Response>;

/** A request, and when its person last typed his passphrase. */
export interface Told {
  readonly request: Request;
  readonly provenAt?: Instant | undefined;
}

/** By a signed-in agent, with a small body; what the store refuses is said as such. */
async function fromAgent(
  container: Container,
  person: Subject | null,
  [told, max, run]: readonly [Request | Told, number, Own],
): Promise<Response> {
  const { request, provenAt } = told instanceof Request ? { request: told } : told;
  if (person === null) return refusal({ status: 401, error: 'SIGN_IN' });
  const grants = grantsAt(person, container.clock.now());
  if (!grants.some(({ role }) => role === 'A' || role === 'T'))
    return refusal({ status: 403, error: 'DEVICE' });
  const bytes = await readBytes(request, { max, seconds: SMALL_BODY_SECONDS });
  if (!bytes.ok) return refusal(bytes.error);
  try {
    const secret = request.headers.get(READ_HEADER);
    return await run({ container, person, secret, provenAt }, jsonOf(bytes.value.toString('utf8')));
  } catch (error) {
    const known = storageRefusal(error);
    if (known === null) throw error;
    return refusal(known);
  }
}

const answer = (of: object): Response =>
  Response.json({ magic: 'PS1', ...of }, { headers: { 'cache-control': 'no-store' } });
const depsOf = ({ db, county, store, clock }: Container) => ({
  ...{ db: db as unknown as Kysely<CountyTables>, county, store, now: () => clock.now() },
});

/** By the signed-in agent, for a tablet that he enrolled; with its read secret once it has one. */
export const vaultWrapsEndpoint = (
  container: Container,
  person: Subject | null,
  told: Request | Told,
): Promise<Response> => fromAgent(container, person, [told, BODY_MAX, kept]);

/**
 * `POST /api/vault/slip`: the new way in that the county made for a vault of this agent; `slip` is
 * null where none waits. It opens nothing without the card that was handed to him; and the vault that
 * would show its secret is shut, so he has typed his passphrase a moment ago: a cookie alone gets 401.
 */
export const vaultSlipEndpoint = (
  container: Container,
  person: Subject | null,
  told: Request | Told,
): Promise<Response> => fromAgent(container, person, [told, SLIP_BODY_MAX, slipOf]);

const slipOf: Own = async ({ container, person: { personId }, provenAt }, json) => {
  if (!isFresh(provenAt, container.clock.now())) return refusal({ status: 401, error: 'SIGN_IN' });
  const asked = slipAskSchema.safeParse(json);
  if (!asked.success) return refusal({ status: 400, error: 'BAD_FRAME' });
  const { vaultId } = asked.data;
  return answer({ slip: await slipFor(depsOf(container), { vaultId, personId }) });
};

const kept: Own = async ({ container, person, secret, provenAt }, json) => {
  const asked = toldVaultSchema.safeParse(json);
  if (!asked.success) return refusal({ status: 400, error: 'BAD_FRAME' });
  const { vaultId, dv, wraps, cards } = asked.data;
  const deps = depsOf(container);
  const { personId } = person;
  if (!(await isOwn(deps, { dv, vaultId, cards, personId })))
    return refusal({ status: 403, error: 'DEVICE' });
  const by = { personId, at: deps.now() };
  const had = await keptVault(deps, vaultId);
  const teller = { personId, dv, was: had?.dv ?? dv, secret, provenAt, now: by.at };
  if (!(await mayTell(container, teller))) return refusal({ status: 401, error: 'SIGN_IN' });
  const before = had?.cards ?? [];
  // The audit first, as with a lock: no key of a tablet comes here unseen.
  const note = JSON.stringify({ vaultId, dv, cards: cards.length });
  const line = { at: by.at, personId, action: 'vault.made', caseId: null, note };
  await deps.store.transact(deps.county, (tx) => tx.write({ audit: [line] }));
  for (const cardId of cards) await nameCard(deps, { cardId, personId }, by);
  await keep(deps, { name: KEPT_VAULT + vaultId, value: { dv, wraps, cards, personId } }, by);
  // What its owner replaced opens nothing anywhere any more, a copied profile included.
  for (const cardId of before.filter((one) => !cards.includes(one)))
    await revokeCard(deps, { cardId, reason: REPLACED }, by);
  await noteUsed(deps, person, { vaultId, cards });
  return answer({});
};

/** Device, vault and cards are this person's, or nobody's yet. */
async function isOwn(
  deps: SettingsDeps & { readonly db: Kysely<CountyTables> },
  of: {
    readonly dv: string;
    readonly vaultId: string;
    readonly cards: readonly string[];
    readonly personId: string;
  },
): Promise<boolean> {
  const device = await deps.db
    .selectFrom('devices')
    .select('person_id')
    .where('county', '=', deps.county)
    .where('dv', '=', of.dv)
    .executeTakeFirst();
  if (device?.person_id !== of.personId) return false;
  const before = await keptVault(deps, of.vaultId);
  if (before && before.personId !== of.personId) return false;
  for (const cardId of of.cards) {
    const card = await knownCard(deps, cardId);
    if (card && (card.personId !== of.personId || card.revoked)) return false;
  }
  return true;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

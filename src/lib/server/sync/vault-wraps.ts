/**
 * `POST /api/vault/wraps`: the county's half of a recovery. A tablet that makes a vault leaves here
 * the vault's key, sealed to the recovery keys, before it writes anything personal; which cards open
 * the vault is told beside it, so that the desk can revoke them. Nothing here opens anything.
 */
import * as z from 'zod';
import { grantsAt, type Subject } from '../../domain/permissions.ts';
import type { Container } from '../container.ts';
import { knownCard, nameCard } from '../desk/tablet-locks.ts';
import { keep, lastKept, type SettingsDeps } from '../settings/kept.ts';
import type { CountyTables } from '../store/tables.ts';
import type { Kysely } from 'kysely';
import { refusal, storageRefusal } from './body.ts';
import { SMALL_BODY_SECONDS } from './limits.ts';
import { readBytes } from './read-body.ts';

/** Four wraps of some 200 letters, three cards, and air. */
const BODY_MAX = 8_192;
const WRAPS = 'vault_wraps.';

const id = z.string().regex(/^[\w-]{22}$/);
const askedSchema = z.object({
  vaultId: id,
  dv: id,
  wraps: z
    .array(
      z.object({
        ...{ kind: z.literal('county'), v: z.literal(1) },
        ...{ keyId: z.string().regex(/^[\w-]{1,64}$/), box: z.string().regex(/^[\w-]{22,400}$/) },
      }),
    )
    .min(1)
    .max(4),
  cards: z.array(z.string().regex(/^[\w-]{16}$/)).max(3),
});

const keptSchema = askedSchema.omit({ vaultId: true }).extend({ personId: z.string() });
/** What the county keeps of a vault: whose, on which tablet, and the wraps for its recovery key. */
export type KeptVault = z.infer<typeof keptSchema>;

/** The vault of an id as its tablet told of it; null: none did. */
export async function keptVault(deps: SettingsDeps, vaultId: string): Promise<KeptVault | null> {
  const row = await lastKept(deps, WRAPS + vaultId);
  const read = row && keptSchema.safeParse(JSON.parse(row.value));
  return read?.success ? read.data : null;
}

/** By the signed-in agent, for a tablet that he enrolled. */
export async function vaultWrapsEndpoint(
  container: Container,
  person: Subject | null,
  request: Request,
): Promise<Response> {
  try {
    return await kept(container, person, request);
  } catch (error) {
    const known = storageRefusal(error);
    if (known === null) throw error;
    return refusal(known);
  }
}

async function kept(
  { store, county, clock, db }: Container,
  person: Subject | null,
  request: Request,
): Promise<Response> {
  const at = clock.now();
  if (person === null) return refusal({ status: 401, error: 'SIGN_IN' });
  const field = grantsAt(person, at).some(({ role }) => role === 'A' || role === 'T');
  if (!field) return refusal({ status: 403, error: 'DEVICE' });
  const bytes = await readBytes(request, { max: BODY_MAX, seconds: SMALL_BODY_SECONDS });
  if (!bytes.ok) return refusal(bytes.error);
  const asked = askedSchema.safeParse(jsonOf(bytes.value.toString('utf8')));
  if (!asked.success) return refusal({ status: 400, error: 'BAD_FRAME' });
  const { vaultId, dv, wraps, cards } = asked.data;
  const deps = { db: db as unknown as Kysely<CountyTables>, county };
  const { personId } = person;
  if (!(await isOwn(deps, { dv, vaultId, cards, personId })))
    return refusal({ status: 403, error: 'DEVICE' });
  const by = { personId, at };
  // The audit first, as with a lock: no key of a tablet comes here unseen.
  const note = JSON.stringify({ vaultId, dv, cards: cards.length });
  const line = { at, personId, action: 'vault.made', caseId: null, note };
  await store.transact(county, (tx) => tx.write({ audit: [line] }));
  for (const cardId of cards) await nameCard(deps, { cardId, personId }, by);
  await keep(deps, { name: WRAPS + vaultId, value: { dv, wraps, cards, personId } }, by);
  return Response.json({ magic: 'PS1' }, { headers: { 'cache-control': 'no-store' } });
}

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

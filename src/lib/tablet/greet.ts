/**
 * A word with the county for a vault that is not open: no event, no case, no feed, only whose tablet
 * this is. What comes back is whether the vault is barred, which cards are revoked, newer keys; for
 * an owner thirty days away it is the contact that lets him read again.
 */
import type { Transport } from '../ports/transport.ts';
import type { ExchangeReply, LockSaid } from '../protocol/sync.ts';
import { buildRequest } from './exchange-client.ts';
import { openSealedDb, syncOf } from './sealed-db.ts';

/** How long after a contact nobody asks again for a vault that stays locked. */
export const GREET_MS = 3_600_000;

export interface GreetDeps {
  readonly transport: Transport;
  readonly build: string;
  /** Version of the event shapes, as the loop tells it. */
  readonly schema: number;
  now(): string;
  /** Date of the county's keys that are here. */
  readonly keysAt: string;
  /** What it says to this vault where it takes nothing. */
  barred?(lock: LockSaid): Promise<void>;
  /** The county itself answered; `signedIn` false: nobody of this tablet is signed in there. */
  met?(signedIn: boolean): void;
  /** Whether who is signed in there is somebody else than the agent of this vault. */
  about?(isOther: boolean): void;
}

/** The county's answer; null where there is no such store, no network, or somebody else's session. */
export async function greet(database: string, deps: GreetDeps): Promise<ExchangeReply | null> {
  const db = await openSealedDb(database);
  if (!db) return null;
  const sync = await syncOf(db).finally(() => db.close());
  if (!sync) return null;
  const { request } = buildRequest({
    ...{ sync, pending: [], media: [], bytesMax: 0, feedBytesMax: 0 },
    ...{ build: deps.build, schema: deps.schema, now: deps.now() },
  });
  const outcome = await deps.transport.exchange({ ...request, keysAt: deps.keysAt });
  if (outcome.kind === 'reply') deps.met?.(true);
  if (outcome.kind === 'refused' && outcome.error) deps.met?.(outcome.error !== 'SIGN_IN');
  if (outcome.kind === 'reply' || (outcome.kind === 'refused' && outcome.error))
    deps.about?.(outcome.kind === 'refused' && outcome.error === 'DEVICE');
  if (outcome.kind === 'refused' && outcome.lock) await deps.barred?.(outcome.lock);
  return outcome.kind === 'reply' ? outcome.reply : null;
}

/**
 * The unlocked vault as the tablet's code uses it. Calls of one turn travel as one message, so an
 * act of seven events is one way to the worker and back, whoever calls how.
 */
import type { Bytes } from '../../protocol/bytes.ts';
import { textBytes } from '../../protocol/bytes.ts';
import type { CopyPlace, Recipient, Slip } from '../../protocol/sealed.ts';
import { fromBatch, toBatch, type Batch } from './batch.ts';
import { aadText, VAULT_JSON, type Place } from './body.ts';
import type { Kdf } from './kdf.ts';
import type { KeeperClient } from './keeper-client.ts';
import {
  doneReply,
  namesReply,
  openedReply,
  sealedReply,
  slipReply,
  unlockedReply,
  wrapsReply,
  type VaultRequest,
} from './messages.ts';
import type { EnvelopeTaker } from './page-sealer.ts';
import { WorkerClient, type WorkerLike } from './worker-client.ts';
import type { Secret, Wrap } from './wraps.ts';

/** One body to seal, and what the county gets of it (events of this tablet). */
export interface ToSeal {
  readonly place: Place;
  readonly value: unknown;
  readonly copy?: { readonly place: CopyPlace; readonly value: unknown };
}
export interface SealedItem {
  readonly body: Bytes;
  readonly copy: Bytes | null;
}

const json = (value: unknown): Bytes => textBytes(JSON.stringify(value));
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A body that did not open: torn, rotten, moved, or of another vault. */
export class SealBroken extends Error {}

export class VaultClient {
  private readonly worker: WorkerClient<VaultRequest>;

  constructor(worker: WorkerLike) {
    this.worker = new WorkerClient(worker);
  }

  /** A new vault, unlocked; its wraps are to be kept before anything else is. */
  async create(of: {
    readonly vaultId: string;
    readonly secrets: readonly Secret[];
    readonly recovery: readonly Recipient[];
    readonly kdf?: Kdf;
  }): Promise<readonly Wrap[]> {
    const { secrets, recovery, ...rest } = of;
    const ask = { op: 'create' as const, ...rest, secrets: [...secrets], recovery: [...recovery] };
    return (await this.worker.ask(ask, wrapsReply)).wraps;
  }

  /** Resolves with a wrap to be kept instead of the old one when that was weaker than today's. */
  async unlock(of: {
    readonly vaultId: string;
    readonly wrap: Wrap;
    readonly secret: Secret;
    readonly kdf?: Kdf;
  }): Promise<Wrap | null> {
    const done = await this.worker.ask({ op: 'unlock', ...of }, unlockedReply);
    return done.stronger ?? null;
  }

  /** Opens by what the county made: a card without digits, and the slip that belongs to it. */
  async reopen(of: {
    readonly vaultId: string;
    readonly card: Bytes;
    readonly slip: string;
  }): Promise<void> {
    await this.worker.ask({ op: 'reopen', ...of }, doneReply);
  }

  /** Opens again with the quick PIN that the keeper holds. */
  async quickUnlock(vaultId: string, keeper: KeeperClient, pin: string): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    const taken = this.worker.ask({ op: 'takeKey', vaultId, port: port1 }, doneReply, [port1]);
    taken.catch(() => undefined);
    await keeper.giveQuick(pin, port2);
    await taken;
  }

  async keepQuick(keeper: KeeperClient, pin: string): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    const given = this.worker.ask({ op: 'giveKey', port: port1 }, doneReply, [port1]);
    await Promise.all([given, keeper.keepQuick(pin, port2)]);
  }

  async addWrap(secret: Secret, kdf?: Kdf): Promise<Wrap | undefined> {
    const ask = { op: 'addWrap' as const, secret, ...(kdf ? { kdf } : {}) };
    return (await this.worker.ask(ask, wrapsReply)).wraps[0];
  }

  async countyWraps(recovery: readonly Recipient[]): Promise<readonly Wrap[]> {
    const ask = { op: 'countyWraps' as const, recovery: [...recovery] };
    return (await this.worker.ask(ask, wrapsReply)).wraps;
  }

  /**
   * The envelope of this unlock; keeper or page seal with it from now on. Without recipients it is
   * the vault's alone (drafts, list entries).
   */
  async begin(recipients: readonly Recipient[], taker?: EnvelopeTaker): Promise<Slip> {
    if (!taker)
      return (await this.worker.ask({ op: 'begin', recipients: [...recipients] }, slipReply)).slip;
    const { port1, port2 } = new MessageChannel();
    const ask = { op: 'begin' as const, recipients: [...recipients], port: port1 };
    const { slip } = await this.worker.ask(ask, slipReply, [port1]);
    await taker.adopt(slip, port2);
    return slip;
  }

  /** Seals all bodies of one act and their copies in one message. */
  async sealAct(items: readonly ToSeal[]): Promise<readonly SealedItem[]> {
    const copied = items.flatMap(({ copy }) => (copy ? [copy] : []));
    const batch = toBatch(items.map(({ value }) => json(value)));
    const copies = toBatch(copied.map(({ value }) => json(value)));
    const ask = {
      ...{ op: 'seal' as const, json: true, batch },
      places: items.map(({ place }) => aadText(place)),
      ...(copied.length > 0
        ? { copies: { places: copied.map(({ place }) => place), batch: copies } }
        : {}),
    };
    const transfer = [batch.bytes.buffer, copies.bytes.buffer];
    const sealed = await this.worker.ask(ask, sealedReply, transfer);
    const bodies = fromBatch(sealed.batch as Batch);
    const sealedCopies = sealed.copies ? fromBatch(sealed.copies as Batch) : [];
    let at = 0;
    return items.map(({ copy }, i) => ({
      body: bodies[i] as Bytes,
      copy: copy ? (sealedCopies[at++] as Bytes) : null,
    }));
  }

  async sealBytes(
    parts: readonly { place: Place; bytes: Uint8Array }[],
  ): Promise<readonly Bytes[]> {
    const batch = toBatch(parts.map(({ bytes }) => bytes));
    const places = parts.map(({ place }) => aadText(place));
    const ask = { op: 'seal' as const, json: false, places, batch };
    const sealed = await this.worker.ask(ask, sealedReply, [batch.bytes.buffer]);
    return fromBatch(sealed.batch as Batch);
  }

  /** Plain bytes of each body; null where one does not open. Copies need their slips. */
  async openBytes(
    bodies: readonly { readonly place: Place; readonly body: Uint8Array }[],
    slips: readonly Slip[] = [],
  ): Promise<readonly (Bytes | null)[]> {
    const batch = toBatch(bodies.map(({ body }) => body));
    const places = bodies.map(({ place }) => aadText(place));
    const ask = { op: 'open' as const, places, batch, slips: [...slips] };
    const opened = await this.worker.ask(ask, openedReply, [batch.bytes.buffer]);
    const bad = new Set(opened.bad);
    return fromBatch(opened.batch as Batch).map((part, i) => (bad.has(i) ? null : part));
  }

  /** Values of many bodies: the list after the unlock. Throws at the first that does not open. */
  async openMany(
    bodies: readonly { readonly place: Place; readonly body: Uint8Array }[],
  ): Promise<readonly unknown[]> {
    const opened = await this.openBytes(bodies);
    return opened.map((plain, i) => {
      if (plain === null || bodies[i]?.body[0] !== VAULT_JSON) throw new SealBroken();
      return JSON.parse(decoder.decode(plain)) as unknown;
    });
  }

  /** Copies under an envelope of this vault; null for an envelope that was begun without it. */
  async openCopies(
    slip: Slip,
    copies: readonly { readonly place: CopyPlace; readonly bytes: Uint8Array }[],
  ): Promise<readonly (Bytes | null)[]> {
    const batch = toBatch(copies.map(({ bytes }) => bytes));
    const places = copies.map(({ place }) => place);
    const ask = { op: 'openCopies' as const, slip, places, batch };
    const opened = await this.worker.ask(ask, openedReply, [batch.bytes.buffer]);
    const bad = new Set(opened.bad);
    return fromBatch(opened.batch as Batch).map((part, i) => (bad.has(i) ? null : part));
  }

  /** Ids of slips whose key does not lie under this vault's own. */
  async blindOf(slips: readonly Slip[]): Promise<readonly string[]> {
    return (await this.worker.ask({ op: 'blindOf', slips: [...slips] }, namesReply)).names;
  }

  async names(values: readonly string[]): Promise<readonly string[]> {
    return (await this.worker.ask({ op: 'names', values: [...values] }, namesReply)).names;
  }

  /** Nothing readable is left after this; what was asked and not answered is refused. */
  lock(): void {
    this.worker.end();
  }
}

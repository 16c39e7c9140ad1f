/**
 * The seam of `../vault.ts` with keys behind it. Two hands:
 *
 *     capture*   on the page, under envelope keys of this unlock that only encrypt; outlives the lock
 *                  county envelope   own events, files, slices: the county can open them
 *                  own envelope      drafts, list entries, case records, settings: the vault alone
 *                  blind envelope    accusations from 接单 on: the county's sealing key alone
 *     seal,open* in the worker, which the lock ends; calls of one turn are one message
 *
 * A slip is strict on the disk before anything lies under its envelope.
 */
import type { SlipRow, TabletStore } from '../../ports/tablet-store.ts';
import { textBytes, type Bytes } from '../../protocol/bytes.ts';
import {
  envelopeOf,
  newEnvelope,
  sealCopy,
  type CopyPlace,
  type Envelope,
  type Recipient,
  type Slip,
} from '../../protocol/sealed.ts';
import { eventPlace } from '../places.ts';
import { UnreadableBody, type BlindHand, type Vault } from '../vault.ts';
import { aadText, copyPlaceOf, VAULT_BYTES, VAULT_JSON, type Place } from './body.ts';
import { gathered } from './gathered.ts';
import { PageSealer } from './page-sealer.ts';
import type { VaultClient } from './vault-client.ts';
import { VaultRefusal } from './worker-client.ts';

/** What the vault needs of the store. */
export type SlipStore = Pick<TabletStore, 'slips' | 'putSlips'>;

/** An unlocked vault in the hands of one tab. `client.lock()` ends the reading. */
export interface OpenVault {
  readonly vault: Vault;
  /** Log-out: nothing more is captured under this unlock's envelopes either. */
  drop(): void;
}

export interface Opening {
  /** Intake and recovery keys of the county; none known yet is no reason not to work. */
  readonly recipients: readonly Recipient[];
  /** Whom accusations are sealed to; none: they stay readable here until the county has them. */
  readonly sealing?: readonly Recipient[];
  /** Coarse day of this moment. */
  today(): number;
}

/** Begins the envelopes of this unlock. Rejects with `StoreFailure` when their slips are not kept. */
export async function openVault(
  client: VaultClient,
  store: SlipStore,
  { recipients, sealing = [], today }: Opening,
): Promise<OpenVault> {
  const [county, own] = [new PageSealer(), new PageSealer()];
  await client.begin(recipients, county);
  await client.begin([], own);
  const slips = new Slips(store, today);
  await slips.keep([county.slip, own.slip]);
  const blind = new BlindSealer(sealing, slips);
  const drop = (): void => {
    county.drop();
    own.drop();
    blind.drop();
  };
  const vault = vaultOf(client, { county, own, slips });
  return { vault: { ...vault, ...(sealing.length > 0 ? { blind: blind.hand } : {}) }, drop };
}

/**
 * Whatever it seals lies under a key that never was anywhere but here, and can only write. Its envelope
 * begins with the first accusation: who has none leaves no trace of that either.
 */
class BlindSealer {
  private readonly to: readonly Recipient[];
  private readonly slips: Slips;
  private begun: Promise<Envelope> | null = null;
  private over = false;

  constructor(to: readonly Recipient[], slips: Slips) {
    this.to = to;
    this.slips = slips;
  }

  readonly hand: BlindHand = {
    ready: async () => {
      try {
        const { slip } = await (this.begun ??= newEnvelope(this.to));
        await this.slips.keep([slip]);
        return true;
      } catch {
        this.begun = null;
        return false;
      }
    },
    captureEvent: (sealed, salt) =>
      this.seal(copyPlaceOf(aadText(eventPlace(sealed.body.id))), json({ ...sealed, salt })),
    capture: (value, place) => this.seal(copyPlaceOf(aadText(place)), json(value)),
    captureBytes: (bytes, place) => this.seal(copyPlaceOf(aadText(place)), new Uint8Array(bytes)),
  };

  private async seal(place: CopyPlace, bytes: Bytes): Promise<Uint8Array> {
    if (this.over) throw new VaultRefusal('LOCKED');
    const envelope = await (this.begun ??= newEnvelope(this.to));
    await this.slips.keep([envelope.slip], place.kind === 'file' || place.kind === 'slice');
    return sealCopy(envelope, place, bytes);
  }

  /** At log-out. */
  drop(): void {
    this.over = true;
    this.begun = null;
  }
}

/** The slips that this tab has seen or made. */
class Slips {
  private readonly store: SlipStore;
  private readonly today: () => number;
  private readonly known = new Map<string, Slip>();
  private readonly kept = new Map<string, { readonly day: number; readonly files: boolean }>();

  constructor(store: SlipStore, today: () => number) {
    this.store = store;
    this.today = today;
  }

  /**
   * On the disk with today's date before anything is sealed today: a slip that is not used any more
   * goes after some days, one in the hands of a window never.
   */
  async keep(slips: readonly (Slip | null)[], files = false): Promise<void> {
    const day = this.today();
    const rows: SlipRow[] = [];
    for (const slip of slips) {
      if (!slip) throw new VaultRefusal('LOCKED');
      const before = this.kept.get(slip.id);
      if (before?.day === day && (before.files || !files)) continue;
      rows.push({ ...slip, day, files: files || (before?.files ?? false) });
    }
    if (rows.length === 0) return;
    await this.store.putSlips(rows);
    for (const row of rows) {
      this.known.set(row.id, row);
      this.kept.set(row.id, row);
    }
  }

  /** Under an envelope that the vault has no wrap of its own for. */
  async isBlind(body: Uint8Array): Promise<boolean> {
    const [slip] = await this.of([body]);
    return slip !== undefined && slip.own === undefined;
  }

  /** Slips of these bodies; an envelope whose slip is nowhere does not open. */
  async of(bodies: readonly Uint8Array[]): Promise<readonly Slip[]> {
    const ids = [...new Set(bodies.flatMap((body) => envelopeOf(body) ?? []))];
    if (ids.some((id) => !this.known.has(id)))
      for (const slip of await this.store.slips()) this.known.set(slip.id, slip);
    return ids.flatMap((id) => this.known.get(id) ?? []);
  }
}

interface Hands {
  readonly county: PageSealer;
  readonly own: PageSealer;
  readonly slips: Slips;
}

interface Sealed {
  readonly body: Uint8Array;
  readonly place: Place;
}

function vaultOf(client: VaultClient, { county, own, slips }: Hands): Vault {
  const sealing = gathered((items: readonly { value: unknown; place: Place }[]) =>
    client.sealAct(items).then((sealed) => sealed.map(({ body }) => body)),
  );
  const opening = gathered(async (items: readonly Sealed[]) =>
    client.openBytes(items, await slips.of(items.map(({ body }) => body))),
  );
  const opened = async (body: Uint8Array, place: Place, kind: number): Promise<Bytes> => {
    if (envelopeOf(body) === null && body[0] !== kind)
      throw new UnreadableBody(`version ${body[0]}`);
    const plain = await opening({ body, place });
    if (!plain) throw new UnreadableBody('sealed for another place, by another key, or torn');
    return plain;
  };
  const captured = async (place: Place, bytes: Bytes): Promise<Uint8Array> => {
    const { kind, id } = copyPlaceOf(aadText(place));
    const by = kind === 'body' ? own : county;
    await slips.keep([by.slip], kind === 'file' || kind === 'slice');
    const [body] = await by.seal([{ place: { kind, id }, bytes }]);
    return body as Uint8Array;
  };
  return {
    seal: (value, place) => sealing({ value, place }),
    open: async (body, place) => valueOf(await opened(body, place, VAULT_JSON)),
    openBytes: (body, place) => opened(body, place, VAULT_BYTES),
    captureEvent: (sealed, salt) => captured(eventPlace(sealed.body.id), json({ ...sealed, salt })),
    capture: (value, place) => captured(place, json(value)),
    captureBytes: (bytes, place) => captured(place, new Uint8Array(bytes)),
    isBlind: (body) => slips.isBlind(body),
  };
}

const json = (value: unknown): Bytes => textBytes(JSON.stringify(value));
const decoder = new TextDecoder('utf-8', { fatal: true });

function valueOf(plain: Bytes): unknown {
  try {
    return JSON.parse(decoder.decode(plain)) as unknown;
  } catch (cause) {
    throw new UnreadableBody('torn', { cause });
  }
}

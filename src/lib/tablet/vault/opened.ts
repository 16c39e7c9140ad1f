/**
 * The seam of `../vault.ts` with keys behind it. Two hands:
 *
 *     capture*   on the page, under envelope keys of this unlock that only encrypt; outlives the lock
 *                  county envelope   own events, files, slices: the county can open them
 *                  own envelope      drafts, list entries, case records, settings: the vault alone
 *                  blind envelope    accusations from 接单 on: the county's sealing key alone
 *                  (their slips look alike, `envelopes.ts`)
 *     seal,open* in the worker, which the lock ends; calls of one turn are one message
 *
 * A slip is strict on the disk before anything lies under its envelope.
 */
import type { Bytes } from '../../protocol/bytes.ts';
import { envelopeOf, type Recipient } from '../../protocol/sealed.ts';
import { eventPlace } from '../places.ts';
import { UnreadableBody, type Vault } from '../vault.ts';
import { aadText, copyPlaceOf, VAULT_BYTES, VAULT_JSON, type Place } from './body.ts';
import { BlindSealer, CountySealer, fileOf, json, slipNames } from './envelopes.ts';
import { gathered } from './gathered.ts';
import { PageSealer } from './page-sealer.ts';
import { Slips, type SlipStore } from './slips.ts';
import type { VaultClient } from './vault-client.ts';

export type { SlipStore } from './slips.ts';

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
  const names = slipNames(recipients, sealing);
  const slips = new Slips(store, { today, blindOf: (some) => client.blindOf(some) });
  const [county, own] = [new CountySealer(client, names, slips), new PageSealer()];
  await county.begin();
  await client.begin(names.own, own);
  await slips.keep([county.first, own.slip]);
  const blind = new BlindSealer(names, slips);
  const drop = (): void => {
    county.drop();
    own.drop();
    blind.drop();
  };
  const vault = vaultOf(client, { county, own, slips });
  return { vault: { ...vault, ...(sealing.length > 0 ? { blind: blind.hand } : {}) }, drop };
}

interface Hands {
  readonly county: CountySealer;
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
  const captured = async (place: Place, bytes: Bytes, of?: string): Promise<Uint8Array> => {
    const { kind, id } = copyPlaceOf(aadText(place));
    const by = kind === 'body' ? own : await county.of(of ?? fileOf(id));
    await slips.keep([by.slip], kind === 'file' || kind === 'slice');
    const [body] = await by.seal([{ place: { kind, id }, bytes }]);
    return body as Uint8Array;
  };
  return {
    seal: (value, place) => sealing({ value, place }),
    open: async (body, place) => valueOf(await opened(body, place, VAULT_JSON)),
    openBytes: (body, place) => opened(body, place, VAULT_BYTES),
    captureEvent: (sealed, salt) =>
      captured(eventPlace(sealed.body.id), json({ ...sealed, salt }), sealed.body.caseId),
    capture: (value, place) => captured(place, json(value)),
    captureBytes: (bytes, place) => captured(place, new Uint8Array(bytes)),
    isBlind: (body) => slips.isBlind(body),
    hasBlind: () => slips.anyBlind(),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function valueOf(plain: Bytes): unknown {
  try {
    return JSON.parse(decoder.decode(plain)) as unknown;
  } catch (cause) {
    throw new UnreadableBody('torn', { cause });
  }
}

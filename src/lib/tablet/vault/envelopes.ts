/**
 * Envelopes of one unlock, so that nobody who has the disk or a hand-in file can tell by a slip whom
 * it is for. Every slip names the same keys and has a box for the vault:
 *
 *                 intake   recovery   sealing   the vault
 *     county      key      key        filler    key
 *     own         filler   filler     filler    key
 *     blind       filler   key        key       filler
 *
 * A filler is a point and random bytes. Which envelope a row lies in stands on it in clear, so cases
 * and files are spread over several of either kind: a row that lies apart says nothing.
 */
import { joinBytes, randomBytes, textBytes, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import {
  newEnvelope,
  sealCopy,
  SLIP_WRAPS_MAX,
  type CopyPlace,
  type Envelope,
  type Recipient,
} from '../../protocol/sealed.ts';
import { eventPlace } from '../places.ts';
import type { BlindHand } from '../vault.ts';
import { aadText, copyPlaceOf, VAULT_BYTES, VAULT_OVERHEAD } from './body.ts';
import { PageSealer } from './page-sealer.ts';
import type { Slips } from './slips.ts';
import type { VaultClient } from './vault-client.ts';
import { VaultRefusal } from './worker-client.ts';

/** Envelopes of either kind in one unlock; each is begun when the first case or file wants it. */
export const ENVELOPES_AT_ONCE = 4;

/** Whom the slips of an unlock are wrapped to. */
export interface SlipNames {
  readonly county: readonly Recipient[];
  readonly own: readonly Recipient[];
  readonly blind: readonly Recipient[];
}

const nameOf = ({ kind, keyId }: Recipient): string => `${kind} ${keyId}`;

/** The same names in the same order on each; a county of more keys than a slip holds has no fillers. */
export function slipNames(county: readonly Recipient[], blind: readonly Recipient[]): SlipNames {
  const all = [...new Map([...county, ...blind].map((one) => [nameOf(one), one])).values()];
  if (all.length > SLIP_WRAPS_MAX) return { county, own: [], blind };
  const only = (to: readonly Recipient[]): Recipient[] => {
    const names = new Set(to.map(nameOf));
    return all.map((one) => (names.has(nameOf(one)) ? one : { ...one, filler: true }));
  };
  return { county: only(county), own: only([]), blind: blind.length > 0 ? only(blind) : [] };
}

/** JSON as it is sealed. */
export const json = (value: unknown): Bytes => textBytes(JSON.stringify(value));

/** The file of a slice's or description's id in a copy. */
export const fileOf = (id: string): string => id.split('/')[0] ?? id;

/** One case or file, one place; the next gets the next. */
class Spread {
  private readonly places = new Map<string, number>();
  private readonly count: number;

  constructor(count: number) {
    this.count = count;
  }

  of(name: string): number {
    const place = this.places.get(name) ?? this.places.size % this.count;
    this.places.set(name, place);
    return place;
  }
}

/** What the county's intake opens, and the vault: keys that the worker makes and the page writes with. */
export class CountySealer {
  private readonly client: VaultClient;
  private readonly names: SlipNames;
  private readonly slips: Slips;
  private readonly spread: Spread;
  private readonly sealers: (Promise<PageSealer> | undefined)[] = [];
  private zero: PageSealer | null = null;
  private over = false;

  constructor(client: VaultClient, names: SlipNames, slips: Slips) {
    this.client = client;
    this.names = names;
    this.slips = slips;
    // Where nothing is sealed apart there is nothing to hide among.
    this.spread = new Spread(names.blind.length > 0 ? ENVELOPES_AT_ONCE : 1);
  }

  /** The first, which every lock leaves behind. */
  async begin(): Promise<void> {
    this.zero = await this.made();
    this.sealers[0] = Promise.resolve(this.zero);
  }

  get first(): PageSealer['slip'] {
    return this.zero?.slip ?? null;
  }

  /** The sealer of a case or file. */
  async of(name: string): Promise<PageSealer> {
    const at = this.spread.of(name);
    try {
      return await (this.sealers[at] ??= this.begun());
    } catch {
      // Locked, or no room for another slip: what was begun serves.
      this.sealers[at] = undefined;
      if (!this.zero) throw new VaultRefusal('LOCKED');
      return this.zero;
    }
  }

  private async begun(): Promise<PageSealer> {
    const sealer = await this.made();
    await this.slips.keep([sealer.slip]);
    if (this.over) sealer.drop();
    return sealer;
  }

  private async made(): Promise<PageSealer> {
    const sealer = new PageSealer();
    const slip = await this.client.begin(this.names.county, sealer);
    this.slips.made(slip, false);
    return sealer;
  }

  /** At log-out. */
  drop(): void {
    this.over = true;
    for (const sealer of this.sealers)
      void sealer?.then(
        (one) => one.drop(),
        () => undefined,
      );
    this.zero?.drop();
  }
}

/** In the place of the vault's own box, as long as one. */
const noBox = (): string =>
  toBase64Url(joinBytes(new Uint8Array([VAULT_BYTES]), randomBytes(VAULT_OVERHEAD - 1 + 32)));

async function blindEnvelope(to: readonly Recipient[]): Promise<Envelope> {
  const { slip, key } = await newEnvelope(to);
  return { slip: { ...slip, own: noBox() }, key };
}

/** Whatever it seals lies under a key that never was anywhere but here, and can only write. */
export class BlindSealer {
  private readonly to: readonly Recipient[];
  private readonly slips: Slips;
  private readonly spread = new Spread(ENVELOPES_AT_ONCE);
  private readonly begun: (Promise<Envelope> | undefined)[] = [];
  private over = false;

  constructor({ blind }: SlipNames, slips: Slips) {
    this.to = blind;
    this.slips = slips;
  }

  readonly hand: BlindHand = {
    ready: async () => {
      try {
        await this.kept(0, false);
        return true;
      } catch {
        return false;
      }
    },
    captureEvent: (sealed, salt) =>
      this.seal(copyPlaceOf(aadText(eventPlace(sealed.body.id))), {
        ...{ bytes: json({ ...sealed, salt }), of: sealed.body.caseId },
      }),
    capture: (value, place) => this.sealFile(copyPlaceOf(aadText(place)), json(value)),
    captureBytes: (bytes, place) =>
      this.sealFile(copyPlaceOf(aadText(place)), new Uint8Array(bytes)),
  };

  private async at(n: number): Promise<Envelope> {
    try {
      const envelope = await (this.begun[n] ??= blindEnvelope(this.to));
      this.slips.made(envelope.slip, true);
      return envelope;
    } catch (error) {
      this.begun[n] = undefined;
      throw error;
    }
  }

  private async kept(n: number, files: boolean): Promise<Envelope> {
    const envelope = await this.at(n);
    await this.slips.keep([envelope.slip], files);
    return envelope;
  }

  private sealFile(place: CopyPlace, bytes: Bytes): Promise<Uint8Array> {
    return this.seal(place, { bytes, of: fileOf(place.id) });
  }

  private async seal(
    place: CopyPlace,
    { bytes, of }: { readonly bytes: Bytes; readonly of: string },
  ): Promise<Uint8Array> {
    if (this.over) throw new VaultRefusal('LOCKED');
    const files = place.kind === 'file' || place.kind === 'slice';
    const n = this.spread.of(of);
    // No room for another slip: the one that `ready` has kept serves.
    const envelope = await this.kept(n, files).catch(() => this.kept(0, files));
    return sealCopy(envelope, place, bytes);
  }

  /** At log-out. */
  drop(): void {
    this.over = true;
    this.begun.length = 0;
  }
}

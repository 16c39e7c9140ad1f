/** The vault's keys and what is done with them; runs in a worker on the tablet, bare in tests. */
import {
  envelopeOf,
  openingKeyOf,
  newEnvelopeKey,
  sealCopy,
  openCopy,
  sealingKey,
  wrapEnvelope,
  type CopyPlace,
  type Envelope,
  type Recipient,
  type Slip,
} from '../../protocol/sealed.ts';
import { fromBase64Url, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { openSlip, readSlip } from '../../protocol/reopen.ts';
import { fail, ok, type Result } from '../../domain/values.ts';
import { fromBatch, toBatch, type Batch } from './batch.ts';
import {
  copyPlaceOf,
  openBody,
  sealBody,
  VAULT_BYTES,
  VAULT_JSON,
  type VaultStore,
} from './body.ts';
import {
  calibrate,
  everyday,
  isWeaker,
  loadArgon2,
  raised,
  type Argon2,
  type Kdf,
  type Uptime,
} from './kdf.ts';
import { deriveKeys, indexName, keyFor, newDek, type VaultKeys } from './keys.ts';
import type { VaultFault, VaultRequest } from './messages.ts';
import { received, sendOn } from './port.ts';
import { openWrap, wrapForCounty, wrapUnder, type Secret, type Wrap } from './wraps.ts';

interface Opened {
  readonly vaultId: string;
  readonly keys: VaultKeys;
  /** Kept for new wraps and for the quick PIN; gone with the worker. */
  readonly dek: Bytes;
}

type Ask<Op extends VaultRequest['op']> = Extract<VaultRequest, { op: Op }>;
type Answer = Promise<Result<object, VaultFault>>;

/** Place of an envelope's own wrap among the vault's bodies. */
const slipPlace = (slip: Pick<Slip, 'id'>): string => `wraps|${slip.id}|1`;
const storeOf = (place: string): VaultStore => place.slice(0, place.indexOf('|')) as VaultStore;

export class VaultCore {
  private opened: Opened | null = null;
  private envelope: Envelope | null = null;
  /** Envelopes of earlier unlocks that were opened already, by id. */
  private readonly envelopes = new Map<string, CryptoKey>();
  private readonly loadArgon2: () => Promise<Argon2 | null>;
  private argon2: Promise<Argon2 | null> | null = null;

  private readonly up: Uptime;

  constructor(
    load: () => Promise<Argon2 | null> = loadArgon2,
    up: Uptime = () => performance.now(),
  ) {
    this.loadArgon2 = load;
    this.up = up;
  }

  /** Does one request; what is wrong with it comes back as a code. */
  handle(ask: VaultRequest): Answer {
    switch (ask.op) {
      case 'create':
        return this.create(ask);
      case 'unlock':
        return this.unlock(ask);
      case 'reopen':
        return this.reopen(ask);
      case 'takeKey':
        return this.takeKey(ask);
      default:
        return this.opened ? this.withKeys(ask, this.opened) : Promise.resolve(fail('LOCKED'));
    }
  }

  private withKeys(
    ask: Exclude<VaultRequest, { op: 'create' | 'unlock' | 'reopen' | 'takeKey' }>,
    opened: Opened,
  ): Answer {
    switch (ask.op) {
      case 'giveKey':
        return giveKey(ask, opened);
      case 'addWrap':
        return this.addWrap(ask, opened);
      case 'countyWraps':
        return countyWraps(ask, opened);
      case 'begin':
        return this.begin(ask, opened);
      case 'seal':
        return this.seal(ask, opened);
      case 'open':
        return this.openAll(ask, opened);
      case 'openCopies':
        return this.openCopies(ask, opened);
      case 'blindOf':
        return this.blindOf(ask, opened);
      case 'names':
        return names(ask, opened);
    }
  }

  /** WebAssembly is loaded at the first need and kept. */
  private ground(): Promise<Argon2 | null> {
    return (this.argon2 ??= this.loadArgon2());
  }

  private async create({ vaultId, secrets, recovery, kdf }: Ask<'create'>): Answer {
    const dek = newDek();
    const argon2 = await this.ground();
    const dear = kdf ?? (await calibrate(argon2, this.up));
    const wraps: Wrap[] = [];
    for (const secret of secrets)
      wraps.push(
        await wrapUnder({ vaultId, argon2, kdf: forKind(secret, dear) }, secret as Secret, dek),
      );
    wraps.push(...(await wrapForCounty(vaultId, recovery as Recipient[], dek)));
    await this.open(vaultId, dek);
    return ok({ wraps });
  }

  private async unlock({ vaultId, wrap, secret, kdf }: Ask<'unlock'>): Answer {
    if (wrap.kind === 'county') return fail('WRONG');
    const argon2 = wrap.kind === 'prf' ? null : await this.ground();
    const started = this.up();
    const dek = await openWrap({ vaultId, argon2 }, wrap, secret as Secret);
    if (typeof dek === 'string') return fail(dek);
    const ms = this.up() - started;
    await this.open(vaultId, dek);
    if (!('kdf' in wrap)) return ok({});
    // Whoever asks for parameters gets them; else this device says what it can carry.
    const asked = kdf && (isWeaker(wrap.kdf, kdf) ? kdf : null);
    const today = asked === undefined ? raised(wrap.kdf, { ms, argon2 }) : asked;
    if (!today) return ok({});
    return ok({
      stronger: await wrapUnder({ vaultId, argon2, kdf: today }, secret as Secret, dek),
    });
  }

  private async reopen({ vaultId, card, slip }: Ask<'reopen'>): Answer {
    const read = await readSlip(slip);
    const dek = read && (await openSlip({ vaultId, secret: card }, read));
    if (!dek) return fail('WRONG');
    await this.open(vaultId, dek);
    return ok({});
  }

  /** From here on this vault and nothing of one that was open before. */
  private async open(vaultId: string, dek: Bytes): Promise<void> {
    const keys = await deriveKeys(dek);
    this.opened = { vaultId, keys, dek };
    this.envelope = null;
    this.envelopes.clear();
  }

  private async takeKey({ vaultId, port }: Ask<'takeKey'>): Answer {
    const dek = await received(port);
    if (!(dek instanceof Uint8Array)) return fail('DROPPED');
    await this.open(vaultId, new Uint8Array(dek));
    return ok({});
  }

  private async addWrap({ secret, kdf }: Ask<'addWrap'>, { vaultId, dek }: Opened): Answer {
    const argon2 = await this.ground();
    const dear = kdf ?? (await calibrate(argon2, this.up));
    const ground = { vaultId, argon2, kdf: forKind(secret, dear) };
    return ok({ wraps: [await wrapUnder(ground, secret as Secret, dek)] });
  }

  /** One envelope per unlock: wrapped to the county, to the vault itself, and handed to the keeper. */
  private async begin({ recipients, port }: Ask<'begin'>, { keys }: Opened): Answer {
    const raw = newEnvelopeKey();
    const county = await wrapEnvelope(raw, recipients as Recipient[]);
    const own = await sealBody(keys.envelope, slipPlace(county), { kind: VAULT_BYTES, plain: raw });
    const slip: Slip = { ...county, own: toBase64Url(own) };
    const key = await sealingKey(raw);
    raw.fill(0);
    this.envelope = { slip, key };
    if (port) sendOn(port, key);
    return ok({ slip });
  }

  /** Readable bodies and sealed copies of one act: one message, all at once. */
  private async seal({ places, batch, json, copies }: Ask<'seal'>, { keys }: Opened): Answer {
    const parts = fromBatch(batch as Batch);
    const plainCopies = copies ? fromBatch(copies.batch as Batch) : [];
    const envelope = this.envelope;
    if (parts.length !== places.length || plainCopies.length !== (copies?.places.length ?? 0))
      return fail('BAD_REQUEST');
    if (plainCopies.length > 0 && !envelope) return fail('LOCKED');
    const kind = json ? VAULT_JSON : VAULT_BYTES;
    const [bodies, sealed] = await Promise.all([
      Promise.all(
        places.map((place, i) =>
          sealBody(keyFor(keys, storeOf(place)), place, { kind, plain: parts[i] as Bytes }),
        ),
      ),
      Promise.all(
        (copies?.places ?? []).map((place, i) =>
          sealCopy(envelope as Envelope, place, plainCopies[i] as Bytes),
        ),
      ),
    ]);
    return ok({ batch: toBatch(bodies), ...(copies ? { copies: toBatch(sealed) } : {}) });
  }

  /** Bodies of either kind, each by itself. */
  private async openAll({ places, batch, slips }: Ask<'open'>, { keys }: Opened): Answer {
    const parts = fromBatch(batch as Batch);
    if (parts.length !== places.length) return fail('BAD_REQUEST');
    const needed = new Set(parts.flatMap((part) => envelopeOf(part) ?? []));
    for (const slip of slips) if (needed.has(slip.id)) await this.envelopeKey(slip, keys);
    const one = async (place: string, i: number): Promise<Bytes | null> => {
      const part = parts[i] as Bytes;
      const envelope = envelopeOf(part);
      if (envelope === null) return openBody(keyFor(keys, storeOf(place)), place, part);
      const key = this.envelopes.get(envelope);
      return key ? openCopy(key, copyPlaceOf(place), part) : null;
    };
    return answerOf(await Promise.all(places.map(one)));
  }

  /** The key of a slip, unwrapped once; null when it is not this vault's. */
  private async envelopeKey(slip: Slip, keys: VaultKeys): Promise<CryptoKey | null> {
    const key = this.envelopes.get(slip.id) ?? (await openedEnvelope(slip, keys));
    if (key) this.envelopes.set(slip.id, key);
    return key;
  }

  private async blindOf({ slips }: Ask<'blindOf'>, { keys }: Opened): Answer {
    const opened = await Promise.all(slips.map((slip) => this.envelopeKey(slip, keys)));
    return ok({ names: slips.flatMap(({ id }, i) => (opened[i] ? [] : [id])) });
  }

  /** Copies under an envelope of this vault: what was captured while it was locked. */
  private async openCopies({ slip, places, batch }: Ask<'openCopies'>, { keys }: Opened): Answer {
    const parts = fromBatch(batch as Batch);
    const key = await this.envelopeKey(slip, keys);
    if (!key || parts.length !== places.length) return fail(key ? 'BAD_REQUEST' : 'WRONG');
    const one = (place: CopyPlace, i: number) => openCopy(key, place, parts[i] as Bytes);
    return answerOf(await Promise.all(places.map(one)));
  }
}

/** A card is opened many times a day, a passphrase when the card is not there. */
const forKind = ({ kind }: { readonly kind: Secret['kind'] }, kdf: Kdf): Kdf =>
  kind === 'card' ? everyday(kdf) : kdf;

/** The key of an envelope that was wrapped under the vault's own; null for any other. */
async function openedEnvelope(slip: Slip, keys: VaultKeys): Promise<CryptoKey | null> {
  const own = slip.own === undefined ? null : fromBase64Url(slip.own);
  const raw = own && (await openBody(keys.envelope, slipPlace(slip), own));
  return raw && openingKeyOf(raw);
}

async function giveKey({ port }: Ask<'giveKey'>, { dek }: Opened): Answer {
  sendOn(port, dek.slice());
  return ok({});
}

const countyWraps = async ({ recovery }: Ask<'countyWraps'>, { vaultId, dek }: Opened): Answer =>
  ok({ wraps: await wrapForCounty(vaultId, recovery as Recipient[], dek) });

const names = async ({ values }: Ask<'names'>, { keys }: Opened): Answer =>
  ok({ names: await Promise.all(values.map((value) => indexName(keys, value))) });

/** Opens what opens; what does not is named and costs nothing else. */
function answerOf(opened: readonly (Bytes | null)[]): Result<object, VaultFault> {
  const bad = opened.flatMap((part, i) => (part === null ? [i] : []));
  return ok({ batch: toBatch(opened.map((part) => part ?? new Uint8Array(0))), bad });
}

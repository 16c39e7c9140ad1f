/**
 * The quick PIN: opens again what was locked a short time ago. The vault's key lies wrapped under
 * PIN ‖ a random nonce, in memory alone; five wrong tries or four hours, and it is overwritten.
 * Nothing of it is ever written, so a copied profile has nothing to guess at.
 */
import { joinBytes, randomBytes, textBytes, type Bytes } from '../../protocol/bytes.ts';
import { FREE_TRIES } from './delays.ts';
import { isOver, type Times } from './two-clocks.ts';

export const QUICK_TRIES = FREE_TRIES;
export const QUICK_HOURS = 4;
export const QUICK_MS = QUICK_HOURS * 3_600_000;
const NONCE_BYTES = 32;

/** Both clocks of this moment: asleep or set, the shorter life wins. */
export type Clocks = () => Times;

interface Kept {
  readonly nonce: Bytes;
  readonly iv: Bytes;
  readonly box: Bytes;
  readonly since: Times;
}

async function keyUnder(nonce: Bytes, pin: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey(
    'raw',
    joinBytes(nonce, textBytes(pin)),
    'HKDF',
    false,
    ['deriveKey'],
  );
  const info = textBytes('daiban quick pin 1');
  const how = { name: 'HKDF', hash: 'SHA-256', salt: nonce, info };
  const length = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(how, root, length, false, ['encrypt', 'decrypt']);
}

export class QuickPin {
  private kept: Kept | null = null;
  private wrong = 0;
  private readonly clocks: Clocks;

  constructor(clocks: Clocks) {
    this.clocks = clocks;
  }

  /** Takes the vault's key; its bytes are overwritten here. */
  async keep(pin: string, dek: Bytes): Promise<void> {
    const [nonce, iv] = [randomBytes(NONCE_BYTES), randomBytes(12)];
    const key = await keyUnder(nonce, pin);
    const box = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, dek));
    dek.fill(0);
    this.drop();
    this.kept = { nonce, iv, box, since: this.clocks() };
  }

  /** The vault's key; DROPPED: five wrong tries, four hours, or never set. */
  async give(pin: string): Promise<Bytes | 'WRONG' | 'DROPPED'> {
    const kept = this.kept;
    if (!kept || isOver(kept.since, this.clocks(), QUICK_MS)) {
      this.drop();
      return 'DROPPED';
    }
    // Those that are being judged have used it up: what comes beside them is not tried at all.
    if (this.wrong >= QUICK_TRIES) return 'DROPPED';
    // Counted before it is tried: two tries at once are two tries.
    this.wrong += 1;
    const last = this.wrong >= QUICK_TRIES;
    try {
      const key = await keyUnder(kept.nonce, pin);
      const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: kept.iv }, key, kept.box);
      this.wrong = 0;
      return new Uint8Array(plain);
    } catch {
      if (!last) return 'WRONG';
      this.drop();
      return 'DROPPED';
    }
  }

  drop(): void {
    this.kept?.nonce.fill(0);
    this.kept?.box.fill(0);
    this.kept = null;
    this.wrong = 0;
  }
}

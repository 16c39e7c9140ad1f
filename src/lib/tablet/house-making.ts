/** How a vault is made: nothing of a person is written before the county can open it again. */
import { fail, ok, type Result } from '../domain/values.ts';
import type { HouseDeps, Made, Making } from './house-types.ts';
import { withoutPrf } from './house-prf.ts';
import { databaseOf } from './registry-look.ts';
import type { Registry, VaultRow } from './registry.ts';
import type { EnrolRefusal } from './vault-types.ts';
import { cardIdOf, readCard, type PrintedCard } from './vault/card.ts';
import { NO_TRIES } from './vault/delays.ts';
import { newCard, newVaultId, passphraseFault } from './vault/enrolment.ts';
import { pinFault } from './vault/pin-rules.ts';
import type { Secret, Wrap } from './vault/wraps.ts';

interface NewSecret {
  readonly vaultId: string;
  readonly secret: Secret | null;
  readonly printed: PrintedCard | null;
}

/** Makes vaults on this tablet. */
export class HouseMaking {
  private readonly deps: HouseDeps;

  constructor(deps: HouseDeps) {
    this.deps = deps;
  }

  /** A new vault, unlocked. Whatever refuses it: nothing personal was written anywhere. */
  async make(making: Making): Promise<Result<Made, EnrolRefusal>> {
    const faulty = passphraseFault(making.passphrase);
    if (faulty) return fail({ code: 'PASSPHRASE', why: faulty });
    if (await making.isLogin?.(making.passphrase))
      return fail({ code: 'PASSPHRASE', why: 'LOGIN' });
    const card = await this.cardFor(making);
    if (!card.ok) return card;
    const registry = await this.deps.registry();
    const fault = await registry.selfTest(this.deps.digest);
    if (fault) return fail({ code: 'STORAGE', what: fault });
    const { vaultId, secret, printed } = card.value;
    const recovery = making.recipients.filter(({ kind }) => kind === 'recovery');
    if (recovery.length === 0) return fail({ code: 'COUNTY_FAULT' });
    const client = this.deps.newVault();
    const pass: Secret = { kind: 'pass', passphrase: making.passphrase };
    const secrets = secret ? [secret, pass] : [pass];
    const wraps = await client.create({
      vaultId,
      secrets,
      recovery,
      ...(this.deps.kdf ? { kdf: this.deps.kdf } : {}),
    });
    const kept = await this.keep(registry, making, { vaultId, wraps });
    if (kept.ok) return ok({ open: { row: kept.value, client }, printed });
    client.lock();
    return kept;
  }

  /** The wraps strict on this disk, then at the county; only now the vault counts. */
  private async keep(
    registry: Registry,
    making: Making,
    { vaultId, wraps }: { readonly vaultId: string; readonly wraps: readonly Wrap[] },
  ): Promise<Result<VaultRow, EnrolRefusal>> {
    const now = this.deps.wall();
    const row: VaultRow = {
      ...{ vaultId, database: databaseOf(vaultId), dv: making.dv, sign: making.sign },
      ...{ wraps: [...wraps], tries: NO_TRIES, contactAt: now, seenAt: now, bar: null },
      ...{ day: making.day, movingFrom: making.movingFrom, ready: false },
      told: wraps.flatMap((w) => (w.kind === 'card' ? [w.cardId] : [])),
    };
    await registry.removeUnready(vaultId);
    if (!(await registry.add(row))) return fail({ code: 'CARD_IN_USE' });
    const uploaded = await making.upload({
      vaultId,
      wraps: wraps.flatMap((w) => (w.kind === 'county' ? [w] : [])),
      cards: wraps.flatMap((w) => (w.kind === 'card' ? [w.cardId] : [])),
    });
    if (uploaded.ok) {
      // The authenticator knows every finger of a tablet, not whose: before it is shared and after.
      await withoutPrf(registry);
      const ready = await registry.change(vaultId, () => ({ ready: true }));
      if (ready) {
        await withoutPrf(registry);
        return ok(ready);
      }
    }
    await registry.removeUnready(vaultId);
    return fail({ code: uploaded.ok ? 'COUNTY_FAULT' : uploaded.error });
  }

  /** The card that the county printed, one made here, or none. */
  private async cardFor({ card, pin, known }: Making): Promise<Result<NewSecret, EnrolRefusal>> {
    const vaultId = newVaultId();
    if (card === null) return ok({ vaultId, secret: null, printed: null });
    if (card === 'make') {
      const made = await newCard(this.deps.digest, { vaultId, pin, known });
      return made.ok
        ? ok({ vaultId, ...made.value })
        : fail({ code: 'PIN', why: made.error } as const);
    }
    const read = await readCard(this.deps.digest, card.scanned);
    if (!read) return fail({ code: 'NO_CARD' });
    const why = pinFault(pin, known);
    if (why) return fail({ code: 'PIN', why });
    const cardId = await cardIdOf(this.deps.digest, read);
    const secret: Secret = { kind: 'card', cardId, card: read.secret, pin };
    return ok({ vaultId: read.vaultId, secret, printed: null });
  }
}

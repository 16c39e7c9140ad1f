/** Slips of a vault: strict on the disk before anything lies under them. */
import type { SlipRow, TabletStore } from '../../ports/tablet-store.ts';
import { envelopeOf, type Slip } from '../../protocol/sealed.ts';
import { VaultRefusal } from './worker-client.ts';

/** What the vault needs of the store. */
export type SlipStore = Pick<TabletStore, 'slips' | 'putSlips'>;

/** `blindOf`: ids of those that the vault has no key of its own for; rejects with LOCKED. */
export interface SlipsOf {
  today(): number;
  blindOf(slips: readonly Slip[]): Promise<readonly string[]>;
}

/** The slips that this tab has seen or made. */
export class Slips {
  private readonly store: SlipStore;
  private readonly today: () => number;
  private readonly blindOf: (slips: readonly Slip[]) => Promise<readonly string[]>;
  /** Whether the vault has a key of its own for an envelope; asked of the worker once. */
  private readonly blind = new Map<string, Promise<boolean>>();
  private readonly known = new Map<string, Slip>();
  private readonly kept = new Map<string, { readonly day: number; readonly files: boolean }>();

  constructor(store: SlipStore, { today, blindOf }: SlipsOf) {
    this.store = store;
    this.today = today;
    this.blindOf = blindOf;
  }

  /** What this window made it knows, also after the lock. */
  made(slip: Slip, blind: boolean): void {
    this.blind.set(slip.id, Promise.resolve(blind));
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
    return slip !== undefined && this.isBlindSlip(slip);
  }

  /** Whether any envelope here is one of these. */
  async anyBlind(): Promise<boolean> {
    const all = await this.store.slips();
    this.askAll(all);
    return (await Promise.all(all.map((slip) => this.isBlindSlip(slip)))).includes(true);
  }

  private async isBlindSlip(slip: Slip): Promise<boolean> {
    // An earlier version left the place empty; now something stands there that opens nothing.
    if (slip.own === undefined) return true;
    this.askAll([slip, ...this.known.values()]);
    return (await this.blind.get(slip.id)) ?? false;
  }

  /** One message for all that are not known yet. */
  private askAll(slips: readonly Slip[]): void {
    const fresh = slips.filter(({ id, own }) => own !== undefined && !this.blind.has(id));
    if (fresh.length === 0) return;
    const asked = this.blindOf(fresh).then((ids) => new Set(ids));
    for (const { id } of fresh) {
      const one = asked.then((ids) => ids.has(id));
      this.blind.set(id, one);
      one.catch(() => this.blind.delete(id));
    }
  }

  /** Slips of these bodies; an envelope whose slip is nowhere does not open. */
  async of(bodies: readonly Uint8Array[]): Promise<readonly Slip[]> {
    const ids = [...new Set(bodies.flatMap((body) => envelopeOf(body) ?? []))];
    if (ids.some((id) => !this.known.has(id)))
      for (const slip of await this.store.slips()) this.known.set(slip.id, slip);
    return ids.flatMap((id) => this.known.get(id) ?? []);
  }
}

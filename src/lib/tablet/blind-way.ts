/**
 * The way of what is sealed for the county alone while the vault is open: nobody here can open it, so
 * it travels as copies, in its turn between the plain batches.
 *
 *     unsent, in order    plain plain BLIND BLIND plain …
 *                         └ exchange ┘└ pieces ┘└ exchange ┘
 *
 * Files that are sealed so come behind all text, a piece at a time; text that is saved meanwhile goes
 * first, and what the county answered for is not sent again by this window.
 *
 * A blind row that the county holds unopened takes no place there, and nothing plain may come behind a
 * hole: until the next day everything behind it travels as copies, too.
 */
import type { HandInAnswer } from '../protocol/handin-answer.ts';
import type { BringReport } from '../protocol/handin-send.ts';
import {
  blindHead,
  blindWaiting,
  HEAD_BYTES,
  type BlindHere,
  type BlindWay,
  type Brought,
} from './blind-rows.ts';
import { drainRows, HeldRows, type DrainDeps } from './exchange-sealed.ts';
import { Plan } from './exchange-plan.ts';
import { notePlace } from './places.ts';
import type { SealedRowsTaking } from './sealed-rows-here.ts';
import { isBlind, type Vault } from './vault.ts';

/** What it works on. */
export interface BlindDeps extends BlindHere {
  /** The rows as they lie; null: the database is closed. */
  open(): Promise<{ readonly here: SealedRowsTaking; close(): void } | null>;
  readonly drain: Omit<DrainDeps, 'held' | 'refused' | 'mayGoOn'>;
}

export function blindWay(deps: BlindDeps, held = new HeldRows()): BlindWay {
  const { store, vault, drain } = deps;
  const resting = (id: string): boolean => held.isResting(id, drain.now());
  const left = async (): Promise<boolean> => {
    const [row] = (await store.unsent(HEAD_BYTES)).rows;
    if (!row || !resting(row.id)) return row !== undefined;
    return (await store.eventsIn('p')).some(({ id }) => !resting(id));
  };
  const unsigned = new Set<string>();
  const signed = (): void => {
    held.forget(unsigned);
    unsigned.clear();
  };
  const refused = async (answer: HandInAnswer): Promise<void> => {
    for (const { id, result } of answer.items)
      if (result.s === 'held' && result.code === 'SEALED_SIGNATURE') unsigned.add(id);
    await setRefused(deps, answer);
  };
  const bring = async (): Promise<Brought | null> => {
    if (!(await blindHead(deps)) || !(await left())) return null;
    const opened = await deps.open();
    if (!opened) return null;
    try {
      const here = blindRun(opened.here, { vault, resting });
      unsigned.clear();
      const report = await drainRows(here, { ...drain, held, refused });
      return { ...report, wantsKey: unsigned.size > 0 };
    } finally {
      opened.close();
    }
  };
  const parts = new SentParts();
  const files = async (mayGoOn: () => boolean): Promise<BringReport | null> => {
    const ids = new Set<string>();
    for (const id of await blindWaiting(deps)) if (parts.isDue(id, drain.now())) ids.add(id);
    const opened = ids.size === 0 ? null : await deps.open();
    if (!opened) return null;
    try {
      const here = parts.of(opened.here, ids);
      const heard = async (answer: HandInAnswer) => parts.answered(answer);
      const report = await drainRows(here, { ...drain, held, refused: heard, mayGoOn });
      if (report.stop === null && mayGoOn()) parts.ended(ids, drain.now());
      return report;
    } finally {
      opened.close();
    }
  };
  return { bring, left, files, signed };
}

/** Which slices of files the county answered for, in the memory of one window. */
class SentParts {
  private readonly sent = new Set<string>();
  /** Read since the last answer; the last of them may lie in the next piece. */
  private read: string[] = [];
  private day = '';
  private readonly tried = new Set<string>();

  /** A file that did not become whole in a run of its own is offered once a day. */
  isDue(id: string, now: string): boolean {
    if (this.day !== now.slice(0, 10)) this.tried.clear();
    this.day = now.slice(0, 10);
    return !this.tried.has(id);
  }

  of(here: SealedRowsTaking, ids: ReadonlySet<string>): SealedRowsTaking {
    this.read = [];
    return {
      ...here,
      unsentAfter: async () => [],
      filesWaiting: async () => (await here.filesWaiting()).filter(({ id }) => ids.has(id)),
      chunkOf: async (id, n) => {
        const part = `${id}/${n}`;
        if (this.sent.has(part)) return null;
        const chunk = await here.chunkOf(id, n);
        this.read.push(part);
        return chunk;
      },
    };
  }

  answered({ files }: HandInAnswer): void {
    for (const part of this.read.slice(0, -1)) this.sent.add(part);
    this.read = this.read.slice(-1);
    for (const { fileId, complete } of files) if (complete) this.forget(fileId);
  }

  /** To the end: what is not whole now lacks something there, and begins anew tomorrow. */
  ended(ids: ReadonlySet<string>, now: string): void {
    for (const id of ids) {
      this.forget(id);
      if (this.isDue(id, now)) this.tried.add(id);
    }
  }

  private forget(fileId: string): void {
    for (const part of this.sent) if (part.startsWith(`${fileId}/`)) this.sent.delete(part);
  }
}

/** The rows at the head that go sealed: up to the first that can go plain. */
export function blindRun(
  here: SealedRowsTaking,
  { vault, resting }: { readonly vault: Vault; resting(id: string): boolean },
): SealedRowsTaking {
  let [over, behindHeld] = [false, false];
  return {
    ...here,
    // Files come behind all text.
    filesWaiting: async () => [],
    unsentAfter: async (after) => {
      if (after === null) [over, behindHeld] = [false, false];
      const rows = over ? [] : await here.unsentAfter(after);
      for (const [n, row] of rows.entries()) {
        const blind = await isBlind(vault, row.body);
        behindHeld ||= blind && resting(row.id);
        if (blind || behindHeld) continue;
        over = true;
        return rows.slice(0, n);
      }
      return rows;
    },
  };
}

/** What the county read and does not take is put aside here as after a plain answer. */
async function setRefused({ store, vault }: BlindDeps, answer: HandInAnswer): Promise<void> {
  const codes = new Map(
    answer.items.flatMap(({ id, result }): [string, string][] => {
      if (result.s === 'conflict') return [[id, 'ID_REUSE']];
      return result.s === 'rejected' && result.code !== 'SIGNATURE' ? [[id, result.code]] : [];
    }),
  );
  if (codes.size === 0) return;
  const notes = new Map<string, Uint8Array>();
  for (const [id, code] of codes) notes.set(id, await vault.seal({ code }, notePlace(id)));
  const places = new Map(answer.items.map(({ id, dv, ds }) => [id, `${dv} ${ds}`]));
  await store.exchange({ ids: [...codes.keys()], cases: [], own: false, all: false }, (view) => {
    if (view.sync.epoch !== '' && view.sync.epoch !== answer.epoch) return null;
    const plan = new Plan(view);
    for (const [id, note] of notes) {
      const row = plan.row(id);
      if (row?.state === 'p' && places.get(id) === `${row.dv} ${row.ds}`)
        plan.put({ ...row, state: 'q', note });
    }
    return plan.changes(false);
  });
}

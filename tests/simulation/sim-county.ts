/** The county of the simulation: the real exchange over the memory store, with a hand to hurt it. */
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { CaseId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import {
  memoryCountyStore,
  type MemoryCountyStore,
} from '../../src/lib/ports/county-store-memory.ts';
import type { CountyStore, CountyTx } from '../../src/lib/ports/county-store.ts';
import type { ExchangeReply, ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { ensureHistory } from '../../src/lib/server/store/open-county.ts';
import { COUNTY, depsOver } from './county.ts';
import { plainJudge, type PlainAsker } from './plain-judge.ts';
import type { Mutant } from './world.ts';

class Crash extends Error {}
const OFFICE: Actor = { code: 'T', personId: 'town' as PersonId, name: '乡里' };

/** How the process ends in the middle of an exchange; `none` means that it does not. */
export type CrashAt = 'none' | 'before commit' | 'after commit';

const deaf = (tx: CountyTx): CountyTx => ({ ...tx, known: async () => new Map() });

function mutantJudge(mutant: Mutant | null) {
  const judge = plainJudge();
  if (mutant !== 'ignoreLeave') return judge;
  const { keepsFrom } = judge;
  const mine = (asker: PlainAsker, agents: readonly { agent: { personId: string } }[]) =>
    agents.some(({ agent }) => agent.personId === asker.personId);
  return {
    ...judge,
    keepsFrom: ((asker, file, now) =>
      mine(asker, file.agents) ? null : keepsFrom(asker, file, now)) as typeof keepsFrom,
  };
}

/** With these mutants what a tablet says about the past is believed instead of checked. */
async function blind(
  store: MemoryCountyStore,
  mutant: Mutant | null,
  request: ExchangeRequest,
): Promise<ExchangeRequest> {
  if (mutant !== 'noEpoch' && mutant !== 'noTag') return request;
  const { head, epoch, tags } = await store.transact(COUNTY, async (tx) => {
    const at = request.cursor === null ? [] : [request.cursor.seq];
    return {
      head: await tx.head(),
      epoch: (await tx.epochs()).at(-1)?.id ?? '',
      tags: await tx.tagsAt(at),
    };
  });
  const { cursor } = request;
  const told = mutant === 'noTag' && cursor !== null && cursor.epoch !== epoch;
  const seq = Math.min(cursor?.seq ?? 0, head.seq);
  const tag = seq === head.seq ? head.tag : (tags.get(seq) ?? '');
  const seen = cursor === null || told ? cursor : { epoch, seq, tag };
  return { ...request, cursor: seen, wit: null, wits: [] };
}

export async function simCounty(mutant: Mutant | null) {
  const store = memoryCountyStore();
  let crash: CrashAt = 'none';
  let snapshot: unknown = null;
  let epochs = 0;
  const fragile: CountyStore = {
    close: store.close,
    transact: (county, body) =>
      store.transact(county, async (tx) => {
        const value = await body(mutant === 'noDedup' ? deaf(tx) : tx);
        if (crash === 'before commit') throw new Crash();
        return value;
      }),
  };
  const deps = { ...depsOver(fragile), judge: mutantJudge(mutant) };
  await ensureHistory(store, COUNTY, deps.clock.now());

  return {
    deps,
    store,
    /** The answer, or null when the process died before it could leave. */
    async handle(
      asker: PlainAsker,
      asked: ExchangeRequest,
      ends: CrashAt,
    ): Promise<ExchangeReply | null> {
      if (mutant === 'poisonBlocks' && asked.events.some(({ p }) => (p as { bad?: boolean }).bad))
        return null;
      const request = await blind(store, mutant, asked);
      crash = ends;
      try {
        const done = await exchange(deps, asker, request);
        if (!done.ok || ends === 'after commit') return null;
        const { reply } = done.value;
        if (reply.kind === 'epoch' || request === asked) return reply;
        const epoch = asked.cursor?.epoch ?? reply.epoch;
        const feed = { ...reply.feed, from: asked.cursor, cursor: { ...reply.feed.cursor, epoch } };
        return { ...reply, epoch, feed };
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        return null;
      } finally {
        crash = 'none';
      }
    },
    async act(caseId: string, type: string, payload: unknown): Promise<void> {
      const known = await store.transact(COUNTY, (tx) => tx.cases([caseId as CaseId]));
      if (known.size === 0) return;
      const events = [{ type, payload }];
      await recordAtCounty(deps, { actor: OFFICE, caseId: caseId as CaseId, events });
    },
    async backup(raisesSafe: boolean): Promise<void> {
      snapshot = store.snapshot(COUNTY);
      if (!raisesSafe) return;
      await store.transact(COUNTY, async (tx) => tx.write({ safe: (await tx.head()).seq }));
    },
    restore(announced: boolean): void {
      if (snapshot === null) return;
      store.restore(COUNTY, snapshot, null);
      if (!announced) return;
      const baseSeq = store.log(COUNTY).length;
      const at = '2026-06-09T00:00:00Z' as Instant;
      epochs += 1;
      store.restore(COUNTY, snapshot, { id: `epoch-${epochs}`, baseSeq, reason: 'restore', at });
    },
  };
}

export type SimCounty = Awaited<ReturnType<typeof simCounty>>;

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GENESIS_TAG, nextTagSync, type DigestSync } from '../../src/lib/protocol/hash.ts';
import type { EventId, Sha256 } from '../../src/lib/domain/values.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { createCaseReader } from '../../src/lib/server/desk/cases.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { storageRefusal } from '../../src/lib/server/sync/body.ts';
import type { Kysely } from 'kysely';
import { startPostgres, type Postgres } from '../postgres.ts';
import { id, logOf, openNode, Tablet, type Node } from './county.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const sha256: DigestSync = (bytes) => createHash('sha256').update(bytes).digest();

async function withNodes<T>(count: number, work: (nodes: Node[]) => Promise<T>): Promise<T> {
  const url = await postgres.createDatabase();
  // At once, as after a power cut: one of them makes the tables, the others wait for it.
  const nodes = await Promise.all(Array.from({ length: count }, () => openNode(url)));
  try {
    return await work(nodes);
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
  }
}

/** Everything saved stands in the log once, dense, under the right running tags, times ascending. */
async function holds(county: Container, tablets: readonly Tablet[]): Promise<void> {
  const log = await logOf(county);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, n) => n + 1));
  let tag = GENESIS_TAG;
  for (const row of log) {
    tag = nextTagSync(sha256, tag, { id: row.id as EventId, h: row.h as Sha256 });
    expect(row.tag).toBe(tag);
  }
  const saved = tablets.flatMap((tablet) => tablet.saved);
  const ours = log.map((row) => row.id).filter((one) => one.startsWith('e-'));
  expect([...ours].sort()).toEqual([...saved].sort());
  const times = log.map(({ received_at }) => received_at);
  expect(times).toEqual([...times].sort());
}

describe('two nodes on one PostgreSQL', { timeout: 60_000 }, () => {
  it('[PG3] tablets alternate between nodes, answers get lost, doubles arrive at both: one log', async () => {
    await withNodes(3, async (nodes) => {
      const at = (n: number): Container => {
        const node = nodes[n % nodes.length];
        if (node === undefined) throw new Error('no node');
        return node.county;
      };
      const tablets = Array.from({ length: 6 }, (_, n) => new Tablet(`t${n}`));
      await Promise.all(
        tablets.map(async (tablet, k) => {
          for (let round = 0; round < 8; round += 1) {
            tablet.save(3);
            if (round % 3 === 1) await tablet.offer(at(k + round), { answerLost: true });
            const twice = [tablet.offer(at(k + round)), tablet.offer(at(k + round + 1))];
            const [one, two] = await Promise.all(twice);
            // Whichever came second was told the same places.
            const places = (reply: typeof one) =>
              reply?.results.map((result) => ('seq' in result ? [result.id, result.seq] : result));
            expect(places(two)).toEqual(places(one));
          }
        }),
      );
      await holds(at(0), tablets);
      for (const tablet of tablets)
        expect([...tablet.pulled.keys()].sort()).toEqual([...tablet.saved].sort());
    });
  });

  it('[PG3] a node that is killed in the middle leaves nothing half; the server comes back', async () => {
    await withNodes(2, async ([one, two]) => {
      if (one === undefined || two === undefined) throw new Error('two nodes');
      const tablets = Array.from({ length: 4 }, (_, n) => new Tablet(`k${n}`));
      let refused = 0;
      let stop = false;
      const running = tablets.map(async (tablet, k) => {
        for (let round = 0; !stop || tablet.unsent.length > 0; round += 1) {
          if (!stop && tablet.unsent.length === 0) tablet.save(2);
          const county = ((k + round) % 2 === 0 ? one : two).county;
          await tablet.offer(county).catch(async (error: unknown) => {
            expect(storageRefusal(error)).toMatchObject({ status: 503, error: 'BUSY' });
            refused += 1;
            await sleep(50);
          });
        }
      });
      for (let kill = 0; kill < 3; kill += 1) {
        await sleep(300);
        await postgres.kill();
        await postgres.restart();
      }
      // However slow the machine is: each comes through again after the last kill.
      while (tablets.some(({ saved }) => saved.length < 8)) await sleep(50);
      stop = true;
      await Promise.all(running);
      expect(refused).toBeGreaterThan(0);
      expect(tablets.every((tablet) => tablet.saved.length >= 8)).toBe(true);
      await holds(one.county, tablets);
    });
  });

  it('[PG4] a node hears within a second of what another took, and its desk shows it', async () => {
    await withNodes(2, async ([one, two]) => {
      if (one === undefined || two === undefined) throw new Error('two nodes');
      const { db, county } = two.county;
      const desk = createCaseReader(db as unknown as Kysely<CountyTables>, county);
      expect(await desk.all()).toEqual([]);
      const heard = new Map<number, number>();
      const stop = two.county.onCommitted((seq) => heard.set(seq, performance.now()));
      const delays: number[] = [];
      for (let n = 0; n < 20; n += 1) {
        const tablet = new Tablet(`h${n}`);
        tablet.save(1);
        const { head } = await tablet.offer(one.county);
        const since = performance.now();
        while (Math.max(0, ...heard.keys()) < head) {
          expect(performance.now() - since).toBeLessThan(1_000);
          await sleep(1);
        }
        delays.push(performance.now() - since);
        const shown = await desk.one(id(`c-h${n}-1`));
        expect(shown?.caseId).toBe(id(`c-h${n}-1`));
      }
      expect((await desk.all()).length).toBe(20);
      const sorted = delays.sort((a, b) => a - b);
      console.log(
        `signal from node to node: p50 ${sorted[10]?.toFixed(1)} ms, p95 ${sorted[19]?.toFixed(1)} ms`,
      );
      stop();
    });
  });

  it('[PG4] after its line broke a node catches up by itself', async () => {
    await withNodes(2, async ([one, two]) => {
      if (one === undefined || two === undefined) throw new Error('two nodes');
      let last = 0;
      two.county.onCommitted((seq) => (last = seq));
      await postgres.kill();
      await postgres.restart();
      const tablet = new Tablet('line');
      tablet.save(2);
      let head = 0;
      for (let tries = 0; head === 0 && tries < 20; tries += 1)
        head = await tablet.offer(one.county).then(
          (reply) => reply.head,
          () => sleep(50, 0),
        );
      const since = performance.now();
      while (last < head && performance.now() - since < 3_000) await sleep(5);
      expect(last).toBe(head);
      expect(performance.now() - since).toBeLessThan(2_000);
    });
  });

  it('[PG5] eight writers and one reader that only goes forward: no row is ever missed', async () => {
    await withNodes(2, async ([one, two]) => {
      if (one === undefined || two === undefined) throw new Error('two nodes');
      const { db, county } = two.county;
      let writing = true;
      const seen: string[] = [];
      const read = async () => {
        for (let cursor = 0, last = false; ;) {
          const rows = await db
            .selectFrom('log')
            .select(['seq', 'id'])
            .where('county', '=', county)
            .where('seq', '>', cursor)
            .orderBy('seq')
            .limit(50)
            .execute();
          seen.push(...rows.map((row) => row.id));
          cursor = rows.at(-1)?.seq ?? cursor;
          if (last && rows.length === 0) return;
          last = !writing;
        }
      };
      const reader = read();
      const tablets = Array.from({ length: 8 }, (_, n) => new Tablet(`w${n}`));
      await Promise.all(
        tablets.map(async (tablet, k) => {
          for (let round = 0; round < 25; round += 1) {
            tablet.save(1 + (round % 3));
            await tablet.offer((k % 2 === 0 ? one : two).county);
          }
        }),
      );
      writing = false;
      await reader;
      const log = await logOf(one.county);
      expect(log.length).toBeGreaterThanOrEqual(8 * 25);
      expect(seen).toEqual(log.map((row) => row.id));
    });
  });

  it('[PG6] a text that no database can hold as it is becomes readable and stops nothing', async () => {
    await withNodes(1, async ([node]) => {
      if (node === undefined) throw new Error('a node');
      const tablet = new Tablet('nul');
      tablet.save(3);
      const [first, second, third] = tablet.unsent;
      if (first === undefined || second === undefined || third === undefined) throw new Error();
      const odd = { ...second, id: 'nul\0nul\ud800', t: 'odd\0type', at: '\0' };
      const request = { ...tablet.request(), events: [first, odd, third] };
      for (let times = 0; times < 2; times += 1) {
        tablet.request = () => request;
        const { results } = await tablet.offer(node.county, { answerLost: true });
        expect(results.map(({ s }) => s)).toEqual([
          times === 0 ? 'stored' : 'dup',
          'rejected',
          times === 0 ? 'stored' : 'dup',
        ]);
      }
    });
  });
});

import { describe, expect, it } from 'vitest';
import { Carrier, type CarryDeps } from '../../src/lib/tablet/carry.ts';
import type { BringReport, BringStop } from '../../src/lib/protocol/handin-send.ts';

const report = (stop: BringStop | null): BringReport => ({ stop }) as BringReport;

/** A window with three vaults, one of them open in it. */
function carrying(more: Partial<CarryDeps> = {}) {
  const log: string[] = [];
  const open = new Set(['daiban-open']);
  const carrier = new Carrier({
    databases: async () => ['daiban-locked', 'daiban-open', 'daiban-other'],
    mayCarry: (database) => !open.has(database),
    alone: (_, run) => run(),
    drain: async (database) => {
      log.push(database);
      return report(null);
    },
    greet: async () => undefined,
    carried: (database, stop) => void log.push(`${database} ${stop ?? 'all'}`),
    later: () => undefined,
    ...more,
  });
  return { carrier, log, open };
}

describe('work of vaults that are not open here', () => {
  it('[TB90] every vault but the open one is brought, one after another', async () => {
    const { carrier, log } = carrying();
    await carrier.wake();
    expect(log).toEqual(
      ['daiban-locked', 'daiban-locked all', 'daiban-other', 'daiban-other all'].slice(),
    );
  });

  it('[TB90] many wakes are one turn more; one that another window brings is left to it', async () => {
    const turns: string[] = [];
    const { carrier } = carrying({
      alone: async (database, run) => (database === 'daiban-other' ? null : run()),
      drain: async (database) => {
        turns.push(database);
        return report(null);
      },
    });
    await Promise.all([carrier.wake(), carrier.wake(), carrier.wake()]);
    expect(turns).toEqual(['daiban-locked', 'daiban-locked']);
  });

  it('[TB90] a vault that breaks stops no other; no network ends the turn', async () => {
    const seen: string[] = [];
    const broken = carrying({
      drain: async (database) => {
        seen.push(database);
        if (database === 'daiban-locked') throw new Error('does not open');
        return report(null);
      },
    });
    await broken.carrier.wake();
    expect(seen).toEqual(['daiban-locked', 'daiban-other']);
    const offline = carrying({ drain: async () => report('OFFLINE') });
    await offline.carrier.wake();
    expect(offline.log).toEqual(['daiban-locked OFFLINE']);
  });

  it('[AU553] without a line it comes again soon, each time later, and anew after one that went', async () => {
    const waits: number[] = [];
    const stops: (BringStop | null)[] = [...Array<BringStop>(8).fill('OFFLINE'), null, 'OFFLINE'];
    const { carrier } = carrying({
      databases: async () => ['daiban-locked'],
      drain: async () => report(stops.shift() ?? null),
      later: (ms) => void waits.push(ms),
    });
    for (let n = 0; n < 10; n++) await carrier.wake();
    const doubled = [15, 30, 60, 120, 240, 480, 600, 600].map((s) => s * 1_000);
    expect(waits).toEqual([...doubled, 15_000]);
    // Nothing waits: nobody is woken for it.
    await carrying({ drain: async () => null, later: (ms) => void waits.push(ms) }).carrier.wake();
    expect(waits).toHaveLength(9);
  });

  it('[TB91] what is not open here asks for the county’s word, unless there is no network', async () => {
    const asked: string[] = [];
    const greet = async (database: string): Promise<void> => void asked.push(database);
    await carrying({ greet, drain: async () => null }).carrier.wake();
    expect(asked).toEqual(['daiban-locked', 'daiban-other']);
    await carrying({ greet, drain: async () => report('OFFLINE') }).carrier.wake();
    expect(asked).toHaveLength(2);
  });

  it('[TB90] the run ends when its vault is opened meanwhile', async () => {
    let wentOn = true;
    const one = carrying({
      databases: async () => ['daiban-locked'],
      drain: async (_, mayGoOn) => {
        one.open.add('daiban-locked');
        wentOn = mayGoOn();
        return report(null);
      },
    });
    await one.carrier.wake();
    expect(wentOn).toBe(false);
  });
});

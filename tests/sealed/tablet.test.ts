import { describe, expect, it } from 'vitest';
import { firstSync, NO_ACT } from '../../src/lib/ports/tablet-store.ts';
import { signersOf } from '../../src/lib/protocol/county-keys.ts';
import { ACK_PATH, type HandInAnswer } from '../../src/lib/protocol/handin-answer.ts';
import {
  drainSealed,
  HeldRows,
  settlementOf,
  type DrainDeps,
} from '../../src/lib/tablet/exchange-sealed.ts';
import { NOTHING_BROUGHT } from '../../src/lib/protocol/handin-send.ts';
import { bringFile, handInFileOf, takeAckFile } from '../../src/lib/tablet/handin-file.ts';
import { planSettled } from '../../src/lib/tablet/settle-sealed.ts';
import {
  asksSoFar,
  county,
  digest,
  files,
  line,
  lockedVault,
  NOW,
  states,
  useCounty,
} from './locked-vault.ts';
import { id } from './scene.ts';

useCounty();

describe('a locked vault', () => {
  it('[SY88] is brought to the county by somebody else with no key, and knows it', async () => {
    const vault = await lockedVault();
    const report = await drainSealed(vault.name, line({ who: 'A02' }));
    expect(report).toMatchObject({ stored: 6, held: 0, refused: 0, filesComplete: 1, stop: null });
    expect(await states(vault)).toEqual({ p: 0, a: 6, q: 0 });
    expect(await files(vault)).toEqual(['a']);
    expect((await vault.store.counts()).get(vault.caseId)).toEqual({ p: 0, a: 6, q: 0 });
    const sync = await vault.store.sync();
    const [last] = (await vault.store.eventsIn('a')).slice(-1);
    const top = [last?.seq, last?.tag];
    expect(sync).toMatchObject({ wit: null, wits: [top], lastReceiptAt: '', cursor: null });
    const again = await drainSealed(vault.name, line());
    expect(again).toMatchObject({ stored: 0, dup: 0, filesComplete: 0, stop: null });
  });

  it('[SY88] a cut, a lost answer, a sign-in that is over: the next run ends it, nothing twice', async () => {
    const vault = await lockedVault();
    expect(await drainSealed(vault.name, line({ who: null }))).toMatchObject({ stop: 'SIGN_IN' });
    expect(await states(vault)).toEqual({ p: 6, a: 0, q: 0 });
    const lost = await drainSealed(vault.name, line({ lose: asksSoFar() + 1 }));
    expect(lost).toMatchObject({ stored: 0, stop: 'OFFLINE' });
    expect(await states(vault)).toEqual({ p: 6, a: 0, q: 0 });
    const end = await drainSealed(vault.name, line());
    expect(end).toMatchObject({ stored: 0, dup: 6, filesComplete: 1, stop: null });
    expect(await states(vault)).toEqual({ p: 0, a: 6, q: 0 });
  });

  it('[SY88] goes in turn: in front of a row under the vault’s own key the run ends', async () => {
    const vault = await lockedVault(2);
    const event = (name: string, first: number) => {
      const body = new Uint8Array([first, 1, 2, 3]);
      return { id: id(name), caseId: vault.caseId, day: 1, body };
    };
    await vault.store.save({ ...NO_ACT, events: [event(`${vault.dv}own`, 0x11)] });
    await vault.store.save({ ...NO_ACT, events: [event(`${vault.dv}copy`, 0x21)] });
    expect(await drainSealed(vault.name, line())).toMatchObject({ stored: 2, held: 0, stop: null });
    expect(await states(vault)).toEqual({ p: 2, a: 2, q: 0 });
    const file = await handInFileOf(vault.name, { digest, build: 't', now: () => NOW });
    expect(file?.items).toBe(1);
  });

  it('[SY88] what the county holds unopened stays unsent here', async () => {
    const vault = await lockedVault(3, { enrolled: false });
    const report = await drainSealed(vault.name, line());
    expect(report).toMatchObject({ stored: 0, held: 3, filesComplete: 0, stop: null });
    expect(await states(vault)).toEqual({ p: 3, a: 0, q: 0 });
    expect(await files(vault)).toEqual(['p']);
  });

  it('[SY117] what the county holds unopened is offered once a day, not with every run', async () => {
    const vault = await lockedVault(3, { enrolled: false });
    let now = NOW;
    const held = new HeldRows();
    const run = () => drainSealed(vault.name, { ...line(), now: () => now, held });
    expect(await run()).toMatchObject({ held: 3, unkept: 0, stop: null });
    const before = asksSoFar();
    expect(await run()).toMatchObject({ held: 0, stop: null });
    await vault.store.setMediaState(vault.fileId, 'a');
    expect(await run()).toEqual(NOTHING_BROUGHT);
    // The photo alone was offered again.
    expect(asksSoFar()).toBe(before + 1);
    const file = await handInFileOf(vault.name, { digest, build: 't', now: () => now });
    expect(file?.items).toBe(3);
    now = '2026-06-21T01:00:00.000Z';
    expect(await run()).toMatchObject({ held: 3 });
    expect(await states(vault)).toEqual({ p: 3, a: 0, q: 0 });
  });

  it('[SY88] a run ends where its window says so, and no database is made or upgraded', async () => {
    const vault = await lockedVault();
    expect(await drainSealed(vault.name, { ...line(), mayGoOn: () => false })).toMatchObject({
      stored: 0,
      stop: null,
    });
    expect(await drainSealed('daiban-none', line())).toBeNull();
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain('daiban-none');
  });

  it('[SY89] [SY120] answers to other rows, other places and other histories change nothing', async () => {
    const vault = await lockedVault();
    let answer: HandInAnswer | null = null;
    const deaf: DrainDeps = { ...line({ heard: (one) => void (answer ??= one) }) };
    const whole = await vault.store.eventsIn('p');
    await drainSealed(vault.name, { ...deaf, fetch: deaf.fetch });
    if (!answer) throw new Error('no answer');
    const good = settlementOf(answer);
    const sync = { ...firstSync(id(vault.dv)), dsNext: 7 };
    const view = {
      sync,
      rows: new Map(whole.map((row) => [row.id, row])),
      left: new Set<string>(),
    };
    expect(planSettled(view, good)?.put).toHaveLength(6);
    // [SY120] A witness that nobody looked at stays, whatever is higher now.
    const old = { ...view, sync: { ...sync, wit: [1, 'of a lost history'] as const } };
    expect(planSettled(old, good)?.sync.wit).toEqual([1, 'of a lost history']);
    const bent = good.items.map((item) => ({ ...item, ds: item.ds + 1 }));
    expect(planSettled(view, { ...good, items: bent })).toBeNull();
    const foreign = good.items.map((item) => ({ ...item, dv: id('dvZ') }));
    expect(planSettled(view, { ...good, items: foreign })).toBeNull();
    expect(planSettled({ ...view, sync: { ...sync, epoch: 'other' } }, good)).toBeNull();
    expect(planSettled(view, { ...good, epoch: '' })).toBeNull();
  });
});

describe('the hand-in file of a vault', () => {
  it('[SY90] is made from the rows as they lie, carries no name, and settles by the ack file', async () => {
    const vault = await lockedVault();
    const file = await handInFileOf(vault.name, { digest, build: 't', now: () => NOW });
    if (!file) throw new Error('no file');
    expect(file).toMatchObject({ items: 6, files: 1 });
    expect(file.name).toMatch(/^20260620-[0-9a-f]{8}\.psb$/);
    const bytes = Buffer.from(await file.blob.arrayBuffer());
    for (const hidden of ['周桂芹', vault.photo.sha, 'A'.repeat(60)])
      expect(bytes.includes(Buffer.from(hidden))).toBe(false);
    // The tablet itself was never online; somebody carries the file.
    const report = await bringFile(file.blob, line({ who: 'A02' }));
    expect(report).toMatchObject({ stored: 6, filesComplete: 1, stop: null });
    expect(await states(vault)).toEqual({ p: 6, a: 0, q: 0 });
    const rows = await vault.store.eventsIn('p');
    const items = rows.map(({ dv, ds, id: event }) => ({ dv, ds, id: event }));
    const answer = await line().fetch(`http://county${ACK_PATH}`, {
      method: 'POST',
      body: JSON.stringify({ items }),
    });
    const ack = new Blob([await answer.arrayBuffer()]);
    const signers = signersOf(await county.container.keys.list());
    const other = await lockedVault(2);
    expect(await takeAckFile(ack, new Map(), [vault.name])).toEqual({
      ...{ ok: false, error: 'UNKNOWN_KEY' },
    });
    const names = [other.name, vault.name, 'daiban-none'];
    expect(await takeAckFile(ack, signers, names)).toEqual({ ok: true, value: 6 });
    expect(await takeAckFile(ack, signers, names)).toEqual({ ok: true, value: 0 });
    expect([await states(vault), await states(other)]).toEqual([
      { p: 0, a: 6, q: 0 },
      { p: 2, a: 0, q: 0 },
    ]);
  });

  it('[SY90] of a vault with nothing that waits there is none', async () => {
    const vault = await lockedVault(1);
    await drainSealed(vault.name, line());
    expect(await handInFileOf(vault.name, { digest, build: 't', now: () => NOW })).toBeNull();
  });
});

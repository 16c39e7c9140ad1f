import { describe, expect, it } from 'vitest';
import type { AreaCode, Instant } from '../src/lib/domain/values.ts';
import {
  lightAt,
  NO_MEDIA,
  rowOf,
  ticksOf,
  type CaseFacts,
  type FactDuty,
} from '../src/lib/tablet/case-facts.ts';
import type { DayLine } from '../src/lib/tablet/day-line.ts';
import { CaseIndex } from '../src/lib/tablet/case-index.ts';
import { imageSize } from '../src/lib/tablet/image-size.ts';
import { newPasscode, tryPasscode } from '../src/lib/tablet/passcode.ts';
import { PHOTO_EDGE_MAX, fitted } from '../src/lib/tablet/photo-limits.ts';
import { loadInitials, search, type Findable } from '../src/lib/tablet/search.ts';
import { QUIET_LOOP, syncStatus } from '../src/lib/tablet/sync-status.ts';
import { encodePlain, plainVault } from '../src/lib/tablet/vault.ts';
import { taskList } from '../src/lib/tablet/task-list.ts';
import { firstSync, type SyncRecord } from '../src/lib/ports/tablet-store.ts';

const at = (day: number, hour = 0): Instant =>
  new Date(Date.UTC(2026, 5, day, hour)).toISOString() as Instant;
const duty = (soon: number, due: number, more: Partial<FactDuty> = {}): FactDuty => ({
  ...{ clock: 'C1', soonAt: at(soon), dueAt: at(due), provisional: false, frozen: false },
  ...more,
});
const facts = (more: Partial<CaseFacts> = {}): CaseFacts => ({
  ...{ kind: 'case', temporaryNumber: '临-230278200201-A01-B-0007', queryCode: '482160375519' },
  ...{ caseNo: null, status: 'TAKEN', matter: '邻居粪堆挨着水井', petitioner: '周桂芹' },
  ...{ petitionerCount: 1, place: '三屯', areaCode: '230278200201' as AreaCode, hasPhone: false },
  ...{ takenAt: at(8), lastActAt: at(8), flags: [], duties: [], tasks: [], topSeq: 0 },
  ...{ words: '院边粪堆挨着水井，味儿大招苍蝇' },
  ...more,
});
const NONE = { p: 0, a: 0, q: 0 };
const found = (f: CaseFacts, caseId = 'c1', counts = NONE): Findable => ({
  facts: f,
  row: rowOf({ caseId, facts: f, counts, media: NO_MEDIA, safe: 9, receipt: false }, at(9)),
});

describe('lights and ticks of the list', () => {
  it('[TB24] the worst duty decides, frozen ones stand still', () => {
    const duties = [duty(20, 25), duty(10, 12, { clock: 'C0' })];
    expect(lightAt(duties, at(9))).toMatchObject({ level: 'ok', clock: 'C0' });
    expect(lightAt(duties, at(11)).level).toBe('soon');
    expect(lightAt(duties, at(13))).toMatchObject({ level: 'late', clock: 'C0', dueAt: at(12) });
    expect(lightAt([duty(1, 2, { frozen: true })], at(9)).level).toBe('frozen');
    expect(lightAt([], at(9))).toMatchObject({ level: 'idle', dueAt: null });
  });

  it('[TB35] ② needs everything at the county, ③ everything in the checked backup', () => {
    const received = facts({ topSeq: 7 });
    type Over = { counts?: typeof NONE; media?: Partial<typeof NO_MEDIA>; safe?: number };
    const ticks = (f: CaseFacts, { counts = NONE, media = {}, safe = 0 }: Over = {}) => {
      const of = { facts: f, counts, media: { ...NO_MEDIA, ...media }, safe, receipt: false };
      const t = ticksOf(of);
      return `${t.saved} ${t.county} ${t.backup} ${t.receipt}`;
    };
    expect(ticks(facts(), { counts: { ...NONE, p: 3 } })).toBe('done none none none');
    expect(ticks(received, { counts: { ...NONE, p: 1, a: 2 } })).toBe('done part none none');
    expect(ticks(received, { counts: { ...NONE, a: 2 } })).toBe('done done none none');
    expect(ticks(received, { counts: { ...NONE, q: 1 } })).toBe('done part none none');
    expect(ticks(received, { media: { waiting: 1, all: 1 } })).toBe('done part none none');
    expect(ticks(received, { media: { refused: 1, all: 1 } })).toBe('done part none none');
    expect(ticks(received, { safe: 7 })).toBe('done done done none');
    expect(ticks(received, { safe: 6 })).toBe('done done part none');
    expect(ticks(received, { safe: 7, counts: { ...NONE, a: 1 } })).toBe('done done none none');
    // A rewind: nothing of the new history stands in a checked backup yet.
    expect(ticks(received, { safe: 0 })).toBe('done done none none');
    expect(ticks(received, { safe: 0, counts: { ...NONE, p: 2 } })).toBe('done part none none');
  });

  it('[TB35] ④ the slip stands beside the three, with or without a network', () => {
    const of = { facts: facts(), counts: { ...NONE, p: 3 }, media: NO_MEDIA, safe: 0 };
    expect(ticksOf({ ...of, receipt: true })).toMatchObject({ county: 'none', receipt: 'done' });
    expect(ticksOf({ ...of, receipt: false }).receipt).toBe('none');
  });

  it('[TB23] all sent is said only when nothing waits, nothing is refused, and the county spoke', () => {
    const sync: SyncRecord = { ...firstSync('dv'), lastReceiptAt: at(8) };
    const line = { clear: true, at: at(8) } as const;
    const inputs = {
      ...{ all: [found(facts())], media: [], unsentTextBytes: 0, sync, loop: QUIET_LOOP },
      ...{ line: line as DayLine | null, alarmRead: '', clockMended: false },
    };
    expect(syncStatus(inputs).allSent).toEqual({ cases: 1, at: at(8), sentHere: false });
    const sentOne = { ...inputs, sync: { ...sync, dsNext: 2 } };
    expect(syncStatus(sentOne).allSent).toEqual({ cases: 1, at: at(8), sentHere: true });
    const but = (change: Partial<typeof inputs>) => syncStatus({ ...inputs, ...change }).allSent;
    expect(but({ line: { clear: false, doubt: 'COUNTY_LACKS' } })).toBeNull();
    expect(but({ line: null })).toBeNull();
    expect(syncStatus({ ...inputs, line: null }).proving).toBe(true);
    expect(but({ all: [found(facts(), 'c1', { ...NONE, p: 1 })] })).toBeNull();
    expect(but({ all: [found(facts(), 'c1', { ...NONE, q: 1 })] })).toBeNull();
    const body = new Uint8Array();
    const base = { id: 'm', caseId: 'c9', bytes: 1, chunks: 1, day: 1, body };
    const file = { ...base, state: 'p' as const };
    expect(syncStatus({ ...inputs, media: [file] }).allSent).toBeNull();
  });
});

describe('a case that is somebody else’s now', () => {
  const body = new Uint8Array();
  const record = async (id: string) => {
    const words = { petitioner: '周桂芹', topSeq: 3, tasks: [], duties: [duty(10, 12)] };
    const entry = encodePlain(facts(words));
    return { ...{ id, rev: 1, factsRev: 1, left: 1 as const, body }, facts: entry };
  };
  const file = (state: 'p' | 'q' | 'a') => ({
    ...{ id: `m${state}`, caseId: `c${state}`, state, bytes: 1, chunks: 1, day: 1, body },
  });

  it('[TB38] stays while anything of it is here, and names nobody', async () => {
    const index = new CaseIndex();
    const ids = ['none', 'event', 'aside', 'cp', 'cq', 'ca'];
    const counts = new Map([
      ['event', { ...NONE, p: 1 }],
      ['aside', { ...NONE, q: 1 }],
      ['none', { ...NONE, a: 1 }],
    ]);
    const cases = await Promise.all(ids.map(record));
    const media = [file('p'), file('q'), file('a')];
    await index.fill(plainVault(), { cases, counts, media });
    const rows = index.findables(at(9)).map((f) => f.row);
    expect(rows.map((r) => r.caseId).sort()).toEqual(['aside', 'cp', 'cq', 'event']);
    for (const r of rows)
      expect([r.petitioner, r.matter, r.place, r.light.clock]).toEqual(['', '', '', null]);
    const found = search(index.findables(at(9)), { text: '周桂芹', filter: 'ALL' }, null);
    expect(found).toEqual([]);
  });
});

describe('search and tasks', () => {
  const all = [
    found(facts(), 'c1'),
    found(facts({ petitioner: '孙福', place: '东头屯', matter: '进屯路翻浆', words: '' }), 'c2'),
    found(facts({ flags: ['SEALED'], petitioner: '', matter: '', words: '举报' }), 'c3'),
  ];
  const ids = (text: string, letters: Parameters<typeof search>[2] = null): string[] =>
    search(all, { text, filter: 'ALL' }, letters).map((r) => r.caseId);

  it('[TB24] names, places, words and numbers are found, a sealed case by its number only', () => {
    expect(ids('周桂芹')).toEqual(['c1']);
    expect(ids('苍蝇 三屯')).toEqual(['c1']);
    expect(ids('东头 屯')).toEqual(['c2']);
    expect(ids('举报')).toEqual([]);
    expect(ids('0007').length).toBe(3);
    expect(ids('').length).toBe(3);
  });

  it('[TB24] pinyin initials find what was said, once their table is loaded', async () => {
    const initials = await loadInitials();
    expect(ids('zgq')).toEqual([]);
    expect(ids('zgq', ({ row }) => initials(row.petitioner))).toEqual(['c1']);
  });

  it('[TB43] a file the county waited for in vain is a task, unless it waits here for signal', () => {
    const waits = [at(8), at(10)];
    const list = (now: string, unsentMedia: number) => {
      const f = found(facts({ waits }));
      return taskList([{ ...f, row: { ...f.row, unsentMedia } }], now).map((t) => [
        t.kind,
        t.files,
      ]);
    };
    expect(list(at(9), 0)).toEqual([['RESHOOT', 1]]);
    expect(list(at(11), 0)).toEqual([['RESHOOT', 2]]);
    expect(list(at(11), 1)).toEqual([['RESHOOT', 1]]);
    expect(list(at(11), 2)).toEqual([]);
    expect(list(at(7), 0)).toEqual([]);
  });

  it('[TB44] two versions of one intake are one task, however many lines differ', () => {
    const choose = (id: string) => ({
      ...{ id, kind: 'CHOOSE' as const, text: '', cause: 'conflict.detected' as const },
      dueOn: null,
    });
    const tasks = [choose('one'), choose('two')];
    expect(taskList([found(facts({ tasks }))], at(9)).map((t) => t.id)).toEqual(['one']);
  });

  it('[TB24] a promise far away waits, the urgent one stands on top', () => {
    const task = (id: string, dueOn: string | null, kind: 'PROMISE' | 'TELL' = 'PROMISE') => ({
      ...{ id, kind, text: '', cause: 'resolution.recorded' as const },
      dueOn: dueOn as (typeof all)[0]['facts']['tasks'][0]['dueOn'],
    });
    const tasks = [
      task('far', '2026-07-20'),
      task('near', '2026-06-12'),
      task('over', '2026-06-08'),
    ];
    const list = taskList([found(facts({ tasks }))], at(9));
    expect(list.map((t) => [t.id, t.light])).toEqual([
      ...[
        ['over', 'late'],
        ['near', 'ok'],
      ],
    ]);
  });
});

describe('small guards', () => {
  it('[TB21] a picture is fitted without being enlarged, its size read before decoding', () => {
    expect(fitted(12_000, 9_000)).toEqual({ width: PHOTO_EDGE_MAX, height: 1_200 });
    expect(fitted(300, 200)).toEqual({ width: 300, height: 200 });
    const png = new Uint8Array(24);
    png.set([0x89, 0x50]);
    new DataView(png.buffer).setUint32(16, 14_000);
    new DataView(png.buffer).setUint32(20, 14_001);
    expect(imageSize(png)).toEqual({ width: 14_000, height: 14_001 });
    const jpeg = [0xff, 0xd8, 0xff, 0xe1, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 100, 0, 200];
    expect(imageSize(Uint8Array.from(jpeg))).toEqual({ width: 200, height: 100 });
    expect(imageSize(Uint8Array.from([1, 2, 3]))).toBeNull();
  });

  it('[TB25] the passcode opens, wrong ones wait longer and longer, a reload forgives nothing', async () => {
    let code = await newPasscode('4826', 'salt');
    expect(JSON.stringify(code)).not.toContain('4826');
    expect((await tryPasscode(code, '4826', at(8))).ok).toBe(true);
    for (let i = 0; i < 5; i++) code = (await tryPasscode(code, '0000', at(8))).code;
    const early = await tryPasscode(code, '4826', at(8));
    expect(early).toMatchObject({ ok: false, waitSeconds: 30 });
    const later = await tryPasscode(code, '0000', at(8, 1));
    expect(later.waitSeconds).toBe(60);
    expect((await tryPasscode(later.code, '4826', at(8, 2))).ok).toBe(true);
  });
});

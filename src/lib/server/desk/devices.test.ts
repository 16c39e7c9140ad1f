import { describe, expect, it } from 'vitest';
import type { DeviceId, Instant, PersonId } from '../../domain/values.ts';
import type { DeviceRow } from '../../ports/county-store.ts';
import type { ExchangeRequest } from '../../protocol/sync.ts';
import { afterContact, lossNoted, type Contact } from '../sync/contact.ts';
import { deviceLines } from './devices.ts';

const NOW = '2026-06-10T02:00:00.000Z' as Instant;
const ago = (hours: number): Instant =>
  new Date(Date.parse(NOW) - hours * 3_600_000).toISOString() as Instant;
const device = (dv: string, more: Partial<DeviceRow> = {}): DeviceRow => ({
  ...{ dv: dv as DeviceId, personId: 'A01' as PersonId, letter: 'A', lastDs: 5, dsHi: 5 },
  ...{ build: '1', enrolledAt: ago(900), lastSeenAt: ago(1), offsetSeconds: 0, report: null },
  ...more,
});
const line = (one: DeviceRow, others: DeviceRow[] = []) =>
  deviceLines([one, ...others], NOW).find((l) => l.key === one.dv);

describe('the page of devices', () => {
  it('[AU53] what waits longer than 24 hours by the county’s clock turns red', () => {
    const waits = (hours: number) =>
      line(device('d', { report: { unsent: 2, oldestUnsentAt: ago(hours) } }));
    expect(waits(23)).toMatchObject({ unsent: 2, overLimit: false });
    expect(waits(25)).toMatchObject({ unsent: 2, overLimit: true });
    const sent = device('d', { report: { unsent: 0, oldestUnsentAt: ago(50) } });
    expect(line(sent)).toMatchObject({ oldestUnsentAt: null, overLimit: false });
  });

  it('[AU53] silence, a wrong clock and little room are told; nothing told is not nothing left', () => {
    expect(line(device('d', { lastSeenAt: ago(21) }))?.contact).toBe('soon');
    expect(line(device('d', { lastSeenAt: ago(73) }))?.contact).toBe('late');
    expect(line(device('d', { offsetSeconds: -86_400 }))?.clockOff).toBe(true);
    const room = (storageLeftBytes: number | null) =>
      line(device('d', { report: { storageLeftBytes } }));
    expect(room(1_000)).toMatchObject({ roomLow: true });
    expect(room(9e9)).toMatchObject({ roomLow: false, persisted: null });
    expect(room(null)).toMatchObject({ roomLow: false, leftBytes: null });
    for (const report of [null, 7, 'x', [], {}])
      expect(line(device('d', { report }))).toMatchObject({ unsent: 0, alarms: [] });
  });

  it('[AU202] a tablet is signed, not signed, or has another key; a new one asks for a call for a month', () => {
    const keyed = (n: number, hours: number) =>
      device('d', { key: { publicKey: 'P', keyId: 'K', at: ago(hours), n } });
    expect(line(device('d'))?.signing).toEqual({ kind: 'none', at: '' });
    expect(line(keyed(1, 5))).toMatchObject({ signing: { kind: 'signed', at: ago(5) }, danger: 0 });
    expect(line(keyed(2, 5))).toMatchObject({
      signing: { kind: 'changed', at: ago(5) },
      danger: 2,
    });
    expect(line(keyed(2, 24 * 31))).toMatchObject({ signing: { kind: 'signed' }, danger: 0 });
  });

  it('[AU53] what burns first stands on top', () => {
    const was = { dv: 'gone', why: 'EVICTED', unsent: 3 };
    const rows = [
      device('quiet', { lastSeenAt: ago(21) }),
      device('fine'),
      device('clock', { offsetSeconds: 4_000 }),
      device('late', { report: { unsent: 1, oldestUnsentAt: ago(30) } }),
      device('lost', { enrolledAt: ago(5), report: { was } }),
      device('silent', { lastSeenAt: ago(100) }),
    ];
    expect(deviceLines(rows, NOW).map((l) => l.key)).toEqual([
      ...['lost', 'late', 'silent', 'clock', 'quiet', 'fine'],
    ]);
  });

  it('[AU53] files that wait count too: their tablet does not stand below those with nothing', () => {
    const files = device('files', { lastSeenAt: ago(1), report: { unsentMedia: 2 } });
    const rows = [device('fine', { lastSeenAt: ago(2) }), files];
    expect(deviceLines(rows, NOW).map((l) => l.key)).toEqual(['files', 'fine']);
  });

  const brief = (one: DeviceRow, others: DeviceRow[] = []) =>
    line(one, others)?.alarms.map(({ why, lost }) => ({ why, lost }));

  it('[AU54] a vault that was thrown away is told under the new name with what never came', () => {
    const old = device('old', { lastDs: 5, dsHi: 9, lastSeenAt: ago(30) });
    const told = (unsent: number, why = 'EVICTED') =>
      device('new', { enrolledAt: ago(20), report: { was: { dv: 'old', why, unsent } } });
    expect(brief(told(2), [old])).toEqual([{ why: 'EVICTED', lost: 4 }]);
    expect(brief(told(7), [old])).toEqual([{ why: 'EVICTED', lost: 7 }]);
    expect(line(old, [told(2)])).toBeUndefined();
    expect(brief(told(0, 'RESTORED'), [old])).toEqual([{ why: 'RESTORED', lost: 4 }]);
    // Under its own id: the county went back, and what it no longer has may be missing.
    const back = { dv: 'new', why: 'RESTORED', unsent: 2 };
    expect(brief(device('new', { dsHi: 9, report: { was: back } }))).toEqual([
      { why: 'COUNTY_BACK', lost: 2 },
    ]);
    // A clone goes on elsewhere: it stays on the page and nothing counts as lost.
    expect(brief(told(0, 'CLONED'), [old])).toEqual([{ why: 'CLONED', lost: 0 }]);
    expect(line(old, [told(0, 'CLONED')])).toBeDefined();
    // Lost twice: the first loss stands under the newest name too, and a ring of names ends.
    const again = { dv: 'new', why: 'EVICTED', unsent: 1 };
    const third = device('third', { enrolledAt: ago(5), report: { was: again } });
    const both = [
      { why: 'EVICTED', lost: 1 },
      { why: 'EVICTED', lost: 4 },
    ];
    expect(brief(third, [told(2), old])).toEqual(both);
    const ring = device('old', { ...old, report: { was: { ...again, dv: 'third' } } });
    expect(deviceLines([ring, told(2), third], NOW).map(({ key }) => key)).toEqual(['third']);
    // Nobody's tablet takes another person's from the page.
    const foreign = { ...told(2), personId: 'A02' as PersonId };
    expect(line(old, [foreign])).toBeDefined();
  });

  it('[AU59] an alarm never ends by itself; marked as seen it stays and burns no more', () => {
    const old = device('old', {
      lastDs: 5,
      dsHi: 9,
      enrolledAt: ago(9_900),
      lastSeenAt: ago(9_000),
    });
    const was = { dv: 'old', why: 'EVICTED', unsent: 2 };
    const long = device('new', { enrolledAt: ago(365 * 24), report: { was } });
    expect(line(long, [old])).toMatchObject({ alarms: [{ lost: 4, seen: null }], danger: 36 });
    const mark = { why: 'EVICTED', lost: 4, reason: '照纸条补了四条', at: NOW, by: 'O01' };
    const marked = (more: Partial<typeof mark>) =>
      deviceLines([long, old], NOW, new Map([['new', { ...mark, ...more }]]))[0];
    expect(marked({})).toMatchObject({ alarms: [{ lost: 4, seen: mark }], danger: 0 });
    // What was looked into covers no greater loss, and no other kind.
    for (const more of [{ lost: 3 }, { why: 'RESTORED' }])
      expect(marked(more)).toMatchObject({ alarms: [{ seen: null }], danger: 36 });
  });

  it('[AU54] a tablet that went silent with work on it, and its agent went on with another', () => {
    const old = device('old', { lastDs: 5, dsHi: 9, lastSeenAt: ago(30) });
    const next = device('next', { enrolledAt: ago(20) });
    expect(brief(old, [next])).toEqual([{ why: 'SILENT_LOSS', lost: 4 }]);
    expect(brief({ ...old, dsHi: 5 }, [next])).toEqual([]);
    expect(brief(old)).toEqual([]);
    expect(brief(old, [{ ...next, personId: 'A02' as PersonId }])).toEqual([]);
  });
});

describe('what an exchange tells of the tablet', () => {
  const report = {
    ...{ unsent: 3, oldestUnsentAt: '2026-06-10T01:00:00Z' as string | null },
    ...{ storageLeftBytes: 9, persisted: true },
  };
  const contact = (more: Partial<ExchangeRequest>, lastDs = 5, before = device('d')): Contact => ({
    request: { dsHi: 5, build: '2', report, ...more } as ExchangeRequest,
    ...{ device: before, lastDs, now: NOW, offsetSeconds: 60 },
  });

  it('[AU53] is counted after the push it came with, by the county’s clock', () => {
    const all = afterContact(contact({}), false);
    expect(all?.report).toMatchObject({ unsent: 0, oldestUnsentAt: null, storageLeftBytes: 9 });
    const part = afterContact(contact({ dsHi: 8 }, 6), false);
    expect(part).toMatchObject({ dsHi: 8, lastDs: 6, build: '2', lastSeenAt: NOW });
    expect(part?.report).toMatchObject({ unsent: 2, oldestUnsentAt: '2026-06-10T01:01:00.000Z' });
    const odd = contact({ dsHi: 8, report: { ...report, oldestUnsentAt: 'nonsense' } });
    expect(afterContact(odd, false)?.report).toMatchObject({ oldestUnsentAt: null });
  });

  it('[AU53] a late copy of an old request lowers nothing, a poll writes at most once a minute', () => {
    expect(afterContact(contact({ dsHi: 1 }), false)?.dsHi).toBe(5);
    const here = device('d', { lastSeenAt: NOW });
    expect(afterContact(contact({}, 5, here), false)).toBeNull();
    expect(afterContact(contact({}, 6, here), false)).not.toBeNull();
  });

  it('[AU54] a lost vault stands in the audit once', () => {
    const was = { dv: 'old', why: 'EVICTED' as const, unsent: 3 };
    const first = contact({ report: { ...report, was } });
    expect(lossNoted(first)).toMatchObject({ action: 'device.lost', note: 'EVICTED old 3' });
    const again = device('d', { report: { was } });
    expect(lossNoted(contact({ report: { ...report, was } }, 5, again))).toBeNull();
    expect(lossNoted(contact({}))).toBeNull();
  });
});

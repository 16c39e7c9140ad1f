import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const COPY = 'src/lib/domain/data/sample-cases.json';
const samples = process.env['DAIBAN_SAMPLES'];
const original = samples ? join(samples, 'domain/sample-cases.json') : null;

interface Listed {
  cases: {
    finalStatus: string;
    clocks: Record<string, unknown>[];
    events: { statusAfter: string; receivedAt: string }[];
  }[];
  expected?: object;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daiban-replay-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(...words: string[]) {
  const told = spawnSync(process.execPath, ['scripts/replay.ts', ...words], { encoding: 'utf8' });
  const last = told.stdout.trim().split('\n').at(-1) ?? '';
  return { code: told.status, line: JSON.parse(last) as Record<string, unknown> };
}

function altered(name: string, alter: (file: Listed) => void): string {
  const file = JSON.parse(readFileSync(COPY, 'utf8')) as Listed;
  alter(file);
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(file));
  return path;
}

const CLEAN = { errors: 0, clockMismatches: 0, statsMismatches: 0 };

describe('npm run -s replay', { timeout: 60_000 }, () => {
  it('[CL28] prints one line without a fault, and says how much it compared', () => {
    const { code, line } = run();
    expect(line).toMatchObject({
      cases: 20,
      events: 340,
      ...CLEAN,
      statusesCompared: 340,
      clocksCompared: 123,
      statsCompared: 24,
      keshan: [150, 144, '96.0 %', 453, '−76.0 %', '−52.0 %'],
    });
    expect(code).toBe(0);
  });

  it.each(['Etc/GMT+12', 'Pacific/Tongatapu', 'Etc/GMT-14'])(
    '[CL2] replays the same on a machine in %s',
    (zone) => {
      const told = spawnSync(process.execPath, ['scripts/replay.ts'], {
        encoding: 'utf8',
        env: { ...process.env, TZ: zone },
      });
      expect(told.status).toBe(0);
      expect(JSON.parse(told.stdout)).toEqual(run().line);
    },
  );

  it('[CL28] a planted fault of the rules is found', () => {
    const { code, line } = run('--plant');
    expect(line['clockMismatches']).toBeGreaterThan(0);
    expect(code).toBe(1);
  });

  it.each<[string, (file: Listed) => void]>([
    ['status', (file) => Object.assign(file.cases[0]?.events[9] ?? {}, { statusAfter: 'TAKEN' })],
    ['end', (file) => Object.assign(file.cases[0] ?? {}, { finalStatus: 'WITHDRAWN' })],
    [
      'due',
      (file) => Object.assign(file.cases[2]?.clocks[4] ?? {}, { due: '2026-04-21T23:59:59+08:00' }),
    ],
    ['outcome', (file) => Object.assign(file.cases[5]?.clocks[7] ?? {}, { outcome: 'MET' })],
    ['fewer events', (file) => file.cases[0]?.events.pop()],
    ['fewer clocks', (file) => file.cases[0]?.clocks.pop()],
    ['fewer cases', (file) => file.cases.pop()],
    ['a time', (file) => Object.assign(file.cases[0]?.events[0] ?? {}, { receivedAt: 'gestern' })],
  ])('[CL28] an altered file is reported: %s', (name, alter) => {
    const { code, line } = run(altered(name, alter));
    expect(code).toBe(1);
    const found = ['errors', 'clockMismatches', 'statsMismatches'].map((key) =>
      Number(line[key] ?? 0),
    );
    expect(found.some((n) => n > 0) || Number(line['events']) < 340).toBe(true);
  });

  it('[CL28] a smaller file may declare its own size, and is held to it', () => {
    const two = (clocks: number) => (file: Listed) => {
      file.cases = file.cases.slice(0, 2);
      file.expected = { cases: 2, events: 31, clocks };
    };
    expect(run(altered('two', two(7)))).toMatchObject({
      code: 0,
      line: { cases: 2, events: 31, ...CLEAN },
    });
    expect(run(altered('two more', two(8))).code).toBe(1);
  });

  it.runIf(original !== null && existsSync(original))(
    '[CL28] the unmended original replays too, by the mends alone (needs DAIBAN_SAMPLES)',
    () => {
      expect(run(original ?? '')).toMatchObject({
        code: 0,
        line: { cases: 20, events: 340, ...CLEAN },
      });
    },
  );

  it('[CL28] what cannot be read is said, and fails', () => {
    expect(run(join(folder, 'nowhere.json'))).toMatchObject({ code: 1, line: { errors: 1 } });
  });
});

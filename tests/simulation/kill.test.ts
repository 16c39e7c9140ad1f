import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyFile } from '../../src/lib/server/jobs/verify.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'daiban-kill-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const CHILD = path.join(import.meta.dirname, 'kill-child.ts');
const ROUNDS = 6;
const ACKED_MIN = 200;

/** Runs the child until it has acked so many ids, kills it with -9, returns what it had printed. */
async function killedAfter(
  file: string,
  { round, acks }: { round: number; acks: number },
  plant = '',
) {
  const child = spawn(process.execPath, [CHILD, file, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PLANT: plant },
  });
  let text = '';
  let killed = false;
  child.stdout.setEncoding('utf8');
  for await (const part of child.stdout) {
    text += String(part);
    if (!killed && text.split('\n').length > acks) killed = child.kill('SIGKILL');
  }
  return text.slice(0, text.lastIndexOf('\n')).split('\n');
}

async function lookAt(file: string) {
  const db = new DatabaseSync(file);
  const ids = db.prepare("SELECT id FROM log WHERE kind = 'event'").all();
  db.close();
  const { faults } = await verifyFile(file, { folds: false });
  return { stored: new Set(ids.map((row) => String(row.id))), faults };
}

describe('kill -9', () => {
  it(
    '[SY12] every event that was answered is stored, and the log is whole',
    { timeout: 60_000 },
    async () => {
      const file = path.join(dir, 'county.sqlite');
      const acked: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        acked.push(...(await killedAfter(file, { round, acks: 20 + round * 23 })));
        const { stored, faults } = await lookAt(file);
        expect(faults).toEqual([]);
        expect(acked.filter((id) => !stored.has(id))).toEqual([]);
      }
      expect(acked.length).toBeGreaterThanOrEqual(ACKED_MIN);
      expect(new Set(acked).size).toBe(acked.length);
    },
  );

  it('[SY12] an answer before the commit is seen as loss', { timeout: 60_000 }, async () => {
    const file = path.join(dir, 'planted.sqlite');
    let lost = 0;
    for (let round = 0; round < ROUNDS && lost === 0; round++) {
      const acked = await killedAfter(file, { round, acks: 30 + round * 7 }, 'ackEarly');
      const { stored } = await lookAt(file);
      lost += acked.filter((id) => !stored.has(id)).length;
    }
    expect(lost).toBeGreaterThan(0);
  });
});

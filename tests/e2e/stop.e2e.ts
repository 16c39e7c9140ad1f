import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { freePort, type DemoAccount } from './county.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const BODY = JSON.stringify({ dv: 'stop-tablet'.padEnd(22, '0'), build: 't' });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server in a folder of its own, that can be told to stop. */
async function served() {
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-stop-'));
  const dataDir = path.join(dir, 'county');
  const origin = `http://localhost:${await freePort()}`;
  const { port } = new URL(origin);
  const demo = { DAIBAN_DEMO: '1', NODE_ENV: 'demo', ENROLMENT_CODES: '0' };
  const given = { DATA_DIR: dataDir, PORT: port, ORIGIN: origin, ...demo };
  const env = { ...process.env, ...given };
  spawnSync(process.execPath, ['scripts/seed-demo.ts', dataDir], { cwd: ROOT, env });
  const child = spawn(process.execPath, ['scripts/start.mjs'], { cwd: ROOT, env });
  let words = '';
  child.stdout.on('data', (said) => (words += said));
  child.stderr.on('data', (said) => (words += said));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await fetch(`${origin}/readyz`).catch(() => null))?.ok) break;
    await pause(100);
  }
  return { dir, dataDir, origin, port, child, ended, words: () => words };
}

async function cookieOf(origin: string, account: DemoAccount): Promise<string> {
  const answer = await fetch(`${origin}/api/auth/sign-in/username`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-daiban': '1', origin },
    body: JSON.stringify({ username: account.user, password: account.passphrase }),
  });
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

test('[SY133] a stopping server does not wait for open pages of the desk', async () => {
  const county = await served();
  const { origin } = county;
  const file = readFileSync(path.join(county.dataDir, 'demo-accounts.json'), 'utf8');
  const { accounts } = JSON.parse(file) as { accounts: DemoAccount[] };
  const reviewer = accounts.find(({ role }) => role === 'reviewer');
  if (!reviewer) throw new Error('the demo has reviewers');
  const cookie = await cookieOf(origin, reviewer);
  const stream = await fetch(`${origin}/desk/live`, { headers: { cookie } });
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  const since = performance.now();
  county.child.kill('SIGTERM');
  expect(await stream.text()).toContain('retry: ');
  expect(await county.ended).toBe(0);
  // Whoever does not end by himself is cut off only after thirty.
  expect(performance.now() - since).toBeLessThan(10_000);
  rmSync(county.dir, { recursive: true, force: true });
});

test('[OP5] told to stop, it finishes what is in flight, takes nothing new and ends', async () => {
  const county = await served();
  const { origin, port } = county;
  const file = readFileSync(path.join(county.dataDir, 'demo-accounts.json'), 'utf8');
  const { accounts } = JSON.parse(file) as { accounts: DemoAccount[] };
  const agent = accounts.find(({ role }) => role === 'agent');
  if (!agent) throw new Error('the demo has agents');
  const headers = {
    ...{ 'content-type': 'application/json', 'x-daiban': '1', origin },
    ...{ 'content-length': BODY.length, cookie: await cookieOf(origin, agent) },
  };
  const request = http.request(`${origin}/api/sync/enrol`, { method: 'POST', headers });
  const answered = new Promise<string>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.on('data', (part) => (text += String(part)));
      response.on('end', () => resolve(`${response.statusCode} ${text}`));
    });
  });
  request.write(BODY.slice(0, 10));
  await pause(500);
  county.child.kill('SIGTERM');
  await pause(500);
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  request.end(BODY.slice(10));
  expect(await answered).toContain('200 {"magic":"PS1"');
  expect(await county.ended).toBe(0);
  expect(county.words()).toContain(`serving ${origin} on port ${port}`);
  rmSync(county.dir, { recursive: true, force: true });
});

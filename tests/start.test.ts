import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const dir = mkdtempSync(path.join(tmpdir(), 'daiban-start-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a script of the project as a person would, with nothing but what is given. */
function ran(args: readonly string[], given: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env['PATH'] ?? '', DATA_DIR: path.join(dir, 'county'), ...given };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, timeout: 20_000 });
  const said = { out: '', err: '' };
  child.stdout.on('data', (words) => (said.out += String(words)));
  child.stderr.on('data', (words) => (said.err += String(words)));
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, ...said })),
  );
}

it('[OP3] npm start is a county in earnest whatever else is set: no demo with known passwords', async () => {
  const origin = { ORIGIN: 'https://xf.example.gov.cn', DAIBAN_DEMO: '1' };
  expect((await ran(['scripts/start.mjs'], origin)).err).toContain('known passwords');
  for (const NODE_ENV of ['', 'production']) {
    const { code, err } = await ran(['scripts/start.mjs'], { ...origin, NODE_ENV });
    expect(code).toBe(1);
    expect(err).toContain('known passwords');
  }
});

it('[OP2] a port that somebody else has is told in one sentence, without a stack', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) =>
    other.listen(0, '127.0.0.1', () => {
      const address = other.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    }),
  );
  const { code, err } = await ran(['scripts/start.mjs'], {
    ORIGIN: 'https://xf.example.gov.cn',
    ...{ PORT: String(port), HOST: '127.0.0.1' },
  });
  other.close();
  expect(code).toBe(1);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).toContain(`Port ${port} is in use`);
});

it('the launcher passes arguments and code on and adds nothing to stdout', async () => {
  const file = path.join(dir, 'command.ts');
  writeFileSync(
    file,
    "const args: string[] = process.argv.slice(2);\nconsole.log(args.join('|'));\nprocess.exitCode = 3;\n",
  );
  const done = await ran(['scripts/run.mjs', file, '--plant', 'a b']);
  expect(done).toEqual({ code: 3, out: '--plant|a b\n', err: '' });
  const none = await ran(['scripts/run.mjs', 'scripts/none.ts']);
  expect([none.code, none.out]).toEqual([1, '']);
});

it('[AU525] the server runs where `__proto__` is a name like others', async () => {
  const spy = path.join(dir, 'spy.mjs');
  writeFileSync(
    spy,
    `process.once('exit', () => {
      const into = Object.assign({}, JSON.parse('{"__proto__":{"admin":true}}'));
      process.stderr.write(JSON.stringify(['__proto__' in {}, into.admin ?? 'none']));
    });\n`,
  );
  const given = { ORIGIN: 'https://xf.example.gov.cn', HOST: 'nowhere.invalid' };
  const plain = await ran(['--import', spy, '-e', '0'], given);
  expect(plain.err).toBe('[true,true]');
  const { err } = await ran(['--import', spy, 'scripts/start.mjs'], given);
  expect(err).toContain('[false,"none"]');
});

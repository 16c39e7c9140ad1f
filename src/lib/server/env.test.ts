import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openContainer } from './container.ts';
import { localDisk } from './store/guard.ts';
import { readEnv, SETTING_NAMES, type ServerEnv } from './env.ts';

const root = mkdtempSync(path.join(tmpdir(), 'daiban-env-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const earnest = { NODE_ENV: 'production', ORIGIN: 'https://xf.example.gov.cn' };
const wrong = (env: Record<string, string>) => {
  const read = readEnv(env);
  return read.ok ? '' : read.error.join(' ');
};
const read = (env: Record<string, string>): ServerEnv => {
  const env_ = readEnv(env);
  if (!env_.ok) throw new Error(env_.error.join());
  return env_.value;
};

describe('settings', () => {
  it('[OP1] every setting stands in OPERATIONS with its default, and no other does', () => {
    const text = readFileSync(path.resolve('docs/OPERATIONS.md'), 'utf8');
    const table = text.slice(text.indexOf('## Settings'), text.indexOf('## What lies in'));
    const listed = [...table.matchAll(/^\| `([A-Z_]+)` *\| ([^|]*)\|/gm)];
    expect(listed.map(([, name]) => name)).toEqual(SETTING_NAMES);
    const defaults = new Map(listed.map(([, name, value]) => [name, value?.trim()]));
    const { port, host, spreadSeconds, web } = read({});
    expect(defaults.get('PORT')).toBe(String(port));
    expect(defaults.get('HOST')).toBe(host);
    expect(defaults.get('SPREAD_SECONDS')).toBe(String(spreadSeconds));
    expect(defaults.get('BODY_SIZE_LIMIT')).toBe(web.BODY_SIZE_LIMIT);
    expect(defaults.get('SHUTDOWN_TIMEOUT')).toBe(web.SHUTDOWN_TIMEOUT);
  });

  it('[OP2] a wrong setting is refused with the sentence that says what to write', () => {
    expect(wrong({ AUTH_SECRET: 'short' })).toContain('AUTH_SECRET must have 32 characters');
    expect(wrong({ SHUTDOWN_TIMEOUT: '-1' })).toContain('SHUTDOWN_TIMEOUT must be');
    expect(wrong({ BODY_SIZE_LIMIT: 'much' })).toContain('BODY_SIZE_LIMIT must be');
    expect(wrong({ REQUIRE_SECOND_FACTOR: 'yes' })).toContain('REQUIRE_SECOND_FACTOR must be');
    expect(wrong({ XFF_DEPTH: '0' })).toContain('XFF_DEPTH must be');
    expect(wrong({ DATA_DIR: '/d', RATING_KEY_FILE: '/d/key.json' })).toContain('outside DATA_DIR');
    expect(wrong({ DATA_DIR: '/d', INTAKE_KEY_FILE: '/d/x.json' })).toContain('outside DATA_DIR');
    expect(wrong({ PORT: 'x', AUTH_SECRET: 'x' })).toMatch(/PORT.*AUTH_SECRET/);
    const both = wrong({ NODE_ENV: 'production', PORT: 'abc', DATABASE_URL: 'mysql://x/y' });
    for (const name of ['PORT must', 'DATABASE_URL names no database', 'ORIGIN is missing'])
      expect(both).toContain(name);
    for (const url of ['postgres:', 'postgres://host', 'postgres://host/', 'sqlite:'])
      expect(wrong({ DATABASE_URL: url })).toContain('DATABASE_URL names no database');
    expect(read({ DATABASE_URL: 'postgres://u:p@h/county' })).toMatchObject({
      postgresUrl: 'postgres://u:p@h/county',
      mediaDir: path.resolve('.data/county/media'),
    });
  });

  it('[OP2] an empty variable is one that was not given', () => {
    expect(read({ PORT: '', ORIGIN: '', AUTH_SECRET: '' })).toMatchObject({
      port: 3000,
      origin: 'http://localhost:3000',
      authSecret: null,
    });
  });

  it('[OP3] a county in earnest starts neither without its address nor as a demo', () => {
    expect(wrong(earnest)).toBe('');
    expect(wrong({ NODE_ENV: 'production' })).toContain('ORIGIN is missing');
    expect(wrong({ ...earnest, ORIGIN: 'http://10.1.2.3:3000' })).toContain('https://');
    expect(wrong({ ...earnest, ORIGIN: 'http://localhost:3000' })).toBe('');
    expect(wrong({ ...earnest, DAIBAN_DEMO: '1' })).toContain('known passwords');
  });

  it('[AU28] [AU92] in earnest the second factor is demanded, and proofs are young', () => {
    expect(read(earnest)).toMatchObject({ requireSecondFactor: true, proveMinutes: 5 });
    expect(read({ ...earnest, REQUIRE_SECOND_FACTOR: '0' }).requireSecondFactor).toBe(false);
    const demo = { requireSecondFactor: false, proveMinutes: 60 };
    expect(read({ DAIBAN_DEMO: '1' })).toMatchObject(demo);
    expect(wrong({ PROVE_MINUTES: '0' })).toContain('PROVE_MINUTES must be');
  });

  it('[OP3] nor from a folder that it cannot write, nor from one with demo accounts', async () => {
    const file = path.join(root, 'file');
    writeFileSync(file, '');
    await expect(openContainer(read({ DATA_DIR: path.join(file, 'in') }))).rejects.toThrow(
      'cannot be written',
    );
    for (const dir of ['/proc/nope', '/proc/nope/deeper'])
      expect(localDisk(dir)).toMatchObject({ ok: false });
    writeFileSync(path.join(root, 'demo-accounts.json'), '{}');
    await expect(openContainer(read({ ...earnest, DATA_DIR: root }))).rejects.toThrow(
      'known passwords',
    );
    await (await openContainer(read({ DATA_DIR: root }))).close();
  });
});

it('[AU526] a number is what people write as one: a blank is no 0 that switches the copies off', () => {
  const names = ['PORT', 'BACKUP_EVERY_MINUTES', 'SPREAD_SECONDS', 'SHUTDOWN_TIMEOUT', 'XFF_DEPTH'];
  for (const name of [...names, 'PROVE_MINUTES'])
    for (const odd of [' ', '0x10', '1e1', ' 9', '9 ', 'true', '-1', '٣', '9,5', 'Infinity'])
      expect(wrong({ [name]: odd }), `${name}=${odd}`).toContain(name);
  for (const name of names) expect(wrong({ [name]: '1.5' }), name).toContain(name);
  const read = readEnv({ BACKUP_EVERY_MINUTES: '30', PROVE_MINUTES: '0.5', PORT: '3001' });
  expect(read).toMatchObject({
    value: { backupEveryMinutes: 30, proveMinutes: 0.5, port: 3001 },
  });
  expect(readEnv({ BACKUP_EVERY_MINUTES: '0' })).toMatchObject({
    value: { backupEveryMinutes: 0 },
  });
});

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import type { ServerEnv } from '../../src/lib/server/env.ts';
import { verifiedIn } from '../../src/lib/server/jobs/backup-folder.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { restoreBackup } from '../../src/lib/server/jobs/restore.ts';
import { startBackups, waitsForKey } from '../../src/lib/server/jobs/schedule.ts';
import { recoveryOpener, type Opener } from '../../src/lib/server/keys/sealed-file.ts';
import { sharesOpener } from '../../src/lib/server/keys/shares-opener.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { grepFolder } from './grep.ts';
import {
  historyOf,
  passingFolder,
  PASSPHRASE,
  photo,
  placeAt,
  recoveryKeyIn,
  visit,
} from './place.ts';

const root = passingFolder();
const SEALED = { BACKUP_PLAIN: '0' };
const MARKERS = 1_000;
const markers = Array.from(
  { length: MARKERS },
  (_, n) => `标记${n.toString(36)}號井水🐖${n * 7919}`,
);

async function made(env: ServerEnv, into: Parameters<typeof makeBackup>[1] = {}) {
  const done = await makeBackup(env, into);
  if (!done.ok) throw new Error(done.error.join('\n'));
  return done.value;
}
const why = async (env: ServerEnv, from: string, opener?: Opener) => {
  const done = await restoreBackup(env, { from, opener, yesOlder: true });
  return done.ok ? '' : done.error.join('\n');
};
/** A county whose words, names and photos are the markers. */
async function marked(container: Container): Promise<void> {
  for (let at = 0; at < MARKERS; at += 25)
    await visit(container, markers.slice(at, at + 25).join('，'), `case${at}`);
  await photo(container, markers[0] ?? '');
}
const script = (name: string) => path.join(import.meta.dirname, '../../scripts', name);
function run(
  name: string,
  args: readonly string[],
  { env, input }: { env: ServerEnv; input: string },
) {
  const told = { ...process.env, DATA_DIR: env.dataDir, NODE_ENV: 'demo' };
  const out = execFileSync(process.execPath, [script(name), ...args], {
    env: told,
    input,
    stdio: 'pipe',
  });
  return JSON.parse(out.toString().trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

describe('a sealed backup', () => {
  it('[AU176] without a recovery key none is made; in clear only when told so, and the audit says it', async () => {
    const env = placeAt(root, 'none', SEALED);
    const running = await openContainer(env);
    await visit(running, '第一次');
    const refused = await makeBackup(env);
    expect(refused.ok ? '' : refused.error[0]).toContain('There is no recovery key');
    expect(readdirSync(env.backupDir)).toEqual([]);
    expect((await historyOf(running)).safe).toBe(0);
    const tables = running.db as unknown as Kysely<CountyTables>;
    const plain = async () =>
      (await tables.selectFrom('audit').select('action').execute()).filter(
        ({ action }) => action === 'backup.plain',
      ).length;
    expect(await plain()).toBe(0);
    expect((await made(env, { plain: true })).sealedTo).toEqual([]);
    expect(await plain()).toBe(1);
    const { opened } = await recoveryKeyIn(running);
    expect(await made(env)).toMatchObject({ sealedTo: [opened.keyId], clearThere: 1 });
    expect(await plain()).toBe(1);
    await running.close();
  });

  it('[AU176] the server waits for the key and the desk says so; with it the next look makes one', async () => {
    const env = placeAt(root, 'waits', { ...SEALED, BACKUP_EVERY_MINUTES: '60' });
    const running = await openContainer(env);
    await visit(running, '第一次');
    let asked = 0;
    const look = startBackups(running, async () => {
      asked += 1;
      return { code: (await makeBackup(env)).ok ? 0 : 1, said: '' };
    });
    expect([await waitsForKey(running), await look(), asked]).toEqual([true, false, 0]);
    const page = path.join(import.meta.dirname, '../../src/routes/desk/(in)/supervision');
    expect(readFileSync(path.join(page, '+page.server.ts'), 'utf8')).toContain('waitsForKey');
    expect(readFileSync(path.join(page, '+page.svelte'), 'utf8')).toContain('backup.keyless');
    await recoveryKeyIn(running);
    expect([await waitsForKey(running), await look(), asked]).toEqual([false, true, 1]);
    expect((await historyOf(running)).safe).toBe(1);
    const plain = { ...running, env: { ...env, backupPlain: true } };
    expect(await waitsForKey(plain)).toBe(false);
    await running.close();
  });

  it('[AU177] of 1,000 markers none stands in its folder, in any form; in clear all of them do', async () => {
    const env = placeAt(root, 'markers', SEALED);
    const running = await openContainer(env);
    await marked(running);
    await recoveryKeyIn(running);
    const sha = await photo(running, markers[1] ?? '');
    const { media, safe, rows } = await made(env);
    expect([media, safe, rows]).toEqual([2, 40, 40]);
    const words = [...markers, sha, sha.slice(0, 16), 'SQLite format 3'];
    const sealed = grepFolder(env.backupDir, words);
    expect(sealed).toMatchObject({ hits: [] });
    expect(sealed.files).toBeGreaterThanOrEqual(4);
    expect(sealed.bytes).toBeGreaterThan(100_000);
    // Nothing of the copy that was looked at is left in clear either.
    expect(readdirSync(path.join(env.dataDir, '.snapshot'))).toEqual(['backup.lock']);
    const clear = path.join(root, 'in-clear');
    mkdirSync(clear);
    await made(env, { plain: true, folder: clear, newFolder: true });
    expect(grepFolder(clear, words).hits).toHaveLength(words.length);
    await running.close();
  });

  it('[AU178] comes back by either key and by any two sheets, with its photos; by nothing else', async () => {
    const env = placeAt(root, 'back', SEALED);
    const running = await openContainer(env);
    const [first, second] = [await recoveryKeyIn(running), await recoveryKeyIn(running)];
    await visit(running, '井水有味儿');
    const sha = await photo(running, 'well');
    const { file } = await made(env);
    const stranger = await recoveryKeyIn(running);
    await running.close();
    // The files of keys are brought along, as docs/OPERATIONS.md says.
    const empty = placeAt(root, 'back-too', { ...SEALED, INTAKE_KEY_FILE: env.intakeKeyFile });
    const [a = '', b = '', c = ''] = first.sheets;
    const bad: [Opener | undefined, string][] = [
      [undefined, 'Give the key with --key=FILE'],
      [recoveryOpener(stranger.opened), `and not to ${stranger.opened.keyId}`],
      [sharesOpener([a, a]), 'same sheet was typed twice'],
      [sharesOpener([a, second.sheets[1] ?? '']), 'One of the sheets'],
      [sharesOpener(stranger.sheets.slice(1)), 'Neither sheet is of'],
      [sharesOpener([a, b.replace(/^...../, 'AAAA-')]), 'One of the sheets'],
    ];
    for (const [opener, said] of bad) expect(await why(empty, file, opener)).toContain(said);
    expect(existsSync(empty.databaseFile)).toBe(false);
    const good = [
      recoveryOpener(first.opened),
      recoveryOpener(second.opened),
      sharesOpener([b, a]),
      sharesOpener([c, b]),
      sharesOpener(second.sheets.slice(0, 2)),
    ];
    for (const opener of good) {
      expect(
        await restoreBackup(empty, { from: env.backupDir, opener, yesOlder: true }),
      ).toMatchObject({
        ok: true,
        value: { rows: 1, media: 1, broken: 0 },
      });
      const again = await openContainer(empty);
      expect(Buffer.from((await again.media.read(sha)) ?? []).toString('latin1')).toContain('well');
      expect((await historyOf(again)).epochs.at(-1)).toEqual([1, 'restore']);
      await again.close();
    }
    // The photos that lie there serve the restored county's next backup as well.
    const next = await openContainer(empty);
    const into = { folder: env.backupDir, newFolder: true };
    expect(await made(empty, into)).toMatchObject({ media: 1, added: 0 });
    await next.close();
  });

  it('[AU178] a bent or cut file, or a bent photo, changes nothing', async () => {
    const env = placeAt(root, 'bent', SEALED);
    const running = await openContainer(env);
    const { opened } = await recoveryKeyIn(running);
    await visit(running, '第一次');
    await photo(running, 'well');
    const { file } = await made(env);
    await running.close();
    const opener = recoveryOpener(opened);
    const empty = placeAt(root, 'bent-too', SEALED);
    const [pool] = readdirSync(path.join(env.backupDir, 'sealed-media'), {
      recursive: true,
      encoding: 'utf8',
    }).filter((name) => name.length > 10);
    const photoFile = path.join(env.backupDir, 'sealed-media', pool ?? '');
    const whole = readFileSync(photoFile);
    const bentPhoto = Buffer.from(whole);
    bentPhoto[whole.length - 3] = (whole.at(-3) ?? 0) ^ 1;
    for (const body of [bentPhoto, whole.subarray(1)]) {
      writeFileSync(photoFile, body);
      expect(await why(empty, file, opener)).toContain('the media file');
    }
    writeFileSync(photoFile, whole);
    const bytes = readFileSync(file);
    // Without its note the hash is not asked: then the file itself has to say it.
    const alone = path.join(root, 'bent-alone');
    mkdirSync(alone);
    const copy = path.join(alone, path.basename(file));
    for (const body of [bytes.subarray(0, -1), bytes.subarray(0, 4_000)]) {
      writeFileSync(copy, body);
      expect(await why(empty, copy, opener)).toContain('the sealed file is cut');
    }
    const bent = Buffer.from(bytes);
    bent[bytes.length - 5_000] = (bytes.at(-5_000) ?? 0) ^ 1;
    writeFileSync(copy, bent);
    expect(await why(empty, copy, opener)).toContain('was changed or is damaged');
    copyFileSync(copy, file);
    expect(await why(empty, file, opener)).toContain('is not what was verified');
    expect(existsSync(empty.databaseFile)).toBe(false);
    writeFileSync(file, bytes);
    expect(await why(empty, file, opener)).toBe('');
  });

  it('[AU178] the commands ask for passphrase or sheets, and look at a sealed one too', async () => {
    const env = placeAt(root, 'asked', SEALED);
    const running = await openContainer(env);
    const key = await recoveryKeyIn(running);
    await visit(running, '第一次');
    await photo(running, 'well');
    await running.close();
    expect(run('backup.ts', [], { env, input: '' })).toMatchObject({ counts: true, safe: 1 });
    const [one] = verifiedIn(env.backupDir);
    const file = path.join(env.backupDir, one?.file ?? '');
    const keyFile = path.join(root, 'key.json');
    writeFileSync(keyFile, key.file);
    const named = `--key=${keyFile}`;
    const looked = run('verify.ts', [file, named], { env, input: `${PASSPHRASE}\n` });
    expect(looked).toMatchObject({ broken: 0, events: 1, media: 1 });
    const wrong = () => run('restore.ts', [file, named], { env, input: 'something else\n' });
    expect(wrong).toThrow('That is not its passphrase');
    const empty = placeAt(root, 'asked-too', SEALED);
    const back = run('restore.ts', [file, named], { env: empty, input: `${PASSPHRASE}\n` });
    expect(back).toMatchObject({ restored: true, rows: 1, media: 1 });
    const sheets = `${key.sheets[2]}\n${key.sheets[0]}\n`;
    const third = placeAt(root, 'asked-three', SEALED);
    expect(run('restore.ts', [file, '--shares'], { env: third, input: sheets })).toMatchObject({
      restored: true,
    });
  });

  it('[AU177] kill -9 at any moment leaves no word in the folder, and the last good one', async () => {
    const env = placeAt(root, 'killed', SEALED);
    const running = await openContainer(env);
    await marked(running);
    const { opened } = await recoveryKeyIn(running);
    await made(env);
    let killed = 0;
    for (let at = 150; at <= 1_050; at += 100) {
      const child = spawn(process.execPath, [script('backup.ts')], {
        env: { ...process.env, DATA_DIR: env.dataDir, BACKUP_PLAIN: '0' },
        stdio: 'ignore',
      });
      const over = once(child, 'exit');
      setTimeout(() => child.kill('SIGKILL'), at);
      const [, signal] = (await over) as [number | null, string | null];
      if (signal === 'SIGKILL') killed += 1;
      expect(grepFolder(env.backupDir, markers.slice(0, 50)).hits).toEqual([]);
      expect(verifiedIn(env.backupDir).length).toBeGreaterThan(0);
    }
    expect(killed).toBeGreaterThan(0);
    await made(env);
    expect(readdirSync(path.join(env.dataDir, '.snapshot'))).toEqual(['backup.lock']);
    await running.close();
    const empty = placeAt(root, 'killed-too', SEALED);
    expect(await why(empty, env.backupDir, recoveryOpener(opened))).toBe('');
  });
});

/**
 * A case that leaves its tablet after a checked backup has no other copy than that backup. Then an
 * older state comes back by hand: the start and the announcement must be refused, and after the
 * restore of the newest backup the case is there.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runScript } from '../../../scripts/intake/county-process.ts';
import { Marker, type Marked } from '../markers.ts';
import { judgeLog } from '../oracle.ts';
import type { Place } from '../place.ts';
import { ChaosTablet } from '../tablet.ts';

export const BACKED_WAYS = ['all copied back', 'database copied back'] as const;
export const DATABASE = ['daiban.sqlite', 'daiban.sqlite-wal', 'daiban.sqlite-shm'];
/** Until the county has said once more what is safe. */
const DRAINS = 4;

/** Owner and rights too: a database reads nobody else's files. */
export function copied(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}

/** Work on the files of the PostgreSQL, where there is one, while it does not run. */
export async function whileDown({ postgres }: Place, work: (dir: string) => void): Promise<void> {
  if (!postgres) return;
  await postgres.kill();
  work(postgres.dataDir);
  await postgres.restart();
}

/** What the commands are told of a place. */
export const environment = ({ dataDir, databaseUrl }: Place): Record<string, string> => ({
  ...{ DATA_DIR: dataDir, NODE_ENV: 'demo' },
  ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
});

const went = (what: Promise<unknown>): Promise<boolean> =>
  what.then(
    () => true,
    () => false,
  );

/** The older files in the place of the newer ones; the mark outside goes, so that backups speak. */
async function comeBack(place: Place, way: string, from: { copy: string; disk: string }) {
  if (way === 'all copied back') copied(from.copy, place.dataDir);
  else
    for (const name of DATABASE) {
      rmSync(path.join(place.dataDir, name), { force: true });
      const old = path.join(from.copy, name);
      if (existsSync(old)) cpSync(old, path.join(place.dataDir, name));
    }
  await whileDown(place, (dir) => copied(`${from.copy}.postgres`, dir));
  for (const name of readdirSync(from.disk))
    if (name.startsWith('high-water')) rmSync(path.join(from.disk, name));
}

async function drain(tablet: ChaosTablet): Promise<void> {
  for (let n = 0; n < DRAINS; n++) await tablet.drain();
}

/** One way on a place of its own; `went` when no row of the case was left on the tablet. */
export async function backedRestore(
  place: Place,
  { way, plant }: { readonly way: (typeof BACKED_WAYS)[number]; readonly plant: boolean },
) {
  const [disk, copy] = [`${place.dataDir}-disk`, `${place.dataDir}-older`];
  mkdirSync(disk);
  const env = { ...environment(place), BACKUP_DIR: disk, BACKUP_PLAIN: '1' };
  const host = place.host({ backupDir: disk, ...(plant ? { plant: 'blind' } : {}) });
  await host.start();
  const tablet = new ChaosTablet({ name: 'backed', origin: () => host.origin });
  await tablet.enrol();
  await drain(tablet);
  await host.stop();
  copied(place.dataDir, copy);
  await whileDown(place, (dir) => copied(dir, `${copy}.postgres`));
  await host.start();
  const marks = new Marker('backed');
  const promised: Marked[] = [await tablet.take(marks)];
  await drain(tablet);
  await tablet.recuse();
  await drain(tablet);
  await runScript('scripts/backup.ts', [], env);
  await drain(tablet);
  const gone = tablet.hereOfLatest === 0;
  await host.kill();
  await comeBack(place, way, { copy, disk });
  const served = await went(host.start());
  await host.kill();
  const announced = await went(runScript('scripts/restore.ts', ['--announce'], env));
  // Who was not refused knows of nothing and goes on; who was does what the sentence says.
  if (!served && !announced) await runScript('scripts/restore.ts', [disk], env);
  const up = await went(host.start());
  await drain(tablet);
  const found = await judgeLog(place, promised);
  await host.stop();
  for (const dir of [copy, `${copy}.postgres`]) rmSync(dir, { recursive: true, force: true });
  return { ...found, gone, notRefused: Number(served) + Number(announced), down: Number(!up) };
}

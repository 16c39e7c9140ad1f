// npm run restore -- FILE | FOLDER [--yes-older] [--key=FILE | --shares]: puts a backup back (server
// stopped), new epoch. A sealed one asks for the passphrase of the key file, or for two sheets.
// npm run restore -- --announce [--yes-older]: a copy was put back by hand; only begins the new epoch.
// --yes-older leaves behind a checked backup that has more: it is named and never pruned.
import './house/umask.ts';
import { readEnv, type ServerEnv } from '../src/lib/server/env.ts';
import { recoveryKeyOf } from './house/recovery-key.ts';
import { announceRestore, restoreBackup } from '../src/lib/server/jobs/restore.ts';

const USAGE =
  'usage: npm run restore -- FILE | FOLDER [--yes-older] [--key=FILE | --shares]   or   -- --announce [--yes-older]';
const args = process.argv.slice(2);
const [from, ...more] = args.filter((one) => !one.startsWith('--'));
const flags = new Set(args.filter((one) => one.startsWith('--')));
const announced = flags.delete('--announce');
const yesOlder = flags.delete('--yes-older');
const keys = [...flags].filter((flag) => flag.startsWith('--key=') || flag === '--shares');
const others = flags.size - keys.length;
const env = readEnv({ ...process.env, NODE_ENV: undefined });
const wrong = more.length > 0 || others > 0 || keys.length > 1 || (announced && keys.length > 0);
if (!env.ok || wrong || announced !== (from === undefined)) {
  console.error(env.ok ? USAGE : env.error.join('\n'));
  process.exit(2);
}
function refuse(faults: readonly string[]): never {
  console.error('Nothing was changed:');
  for (const fault of faults) console.error(`  ${fault}`);
  console.log(JSON.stringify({ restored: false, faults }));
  process.exit(1);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function announce(settings: ServerEnv) {
  const done = await announceRestore(settings, { yesOlder });
  if (!done.ok) return refuse(done.error);
  return { done: done.value, before: null, losing: null };
}

async function restore(settings: ServerEnv, file: string) {
  const opener = await recoveryKeyOf(flags).catch((error: unknown) => refuse([messageOf(error)]));
  const done = await restoreBackup(settings, { from: file, yesOlder, opener });
  if (!done.ok) return refuse(done.error);
  return { done: done.value, before: done.value.before, losing: done.value.losing };
}

const { done, before, losing } =
  from === undefined ? await announce(env.value) : await restore(env.value, from);
console.error('Done. The county goes on with a new history from here. At their next contact');
console.error('tablets look back to where it parts from theirs and send again what is lacking.');
if (losing !== null)
  console.error(
    `${losing.tablets} tablets will do so; ${losing.fromTablets} entries come back from them, ` +
      `${losing.atDesk} were recorded by people at the county and have to be done again.`,
  );
if (done.leftBehind.length > 0)
  console.error(`Left behind, and kept for good: ${done.leftBehind.join(', ')}`);
if (before !== null) console.error(`What stood there before is kept as ${before}`);
const seen = { ...done, faults: undefined, differing: undefined };
console.log(JSON.stringify({ restored: true, ...seen }));

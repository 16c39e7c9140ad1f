// npm run backup [-- FOLDER] [--new-folder] [--share] [--plain]: a verified backup of the whole
// county, also while the server runs, sealed to the recovery keys in force. --share: of the old
// media only this hour's part is hashed again. --plain: in clear, and the audit says so.
import './house/umask.ts';
import { readEnv } from '../src/lib/server/env.ts';
import { makeBackup } from '../src/lib/server/jobs/backup.ts';

const args = process.argv.slice(2);
const [folder, ...more] = args.filter((one) => !one.startsWith('--'));
const flags = new Set(args.filter((one) => one.startsWith('--')));
const known = [...flags].every((flag) => ['--new-folder', '--share', '--plain'].includes(flag));
const env = readEnv({ ...process.env, NODE_ENV: undefined });
if (!env.ok || !known || more.length > 0) {
  console.error(
    env.ok
      ? 'usage: npm run backup [-- FOLDER] [--new-folder] [--share] [--plain]'
      : env.error.join('\n'),
  );
  process.exit(2);
}
const made = await makeBackup(env.value, {
  folder,
  newFolder: flags.has('--new-folder'),
  whole: !flags.has('--share'),
  ...(flags.has('--plain') ? { plain: true } : {}),
});
if (!made.ok) {
  console.error('The backup does not count. The ones before stay as they were:');
  for (const fault of made.error) console.error(`  ${fault}`);
  console.log(JSON.stringify({ counts: false, faults: made.error }));
  process.exit(1);
}
console.error('Backup made, put back elsewhere and verified there. Tablets now show it as 备份.');
const { sealedTo, clearThere, leftBehind } = made.value;
console.error(
  sealedTo.length > 0
    ? `Sealed: only ${sealedTo.join(' or ')} opens it, or two of its three sheets.`
    : 'It lies there in clear: whoever has the disk reads everything.',
);
if (leftBehind.length > 0)
  console.error(
    `Left behind by a restore, another history, never pruned: ${leftBehind.join(', ')}`,
  );
if (sealedTo.length > 0 && clearThere > 0)
  console.error(
    `${clearThere} backups of before still lie there in clear. Remove them when you can.`,
  );
const seen = { ...made.value, faults: undefined, differing: undefined };
console.log(JSON.stringify({ counts: true, ...seen }));

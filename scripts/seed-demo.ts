// node scripts/seed-demo.ts DATA_DIR [--no-key]: fills an empty data directory with the sample county,
// or with DATABASE_URL an empty PostgreSQL database. Without the recovery key tablets get no locks.
import './house/umask.ts';
import { seedDemo } from '../src/lib/server/demo/seed.ts';

const [dataDir, ...flags] = process.argv.slice(2);
if (!dataDir) {
  console.error('usage: node scripts/seed-demo.ts DATA_DIR [--no-key]');
  process.exit(2);
}
const databaseUrl = process.env['DATABASE_URL'];
const recoveryKey = !flags.includes('--no-key');
await seedDemo({ dataDir, recoveryKey, ...(databaseUrl ? { databaseUrl } : {}) });

// node scripts/seed-demo.ts DATA_DIR: fills an empty data directory with the sample county, or with
// DATABASE_URL an empty PostgreSQL database.
import { seedDemo } from '../src/lib/server/demo/seed.ts';

const dataDir = process.argv[2];
if (!dataDir) {
  console.error('usage: node scripts/seed-demo.ts DATA_DIR');
  process.exit(2);
}
const databaseUrl = process.env['DATABASE_URL'];
await seedDemo(databaseUrl ? { dataDir, databaseUrl } : { dataDir });

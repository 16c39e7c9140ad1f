/**
 * Measurements: `npm run -s bench -- save`, `… size`, `… desk`. One JSON object alone on
 * the last line; exit 1 above the limit or below the minimum of tries. `--plant` breaks what is
 * measured and must end with exit 1.
 */
import { benchDesk } from './desk.ts';
import { benchSave } from './save.ts';
import { benchSize } from './size.ts';

/** What a measurement came to; `ok` decides the exit code. */
export interface Measured {
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, unknown>>;
}

const BENCHES: Readonly<Record<string, (plant: boolean) => Promise<Measured>>> = {
  desk: benchDesk,
  save: benchSave,
  size: benchSize,
};

const [name = '', ...flags] = process.argv.slice(2);
const bench = BENCHES[name];
if (!bench) {
  console.error(`bench: one of ${Object.keys(BENCHES).join(', ')}; --plant breaks it on purpose`);
  process.exit(2);
}
const { ok, figures } = await bench(flags.includes('--plant'));
console.log(JSON.stringify(figures));
process.exit(ok ? 0 : 1);

/**
 * Measurements: `npm run -s bench -- save`, `… size`, `… desk`, `… wire [--link 2g] [--seed 2]`,
 * `… cold`, `… start`, `… vault`. One JSON object alone on the last line; exit 1 above the limit or below the minimum of tries. `--plant` breaks what is
 * measured and must end with exit 1.
 */
import { benchCold } from './cold.ts';
import { benchDesk } from './desk.ts';
import { benchIngest } from './ingest.ts';
import { benchSave } from './save.ts';
import { benchSize } from './size.ts';
import { benchStart } from './start.ts';
import { benchVault } from './vault.ts';
import { benchWire } from './wire.ts';

/** What a measurement came to; `ok` decides the exit code. */
export interface Measured {
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, unknown>>;
}

/** How a measurement was asked for. */
export interface Asked {
  readonly plant: boolean;
  /** The word behind `--name`, if it stands there. */
  option(name: string): string | undefined;
}

const BENCHES: Readonly<Record<string, (asked: Asked) => Promise<Measured>>> = {
  cold: benchCold,
  desk: ({ plant }) => benchDesk(plant),
  ingest: benchIngest,
  save: ({ plant }) => benchSave(plant),
  size: ({ plant }) => benchSize(plant),
  start: ({ plant }) => benchStart(plant),
  vault: ({ plant }) => benchVault(plant),
  wire: benchWire,
};

/** Measured over a tablet's store in clear; `vault` compares it with a locked one. */
const IN_CLEAR: readonly string[] = ['cold', 'ingest', 'save', 'size', 'start', 'wire'];

const [name = '', ...flags] = process.argv.slice(2);
const bench = BENCHES[name];
if (!bench) {
  console.error(`bench: one of ${Object.keys(BENCHES).join(', ')}; --plant breaks it on purpose`);
  process.exit(2);
}
const { ok, figures } = await bench({
  plant: flags.includes('--plant'),
  option: (word) => {
    const at = flags.indexOf(`--${word}`);
    return at < 0 ? undefined : flags[at + 1];
  },
});
const store = IN_CLEAR.includes(name) ? { store: 'in clear, without a vault' } : {};
console.log(JSON.stringify({ ...figures, ...store }));
process.exit(ok ? 0 : 1);

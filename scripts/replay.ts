/**
 * `npm run -s replay [FILE] [--plant]`: replays the sample cases and prints one JSON line.
 *
 * FILE is another sample file of the same shape; it may declare its own size in `expected`
 * ({cases, events, clocks}), then the figures of `sample-stats.json` are not asked of it.
 * `--plant` gives C1 a day too much: the replay must then find mismatches.
 * Exit 0 only when nothing differs and at least the minimum was compared.
 */
import { readFileSync } from 'node:fs';
import { CLOCK_RULES } from '../src/lib/domain/clock-rules.ts';
import { projectSamples, readSampleFile } from '../src/lib/domain/samples/adapter.ts';
import { keshanFigures } from '../src/lib/domain/samples/keshan-2022.ts';
import { replaySamples, type ReplayReport } from '../src/lib/domain/samples/replay.ts';
import type { SampleFile } from '../src/lib/domain/samples/sample-shape.ts';
import { percentText } from '../src/lib/domain/statistics-arithmetic.ts';

const MINIMUM = { cases: 20, events: 340, clocks: 115, stats: 18 };
const KESHAN = [150, 144, '96.0 %', 453, '−76.0 %', '−52.0 %'];

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.stdout.write(`${JSON.stringify({ cases: 0, events: 0, errors: 1, message })}\n`);
  process.exit(1);
}

function readFile(path: string): SampleFile {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (problem) {
    fail(`${path}: ${problem instanceof Error ? problem.message : 'cannot be read'}`);
  }
  const read = readSampleFile(value);
  return read.ok ? read.value : fail(`${path}: ${read.error}`);
}

const words = process.argv.slice(2);
const plant = words.includes('--plant');
const [path, ...more] = words.filter((word) => word !== '--plant');
if (more.length > 0 || path?.startsWith('-')) fail('usage: replay [FILE] [--plant]');
if (plant) Object.assign(CLOCK_RULES.C1, { length: { unit: 'days', count: 16 } });

const file = path === undefined ? projectSamples() : readFile(path);
const declared = path === undefined ? undefined : file.expected;
const minimum = declared ? { ...declared, stats: 0 } : MINIMUM;

function replay(): ReplayReport {
  try {
    return replaySamples(file, declared === undefined);
  } catch (problem) {
    // An altered file may break what the adapter takes for granted: that, too, is a finding.
    return fail(problem instanceof Error ? problem.message : 'the file cannot be replayed');
  }
}
const report = replay();

const figures = keshanFigures();
const keshan = [
  figures.registered,
  figures.closing.numerator,
  percentText(figures.closing.percent),
  figures.hazards,
  percentText(figures.repeats),
  percentText(figures.skipLevel),
];
const keshanMismatches = keshan.flatMap((figure, i) =>
  figure === KESHAN[i] ? [] : [`keshan-2022: ${String(figure)}, expected ${String(KESHAN[i])}`],
);
const statsMismatches = [...report.statsMismatches, ...keshanMismatches];
const compared = {
  statusesCompared: report.statusesCompared,
  clocksCompared: report.clocksCompared,
  statsCompared: report.statsCompared + keshan.length,
};
const enough =
  report.cases >= minimum.cases &&
  report.events >= minimum.events &&
  report.statusesCompared >= minimum.events &&
  report.clocksCompared >= minimum.clocks &&
  report.statsCompared >= minimum.stats;
const found = [
  ...report.errors,
  ...report.statusMismatches,
  ...report.clockMismatches,
  ...statsMismatches,
];
for (const line of found) process.stderr.write(`${line}\n`);
if (!enough) process.stderr.write(`less than the minimum: ${JSON.stringify(minimum)}\n`);

process.stdout.write(
  `${JSON.stringify({
    cases: report.cases,
    events: report.events,
    errors: report.errors.length + report.statusMismatches.length,
    clockMismatches: report.clockMismatches.length,
    statsMismatches: statsMismatches.length,
    statusMismatches: report.statusMismatches.length,
    ...compared,
    minimum,
    keshan,
    planted: plant,
  })}\n`,
);
process.exit(found.length === 0 && enough ? 0 : 1);

/** 值班电话: the numbers for danger that the county fills in and tablets show (UI: 有危险). */
import * as z from 'zod';
import type { DutyNumber } from '../../protocol/sync.ts';
import { areaName, TOWNSHIPS } from '../desk/names.ts';
import { type By, keep, lastKept, type SettingsDeps } from './kept.ts';

const NAME = 'duty_numbers';
export const COUNTY_DUTY_LABEL = '县局值班';

/** A number as it is dialled; what people type between the digits is dropped before. */
const numberSchema = z.string().regex(/^\+?\d[\d-]{1,18}\d$/);
const storedSchema = z.object({
  county: z.union([numberSchema, z.literal('')]),
  /** Police of each township, by its 12-digit code. */
  townships: z.record(z.string(), numberSchema),
});
export type DutyNumbers = z.infer<typeof storedSchema>;

export type { SettingsDeps } from './kept.ts';

/** Numbers of the sample county: no exchange has this block, so they ring nowhere. */
const SAMPLE = '0452-0000';

/** Numbers for the sample county; tablets show them as 示例. */
export const sampleDutyNumbers = (): DutyNumbers => ({
  county: `${SAMPLE}001`,
  townships: Object.fromEntries(
    TOWNSHIPS.map(({ value }, i) => [value, `${SAMPLE}${String(i + 101)}`] as const),
  ),
});

const NONE: DutyNumbers = { county: '', townships: {} };

/** The numbers as they stand; empty while nobody has filled them in. */
export async function readDutyNumbers(deps: SettingsDeps): Promise<DutyNumbers> {
  const row = await lastKept(deps, NAME);
  const parsed = row && storedSchema.safeParse(JSON.parse(row.value));
  return parsed?.success ? parsed.data : NONE;
}

/** Reads what was typed; null when a number cannot be dialled: then nothing is changed. */
export function typedDutyNumbers(typed: (name: string) => string): DutyNumbers | null {
  const clean = (name: string) =>
    typed(name)
      .replace(/[\s()（）]/g, '')
      .replace(/[–—－]/g, '-');
  const townships = TOWNSHIPS.flatMap(({ value }) => {
    const number = clean(value);
    return number === '' ? [] : [[value, number] as const];
  });
  const read = storedSchema.safeParse({
    county: clean('county'),
    townships: Object.fromEntries(townships),
  });
  return read.success ? read.data : null;
}

/** Adds a row with who and when; the rows before stay. */
export const writeDutyNumbers = (deps: SettingsDeps, numbers: DutyNumbers, by: By): Promise<void> =>
  keep(deps, { name: NAME, value: storedSchema.parse(numbers) }, by);

/** What a tablet shows: the county's number first, then those of the agent's townships. */
export function dutyNumbersFor(
  numbers: DutyNumbers,
  areaPrefixes: readonly string[],
): DutyNumber[] {
  const near = TOWNSHIPS.filter(({ value }) => {
    const township = value.slice(0, 9);
    return areaPrefixes.some((one) => one.startsWith(township) || township.startsWith(one));
  });
  const list = [
    { label: COUNTY_DUTY_LABEL, number: numbers.county },
    ...near.map(({ value }) => ({
      label: `${areaName(value)}派出所`,
      number: numbers.townships[value] ?? '',
    })),
  ];
  return list
    .filter(({ number }) => number !== '')
    .map(({ label, number }) => ({
      label: number.startsWith(SAMPLE) ? `${label}（示例）` : label,
      number,
    }));
}

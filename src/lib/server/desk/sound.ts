/**
 * 一件坏的只坏一行: a folded case with a value of the wrong kind (an older build may have stored one)
 * must not take the page from all the others.
 *
 *     reads well ─► as it is
 *     a field of the wrong kind ─► the same case without that field
 *     still cannot be drawn ─► who, when and where alone, under a title that says so
 *
 * What is stored is not touched: the events stand, and folding them again mends the case.
 */
import * as z from 'zod/mini';
import type { CaseHead } from '../../domain/case.ts';
import { emptyCaseFile, type CaseFile } from '../../domain/case-file.ts';
import { headFieldsSchema, petitionerSchema } from '../../domain/events/case-fields.ts';
import { fitsField, HEAD_FIELDS } from '../../domain/evolve/field-values.ts';
import { matchCaseOf } from '../../domain/matching.ts';
import { sightOf } from '../../domain/permissions.ts';
import type { Petitioner } from '../../domain/petitioner.ts';
import { summaryOf } from '../../domain/statistics-summary.ts';
import type { AreaCode } from '../../domain/values.ts';
import type { CaseRecord } from '../../ports/county-store.ts';
import { flagsOf, holderOf, missingOf, shownName, titleOf } from './row.ts';

/** Stands where the title of such a case would stand. */
export const BAD_TITLE = '（这件有内容读不出来，原样都在，请找管系统的人）';

const headReads = ({ areaCode, ...head }: CaseHead): boolean =>
  z.safeParse(headFieldsSchema, areaCode === null ? head : { ...head, areaCode }).success;

/** Only the village may be null. */
const isHere = (name: string, value: unknown): boolean =>
  value !== null || name === 'areaCode' || !HEAD_FIELDS.has(name);

/**
 * The head without answers of the wrong kind. A case without its village is the county's, and one
 * that does not say whether it is secret is: nobody sees more because something cannot be read.
 */
function soundHead(file: CaseFile, county: string): CaseHead {
  if (headReads(file.head)) return file.head;
  const nowhere = { ...file, head: { ...file.head, areaCode: null } };
  const fits = (name: string, value: unknown) =>
    isHere(name, value) &&
    (!HEAD_FIELDS.has(name) || value === null || fitsField(nowhere, name, value));
  const entries = Object.entries(file.head);
  const sound = entries.filter(([name, value]) => fits(name, value));
  const lost = entries.filter(([name, value]) => !fits(name, value)).map(([name]) => name);
  const unsure = ['secret', 'kind', 'respondent'].some((name) => lost.includes(name));
  const { head: empty } = emptyCaseFile(file.caseId, '');
  return {
    ...empty,
    areaCode: file.head.areaCode === null ? null : (county as AreaCode),
    ...Object.fromEntries(sound),
    ...(unsure ? { secret: true } : {}),
  };
}

const FIELDS: Readonly<Record<string, z.core.$ZodType>> = petitionerSchema.shape;

function soundPetitioner(one: Petitioner): Petitioner {
  if (z.safeParse(petitionerSchema, one).success) return one;
  const sound = Object.entries(one).filter(([name, value]) => {
    const schema = FIELDS[name];
    return schema === undefined || z.core.safeParse(schema, value).success;
  });
  const least: Petitioner = {
    ...{ phoneType: 'NONE', literacy: 'SOME', language: '汉语', role: 'MAIN' },
  };
  return { ...least, ...Object.fromEntries(sound) };
}

/** What every list asks of a case; throws when one of them would. */
function draw(file: CaseFile): CaseFile {
  sightOf(file);
  matchCaseOf(file);
  summaryOf(file, [], []);
  for (const ask of [flagsOf, holderOf, missingOf, titleOf]) ask(file);
  shownName(file, true);
  return file;
}

/** Who, when and where alone; sealed stays sealed and who stood aside stays aside. */
function bare(file: CaseFile, county: string): CaseFile {
  const empty = emptyCaseFile(file.caseId, '');
  const { status, numbers, moments, timeline, agent, sealed, statusSince } = file;
  const procedure = file.head?.procedure === 'SEALED' ? file.head.procedure : null;
  const head = { ...empty.head, procedure, areaCode: county as AreaCode, title: BAD_TITLE };
  const recusals = Array.isArray(file.recusals) ? file.recusals : [];
  const corrections = Array.isArray(file.corrections) ? file.corrections : [];
  const kept = {
    status,
    numbers,
    moments,
    timeline,
    agent,
    sealed,
    statusSince,
    recusals,
    corrections,
  };
  return { ...empty, ...kept, head };
}

/** The record as lists and pages may read it. */
export function soundRecord(record: CaseRecord, county: string): CaseRecord {
  const { file } = record;
  try {
    const head = soundHead(file, county);
    const petitioners = file.petitioners.map(soundPetitioner);
    const same = head === file.head && petitioners.every((one, i) => one === file.petitioners[i]);
    draw(same ? file : { ...file, head, petitioners });
    return same ? record : { ...record, file: { ...file, head, petitioners } };
  } catch {
    return { ...record, file: bare(file, county) };
  }
}

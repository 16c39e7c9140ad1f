/**
 * 说的是谁、谁回避: what the office answers about whom a case means. Two of the sealed list say the
 * same of a sealed case before it lets anybody in or puts a colleague out.
 */
import { isNamed, isUnitMeant } from '../../../domain/accused.ts';
import type { Respondent } from '../../../domain/case.ts';
import { ABOUT } from '../../../domain/events/case-fields.ts';
import { sightOf } from '../../../domain/permissions.ts';
import { MATTER_FIELD, matterForUnits } from '../../../domain/without-words.ts';
import { levelOfUnit, UNITS, usualUnit } from '../names.ts';
import {
  type ActContext,
  type ActSpec,
  type Answers,
  type FieldSpec,
  maybe,
  type Named,
  select,
  text,
} from './spec.ts';

/** The matter is about this unit, or about somebody who works there. */
function isMeant({ file, people }: ActContext, unit: string): boolean {
  const { respondent } = sightOf(file);
  const ofUnit = people.filter(({ unitId }) => unitId === unit);
  return isUnitMeant(respondent, unit) || ofUnit.some(({ name }) => isNamed(respondent, name));
}

/** Units that may be given the case: an accused one is not offered, one complained of is marked. */
export function unitChoices(context: ActContext): Named[] {
  const { guarded, sealed } = sightOf(context.file);
  return UNITS.flatMap((unit) => {
    if (!isMeant(context, unit.value)) return [unit];
    return guarded || sealed ? [] : [{ ...unit, word: `${unit.word}（说的就是它）` }];
  });
}

/** The usual unit, chosen beforehand; never the one that is meant. */
export function usualChoice(context: ActContext): string | undefined {
  const { head } = context.file;
  const usual = usualUnit(head.categoryL2 ?? null, head.areaCode ?? '');
  return usual === undefined || isMeant(context, usual) ? undefined : usual;
}

/** She did not say that the unit it is about may know who spoke (case.view_words). */
function isUntold({ file }: ActContext): boolean {
  const { identityToUnit, identitySaid } = sightOf(file);
  return !identityToUnit || identitySaid === false;
}

/** 给它看的事由: asked where one of the units that may be chosen is meant and reads nothing of hers. */
export const matterFields = (context: ActContext): FieldSpec[] => {
  const { respondent } = sightOf(context.file);
  const choice = unitChoices(context).some(({ value }) => isUnitMeant(respondent, value));
  return choice && isUntold(context) ? [text('matter', false)] : [];
};

/** Sent to the unit that is meant, it needs a matter of the office's own words. */
export function wantsMatter(
  { unitId, coUnits, matter }: Answers,
  context: ActContext,
): readonly string[] {
  const { respondent } = sightOf(context.file);
  const units = [unitId, ...(Array.isArray(coUnits) ? (coUnits as unknown[]) : [])].map(String);
  const meant = units.some((unit) => isUnitMeant(respondent, unit));
  return meant && isUntold(context) && matter === undefined ? ['matter'] : [];
}

/** The last answer of the office, for the second person to say the same. */
const lastAnswer = ({ file }: ActContext): Partial<Respondent> =>
  (file.corrections.findLast(
    ({ field, new: given }) =>
      field === 'respondent' && (given as Respondent | undefined)?.about !== undefined,
  )?.new ?? {}) as Partial<Respondent>;

/** The unit that the words mean, if it is one of the list. */
function unitInWords({ file }: ActContext): string | undefined {
  const { respondent } = sightOf(file);
  return UNITS.find(({ value }) => isUnitMeant(respondent, value))?.value;
}

/** The three questions; nothing is chosen beforehand but what the words or a colleague say. */
export function meantFields(context: ActContext): FieldSpec[] {
  const before = lastAnswer(context);
  const unit = before.unitId ?? unitInWords(context);
  return [
    select('about', [...ABOUT], before.about ?? (unit === undefined ? undefined : 'UNIT')),
    maybe(select('aboutUnit', UNITS, unit)),
    maybe(select('aboutPerson', context.people, before.personId)),
  ];
}

/** An answer without its unit or its person says nothing. */
export function meantMisfits({ about, aboutUnit, aboutPerson }: Answers): readonly string[] {
  if (about === 'UNIT' && aboutUnit === undefined) return ['aboutUnit'];
  return about === 'PERSON' && aboutPerson === undefined ? ['aboutPerson'] : [];
}

/** 被反映人 with the answer: her words stay, the unit of a named person is meant with him. */
export function meantRespondent(
  { about, aboutUnit, aboutPerson }: Answers,
  { file, people }: ActContext,
): Readonly<Record<string, unknown>> {
  const before: Respondent = file.head.respondent ?? { type: 'UNKNOWN' };
  const said = Object.fromEntries(
    Object.entries(before).filter(([name]) => name !== 'unitId' && name !== 'personId'),
  ) as Respondent;
  if (about === 'NOBODY') return { ...said, about };
  if (about === 'UNIT') {
    const type = said.type === 'UNKNOWN' ? 'UNIT' : said.type;
    const level = said.level ?? levelOfUnit(String(aboutUnit));
    return { ...said, type, level, unitId: aboutUnit, about };
  }
  const unitId = people.find(({ value }) => value === aboutPerson)?.unitId ?? undefined;
  const level = unitId === undefined ? said.level : (said.level ?? levelOfUnit(unitId));
  return {
    ...{ ...said, type: 'PERSON', personId: aboutPerson, about },
    ...(level === undefined ? {} : { level }),
    ...(unitId === undefined ? {} : { unitId }),
  };
}

const answerMeant: ActSpec = {
  id: 'meant',
  type: 'case.corrected',
  letter: 'w',
  group: 'other',
  fields: (context) => [...meantFields(context), text('reason')],
  misfits: meantMisfits,
  build: (answers, context) => ({
    field: 'respondent',
    old: context.file.head.respondent,
    new: meantRespondent(answers, context),
    reason: answers['reason'],
  }),
};

const ASIDE = ['INVOLVED', 'RELATED', 'VILLAGER_WISH', 'OTHER'] as const;

/** 回避: oneself at once, a colleague too; of a sealed case two have to say it of a colleague. */
const standAside: ActSpec = {
  id: 'aside',
  type: 'agent.recused',
  letter: 'x',
  group: 'other',
  fields: ({ people, personId }) => [
    select(
      'who',
      people.map(({ value, word, group }) => ({ value, word, group })),
      personId,
    ),
    select('asideReason', [...ASIDE], 'INVOLVED'),
    { ...text('note', false), max: 200 },
  ],
  build: ({ who, asideReason, note }, { people }) => ({
    reason: asideReason,
    wants: 'ANY',
    agent: {
      personId: who,
      name: people.find(({ value }) => value === who)?.name ?? String(who),
    },
    note,
  }),
};

/** A unit that is meant has the case and reads nothing of hers; `matter` may be what it was told. */
function isReadByMeant(context: ActContext): boolean {
  const { respondent, sealed } = sightOf(context.file);
  const meant = context.file.handlings.some(
    ({ unitId, status }) => status !== 'RETRACTED' && isUnitMeant(respondent, unitId),
  );
  return !sealed && meant && isUntold(context);
}

/** 补写事由: what the unit may know, of a case that was sent without it or has to be told anew. */
const tellUnit: ActSpec = {
  id: 'tellUnit',
  type: 'case.corrected',
  letter: 'y',
  group: 'other',
  fits: isReadByMeant,
  fields: ({ file }) => [text(MATTER_FIELD, true, matterForUnits(file))],
  build: ({ matter }, { file }) => ({
    ...{ field: MATTER_FIELD, old: matterForUnits(file), new: matter },
    reason: '补写给单位看的事由',
  }),
};

export const MEANT_ACTS: readonly ActSpec[] = [answerMeant, standAside, tellUnit];

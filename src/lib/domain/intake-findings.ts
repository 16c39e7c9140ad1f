import type * as z from 'zod/mini';
import type { CaseFile } from './case-file.ts';
import { checkArea, countyOf, isAreaCode, type AreaTree } from './area.ts';
import type { headFieldsSchema, petitionerSchema } from './events/case-fields.ts';
import { block, warn, type Finding } from './findings.ts';
import { checkIdentityNumber } from './identity-number.ts';
import { LIMITS } from './limits.ts';
import { checkPhone } from './phone.ts';
import type { AreaCode, LocalDate } from './values.ts';

type Petitioner = z.infer<typeof petitionerSchema>;
type HeadFields = z.infer<typeof headFieldsSchema>;

/** Where the record stands: more is asked the later it is (REFERENCE 3.8). */
export type IntakeStage = 'take' | 'submit' | 'register';

/** What an intake holds when it is checked; a draft may lack anything. */
export interface IntakeRecord {
  /** The villager's words as typed, all pieces together. */
  readonly words: string;
  readonly hasAudio: boolean;
  readonly head: Partial<HeadFields>;
  readonly petitioners: readonly Partial<Petitioner>[];
  readonly readback: 'none' | 'confirmed' | 'void';
}

/** The world the checks need, handed in because the domain has no clock. */
export interface IntakeCheckContext {
  readonly stage: IntakeStage;
  readonly today: LocalDate;
  readonly areas: AreaTree;
  /** Dialling code put before a local number, e.g. `0452`. */
  readonly countyCode: string;
}

const NAME_PATTERN = /^[\p{L}\p{M}·.\s（）()]+$/u;
const needsSummary = (kind: string | undefined): boolean => kind !== '咨询' && kind !== '感谢其他';

function nameFindings(name: string | undefined, anonymous: boolean, field: string): Finding[] {
  if (name === undefined || name.trim() === '')
    return anonymous ? [] : [warn('name.missing', field)];
  if (name.length > LIMITS.nameMax) return [warn('name.too_long', field)];
  return NAME_PATTERN.test(name) ? [] : [warn('name.unusual', field)];
}

function identityFindings(
  person: Partial<Petitioner>,
  today: LocalDate,
  field: string,
): readonly Finding[] {
  if (!person.idNo || (person.idType !== '111' && person.idType !== '112')) return [];
  const { read, findings } = checkIdentityNumber(person.idNo, today, `${field}.idNo`);
  if (read === null) return findings;
  const found = [...findings];
  if (person.sex !== undefined && person.sex !== '9' && person.sex !== read.sex) {
    found.push(warn('identity.sex_differs', `${field}.sex`));
  }
  if (person.birthDate !== undefined && !read.birthDate.startsWith(person.birthDate)) {
    found.push(warn('identity.birth_differs', `${field}.birthDate`));
  }
  return found;
}

function reachFindings(person: Partial<Petitioner>, code: string, field: string): Finding[] {
  if (person.phoneType === undefined) return [warn('reach.missing', `${field}.phoneType`)];
  if (person.phoneType === 'NONE') return [];
  const found: Finding[] = [];
  if (!person.phone) found.push(warn('phone.missing', `${field}.phone`));
  else found.push(...checkPhone(person.phone, code, `${field}.phone`));
  const borrowed = person.phoneType === 'FAMILY' || person.phoneType === 'NEIGHBOUR';
  if (borrowed && !person.phoneOwner)
    found.push(warn('phone.owner_missing', `${field}.phoneOwner`));
  return found;
}

/** A petitioner may live anywhere, so an address never blocks and only ours is looked up. */
function addressFindings(areas: AreaTree, code: AreaCode, field: string): Finding[] {
  if (!isAreaCode(code)) return [warn('area.unknown', field)];
  if (!areas.byCode.has(countyOf(code))) return [];
  return checkArea(areas, code, field).map((finding) => warn(finding.code, field));
}

function petitionerFindings(
  person: Partial<Petitioner>,
  context: IntakeCheckContext,
  at: { readonly field: string; readonly anonymous: boolean },
): Finding[] {
  const { field, anonymous } = at;
  const found = [
    ...nameFindings(person.name, anonymous, `${field}.name`),
    ...identityFindings(person, context.today, field),
  ];
  if (!anonymous) found.push(...reachFindings(person, context.countyCode, field));
  if (person.addressCode) {
    found.push(...addressFindings(context.areas, person.addressCode, `${field}.addressCode`));
  }
  if (person.role === undefined || person.role === 'MAIN') {
    if (person.literacy === undefined) found.push(warn('literacy.missing', `${field}.literacy`));
    if (!person.language) found.push(warn('language.missing', `${field}.language`));
  }
  if (person.language && !/汉语|官话|中文|方言/.test(person.language) && !person.interpreter) {
    found.push(warn('interpreter.missing', `${field}.interpreter`));
  }
  if (person.needs?.includes('minor') && !person.guardian) {
    found.push(warn('guardian.missing', `${field}.guardian`));
  }
  return found;
}

function headFindings(head: Partial<HeadFields>, stage: IntakeStage): Finding[] {
  const found: Finding[] = [];
  if (head.prior === undefined) found.push(warn('prior.missing', 'head.prior'));
  if (head.urgency === undefined) found.push(warn('urgency.missing', 'head.urgency'));
  const claims = head.claims ?? [];
  if (claims.length > LIMITS.claimsMax) found.push(warn('claims.too_many', 'head.claims'));
  claims.forEach((claim, i) => {
    if (claim.text.length > LIMITS.claimMax) {
      found.push(warn('claims.too_long', `head.claims.${String(i)}`));
    }
  });
  for (const field of ['petitionerCount', 'involvedCount'] as const) {
    const count = head[field];
    if (
      count !== undefined &&
      !(Number.isInteger(count) && count >= 1 && count <= LIMITS.countMax)
    ) {
      found.push(warn('count.range', `head.${field}`));
    }
  }
  if (stage === 'take') return found;
  const summary = head.summary?.length ?? 0;
  if (summary < LIMITS.summaryMin || summary > LIMITS.summaryMax) {
    found.push(warn('summary.length', 'head.summary'));
  }
  if (!head.title || head.title.length > LIMITS.titleMax) {
    found.push(warn('title.length', 'head.title'));
  }
  if (claims.length === 0 && needsSummary(head.kind)) {
    found.push(warn('claims.missing', 'head.claims'));
  }
  if (!head.categoryL2) found.push(warn('category.missing', 'head.categoryL2'));
  if (!head.kind) found.push(warn('kind.missing', 'head.kind'));
  return found;
}

function representativeFindings(head: Partial<HeadFields>, stage: IntakeStage): Finding[] {
  const chosen = head.representatives?.length ?? 0;
  const field = 'head.representatives';
  if (chosen > LIMITS.representativesMax) {
    const say = stage === 'register' ? block : warn;
    return [say('representatives.too_many', field)];
  }
  const several = (head.petitionerCount ?? 1) >= 2 || head.joint === true;
  return several && chosen === 0 ? [warn('representatives.missing', field)] : [];
}

/**
 * 录入核对: everything worth telling about an intake. Only three things block: no words at all,
 * a place nobody knows, and more than five representatives at registration.
 *
 * Source: 条例 art. 19 and 20 (five representatives); REFERENCE 3.3-3.9.
 */
export function intakeFindings(intake: IntakeRecord, context: IntakeCheckContext): Finding[] {
  const { head, petitioners } = intake;
  const found: Finding[] = [];
  if (intake.words.trim() === '' && !intake.hasAudio) found.push(block('words.missing', 'words'));
  if (intake.words.length > LIMITS.verbatimMax) found.push(warn('words.too_long', 'words'));
  found.push(...checkArea(context.areas, head.areaCode ?? '', 'head.areaCode'));
  if (petitioners.length === 0 && head.anonymous !== true) {
    found.push(warn('name.missing', 'petitioners'));
  }
  petitioners.forEach((person, i) => {
    const at = { field: `petitioners.${String(i)}`, anonymous: head.anonymous === true };
    found.push(...petitionerFindings(person, context, at));
  });
  if (intake.readback === 'none') found.push(warn('readback.missing', 'readback'));
  if (intake.readback === 'void') found.push(warn('readback.void', 'readback'));
  return [
    ...found,
    ...headFindings(head, context.stage),
    ...representativeFindings(head, context.stage),
  ];
}

/** The intake a case file holds, so that tablet, desk and import check by the same rules. */
export function intakeOf(file: CaseFile): IntakeRecord {
  const readback = file.readbacks.at(-1)?.state;
  const letter = file.head.channel === 'LX';
  const broken = readback === 'VOIDED' || readback === 'MISMATCH';
  return {
    words: file.dictations.map(({ verbatim }) => verbatim ?? '').join('\n'),
    // The words of a sealed piece are there, only not for this reader.
    hasAudio: file.sealed !== null || file.dictations.some(({ audio }) => audio.length > 0),
    head: { ...file.head, areaCode: file.head.areaCode ?? undefined },
    petitioners: file.petitioners,
    // A letter is her own text: there is nobody to read it back to.
    readback: letter
      ? 'confirmed'
      : readback === undefined
        ? 'none'
        : broken
          ? 'void'
          : 'confirmed',
  };
}

import { describe, expect, it } from 'vitest';
import { mayProceed } from './findings.ts';
import {
  intakeFindings,
  intakeOf,
  type IntakeCheckContext,
  type IntakeRecord,
} from './intake-findings.ts';
import { foldCase } from './evolve.ts';
import { sampleCountyEvents } from './samples/adapter.ts';
import { SAMPLE_AREA_TREE } from './samples/area-tree.ts';
import type { AreaCode, LocalDate } from './values.ts';

const context: IntakeCheckContext = {
  stage: 'take',
  today: '2026-06-08' as LocalDate,
  areas: SAMPLE_AREA_TREE,
  countyCode: '0452',
};
const place = '230278200201' as AreaCode;
const good: IntakeRecord = {
  words: '我家东院老于家那牛粪啊，从打春就堆在俺两家当间儿。',
  hasAudio: false,
  head: { areaCode: place, prior: { before: 'NO' }, urgency: 'NORMAL' },
  petitioners: [
    {
      name: '周桂芹',
      idType: '111',
      idNo: '230278195703120225',
      phoneType: 'NONE',
      literacy: 'NONE',
      language: '东北官话',
      addressCode: place,
      role: 'MAIN',
    },
  ],
  readback: 'confirmed',
};
const codes = (record: IntakeRecord, stage: IntakeCheckContext['stage'] = 'take') =>
  intakeFindings(record, { ...context, stage }).map((f) => `${f.level} ${f.code} ${f.field}`);

describe('checks of an intake', () => {
  it('[ID6] says nothing about a complete one', () => {
    expect(codes(good)).toEqual([]);
  });

  it('[ID6] blocks only for no words, no known place, and too many representatives', () => {
    expect(mayProceed(intakeFindings({ ...good, words: '  ' }, context))).toBe(false);
    expect(codes({ ...good, words: '', hasAudio: true })).toEqual([]);
    const nowhere = { ...good, head: { ...good.head, areaCode: '230278299299' as AreaCode } };
    expect(codes(nowhere)).toEqual(['BLOCK area.unknown head.areaCode']);
    expect(codes({ ...good, head: { prior: good.head.prior, urgency: 'NORMAL' } })).toEqual([
      'BLOCK area.missing head.areaCode',
    ]);
  });

  it('[ID6] everything else missing is told and saved', () => {
    const bare: IntakeRecord = {
      words: '有事',
      hasAudio: false,
      head: { areaCode: place },
      petitioners: [{}],
      readback: 'none',
    };
    const found = intakeFindings(bare, { ...context, stage: 'register' });
    expect(mayProceed(found)).toBe(true);
    expect(found.map((f) => f.code)).toEqual([
      'name.missing',
      'reach.missing',
      'literacy.missing',
      'language.missing',
      'readback.missing',
      'prior.missing',
      'urgency.missing',
      'summary.length',
      'title.length',
      'claims.missing',
      'category.missing',
      'kind.missing',
    ]);
  });

  it('[ID7] at most five representatives: a warning at intake, a block at registration', () => {
    const joint = (n: number): IntakeRecord => ({
      ...good,
      head: {
        ...good.head,
        petitionerCount: 32,
        joint: true,
        representatives: Array.from({ length: n }, (_, i) => `代表${'甲乙丙丁戊己'[i] ?? ''}`),
      },
    });
    expect(codes(joint(5))).toEqual([]);
    expect(codes(joint(6))).toEqual(['WARN representatives.too_many head.representatives']);
    const atRegistration = intakeFindings(joint(6), { ...context, stage: 'register' });
    expect(mayProceed(atRegistration)).toBe(false);
    expect(codes(joint(0))).toEqual(['WARN representatives.missing head.representatives']);
  });

  it('[ID6] compares the number with what was said, and asks who owns a borrowed phone', () => {
    const person = { ...good.petitioners[0], sex: '1', birthDate: '1958' } as const;
    expect(codes({ ...good, petitioners: [person] })).toEqual([
      'WARN identity.sex_differs petitioners.0.sex',
      'WARN identity.birth_differs petitioners.0.birthDate',
    ]);
    const borrowed = { ...good.petitioners[0], phoneType: 'FAMILY', phone: '4521' } as const;
    expect(codes({ ...good, petitioners: [borrowed] })).toEqual([
      'WARN phone.unusual petitioners.0.phone',
      'WARN phone.owner_missing petitioners.0.phoneOwner',
    ]);
  });

  it('[ID6] names, languages and addresses of every people are taken', () => {
    const person = { ...good.petitioners[0], name: '阿依古丽·买买提' };
    expect(codes({ ...good, petitioners: [person] })).toEqual([]);
    const daur = { ...person, language: '达斡尔语', addressCode: '150722100000' as AreaCode };
    expect(codes({ ...good, petitioners: [daur] })).toEqual([
      'WARN interpreter.missing petitioners.0.interpreter',
    ]);
    expect(codes({ ...good, petitioners: [{ ...person, name: '周8' }] })).toEqual([
      'WARN name.unusual petitioners.0.name',
    ]);
    const stray = { ...person, addressCode: '230278299299' as AreaCode };
    expect(codes({ ...good, petitioners: [stray] })).toEqual([
      'WARN area.unknown petitioners.0.addressCode',
    ]);
  });

  it('[ID6] the anonymous need neither name nor telephone', () => {
    const nobody = { literacy: 'READ', language: '汉语', role: 'MAIN' } as const;
    const head = { ...good.head, anonymous: true };
    expect(codes({ ...good, head, petitioners: [nobody] })).toEqual([]);
    expect(codes({ ...good, head, petitioners: [] })).toEqual([]);
  });

  it('[ID6] no case of the samples is blocked, and what they lack is named', () => {
    const { cases } = sampleCountyEvents();
    const found = cases.map(({ sample, salt, events }) => {
      const file = foldCase(
        events.flatMap(({ event }) => event ?? []),
        salt,
      );
      const findings = intakeFindings(intakeOf(file), { ...context, stage: 'register' });
      expect(mayProceed(findings), sample.id).toBe(true);
      return [sample.id, ...findings.map(({ code }) => code)];
    });
    expect(found.length).toBe(20);
    const lacking = Object.fromEntries(found.map(([id, ...codes]) => [id, codes]));
    expect(lacking['S01']).toEqual([]);
    expect(lacking['S09']).toEqual(['name.missing', 'summary.length']);
    expect(lacking['S16']).toContain('phone.missing');
  });
});

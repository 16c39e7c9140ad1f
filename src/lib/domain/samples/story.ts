/**
 * A case told in a few lines: real events in county order from Shanghai times, for tests that need
 * a life of their own rather than a sample's.
 */
import { instantFromIso } from '../calendar.ts';
import type { ActorCode } from '../case-event.ts';
import { currentVersion } from '../shapes.ts';
import { type CaseEvent, type EventType } from '../events.ts';
import { LIFECYCLE } from '../lifecycle.ts';
import { assert, type AreaCode, type CaseId, type Instant, type PersonId } from '../values.ts';
import { sampleId, sampleCaseId } from './sample-ids.ts';

/** One act: what, when (`2026-06-08T09:30` in Shanghai), and what differs from the plain case. */
export interface Act {
  readonly type: EventType;
  readonly at: string;
  readonly payload?: object;
  readonly by?: ActorCode;
  /** When the county had it; the act itself when absent, never for null. */
  readonly received?: string | null;
  readonly offsetSeconds?: number;
}

/** An act in one line. */
export function act(type: EventType, at: string, more: Omit<Act, 'type' | 'at'> = {}): Act {
  return { type, at, ...more };
}

/** A Shanghai time as an instant. */
export function shanghai(time: string): Instant {
  const whole = time.length === 16 ? `${time}:00` : time;
  const instant = instantFromIso(`${whole}+08:00`);
  assert(instant, `not a time: ${time}`);
  return instant;
}

/** Id of the n-th act (from 0) of a story. */
export const storyEventId = (name: string, i: number) => sampleId(`story/${name}/${String(i)}`);

/** The acts as events of one case, numbered in the order given. */
export function story(name: string, acts: readonly Act[]): CaseEvent[] {
  let seq = 0;
  return acts.map((one, i) => {
    const received = one.received === undefined ? one.at : one.received;
    if (received !== null) seq += 1;
    return {
      id: storyEventId(name, i),
      caseId: sampleCaseId(name) as CaseId,
      type: one.type,
      v: currentVersion(one.type),
      occurredAt: shanghai(one.at),
      payload: one.payload ?? {},
      stamp: {
        seq: received === null ? null : seq,
        receivedAt: received === null ? null : shanghai(received),
        actor: {
          code: one.by ?? LIFECYCLE[one.type].actors[0] ?? 'S',
          personId: 'P1' as PersonId,
          name: '某人',
        },
        clockOffsetSeconds: one.offsetSeconds ?? 0,
      },
    } as unknown as CaseEvent;
  });
}

/** Where a story's case stands before the interesting part begins. */
export interface Beginning {
  readonly kind?: string;
  readonly procedure?: string;
  readonly route?: string;
  readonly anonymous?: boolean;
  readonly repeat?: boolean;
}

const AREA = '230278200201' as AreaCode;

/** 接单 to 登记 on one morning: taken 08:00, received 09:00, registered 10:00 of `day`. */
export function begin(day: string, how: Beginning = {}): Act[] {
  const { kind = '申诉求决', procedure = 'ORDINARY', route, anonymous = false, repeat } = how;
  return [
    act('case.drafted', `${day}T07:30`, {
      payload: {
        areaCode: AREA,
        channel: 'DL',
        xfDate: day,
        form: { id: 'intake', version: 1 },
        declaredBy: 'A',
      },
    }),
    act('case.taken', `${day}T08:00`, {
      payload: {
        head: { areaCode: AREA, anonymous, petitionerCount: 1 },
        petitioners: [],
        receipt: { how: 'PAPER', queryCode: '123456789012' },
      },
    }),
    act('case.submitted', `${day}T08:10`, { payload: { head: { kind } } }),
    act('case.received', `${day}T09:00`),
    act('case.registered', `${day}T10:00`, {
      payload: {
        caseNo: 'DL230278202600001',
        areaCode: AREA,
        categoryL2: 'NY06',
        kind,
        procedure,
        ...(route === undefined ? {} : { route }),
        first: repeat !== true,
        ...(repeat === true ? { repeat } : {}),
      },
    }),
  ];
}

/** 转送 to a unit at 11:00 of `day`. */
export const transfer = (day: string, unitId = 'JTJ', coUnits: readonly string[] = []): Act =>
  act('case.transferred', `${day}T11:00`, { payload: { unitId, coUnits, reason: '职责' } });

/** 受理 at 09:00 of `day`. */
export const accept = (day: string, unitId = 'JTJ', procedure = 'ORDINARY'): Act =>
  act('case.accepted', `${day}T09:00`, { payload: { unitId, procedure } });

/** 出具处理意见书 at 15:00 of `day`. */
export const opine = (day: string, unitId = 'JTJ'): Act =>
  act('opinion.issued', `${day}T15:00`, {
    payload: {
      unitId,
      docNo: '1',
      claims: [{ i: 0, decision: 'SUPPORT' }],
      reviewBody: '县人民政府',
      plain: '办好了',
    },
  });

/** 送达处理意见书 at 16:00 of `day`. */
export const serve = (day: string, more: object = {}, received?: string): Act =>
  act('delivery.recorded', `${day}T16:00`, {
    payload: { docKind: '处理意见书', how: 'FACE', ...more },
    ...(received === undefined ? {} : { received }),
  });

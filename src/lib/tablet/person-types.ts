/** Who works on this tablet, and how he likes it. */
import type { CodeRefusal } from './enrol-refusal.ts';
import type { AreaCode, Instant, PersonId, UnitId } from '../domain/values.ts';

/** 代理员 signed in here. */
export interface Agent {
  readonly personId: PersonId;
  readonly name: string;
  /** e.g. A01 */
  readonly agentCode: string;
  readonly user: string;
  readonly countyCode: string;
  readonly villages: readonly Village[];
  readonly unitId: UnitId | null;
  /** Letter of this tablet in temporary numbers. */
  readonly deviceLetter: string;
  readonly signedInAt: Instant;
  /** Telephones for danger as the county filled them in; none from an older county. */
  readonly dutyNumbers?: readonly DutyNumber[];
  readonly hasPasscode: boolean;
}

/** 值班电话: `label` as people say it, `number` as dialled. */
export interface DutyNumber {
  readonly label: string;
  readonly number: string;
}

export interface Village {
  readonly areaCode: AreaCode;
  readonly name: string;
  readonly townshipName: string;
}

/** Why a sign-in came to nothing. */
export type SignInRefusal =
  | CodeRefusal
  | 'OFFLINE'
  | 'WRONG'
  | 'LOCKED'
  | 'NOT_AN_AGENT'
  | 'COUNTY_FAULT'
  | 'OTHER_AGENT_HERE'
  | 'STORAGE';

export interface Settings {
  readonly textSize: 18 | 22 | 26 | 30;
  readonly theme: 'auto' | 'light' | 'dark';
  readonly language: 'zh-CN' | 'en';
}

export interface StorageAnswer {
  /** Browser's answer to persist(); null before it was asked. */
  readonly persisted: boolean | null;
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
}

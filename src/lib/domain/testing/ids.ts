/** Ids and actors for tests: readable, of the right form, never random. */
import type { Actor, ActorCode } from '../case-event.ts';
import type {
  AreaCode,
  CaseId,
  EventId,
  Instant,
  LocalDate,
  PersonId,
  Sha256,
  UnitId,
} from '../values.ts';

const padded = (name: string): string => `${name}${'_'.repeat(22)}`.slice(0, 22);
export const eventId = (name: string | number): EventId => padded(`e-${name}`) as EventId;
export const caseId = (name: string | number): CaseId => padded(`c-${name}`) as CaseId;
export const at = (text: string): Instant => text as Instant;
export const day = (text: string): LocalDate => text as LocalDate;
export const sha = (digit: string): Sha256 => digit.repeat(64).slice(0, 64) as Sha256;
export const village = '230278200201' as AreaCode;
export const otherVillage = '230278201202' as AreaCode;
export const unit = (id: string): UnitId => id as UnitId;
export const person = (id: string): PersonId => id as PersonId;

const NAMES: Readonly<Record<ActorCode, string>> = {
  V: '信访人',
  A: '王春生',
  T: '河湾乡信访站',
  O: '县局登记员',
  D: '县水务局经办',
  L: '分管县领导',
  X: '督查员',
  S: '系统',
};

/** One actor per code; `id` makes another person of the same code. */
export const actor = (code: ActorCode, id: string = code === 'A' ? 'A01' : `p-${code}`): Actor => ({
  code,
  personId: person(id),
  name: id === 'A02' ? '李凤霞' : NAMES[code],
  ...(code === 'A' ? { areaCode: village } : {}),
  ...(code === 'D' ? { unitId: unit('SWJ') } : {}),
});

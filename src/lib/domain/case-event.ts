import type {
  AreaCode,
  CaseId,
  DeviceId,
  EventId,
  Instant,
  PersonId,
  Sha256,
  UnitId,
} from './values.ts';

/** Who acts (REFERENCE 4.2): villager, agent, township, office, unit, leader, auditor, system. */
export type ActorCode = 'V' | 'A' | 'T' | 'O' | 'D' | 'L' | 'X' | 'S';

/**
 * What a person recorded, exactly as it was sealed on the device: this and the case's salt are
 * what the hash `h` covers. Never changed afterwards; a correction is a new event.
 */
export interface EventBody<T extends string = string, P = unknown> {
  readonly id: EventId;
  readonly caseId: CaseId;
  readonly type: T;
  /** Version of the payload's shape; older ones are lifted by `upcast`. */
  readonly v: number;
  /** 发生时间, device time as claimed. The county keeps it and never orders by it. */
  readonly occurredAt: Instant;
  readonly payload: P;
}

/** What the county adds when it commits. Derived from its own grants, never from the body. */
export interface Stamp {
  /** Position in the county log, dense from 1; null while the event is only on the tablet. */
  readonly seq: number | null;
  /** 收到时间, null while the event is only on the tablet. */
  readonly receivedAt: Instant | null;
  readonly actor: Actor;
  /** server minus device, seconds, measured at the exchange that brought the event. */
  readonly clockOffsetSeconds: number;
}

export interface Actor {
  readonly code: ActorCode;
  readonly personId: PersonId;
  /** Shown name, e.g. 王春生 or 县局登记员. */
  readonly name: string;
  readonly areaCode?: AreaCode;
  readonly unitId?: UnitId;
}

/** An event with its place in the world: the input of `evolve`. */
export interface CaseEvent<T extends string = string, P = unknown> extends EventBody<T, P> {
  readonly stamp: Stamp;
}

/** Where an event stands on the device that made it; outside `h`, so renumbering is harmless. */
export interface DevicePlace {
  readonly dv: DeviceId;
  readonly ds: number;
  readonly h: Sha256;
}
